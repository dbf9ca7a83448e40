import { AGENT_SERVERS } from "../../../proto/mod.ts";
import type { RouteRow } from "../../../store/mod.ts";
import { freeTcpPort } from "../../local/free_ports.ts";
import { LocalLars } from "../../local/local_lars.ts";
import { SERVICES } from "../../local/services.ts";
import type { BenchOptions, Group, OpenGroup } from "./group.ts";
import { hostsFor } from "../programs/fake_dns.ts";
import { type LoadOutput, runLoad } from "../load/process.ts";
import { parseRoutes } from "../load/routes.ts";
import { type Figures, formatFigures } from "../report/measurement.ts";
import { kernelDrops, residentMb } from "../../local/process_usage.ts";
import {
  FLAT,
  type Sample,
  soakCharts,
  summary,
  sumOfDrops,
} from "../report/soak_summary.ts";

const ROUTES = "1-10/1-3";
const HOSTS = 10;
/** Interval of the samples. */
const SAMPLE_SECONDS = 10;

/** Samples of a run too short for that interval. */
const SAMPLES_MIN = 6;

/** Growth of memory, CPU and latency of the whole system under full load. */
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
    lineCharts: () => soakCharts(samples),
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
  line: LoadOutput,
  { lars, metricsPorts }: {
    lars: LocalLars;
    metricsPorts: readonly number[];
  },
): Promise<Sample> {
  const memory = (name: typeof SERVICES[number]) =>
    residentMb(lars.pidOf(name) ?? -1);
  const ports = Array.from(
    { length: AGENT_SERVERS },
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

/** Datagrams, rows and messages that a service counts as dropped, cut or not sent. */
async function ownDrops(port: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  return sumOfDrops(await response.text());
}
