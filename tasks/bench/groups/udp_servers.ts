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
import type { BenchOptions, OpenGroup, Variant } from "./group.ts";
import { parseRoutes } from "../load/routes.ts";
import type { Figures } from "../report/measurement.ts";

/** Ten routes of ten hosts for each of the agent's ports. */
export const ROUTES = "1-10/1-3";
export const HOSTS = 10;

/** Servers that a UDP group measures: those in C are undefined without a compiler, those for pairs where no pairs are measured. */
export interface UdpServers {
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
export const BASELINES: readonly string[] = ["C ", "Deno "];

/** The variant of a server, if there is one. */
export function variantOf(
  { name, target }: { name: string; target: Target | undefined },
  measure: (target: Target) => Promise<Figures>,
): Variant[] {
  return target === undefined ? [] : [{ name, measure: () => measure(target) }];
}

/** Starts all servers and warms up the agents; they end with the group. */
export async function openUdp(
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
