import {
  firstHosts,
  type HostPlan,
  sameHosts,
  type Scenario,
} from "./scenario.ts";
import { downFor } from "./scenarios.ts";

const TEN = { durationMs: 120_000, callsPerSecond: 2_000 } as const;

/** From its best speed down to a twentieth, a step each second. */
const degrading: HostPlan = {
  phases: Array.from({ length: 60 }, (_, second) => ({
    fromMs: 20_000 + second * 1_000,
    speed: 1 - 0.95 * (second + 1) / 60,
  })),
};

/** Stands still, and goes on where it was: a collector, a snapshot, a full disk. */
function pausing(fromMs: number): HostPlan {
  return { phases: [{ fromMs, speed: 0 }, { fromMs: fromMs + 2_000 }] };
}

/** Ten times as many calls for a second in three. */
const bursts = Array.from({ length: 40 }, (_, turn) => [
  { fromMs: turn * 3_000, factor: 2.5 },
  { fromMs: turn * 3_000 + 1_000, factor: 0.25 },
]).flat();

/** Back with cold caches: slow at first. */
const coldBack: HostPlan = {
  phases: [
    { fromMs: 20_000, reach: "refused" },
    { fromMs: 50_000, speed: 0.2 },
    { fromMs: 60_000 },
  ],
};

const zoned = [
  ...sameHosts(4, { zone: "here" }),
  ...sameHosts(6, { zone: "there" }),
];

const half: HostPlan = { speed: 0.5 };

/**
 * Scenarios that no policy is tuned in: run with `--held-out` only, to see what a
 * policy is worth elsewhere.
 */
export const HELD_OUT: readonly Scenario[] = [
  {
    ...TEN,
    name: "bursts",
    title: "load in bursts, one ten times slower",
    hosts: firstHosts([{ phases: [{ fromMs: 0, speed: 0.1 }] }], 10),
    load: bursts,
  },
  {
    ...TEN,
    name: "degrade",
    title: "two hosts become slower over 60 s",
    hosts: firstHosts([degrading, degrading], 10),
  },
  {
    ...TEN,
    name: "pauses",
    title: "each host pauses 2 s in turn",
    hosts: Array.from(
      { length: 10 },
      (_, host) => pausing(10_000 + host * 10_000),
    ),
  },
  {
    name: "large",
    title: "200 hosts, 5 dead",
    durationMs: 60_000,
    callsPerSecond: 4_000,
    hosts: firstHosts(
      sameHosts(5, { phases: [{ fromMs: 10_000, reach: "refused" }] }),
      200,
    ),
  },
  {
    ...TEN,
    name: "brief",
    title: "one host fails all calls for 1 s",
    hosts: firstHosts([{
      phases: [{ fromMs: 30_000, failShare: 1 }, { fromMs: 31_000 }],
    }], 10),
  },
  {
    name: "surge",
    title: "load three times as high for 30 s",
    durationMs: 90_000,
    callsPerSecond: 4_000,
    hosts: sameHosts(10),
    load: [{ fromMs: 30_000, factor: 3 }, { fromMs: 60_000, factor: 1 }],
  },
  {
    name: "two-of-3",
    title: "2 of 3 die",
    durationMs: 120_000,
    callsPerSecond: 600,
    hosts: firstHosts([
      { phases: [{ fromMs: 10_000, reach: "refused" }] },
      { phases: [{ fromMs: 20_000, reach: "silent" }] },
    ], 3),
  },
  {
    ...TEN,
    name: "bimodal",
    title: "1 of 20 calls takes ten times as long, one host three times slower",
    hosts: firstHosts([{ phases: [{ fromMs: 0, speed: 0.33 }] }], 10),
    serviceTimes: "bimodal",
  },
  {
    ...TEN,
    name: "lognormal",
    title: "long-tailed service times, all hosts equal",
    hosts: sameHosts(10),
    serviceTimes: "lognormal",
  },
  {
    name: "long-calls",
    title: "calls of 2 s, 10 a second, one host stops answering",
    durationMs: 600_000,
    callsPerSecond: 10,
    serviceMs: 2_000,
    timeoutMs: 10_000,
    hosts: firstHosts([{
      phases: [{ fromMs: 60_000, reach: "silent" }],
    }], 10),
  },
  {
    ...TEN,
    name: "two-speed",
    title: "half the hosts half as fast, one of those fails 5 %",
    hosts: firstHosts([
      { ...half, phases: [{ fromMs: 0, failShare: 0.05 }] },
      ...sameHosts(4, half),
    ], 10),
  },
  {
    ...TEN,
    name: "fails-5",
    title: "one fails 5 %",
    hosts: firstHosts([{ phases: [{ fromMs: 0, failShare: 0.05 }] }], 10),
  },
  {
    ...TEN,
    name: "half-fast",
    title: "one fails half its calls at once",
    hosts: firstHosts([{
      phases: [{ fromMs: 10_000, failShare: 0.5, failMs: 1 }],
    }], 10),
  },
  {
    ...TEN,
    durationMs: 90_000,
    name: "all-silent",
    title: "all hosts time out for 20 s and are back",
    hosts: sameHosts(10, {
      phases: [{ fromMs: 30_000, reach: "silent" }, { fromMs: 50_000 }],
    }),
  },
  {
    ...TEN,
    durationMs: 90_000,
    name: "six-of-10",
    title: "6 of 10 dead for 30 s",
    hosts: firstHosts(sameHosts(6, downFor(30_000, [20_000])), 10),
  },
  {
    ...TEN,
    name: "cold-back",
    title: "a host comes back, slow for 10 s",
    hosts: firstHosts([coldBack], 10),
  },
  {
    ...TEN,
    name: "agents-return",
    title: "20 agents, a host back from the dead",
    agents: 20,
    hosts: firstHosts([downFor(30_000, [10_000])], 10),
  },
  {
    name: "rare-slow",
    title: "20 calls a second, one ten times slower",
    durationMs: 600_000,
    callsPerSecond: 20,
    hosts: firstHosts([{ phases: [{ fromMs: 0, speed: 0.1 }] }], 10),
  },
  {
    ...TEN,
    durationMs: 60_000,
    name: "dead-members",
    title: "three hosts are added that never answer",
    hosts: [
      ...sameHosts(10),
      ...sameHosts(3, { phases: [{ fromMs: 0, reach: "silent" }] }),
    ],
    members: [
      { atMs: 0, hosts: Array.from({ length: 10 }, (_, host) => host) },
      { atMs: 20_000, hosts: Array.from({ length: 13 }, (_, host) => host) },
    ],
  },
  {
    ...TEN,
    name: "lost-20",
    title: "20 % of reports lost, all hosts equal",
    hosts: sameHosts(10),
    lostReports: 0.2,
  },
  {
    ...TEN,
    name: "double",
    title: "20 % of reports arrive twice, one ten times slower",
    hosts: firstHosts([{ phases: [{ fromMs: 0, speed: 0.1 }] }], 10),
    doubleReports: 0.2,
  },
  {
    ...TEN,
    name: "near",
    title: "4 of 10 hosts in the agent's zone, enough for the load",
    durationMs: 60_000,
    zone: "here",
    hosts: zoned,
  },
  {
    ...TEN,
    name: "zones",
    title: "4 of 10 hosts in the agent's zone, too few for the load",
    callsPerSecond: 8_000,
    durationMs: 60_000,
    zone: "here",
    hosts: zoned,
  },
];
