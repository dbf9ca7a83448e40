import { dirname } from "node:path";
import { agentConf, ConfigError, locate } from "../../../../conf/mod.ts";
import {
  type Endpoint,
  formatEndpoint,
  isDrained,
} from "../../../../proto/mod.ts";
import type { StoreIdentity } from "../../../../store/mod.ts";
import { LarsClient } from "../../../mod.ts";
import type { Environment } from "../../environment.ts";
import { checkStopped } from "../../exit_code.ts";
import type { OpenedStore, StoreOptions } from "../../options/store.ts";
import { isForgotten } from "../../text/drain_text.ts";
import { counted } from "../../text/quantities.ts";
import { namesIgnored } from "../route/notes.ts";
import { askServer, type ServerState } from "./servers.ts";

/** Time for the agent to answer, in each of three tries. */
const AGENT_TIMEOUT_MS = 300;

/** A line of the answer: whom it is about, and what there is to say. */
export interface Finding {
  /** "store", "dns", "reporter", "agent" or "fleet". */
  what: string;
  /** Where that is. */
  at: string;
  /** One sentence. */
  text: string;
  /** Whether a person has to do something. */
  isWrong: boolean;
}

/** What the services that this machine is configured for answer. */
export interface Services {
  dns: readonly [Endpoint, ServerState][];
  reporters: readonly [Endpoint, ServerState][];
  agent: Finding;
  /** The policy of its agents' file; empty: not known. */
  policy: string;
}

/** Asks the services that the configuration of this machine names; one without a file of agents has none to ask. */
export async function askServices(
  environment: Environment,
  options: StoreOptions,
): Promise<Services> {
  let config;
  try {
    config = await agentConfig(options);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const agent = {
      what: "agent",
      at: "this machine",
      text: error.message,
      isWrong: true,
    };
    return { dns: [], reporters: [], agent, policy: "" };
  }
  const [dns, reporters, agent] = await Promise.all([
    askAll(environment, config.dnsServers),
    askAll(environment, config.reporters),
    askAgent(environment, config.listen),
  ]);
  return { dns, reporters, agent, policy: config.policy };
}

/** What there is to say of the store and the services. */
export async function findServices(
  environment: Environment,
  { opened, services }: { opened: OpenedStore; services: Services },
): Promise<Finding[]> {
  const { dns, reporters, agent, policy } = services;
  const { identity, finding } = await lookAtStore(environment, {
    opened,
    policy,
  });
  return [
    finding,
    ...dns.map(([at, state]) => describeDns(at, state, identity)),
    ...reporters.map(([at, state]) => describe("reporter", at, state)),
    agent,
  ];
}

/** A finding as a line. */
export function formatFinding({ what, at, text }: Finding): string {
  return `${what.padEnd(8)}  ${at}: ${text}`;
}

/** What the agents' file of the same installation says. */
async function agentConfig({ conf }: StoreOptions) {
  const folder = conf === undefined
    ? undefined
    : dirname((await locate("dns", { conf })).conf);
  const place = await locate("agent", { conf: folder });
  return (await agentConf.load(place.conf)).config;
}

async function askAll(
  environment: Environment,
  servers: readonly Endpoint[],
): Promise<[Endpoint, ServerState][]> {
  return await Promise.all(
    servers.map(async (at): Promise<[Endpoint, ServerState]> => [
      at,
      await askServer(environment, at),
    ]),
  );
}

async function askAgent(
  { transport, clock, random }: Environment,
  at: Endpoint,
): Promise<Finding> {
  await using client = LarsClient.open({
    agent: at,
    transport,
    clock,
    random,
    timeoutMs: AGENT_TIMEOUT_MS,
    // What it remembers is no sign of an agent.
    standInMs: 0,
  });
  // Whatever it knows of this route, it answers.
  const { state } = await client.getRoute(0, 0);
  const isWrong = state !== "found" && state !== "no_route";
  return {
    what: "agent",
    at: formatEndpoint(at),
    text: isWrong ? "does not answer" : "answers",
    isWrong,
  };
}

/** Which store it is, how much it holds, and what of that nobody looks at. */
async function lookAtStore(
  environment: Environment,
  { opened, policy }: { opened: OpenedStore; policy: string },
): Promise<{ identity: StoreIdentity["identity"]; finding: Finding }> {
  const { store, where } = opened;
  let routes = 0;
  let hosts = 0;
  let drained = 0;
  let ignoring = 0;
  for await (const route of store.scan()) {
    checkStopped(environment.signal);
    routes += 1;
    hosts += route.hosts.length;
    drained += route.hosts.filter(isDrained).length;
    const own = route.settings?.policy ?? policy;
    if (route.hosts.some((host) => namesIgnored(host, own).length > 0)) {
      ignoring += 1;
    }
  }
  const parts = [
    counted(routes, "route"),
    counted(hosts, "host"),
    ...drained > 0 ? [`${drained} of them drained`] : [],
    ...ignoring > 0
      ? [
        `weights or zones of ${
          counted(ignoring, "route")
        } ignored by its policy`,
      ]
      : [],
  ];
  const nowS = environment.clock.wallSeconds();
  const drains = await store.drains();
  const forgotten = drains.filter((drain) => isForgotten(drain, nowS)).length;
  if (forgotten > 0) {
    parts.push(
      `${counted(forgotten, "drain")} past its time: see "lars host drains"`,
    );
  }
  const { identity } = await store.identity();
  return {
    identity,
    finding: {
      what: "store",
      at: where,
      text: parts.join(", "),
      isWrong: false,
    },
  };
}

function describeDns(
  at: Endpoint,
  server: ServerState,
  identity: string | undefined,
): Finding {
  const found = describe("dns", at, server);
  if (server.state !== "up") return found;
  const { store, held } = server.ack;
  if (identity !== undefined && store !== "" && store !== identity) {
    const text = `${found.text}, and serves another store than this one`;
    return { ...found, text, isWrong: true };
  }
  if (held === 0) return found;
  const text = `${found.text}, and keeps hosts of ${
    counted(held, "route")
  } that its store has lost: run "lars store accept" if they are to go, or bring them back`;
  return { ...found, text, isWrong: true };
}

function describe(
  what: string,
  at: Endpoint,
  server: ServerState,
): Finding {
  const text = server.state === "up"
    ? `answers, Lars ${server.ack.version}`
    : server.state === "original"
    ? "accepts connections, as one of the original system does"
    : "does not answer";
  const isWrong = server.state === "away";
  return { what, at: formatEndpoint(at), text, isWrong };
}
