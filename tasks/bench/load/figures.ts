import type { LoadCounts } from "./run.ts";

/** Figures of a load in a span of time; null: not known. */
export interface LoadFigures extends Record<string, number | null> {
  seconds: number;
  answersPerSecond: number;
  /** CPU time of the agent for each answer. */
  serverCpuUs: number | null;
  /** CPU time of the load for each answer. */
  loadCpuUs: number | null;
  /** Share of one core that the agent took. */
  serverCores: number | null;
  p50Us: number;
  p99Us: number;
  p999Us: number;
  maxUs: number;
  answers: number;
  reports: number;
  /** Answers without a host. */
  hostless: number;
  lost: number;
}

/** CPU times at one end of a span, in nanoseconds since the start of each process; NaN: not known. */
export interface UsageReading {
  atMs: number;
  serverNs: number;
  loadNs: number;
}

/** The figures of a span from its counts and the CPU times around it. */
export function toFigures(
  counts: LoadCounts,
  { before, after }: { before: UsageReading; after: UsageReading },
): LoadFigures {
  const { latencyUs, answers, hostless, lost, reports } = counts;
  const seconds = (after.atMs - before.atMs) / 1_000;
  const serverNs = after.serverNs - before.serverNs;
  return {
    seconds,
    answersPerSecond: answers / seconds,
    serverCpuUs: known(serverNs / 1_000 / answers),
    loadCpuUs: known((after.loadNs - before.loadNs) / 1_000 / answers),
    serverCores: known(serverNs / 1e9 / seconds),
    p50Us: latencyUs.percentile(50),
    p99Us: latencyUs.percentile(99),
    p999Us: latencyUs.percentile(99.9),
    maxUs: latencyUs.max,
    answers,
    reports,
    hostless,
    lost,
  };
}

function known(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
