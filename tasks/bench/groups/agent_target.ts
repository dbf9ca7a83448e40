import { printError } from "../../../net/client.ts";
import { LarsClient } from "../../../api/mod.ts";
import { AGENT_SERVERS, type RouteKey } from "../../../proto/mod.ts";
import { freeTcpPort, freeUdpPorts } from "../../local/free_ports.ts";
import { ServiceProcess } from "../../local/service_process.ts";
import { serviceArguments } from "../../local/services.ts";
import type { Target } from "./echo_servers.ts";

/** How the agent's UDP servers receive: `[udp] transport` of its file. */
export type UdpTransport = "batch" | "datagram";

/** An agent process under measurement. */
export interface AgentTarget extends Target {
  /** Where it serves its metrics. */
  readonly metricsPort: number;
}

/**
 * Starts an agent whose routes come from the dns at `dns`.
 *
 * @throws {StartError} If it does not come up, for example as it cannot use the transport.
 */
export async function startAgent(
  { transport, dns, conf = "" }: {
    transport: UdpTransport;
    dns: string;
    /** Further sections of its file. */
    conf?: string;
  },
): Promise<AgentTarget> {
  const folder = await Deno.makeTempDir({ prefix: "lars-bench-" });
  const port = freeUdpPorts(AGENT_SERVERS);
  const metricsPort = freeTcpPort();
  const text = `[agent]
port = ${port}
[udp]
transport = ${transport}
[dnsserver]
addresses = ${dns}
[reporter]
addresses = ${dns}
[metrics]
port = ${metricsPort}
${conf}`;
  await Deno.writeTextFile(`${folder}/agent.conf`, text);
  const service = new ServiceProcess({
    name: "agent",
    arguments: await serviceArguments("agent", { conf: folder, data: folder }),
    print: (line) => {
      if (/ (warning|error|fatal) |^error/.test(line)) printError(line);
    },
  });
  await service.ready();
  return {
    port,
    pid: service.pid!,
    metricsPort,
    async [Symbol.asyncDispose]() {
      await service.stop();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Requests in flight during the warm-up. */
const WARM_UP_IN_FLIGHT = 128;

/** Most passes over the routes without hosts; each gives dns time to answer. */
const WARM_UP_PASSES_MAX = 100;

/**
 * Asks for every route until the agent has hosts for all of them.
 *
 * @throws {Error} If a route has none after {@linkcode WARM_UP_PASSES_MAX} passes.
 */
export async function warmUp(
  port: number,
  routes: readonly RouteKey[],
): Promise<void> {
  await using client = LarsClient.open({
    agent: { hostname: "127.0.0.1", port },
    timeoutMs: 1_000,
  });
  let unknown = [...routes];
  for (let pass = 1; unknown.length > 0; pass++) {
    if (pass > WARM_UP_PASSES_MAX) {
      throw new Error(
        `Cannot warm up the agent as it has no hosts for ${unknown.length} of ${routes.length} routes`,
      );
    }
    const round = unknown;
    unknown = [];
    let next = 0;
    const requestNext = async () => {
      while (next < round.length) {
        const route = round[next++]!;
        const { state } = await client.getHost(route.modId, route.cmdId);
        if (state !== "found") unknown.push(route);
      }
    };
    await Promise.all(Array.from({ length: WARM_UP_IN_FLIGHT }, requestNext));
    if (pass > 1) await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
