import type { RouteRow } from "../../store/mod.ts";
import { freeTcpPort } from "../free_ports.ts";
import { LocalLars } from "../local_lars.ts";
import { SERVICES } from "../services.ts";
import type { BenchOptions, Group, LineChart, OpenGroup } from "./group.ts";
import { hostsFor } from "./fake_dns.ts";
import { type LoadLine, runLoad } from "./load_process.ts";
import { parseRoutes } from "./load_routes.ts";
import { type Figures, formatFigures } from "./measurement.ts";
import { kernelDrops, residentMb } from "./process_usage.ts";
import { quantile, slopeOf } from "./statistics.ts";

const ROUTES = "1-10/1-3";
const HOSTS = 10;
const PORTS = 3;

/** How often a sample is taken, and that of a short run. */
const SAMPLE_SECONDS = 10;
const SAMPLES_MIN = 6;

/** Before this share of the run, but no longer than this, nothing is judged. */
const SETTLE_SHARE = 0.1;
const SETTLE_SECONDS_MAX = 300;

/** What is measured every time; drops are since the beginning. */
type Sample = {
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

/** What is to be flat, and by how much of its median it may grow over the run. */
const FLAT: Partial<Record<keyof Sample, number>> = {
  agentMb: 0.1,
  dnsMb: 0.1,
  reporterMb: 0.1,
  serverCpuUs: 0.1,
  p50Us: 0.1,
  p99Us: 0.15,
  p999Us: 0.25,
};

/** The whole system under full load for as long as `--seconds` says: is it flat? */
export const soak: Group = {
  name: "soak",
  title: "Full load for long: dns, reporter on SQLite, agent, pairs",
  onlyByName: true,
  roundsMax: 1,
  defaultSeconds: 3_600,
  goals: [
    ...Object.entries(FLAT).map(([figure, share]) => ({
      text: `${figure}: growth over the run, share of its median`,
      of: { variant: "full load", figure: `${figure}Growth` },
      atMost: share,
    })),
    {
      text: "datagrams dropped by the kernel, in a million calls",
      of: { variant: "full load", figure: "kernelDropsPerMillion" },
      atMost: 1,
    },
    {
      text: "answers lost, in a million calls",
      of: { variant: "full load", figure: "lostPerMillion" },
      atMost: 1,
    },
  ],
  open,
};

async function open(bench: BenchOptions): Promise<OpenGroup> {
  const metricsPorts = SERVICES.map(() => freeTcpPort());
  const metrics = (at: number) => `[metrics]\nport = ${metricsPorts[at]}\n`;
  const rows: RouteRow[] = parseRoutes(ROUTES).flatMap((key) =>
    hostsFor(key, HOSTS).map((host) => ({ ...key, ...host }))
  );
  const lars = await LocalLars.start({
    routes: rows,
    conf: {
      dns: metrics(0),
      reporter: metrics(1),
      agent: `[udp]\ntransport = batch\n${metrics(2)}`,
    },
    print: (line) => {
      if (/ (warning|error|fatal) |^error/.test(line)) bench.progress(line);
    },
  });
  const samples: Sample[] = [];
  return {
    variants: [{
      name: "full load",
      measure: () => measure({ lars, bench, metricsPorts, samples }),
    }],
    lineCharts: () => charts(samples),
    [Symbol.asyncDispose]: () => lars[Symbol.asyncDispose](),
  };
}

async function measure(
  { lars, bench, metricsPorts, samples }: {
    lars: LocalLars;
    bench: BenchOptions;
    metricsPorts: readonly number[];
    samples: Sample[];
  },
): Promise<Figures> {
  const { port } = lars.agent;
  const target = {
    port,
    pid: lars.pidOf("agent")!,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const sampleSeconds = Math.min(
    SAMPLE_SECONDS,
    bench.seconds / SAMPLES_MIN,
  );
  const options = [
    "--ports=3",
    "--window=16",
    "--report",
    `--routes=${ROUTES}`,
    `--sample=${sampleSeconds}`,
  ];
  const pending: Promise<void>[] = [];
  const total = await runLoad({ target, options, bench }, (line) => {
    if (line.elapsedSeconds === undefined) return;
    pending.push(
      takeSample(line, { lars, metricsPorts }).then((sample) => {
        samples.push(sample);
        bench.progress(`soak: ${formatFigures(sample)}`);
      }),
    );
  });
  await Promise.all(pending);
  return summary(total, samples);
}

async function takeSample(
  line: LoadLine,
  { lars, metricsPorts }: {
    lars: LocalLars;
    metricsPorts: readonly number[];
  },
): Promise<Sample> {
  const memory = (name: typeof SERVICES[number]) =>
    residentMb(lars.pidOf(name) ?? -1);
  const ports = Array.from(
    { length: PORTS },
    (_, at) => lars.agent.port + at,
  );
  const drops = await Promise.all(metricsPorts.map(ownDrops));
  return {
    elapsedSeconds: line.elapsedSeconds ?? NaN,
    answersPerSecond: line.answersPerSecond,
    serverCpuUs: line.serverCpuUs ?? NaN,
    p50Us: line.p50Us,
    p99Us: line.p99Us,
    p999Us: line.p999Us,
    lost: line.lost,
    agentMb: memory("agent"),
    dnsMb: memory("dns"),
    reporterMb: memory("reporter"),
    kernelDrops: kernelDrops(ports),
    ownDrops: drops.reduce((sum, each) => sum + each, 0),
  };
}

/** What a service says it has dropped or failed to send, in all. */
async function ownDrops(port: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  return sumOfDrops(await response.text());
}

/** The sum of the metrics that count what was dropped, cut or not sent. */
export function sumOfDrops(metrics: string): number {
  const pattern =
    /^lars_\w*(?:dropped|evicted|cut|send_failures)\w*_total (\S+)$/gm;
  return [...metrics.matchAll(pattern)]
    .reduce((sum, [, value]) => sum + Number(value), 0);
}

/** Medians of what was sampled, and by which share of them they grew. */
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
    const median = quantile(points.map(({ y }) => y), 0.5);
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

function charts(samples: readonly Sample[]): LineChart[] {
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
      name: "soak-rate",
      title: "Calls a second under full load",
      unit: "",
      series: lines({ answersPerSecond: "getHost + report" }),
    },
  ];
}
