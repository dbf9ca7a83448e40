import { PRODUCTION } from "./production.ts";
import {
  firstHosts,
  type HostPlan,
  sameHosts,
  type Scenario,
} from "./scenario.ts";

/** The reference: ten hosts, 2,000 calls a second, two minutes. */
const TEN = { durationMs: 120_000, callsPerSecond: 2_000 } as const;

const DIES_AT_MS = 10_000;

const refusing: HostPlan = {
  phases: [{ fromMs: DIES_AT_MS, reach: "refused" }],
};
const silent: HostPlan = { phases: [{ fromMs: DIES_AT_MS, reach: "silent" }] };
const slow: HostPlan = { phases: [{ fromMs: 0, speed: 0.1 }] };

/** Down from each of the moments, for a time. */
export function downFor(lengthMs: number, fromMs: readonly number[]): HostPlan {
  return {
    phases: fromMs.flatMap((atMs) => [
      { fromMs: atMs, reach: "refused" as const },
      { fromMs: atMs + lengthMs },
    ]),
  };
}

/** Goes down and comes up every seven seconds. */
function flapping(offsetMs: number): HostPlan {
  const fromMs = Array.from(
    { length: 9 },
    (_, turn) => offsetMs + 7_000 + turn * 14_000,
  );
  return downFor(7_000, fromMs);
}

const oneDead = firstHosts([refusing], 10);
const oneSilent = firstHosts([silent], 10);
const oneSlow = firstHosts([slow], 10);
const rolling = Array.from(
  { length: 10 },
  (_, host) => downFor(5_000, [10_000 + host * 10_000]),
);
const quarter: HostPlan = { workers: 4 };
const uneven = firstHosts(Array.from({ length: 5 }, () => quarter), 10);
const unevenWeights = uneven.map((plan) => ({
  ...plan,
  weight: plan.workers === 4 ? 25 : 100,
}));
const twentyAgents = { ...TEN, agents: 20 } as const;

/** The scenarios that policies were tuned in, in the order of the scorecard. */
export const SCENARIOS: readonly Scenario[] = [
  { ...TEN, name: "dead", title: "one of ten dead, refused", hosts: oneDead },
  {
    ...TEN,
    name: "dead-check",
    title: "one of ten dead, refused, agent checks",
    hosts: oneDead,
    healthChecks: true,
  },
  {
    ...TEN,
    name: "silent",
    title: "one of ten dead, timing out",
    hosts: oneSilent,
  },
  {
    ...TEN,
    name: "silent-check",
    title: "one of ten dead, timing out, agent checks",
    hosts: oneSilent,
    healthChecks: true,
  },
  { ...TEN, name: "slow", title: "one ten times slower", hosts: oneSlow },
  {
    ...TEN,
    name: "slow-no-latency",
    title: "one ten times slower, callers send no latency",
    hosts: oneSlow,
    durations: false,
  },
  {
    ...TEN,
    name: "fails-30",
    title: "one fails 30 %",
    hosts: firstHosts([{ phases: [{ fromMs: 0, failShare: 0.3 }] }], 10),
  },
  {
    ...TEN,
    name: "uneven",
    title: "uneven capacity, no weights given",
    callsPerSecond: 4_000,
    hosts: uneven,
  },
  {
    ...TEN,
    name: "uneven-weights",
    title: "uneven capacity, with weights",
    callsPerSecond: 4_000,
    hosts: unevenWeights,
  },
  { ...TEN, name: "rolling", title: "rolling restart", hosts: rolling },
  {
    ...TEN,
    name: "rolling-check",
    title: "rolling restart, agent checks",
    hosts: rolling,
    healthChecks: true,
  },
  {
    name: "rare",
    title: "20 calls a second, one dead",
    durationMs: 600_000,
    callsPerSecond: 20,
    hosts: oneDead,
  },
  {
    name: "rare-check",
    title: "20 calls a second, one dead, agent checks",
    durationMs: 600_000,
    callsPerSecond: 20,
    hosts: oneDead,
    healthChecks: true,
  },
  {
    ...twentyAgents,
    name: "agents-dead",
    title: "20 agents, one of ten dead",
    hosts: oneDead,
  },
  {
    ...twentyAgents,
    name: "agents-dead-check",
    title: "20 agents, one of ten dead, agents check",
    hosts: oneDead,
    healthChecks: true,
  },
  {
    ...twentyAgents,
    name: "agents-slow",
    title: "20 agents, one ten times slower",
    hosts: oneSlow,
  },
  { ...TEN, name: "equal", title: "all hosts equal", hosts: sameHosts(10) },
  {
    ...TEN,
    name: "all-12",
    title: "every host at 12 % failures",
    hosts: sameHosts(10, { phases: [{ fromMs: 0, failShare: 0.12 }] }),
    failLevel: 0.12,
  },
  {
    ...TEN,
    name: "return",
    title: "host back from the dead",
    hosts: firstHosts([downFor(30_000, [DIES_AT_MS])], 10),
  },
  {
    ...TEN,
    name: "flapping",
    title: "3 of 10 flapping every 7 s",
    hosts: firstHosts([flapping(0), flapping(2_300), flapping(4_600)], 10),
  },
  {
    ...TEN,
    durationMs: 90_000,
    name: "all-dead",
    title: "all hosts dead for 20 s and back",
    hosts: sameHosts(10, downFor(20_000, [30_000])),
  },
  {
    name: "peers-11",
    title: "11 hosts, one 2 s slow from 15 to 45 s, success within 1 s",
    durationMs: 60_000,
    callsPerSecond: 1_000,
    timeoutMs: 1_000,
    hosts: firstHosts([{
      phases: [{ fromMs: 15_000, delayMs: 2_000 }, { fromMs: 45_000 }],
    }], 11),
  },
  {
    name: "one-of-3",
    title: "1 of 3 dead",
    durationMs: 120_000,
    callsPerSecond: 600,
    hosts: firstHosts([refusing], 3),
  },
  {
    name: "one-of-50",
    title: "1 of 50 dead",
    durationMs: 60_000,
    callsPerSecond: 5_000,
    hosts: firstHosts([refusing], 50),
  },
  {
    name: "fails-fast",
    title: "a host failing fast under load",
    durationMs: 40_000,
    callsPerSecond: 8_000,
    hosts: firstHosts([{
      phases: [{ fromMs: DIES_AT_MS, failShare: 1, failMs: 1 }],
    }], 10),
  },
  {
    name: "cold",
    title: "cold start, one dead and one ten times slower",
    durationMs: 30_000,
    callsPerSecond: 2_000,
    hosts: firstHosts([
      { phases: [{ fromMs: 0, reach: "refused" }] },
      slow,
    ], 10),
  },
  {
    name: "members",
    title: "hosts added and removed during load",
    durationMs: 90_000,
    callsPerSecond: 2_000,
    hosts: sameHosts(15),
    members: [
      { atMs: 0, hosts: range(0, 10) },
      { atMs: 20_000, hosts: range(0, 15) },
      { atMs: 40_000, hosts: range(3, 15) },
      { atMs: 60_000, hosts: range(10, 15) },
      { atMs: 75_000, hosts: range(0, 10) },
    ],
  },
  {
    ...TEN,
    name: "lost",
    title: "5 % of reports lost, one of ten dead",
    hosts: oneDead,
    lostReports: 0.05,
  },
  {
    ...TEN,
    name: "late",
    title: "reports up to 1 s late, one of ten dead",
    hosts: oneDead,
    lateReportMs: 1_000,
  },
  ...PRODUCTION,
];

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, step) => from + step);
}
