import type { BenchOptions, Group, Variant } from "./group.ts";
import { runLoad, throughput } from "../load/process.ts";
import type { Target } from "./echo_servers.ts";
import {
  BASELINES,
  openUdp,
  ROUTES,
  type UdpServers,
  variantOf,
} from "./udp_servers.ts";

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
    variantOf(
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
