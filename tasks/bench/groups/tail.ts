import { cpuNs } from "../../local/process_usage.ts";
import { LocalLars } from "../../local/local_lars.ts";
import { SERVICES } from "../../local/services.ts";
import { latencies, runLoad } from "../load/process.ts";
import { parseRoutes } from "../load/routes.ts";
import type { Figures } from "../report/measurement.ts";
import { type UdpTransport, warmUp } from "./agent_target.ts";
import type { Target } from "./echo_servers.ts";
import { type BenchOptions, type Goal, type Group, groupOf } from "./group.ts";
import { hostsFor } from "../programs/fake_dns.ts";
import {
  BASELINES,
  HOSTS,
  openUdp,
  ROUTES,
  type UdpServers,
  variantOf,
} from "./udp_servers.ts";

/**
 * Time of load before the first round, in seconds: V8 compiles for so long what a
 * service runs for weeks.
 */
const WARM_UP_SECONDS = 10;

/**
 * Time without a request before the idle minute begins: V8 compiles what the start
 * and the requests used, and makes its heaps smaller, for a minute or two.
 */
const SETTLE_MS = 120_000;
const SETTLE_QUICK_MS = 100;

/** Latency from when each request was due, and CPU, at two fixed rates. */
export const tailGroups: readonly Group[] = [
  tailAt("tail-10k", 10_000),
  tailAt("tail-50k", 50_000),
];

function tailAt(groupName: string, perSecond: number): Group {
  const rate = `${perSecond / 1_000},000`;
  const options = [
    `--rate=${perSecond}`,
    "--sockets=3",
    `--routes=${ROUTES}`,
  ];
  return {
    name: groupName,
    title: `UDP, ${rate} getHost a second from three sockets`,
    goals: [
      overEcho("agent batch", "p99Us", 2),
      overEcho("agent batch", "serverCpuUs", 1.3),
      overEcho("agent datagram", "p99Us"),
      overEcho("agent datagram", "serverCpuUs"),
    ],
    charts: [
      {
        name: `${groupName}-p99`,
        title: `Latency at ${rate} a second, p99`,
        figure: "p99Us",
        unit: "µs",
        muted: BASELINES,
      },
    ],
    open: (bench) =>
      openUdp(bench, { threads: 3, pairs: false }, (servers: UdpServers) => {
        const rated = (name: string, target: Target | undefined) => {
          let isWarm = bench.quick;
          return variantOf({ name, target }, async (target) => {
            if (!isWarm) {
              const seconds = WARM_UP_SECONDS;
              bench.progress(`${groupName}: ${name} warms up`);
              await runLoad({ target, options, bench: { ...bench, seconds } });
              isWarm = true;
            }
            return latencies(await runLoad({ target, options, bench }));
          });
        };
        return [
          ...rated("C echo", servers.echo),
          ...rated("agent batch", servers.batch),
          ...rated("Deno echo", servers.denoEcho),
          ...rated("agent datagram", servers.datagram),
        ];
      }),
  };
}

function overEcho(
  variant: string,
  figure: "p99Us" | "serverCpuUs",
  atMost?: number,
): Goal {
  return {
    text: `${variant}: ${figure === "p99Us" ? "p99" : "CPU"} over a C echo`,
    of: { variant, figure },
    over: { variant: "C echo", figure },
    ...(atMost === undefined ? {} : { atMost }),
  };
}

/** CPU that each service takes while no program asks for anything. */
export const tailIdle: Group = groupOf({
  name: "tail-idle",
  title: "CPU of services that have nothing to do",
  roundsMax: 1,
  defaultSeconds: 60,
  goals: [
    idleGoal("agent batch", "agentCpuMsPerSecond", 5),
    idleGoal("agent datagram", "agentCpuMsPerSecond", 5),
    idleGoal("agent batch", "dnsCpuMsPerSecond", 2),
    idleGoal("agent batch", "reporterCpuMsPerSecond", 2),
  ],
  variants: (bench) =>
    (["batch", "datagram"] as const).map((transport) => ({
      name: `agent ${transport}`,
      measure: () => idle(transport, bench),
    })),
});

function idleGoal(variant: string, figure: string, atMost: number): Goal {
  const service = /^[a-z]+/.exec(figure)![0];
  return {
    text: `${service === "agent" ? variant : service}: CPU, ms a second`,
    of: { variant, figure },
    atMost,
  };
}

/** CPU of all services after some requests and reports, with their routes and links. */
async function idle(
  transport: UdpTransport,
  bench: BenchOptions,
): Promise<Figures> {
  const keys = parseRoutes(ROUTES);
  await using lars = await LocalLars.start({
    routes: keys.flatMap((key) =>
      hostsFor(key, HOSTS).map((host) => ({ ...key, ...host }))
    ),
    conf: { agent: `[udp]\ntransport = ${transport}\n` },
    print: () => {},
  });
  const { port } = lars.agent;
  await warmUp(port, keys);
  await runLoad({
    target: { port, pid: lars.pidOf("agent")! },
    options: ["--window=1", "--report", `--routes=${ROUTES}`],
    bench: { ...bench, seconds: bench.warmUpSeconds },
  });
  await sleep(bench.quick ? SETTLE_QUICK_MS : SETTLE_MS);
  const before = SERVICES.map((name) => cpuNs(lars.pidOf(name)!));
  const startedMs = performance.now();
  await sleep(bench.seconds * 1_000);
  const elapsedSeconds = (performance.now() - startedMs) / 1_000;
  return Object.fromEntries(
    SERVICES.map((name, index) => [
      `${name}CpuMsPerSecond`,
      (cpuNs(lars.pidOf(name)!) - before[index]!) / 1e6 / elapsedSeconds,
    ]),
  );
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
