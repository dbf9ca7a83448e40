import type { LineChart } from "../groups/group.ts";
import type { Figures } from "./measurement.ts";
import { slopeOf, spreadOf } from "./statistics.ts";

/** Warm-up whose samples do not count: this share of the run, at most SETTLE_SECONDS_MAX. */
const SETTLE_SHARE = 0.1;
const SETTLE_SECONDS_MAX = 300;

/** Figures of one interval; drops count from the start of the run. */
export type Sample = {
  elapsedSeconds: number;
  answersPerSecond: number;
  serverCpuUs: number;
  p50Us: number;
  p99Us: number;
  p999Us: number;
  lost: number;
  agentMb: number;
  dnsMb: number;
  reporterMb: number;
  kernelDrops: number;
  ownDrops: number;
};

/** Most growth of a figure over the run, as a share of its median. */
export const FLAT: Partial<Record<keyof Sample, number>> = {
  agentMb: 0.1,
  dnsMb: 0.1,
  reporterMb: 0.1,
  serverCpuUs: 0.1,
  p50Us: 0.1,
  p99Us: 0.15,
  p999Us: 0.25,
};

/** Sum of the metrics that count what was dropped, cut or not sent, each by its new name. */
export function sumOfDrops(metrics: string): number {
  const pattern =
    /^lars_(?!agent_(?:explains|forwards)_)\w*(?:dropped|evicted|cut)\w*_total(?:\{reason="(?:not_sent|forward|explain)"\})? (\S+)$/gm;
  return [...metrics.matchAll(pattern)]
    .reduce((sum, [, value]) => sum + Number(value), 0);
}

/** Median of each sampled figure, and its growth over the run as a share of it. */
export function summary(total: Figures, samples: readonly Sample[]): Figures {
  const lastSeconds = samples.at(-1)?.elapsedSeconds ?? 0;
  const settledSeconds = Math.min(
    SETTLE_SECONDS_MAX,
    lastSeconds * SETTLE_SHARE,
  );
  const judged = samples.filter((each) => each.elapsedSeconds > settledSeconds);
  const figures: Figures = {
    seconds: total["seconds"] ?? NaN,
    answersPerSecond: total["answersPerSecond"] ?? NaN,
    maxUs: total["maxUs"] ?? NaN,
  };
  for (const name of Object.keys(FLAT) as (keyof Sample)[]) {
    const points = judged.map((each) => ({
      x: each.elapsedSeconds,
      y: each[name],
    }));
    const { median } = spreadOf(points.map(({ y }) => y));
    figures[name] = median;
    figures[`${name}Growth`] = slopeOf(points) *
      (lastSeconds - settledSeconds) / median;
  }
  const calls = (total["answers"] ?? NaN) / 1e6;
  const last = samples.at(-1);
  figures["kernelDropsPerMillion"] = (last?.kernelDrops ?? NaN) / calls;
  figures["ownDrops"] = last?.ownDrops ?? NaN;
  figures["lostPerMillion"] = (total["lost"] ?? NaN) / calls;
  return figures;
}

/** The samples as lines over the minutes of the run. */
export function soakCharts(samples: readonly Sample[]): LineChart[] {
  const lines = (names: Partial<Record<keyof Sample, string>>) =>
    Object.entries(names).map(([name, label]) => ({
      label,
      points: samples.map((sample) => ({
        x: sample.elapsedSeconds / 60,
        y: sample[name as keyof Sample],
      })),
    }));
  const chart = { xUnit: "min" };
  return [
    {
      ...chart,
      name: "soak-memory",
      title: "Memory under full load",
      unit: "MB",
      series: lines({
        agentMb: "agent",
        dnsMb: "dns",
        reporterMb: "reporter",
      }),
    },
    {
      ...chart,
      name: "soak-latency",
      title: "Latency under full load",
      unit: "µs",
      series: lines({ p50Us: "p50", p99Us: "p99", p999Us: "p99.9" }),
    },
    {
      ...chart,
      name: "soak-cpu",
      title: "CPU of the agent for each getHost + report, under full load",
      unit: "µs",
      series: lines({ serverCpuUs: "agent" }),
    },
    {
      ...chart,
      name: "soak-rate",
      title: "Calls a second under full load",
      unit: "",
      series: lines({ answersPerSecond: "getHost + report" }),
    },
  ];
}
