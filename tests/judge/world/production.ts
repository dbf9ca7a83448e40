import { seededRandom } from "../../../net/testing/seeded_random.ts";
import {
  firstHosts,
  type HostPlan,
  type Phase,
  sameHosts,
  type Scenario,
} from "./scenario.ts";

const TEN = { durationMs: 120_000, callsPerSecond: 2_000 } as const;

const DIES_AT_MS = 10_000;

const refusing: HostPlan = {
  phases: [{ fromMs: DIES_AT_MS, reach: "refused" }],
};
const silent: HostPlan = { phases: [{ fromMs: DIES_AT_MS, reach: "silent" }] };

/** Works with a quarter of the workers: a world of as much trouble with a quarter of the calls. */
const small: HostPlan = { workers: 4 };

/** Silent for a time. */
function silentFor(lengthMs: number, fromMs: number): HostPlan {
  return {
    phases: [{ fromMs, reach: "silent" }, { fromMs: fromMs + lengthMs }],
  };
}

/** Stands still for 300 ms at random moments, 8 s apart on average: collections of garbage. */
function pausing(host: number): HostPlan {
  const random = seededRandom(host, "pauses");
  const phases: Phase[] = [];
  for (let atMs = 0;;) {
    atMs += 1_000 - 7_000 * Math.log(1 - random());
    if (atMs > TEN.durationMs) return { phases };
    phases.push({ fromMs: atMs, speed: 0 }, { fromMs: atMs + 300 });
  }
}

/** Fails every call for 5 s, and none for the next 5 s. */
const fiveAndFive: HostPlan = {
  phases: Array.from({ length: 11 }, (_, turn) => [
    { fromMs: 10_000 * (turn + 1), failShare: 1 },
    { fromMs: 10_000 * (turn + 1) + 5_000 },
  ]).flat(),
};

/** 200 hosts, five of which die, and twenty agents of which none has many calls. */
const large = {
  durationMs: 120_000,
  agents: 20,
  hosts: firstHosts(sameHosts(5, refusing), 200),
  healthChecks: true,
} as const;

/** 3 of 10 hosts silent for 20 s: the others get 1.2 times what they can do, and refuse what they cannot queue. */
const overload = {
  durationMs: 90_000,
  callsPerSecond: 7 * 400 * 1.2,
  queueMax: 25,
  hosts: firstHosts(
    sameHosts(3, { ...small, ...silentFor(20_000, 20_000) }),
    10,
  ).map((plan) => ({ ...small, ...plan })),
} as const;

/** Worlds that production has: found in bug reports and postmortems, not in papers. */
export const PRODUCTION: readonly Scenario[] = [
  {
    name: "first-calls",
    title: "5 hosts, one answers its first call 200 times slower",
    durationMs: 40_000,
    callsPerSecond: 200,
    serviceMs: 1,
    hosts: firstHosts([{ firstCallMs: 200 }], 5),
  },
  {
    name: "first-calls-rare",
    title:
      "5 hosts, 10 calls a second, one answers its first call 200 times slower",
    durationMs: 60_000,
    callsPerSecond: 10,
    serviceMs: 1,
    hosts: firstHosts([{ firstCallMs: 200 }], 5),
  },
  {
    ...TEN,
    name: "garbage",
    title: "each host pauses 300 ms at random moments",
    hosts: Array.from({ length: 10 }, (_, host) => pausing(host)),
  },
  {
    ...TEN,
    name: "fails-fast-5",
    title: "one fails fast while all have 5 % errors of their own",
    failLevel: 0.05,
    hosts: firstHosts([{
      phases: [{ fromMs: 0, failShare: 0.05 }, {
        fromMs: DIES_AT_MS,
        failShare: 1,
        failMs: 1,
      }],
    }], 10).map((plan) => ({
      phases: [{ fromMs: 0, failShare: 0.05 }],
      ...plan,
    })),
  },
  {
    ...TEN,
    name: "fails-15",
    title: "one fails 15 %, the others 5 %",
    failLevel: 0.05,
    hosts: firstHosts(
      [{ phases: [{ fromMs: 0, failShare: 0.15 }] }],
      10,
    ).map((plan) => ({ phases: [{ fromMs: 0, failShare: 0.05 }], ...plan })),
  },
  {
    ...TEN,
    name: "fails-2",
    title: "one fails 2 %",
    hosts: firstHosts([{ phases: [{ fromMs: 0, failShare: 0.02 }] }], 10),
  },
  {
    name: "overload",
    title: "all hosts overloaded 1.3 times for 20 s",
    durationMs: 90_000,
    callsPerSecond: 2_600,
    hosts: sameHosts(10, small),
    load: [{ fromMs: 30_000, factor: 2 }, { fromMs: 50_000, factor: 1 }],
  },
  {
    ...overload,
    name: "overload-silent",
    title: "3 of 10 silent for 20 s, the others overloaded 1.2 times",
  },
  {
    ...overload,
    name: "overload-retry",
    title: "the same, and each failure is tried once more",
    retries: true,
  },
  {
    ...large,
    name: "large-100",
    title: "200 hosts, 5 die, 20 agents of 100 calls a second, agents check",
    callsPerSecond: 2_000,
  },
  {
    ...large,
    name: "large-5",
    title: "200 hosts, 5 die, 20 agents of 5 calls a second, agents check",
    durationMs: 600_000,
    callsPerSecond: 100,
  },
  {
    ...TEN,
    name: "third-silent",
    title: "3 of 10 silent for 30 s",
    hosts: firstHosts(sameHosts(3, silentFor(30_000, 30_000)), 10),
  },
  {
    ...TEN,
    name: "zone-lost",
    title: "the agent's zone, 4 of 10 hosts, is silent for 30 s, agent checks",
    zone: "here",
    healthChecks: true,
    hosts: [
      ...sameHosts(4, { zone: "here", ...silentFor(30_000, 30_000) }),
      ...sameHosts(6, { zone: "there" }),
    ],
  },
  {
    name: "joined",
    title: "10 hosts, 5 more join cold, slow for 5 s",
    durationMs: 90_000,
    callsPerSecond: 8_000,
    hosts: [
      ...sameHosts(10),
      ...sameHosts(5, {
        phases: [{ fromMs: 0, speed: 0.2 }, { fromMs: 65_000 }],
      }),
    ],
    members: [
      { atMs: 0, hosts: Array.from({ length: 10 }, (_, host) => host) },
      { atMs: 60_000, hosts: Array.from({ length: 15 }, (_, host) => host) },
    ],
  },
  {
    ...TEN,
    name: "heavy",
    title:
      "one agent of 1,900 calls a second, 20 of 5, one host dies silently, agents check",
    agents: 21,
    heavyShare: 0.95,
    healthChecks: true,
    hosts: firstHosts([silent], 10),
  },
  {
    name: "one-a-second",
    title: "one call a second, one of five dies, agent checks",
    durationMs: 1_800_000,
    callsPerSecond: 1,
    healthChecks: true,
    hosts: firstHosts([refusing], 5),
  },
  {
    name: "two-kinds",
    title: "calls of 1 and of 200 ms on one route",
    durationMs: 120_000,
    callsPerSecond: 2_000,
    serviceMs: 20.9,
    hosts: sameHosts(10),
    serviceTimes: "two-kinds",
  },
  {
    ...TEN,
    name: "impatient",
    title:
      "callers give up after 40 ms, 2 % of the calls take longer, one host dies silently",
    timeoutMs: 40,
    hosts: firstHosts([silent], 10),
  },
  {
    ...TEN,
    name: "five-and-five",
    title: "one is bad for 5 s and good for 5 s in turn",
    hosts: firstHosts([fiveAndFive], 10),
  },
  {
    ...TEN,
    name: "retry",
    title: "each failure is tried once more, one dies, one fails 30 %",
    retries: true,
    hosts: firstHosts([
      refusing,
      { phases: [{ fromMs: DIES_AT_MS, failShare: 0.3 }] },
    ], 10),
  },
  {
    name: "capacities",
    title: "hosts of capacities 1 : 2 : 4 : 8 : 16, no weights given",
    durationMs: 60_000,
    callsPerSecond: 3_100,
    hosts: [2, 4, 8, 16, 32].map((workers) => ({ workers })),
  },
  {
    ...TEN,
    name: "half-slow",
    title: "half of the hosts become twice as slow together",
    hosts: firstHosts(
      sameHosts(5, { phases: [{ fromMs: 20_000, speed: 0.5 }] }),
      10,
    ),
  },
  {
    name: "seconds",
    title: "calls of 2 s, 40 a second, one host five times slower",
    durationMs: 600_000,
    callsPerSecond: 40,
    serviceMs: 2_000,
    timeoutMs: 10_000,
    hosts: firstHosts([{ phases: [{ fromMs: 60_000, speed: 0.2 }] }], 10),
  },
];
