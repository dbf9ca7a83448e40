import type { Command } from "commander";
import { dirname } from "node:path";
import { agentConf, locate } from "../../../../conf/mod.ts";
import {
  type Endpoint,
  formatEndpoint,
  isDrained,
} from "../../../../proto/mod.ts";
import type { StoreIdentity } from "../../../../store/mod.ts";
import { LarsClient } from "../../../mod.ts";
import { addCommand, type CommandContext } from "../../command.ts";
import type { Environment } from "../../environment.ts";
import { checkStopped, ExitCode } from "../../exit_code.ts";
import {
  addStoreOptions,
  openStore,
  type StoreOptions,
} from "../../options/store.ts";
import { print, printJson } from "../../output.ts";
import { namesIgnored } from "../route/notes.ts";
import { askServer, type ServerState } from "./servers.ts";

/** Time for the agent to answer, in each of three tries. */
const AGENT_TIMEOUT_MS = 300;

/** A line of the answer: whom it is about, and what there is to say. */
interface Finding {
  /** "store", "dns", "reporter" or "agent". */
  what: string;
  /** Where that is. */
  at: string;
  /** One sentence. */
  text: string;
  /** Whether a person has to do something. */
  isWrong: boolean;
}

/** The status command. */
export function addStatusCommand(
  program: Command,
  { environment, run }: CommandContext,
): void {
  addStoreOptions(addCommand(program, {
    name: "status",
    description:
      "Show the store, dns, reporter and agent that the configuration of this machine names, and what is wrong with them",
    example: "lars status",
  })).action(
    run((options: StoreOptions) => status(environment, options)),
  );
}

/** Prints what is wrong, and what there is. */
async function status(
  environment: Environment,
  options: StoreOptions,
): Promise<ExitCode> {
  const config = await agentConfig(options);
  // First, as a command on an embedded store gives up the right to connect.
  const [dns, reporters, agent] = await Promise.all([
    askAll(environment, config.dnsServers),
    askAll(environment, config.reporters),
    askAgent(environment, config.listen),
  ]);
  const { identity, finding } = await lookAtStore(environment, {
    options,
    policy: config.policy,
  });
  const findings = [
    finding,
    ...dns.map(([at, state]) => describeDns(at, state, identity)),
    ...reporters.map(([at, state]) => describe("reporter", at, state)),
    agent,
  ];
  if (options.json) printJson(environment, findings);
  for (const { what, at, text } of options.json ? [] : findings) {
    print(environment, `${what.padEnd(8)}  ${at}: ${text}`);
  }
  return findings.some(({ isWrong }) => isWrong)
    ? ExitCode.systemError
    : ExitCode.found;
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
  { options, policy }: { options: StoreOptions; policy: string },
): Promise<{ identity: StoreIdentity["identity"]; finding: Finding }> {
  await using opened = await openStore(environment, options);
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

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
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
