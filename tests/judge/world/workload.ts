import { seededRandom } from "../../../net/testing/seeded_random.ts";
import type { Scenario } from "./scenario.ts";

/**
 * All calls of one run, made before it: every policy meets the same calls, so
 * that what differs between policies is their doing.
 */
export interface Workload {
  count: number;
  /** When each call arrives, in order. */
  atMs: Float64Array;
  /** Time it needs on a host of speed 1, in mean service times. */
  work: Float32Array;
  /** From 0 to 1: it fails on a host with a greater share of failures. */
  failDraw: Float32Array;
  /** The agent that is asked. */
  agent: Uint16Array;
  /** Time from the end of the call to its report. */
  reportMs: Float32Array;
  /** How often it arrives. */
  reports: Uint8Array;
}

/** Share of the calls that take longer, and by how much against the others. */
const LONGER = {
  "bimodal": { share: 0.05, factor: 10 },
  "two-kinds": { share: 0.1, factor: 200 },
} as const;

/** Spread of lognormal times: the 99th percentile is 4.3 times the mean. */
const LOG_SIGMA = 0.9;

/** The calls of a scenario with a seed. */
export function makeWorkload(scenario: Scenario, seed: number): Workload {
  const random = seededRandom(seed, "calls");
  const load = scenario.load ?? [];
  const most = scenario.durationMs / 1_000 * scenario.callsPerSecond *
    Math.max(1, ...load.map(({ factor }) => factor));
  const size = Math.ceil(most + 8 * Math.sqrt(most) + 16);
  const workload = emptyWorkload(size);
  const { atMs, work, failDraw, agent, reportMs, reports } = workload;
  const agents = scenario.agents ?? 1;
  const lost = scenario.lostReports ?? 0;
  const double = scenario.doubleReports ?? 0;
  const late = scenario.lateReportMs ?? 0;
  let step = 0;
  let factor = 1;
  let nowMs = 0;
  let count = 0;
  while (count < size) {
    const draw = -Math.log(1 - random());
    const rate = scenario.callsPerSecond * factor / 1_000;
    const nextMs = load[step]?.fromMs ?? Infinity;
    const arrivalMs = rate > 0 ? nowMs + draw / rate : Infinity;
    if (nextMs < Infinity && arrivalMs >= nextMs) {
      // Arrivals have no memory: at a new rate the wait begins anew.
      nowMs = nextMs;
      factor = load[step++]!.factor;
      continue;
    }
    nowMs = arrivalMs;
    if (nowMs >= scenario.durationMs) break;
    atMs[count] = nowMs;
    work[count] = drawWork(scenario, random);
    failDraw[count] = random();
    agent[count] = drawAgent(agents, scenario.heavyShare, random);
    reports[count] = reportsOf(random(), { lost, double });
    reportMs[count] = random() * late;
    count += 1;
  }
  workload.count = count;
  return workload;
}

function drawAgent(
  agents: number,
  ...[heavyShare, random]: [number | undefined, () => number]
): number {
  if (heavyShare === undefined) return Math.floor(random() * agents);
  return random() < heavyShare ? 0 : 1 + Math.floor(random() * (agents - 1));
}

function reportsOf(
  draw: number,
  { lost, double }: { lost: number; double: number },
): number {
  if (draw < lost) return 0;
  return draw < lost + double ? 2 : 1;
}

function emptyWorkload(size: number): Workload {
  return {
    count: 0,
    atMs: new Float64Array(size),
    work: new Float32Array(size),
    failDraw: new Float32Array(size),
    agent: new Uint16Array(size),
    reportMs: new Float32Array(size),
    reports: new Uint8Array(size),
  };
}

/** A service time with mean 1. */
function drawWork(scenario: Scenario, random: () => number): number {
  const draw = random();
  if (scenario.serviceTimes === "lognormal") {
    const normal = Math.sqrt(-2 * Math.log(1 - draw)) *
      Math.cos(2 * Math.PI * random());
    return Math.exp(LOG_SIGMA * normal - LOG_SIGMA * LOG_SIGMA / 2);
  }
  if (
    scenario.serviceTimes === "bimodal" || scenario.serviceTimes === "two-kinds"
  ) {
    const { share, factor } = LONGER[scenario.serviceTimes];
    const mean = 1 + share * (factor - 1);
    // A fifth of spread around either of the two.
    const around = 0.9 + 0.2 * random();
    return (draw < share ? factor : 1) / mean * around;
  }
  return -Math.log(1 - draw);
}
