import type { Command } from "commander";
import {
  AGENT_SERVERS,
  type Endpoint,
  formatEndpoint,
  ID_MAX,
  isAddress,
  isValidKey,
  ownerOf,
  type RouteKey,
} from "../../../proto/mod.ts";
import {
  type ExplainOutcome,
  type HostOutcome,
  LarsClient,
  REGISTER_PAUSE_MS,
  REGISTER_TRIES,
} from "../../mod.ts";
import {
  addCommand,
  type CommandContext,
  type CommandHelp,
} from "../command.ts";
import type { Environment } from "../environment.ts";
import type { ExitCode } from "../exit_code.ts";
import { GIVE_UP_MS, Patience } from "./patience.ts";
import { integer, numberOption, parseAgent, parseWireId } from "./arguments.ts";

/** Tries of one request. */
const TRIES = 3;

/** Options of every command that talks to an agent. */
export interface AgentOptions {
  agent: Endpoint;
  timeoutMs: number;
  json?: boolean;
}

/** Adds these options to a command. */
export function addAgentOptions(command: Command): Command {
  return addAgentPlace(command).option("--json", "print JSON");
}

/** Adds the options that say where the agent is. */
export function addAgentPlace(command: Command): Command {
  command.option(
    "--agent <host:port>",
    "the agent's first UDP server; the other two have the next ports",
    (text: string) => parseAgent(text),
    { hostname: "127.0.0.1", port: 8888 },
  );
  // Commander would print the default as an object.
  command.options.at(-1)!.defaultValueDescription = "127.0.0.1:8888";
  return numberOption(command, "--timeout-ms <ms>", {
    description: "timeout of each of three tries, in milliseconds",
    parse: integer({ min: 1, max: 60_000 }),
    value: 100,
  });
}

/** Adds MODID and CMDID to a command that asks an agent. */
export function addRouteArguments(command: Command): Command {
  return command
    .argument("<modid>", "the called service", parseWireId)
    .argument("<cmdid>", "its command", parseWireId);
}

/** Adds a command that asks an agent about one route; its `action` gets what commander parsed. */
export function addRouteQuery<Options extends RouteKey & AgentOptions>(
  program: Command,
  { environment, run }: CommandContext,
  { action, hasJson = true, ...help }: CommandHelp & {
    action: (environment: Environment, options: Options) => Promise<ExitCode>;
    /** Whether it can print JSON. */
    hasJson?: boolean;
  },
): Command {
  const add = hasJson ? addAgentOptions : addAgentPlace;
  return addRouteArguments(add(addCommand(program, help))).action(
    run((modId: number, cmdId: number, options: AgentOptions) =>
      // Options that the caller adds to the command are in here too.
      action(environment, { ...options, modId, cmdId } as Options)
    ),
  );
}

/** A client of the agent that the options name. */
export function openClient(
  environment: Environment,
  { agent, timeoutMs, batching = true, keepsFiles = false }: AgentOptions & {
    batching?: boolean;
    /** Whether the command needs files afterwards. */
    keepsFiles?: boolean;
  },
): LarsClient {
  if (!keepsFiles) environment.keepOnly("network");
  const { transport, clock, random } = environment;
  return LarsClient.open({
    agent,
    timeoutMs,
    tries: TRIES,
    batching,
    standInMs: 0,
    transport,
    clock,
    random,
  });
}

/**
 * Asks until the outcome is other than `no_route`, as often as
 * {@linkcode LarsClient.register}: the agent first has to pull a route that no
 * program has asked for.
 */
export async function retryUntilFound<Outcome extends { state: string }>(
  environment: Environment,
  options: AgentOptions,
  ask: () => Promise<Outcome>,
): Promise<Outcome> {
  for (let tried = 1;; tried++) {
    const outcome = await waitForAgent(environment, options, ask);
    if (outcome.state !== "no_route" || tried === REGISTER_TRIES) {
      return outcome;
    }
    await environment.clock.sleep(REGISTER_PAUSE_MS, environment.signal);
  }
}

/** An answer of the agent; a timeout that its user chose is not cut short. */
export function waitForAgent<Outcome>(
  environment: Environment,
  { agent, timeoutMs }: AgentOptions,
  ask: () => Promise<Outcome>,
): Promise<Outcome> {
  const patience = new Patience(environment, {
    whom: `the agent at ${formatEndpoint(agent)}`,
    reason: "it does not run there, or is not reached",
    giveUpMs: Math.max(GIVE_UP_MS, (timeoutMs + 1_000) * TRIES),
  });
  return patience.retry(ask);
}

/** The state of an outcome that a command cannot go on with. */
export type FailureState = Exclude<
  HostOutcome["state"] | ExplainOutcome["state"],
  "found"
>;

/** The sentence that says what failed and why, and what to do. */
export function failureMessage(
  key: RouteKey,
  { action = "find a host for", state, agent }: {
    action?: "find a host for" | "explain" | "record";
    state: FailureState;
    agent: Endpoint;
  },
): string {
  const { modId, cmdId } = key;
  const port = agent.port + ownerOf(key, AGENT_SERVERS);
  const owner = { hostname: agent.hostname, port };
  const server = formatEndpoint(owner);
  const failed = `Cannot ${action} (${modId}, ${cmdId}) as`;
  switch (state) {
    case "overloaded":
      return `${failed} every host is overloaded: try again`;
    case "no_route":
      if (!isValidKey(key)) {
        return `${failed} there is no such route, and cannot be: modid and cmdid of a route are from 0 to ${ID_MAX}`;
      }
      return action === "find a host for"
        ? `${failed} there is no such route: add a host with "lars route add ${modId} ${cmdId} IP:PORT"`
        : `${failed} the agent does not know this route: it has no hosts, or no program has asked for it yet: ask with "lars get-host ${modId} ${cmdId}"`;
    case "system_error":
      return `${failed} the agent at ${server} has a system error: see its log`;
    case "unsupported":
      return `${failed} the agent at ${server} answers other requests but not this one: it is an agent of the original system`;
    default:
      return `${failed} ${
        nobodyAnswers(owner)
      }: ${startAdvice()}, or name another with --agent HOST:PORT`;
  }
}

/** That nobody answers there: a name may have no address, which looks the same. */
export function nobodyAnswers(agent: Endpoint): string {
  return `no agent answers at ${formatEndpoint(agent)}${
    isAddress(agent.hostname) ? "" : ", if that name has an address"
  }`;
}

/** How to start an agent: where Lars is installed there are no tasks of Deno. */
export function startAdvice(isInstalled = Deno.build.standalone): string {
  return isInstalled
    ? 'start it with "systemctl start lars-agent", or without systemd as "lars-agent"'
    : 'start one with "deno task start"';
}
