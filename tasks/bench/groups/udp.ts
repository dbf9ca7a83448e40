import type { RouteKey } from "../../../proto/mod.ts";
import { StartError } from "../../local/service_process.ts";
import {
  type AgentTarget,
  startAgent,
  type UdpTransport,
  warmUp,
} from "./agent_target.ts";
import { FakeDns, hostsFor } from "../programs/fake_dns.ts";
import { CEchoServer, startDenoEcho, type Target } from "./echo_servers.ts";
import type { BenchOptions, Group, OpenGroup, Variant } from "./group.ts";
import { latencies, runLoad, throughput } from "../load/process.ts";
import { parseRoutes } from "../load/routes.ts";
import type { Figures } from "../report/measurement.ts";

/** Ten routes of ten hosts for each of the agent's ports. */
const ROUTES = "1-10/1-3";
const HOSTS = 10;

/** Servers that a UDP group measures: those in C are undefined without a compiler, those for pairs where no pairs are measured. */
interface UdpServers {
  echo: Target | undefined;
  pair: Target | undefined;
  pairBatched: Target | undefined;
  denoEcho: Target;
  denoPair: Target | undefined;
  /** Undefined where this transport does not work. */
  batch: AgentTarget | undefined;
  batchAdaptive: AgentTarget | undefined;
  datagram: AgentTarget;
}

/** First words in the names of bare echo servers. */
const BASELINES = ["C ", "Deno "];

const CPU = "serverCpuUs";

/** One port, 64 requests in flight: cost of the agent's UDP path over a bare echo. */
export const udpOnePort: Group = {
  name: "udp-one-port",
  title: "UDP, one port, 64 outstanding",
  goals: [
    {
      text: "batch, getHost: CPU over a C echo",
      of: { variant: "agent batch, getHost", figure: CPU },
      over: { variant: "C echo", figure: CPU },
      atMost: 1.25,
    },
    {
      text: "batch, getHost + report: CPU over a C echo",
      of: { variant: "agent batch, pairs", figure: CPU },
      over: { variant: "C pairs", figure: CPU },
      atMost: 1.35,
    },
    {
      text: "datagram, getHost: CPU over a bare Deno echo",
      of: { variant: "agent datagram, getHost", figure: CPU },
      over: { variant: "Deno echo", figure: CPU },
      atMost: 1.2,
    },
    {
      text: "datagram, getHost + report: CPU over a bare Deno echo",
      of: { variant: "agent datagram, pairs", figure: CPU },
      over: { variant: "Deno pairs", figure: CPU },
      atMost: 1.2,
    },
    {
      text: "batch, getHost: answers over a C echo",
      of: { variant: "agent batch, getHost", figure: "answersPerSecond" },
      over: { variant: "C echo", figure: "answersPerSecond" },
    },
    {
      text: "batch, getHost + report: CPU with adaptive over that with lars",
      of: { variant: "agent batch, adaptive, pairs", figure: CPU },
      over: { variant: "agent batch, pairs", figure: CPU },
    },
    {
      text: "batch, getHost: CPU over C with recvmmsg",
      of: { variant: "agent batch, getHost", figure: CPU },
      over: { variant: "C recvmmsg, getHost", figure: CPU },
    },
  ],
  charts: [
    {
      name: "udp-cpu",
      title: "CPU of the server for each answer, one port, 64 outstanding",
      figure: CPU,
      unit: "µs",
      muted: BASELINES,
    },
    {
      name: "udp-rate",
      title: "Answers a second, one port, 64 outstanding",
      figure: "answersPerSecond",
      unit: "",
      muted: BASELINES,
    },
  ],
  open: (bench) =>
    openUdp(bench, { threads: 1, pairs: true }, (servers) => {
      const window = ["--ports=1", "--window=64", `--routes=${ROUTES}`];
      return windowed(servers, { bench, window });
    }),
};

/** Three ports, 16 requests in flight at each: all shards of the agent at work. */
export const udpThreePorts: Group = {
  name: "udp-three-ports",
  title: "UDP, three ports, 16 outstanding at each",
  goals: [
    {
      text: "batch, getHost + report: CPU over a C echo",
      of: { variant: "agent batch, pairs", figure: CPU },
      over: { variant: "C pairs", figure: CPU },
    },
    {
      text: "datagram, getHost + report: CPU over a bare Deno echo",
      of: { variant: "agent datagram, pairs", figure: CPU },
      over: { variant: "Deno pairs", figure: CPU },
    },
  ],
  charts: [
    {
      name: "udp-pairs",
      title: "Answers a second, three ports, 16 outstanding at each",
      figure: "answersPerSecond",
      unit: "",
      muted: BASELINES,
    },
  ],
  open: (bench) =>
    openUdp(bench, { threads: 3, pairs: true }, (servers) => {
      const window = ["--ports=3", "--window=16", `--routes=${ROUTES}`];
      return windowed(servers, { bench, window });
    }),
};

/** Latency at 10,000 requests a second, sent when due whether or not answers come. */
export const udpLatency: Group = {
  name: "udp-latency",
  title: "UDP, 10,000 getHost a second, latency from when each was due",
  charts: [
    {
      name: "udp-latency-p50",
      title: "Latency at 10,000 a second, p50",
      figure: "p50Us",
      unit: "µs",
      muted: BASELINES,
    },
    {
      name: "udp-latency-p99",
      title: "Latency at 10,000 a second, p99",
      figure: "p99Us",
      unit: "µs",
      muted: BASELINES,
    },
  ],
  open: (bench) =>
    openUdp(bench, { threads: 3, pairs: false }, (servers) => {
      const options = ["--rate=10000", `--routes=${ROUTES}`];
      const rated = (name: string, target: Target | undefined) =>
        variant({ name, target }, async (target) =>
          latencies(await runLoad({ target, options, bench })));
      return [
        ...rated("C echo", servers.echo),
        ...rated("Deno echo", servers.denoEcho),
        ...rated("agent batch", servers.batch),
        ...rated("agent datagram", servers.datagram),
      ];
    }),
};

function windowed(
  servers: UdpServers,
  { bench, window }: { bench: BenchOptions; window: readonly string[] },
): Variant[] {
  const pairs = [...window, "--report"];
  const loaded = (
    name: string,
    target: Target | undefined,
    options: readonly string[],
  ) =>
    variant(
      { name, target },
      async (target) => throughput(await runLoad({ target, options, bench })),
    );
  return [
    ...loaded("C echo", servers.echo, window),
    ...loaded("C recvmmsg, getHost", servers.pairBatched, window),
    ...loaded("agent batch, getHost", servers.batch, window),
    ...loaded("Deno echo", servers.denoEcho, window),
    ...loaded("agent datagram, getHost", servers.datagram, window),
    ...loaded("C pairs", servers.pair, pairs),
    ...loaded("C recvmmsg, pairs", servers.pairBatched, pairs),
    ...loaded("agent batch, pairs", servers.batch, pairs),
    ...loaded("agent batch, adaptive, pairs", servers.batchAdaptive, pairs),
    ...loaded("Deno pairs", servers.denoPair, pairs),
    ...loaded("agent datagram, pairs", servers.datagram, pairs),
  ];
}

function variant(
  { name, target }: { name: string; target: Target | undefined },
  measure: (target: Target) => Promise<Figures>,
): Variant[] {
  return target === undefined ? [] : [{ name, measure: () => measure(target) }];
}

/** Starts all servers and warms up the agents; they end with the group. */
async function openUdp(
  bench: BenchOptions,
  { threads, pairs }: { threads: number; pairs: boolean },
  variantsOf: (servers: UdpServers) => Variant[],
): Promise<OpenGroup> {
  const open = new AsyncDisposableStack();
  try {
    const cEcho = await CEchoServer.compile();
    if (cEcho === undefined) {
      bench.progress("no C compiler: the echo servers in C are left out");
    } else open.use(cEcho);
    const dns = open.use(new FakeDns((key) => hostsFor(key, HOSTS)));
    const keep = async <Server extends AsyncDisposable>(
      starting: Promise<Server>,
    ) => open.use(await starting);
    const agent = (transport: UdpTransport, policy = "lars") => {
      const conf = `[loadbalance]\npolicy = ${policy}\n`;
      return keep(startAgent({ transport, dns: dns.address, conf }));
    };
    const c = (mode: "echo" | "pair", batch = 0) =>
      cEcho && keep(cEcho.start(mode, { threads, batch }));
    const servers: UdpServers = {
      echo: await c("echo"),
      pair: pairs ? await c("pair") : undefined,
      pairBatched: pairs ? await c("pair", 64) : undefined,
      denoEcho: await keep(startDenoEcho("echo", { threads })),
      denoPair: pairs
        ? await keep(startDenoEcho("pair", { threads }))
        : undefined,
      batch: await agent("batch").catch((error) => {
        if (!(error instanceof StartError)) throw error;
        bench.progress(`the agent in batch is left out: ${error.message}`);
        return undefined;
      }),
      batchAdaptive: undefined,
      datagram: await agent("datagram"),
    };
    if (pairs && servers.batch !== undefined) {
      servers.batchAdaptive = await agent("batch", "adaptive");
    }
    const routes: RouteKey[] = parseRoutes(ROUTES);
    const { batch, batchAdaptive, datagram } = servers;
    for (const agent of [batch, batchAdaptive, datagram]) {
      if (agent !== undefined) await warmUp(agent.port, routes);
    }
    return {
      variants: variantsOf(servers),
      [Symbol.asyncDispose]: () => open.disposeAsync(),
    };
  } catch (error) {
    await open.disposeAsync();
    throw error;
  }
}
