import type { Command } from "commander";
import {
  type Endpoint,
  formatEndpoint,
  ownerOf,
  type RouteKey,
} from "../../../proto/mod.ts";
import {
  AGENT_SERVERS,
  type HostOutcome,
  LarsClient,
  type NoAnswer,
  REGISTER_PAUSE_MS,
  REGISTER_TRIES,
} from "../../mod.ts";
import { integer, numberOption, parseAgent } from "./arguments.ts";
import type { Environment } from "../output.ts";

/** Options of every command that talks to an agent. */
export interface AgentOptions {
  agent: Endpoint;
  timeoutMs: number;
  json?: boolean;
}

/** Adds these options to a command. */
export function addAgentOptions(command: Command): Command {
  command.option(
    "--agent <ip:port>",
    "the agent's first UDP server; the other two have the next ports",
    (text: string) => parseAgent(text),
    { hostname: "127.0.0.1", port: 8888 },
  );
  // Commander would print the default as an object.
  command.options.at(-1)!.defaultValueDescription = "127.0.0.1:8888";
  numberOption(command, "--timeout-ms <ms>", {
    description: "how long one of three tries waits for its answer",
    parse: integer({ min: 1, max: 60_000 }),
    value: 100,
  });
  return command.option("--json", "print JSON");
}

/** A client of the agent that the options name. */
export function openClient(
  environment: Environment,
  { agent, timeoutMs }: AgentOptions,
): LarsClient {
  environment.keepOnly("network");
  const { transport, clock, random } = environment;
  return LarsClient.open({ agent, timeoutMs, transport, clock, random });
}

/**
 * Asks until the answer is another than "no such route", as often as register
 * does: the agent has yet to pull a route that nobody asked for before.
 */
export async function askPatiently<Outcome extends { state: string }>(
  environment: Environment,
  ask: () => Promise<Outcome>,
): Promise<Outcome> {
  for (let tried = 1;; tried++) {
    const outcome = await ask();
    if (outcome.state !== "no_route" || tried === REGISTER_TRIES) {
      return outcome;
    }
    await environment.clock.sleep(REGISTER_PAUSE_MS, environment.signal);
  }
}

/** Says why there is no host, and what to do. */
export function explainNoHost(
  key: RouteKey,
  { state, agent }: { state: Failure["state"]; agent: Endpoint },
): string {
  const asked = formatEndpoint({
    hostname: agent.hostname,
    port: agent.port + ownerOf(key, AGENT_SERVERS),
  });
  const failed = `Cannot find a host for (${key.modId}, ${key.cmdId}) as`;
  switch (state) {
    case "overloaded":
      return `${failed} every host is overloaded: try again`;
    case "no_route":
      return `${failed} there is no such route: add a host with "lars route add ${key.modId} ${key.cmdId} IP:PORT"`;
    case "system_error":
      return `${failed} the agent at ${asked} has a system error: see its log`;
    default:
      return `${failed} no agent answers at ${asked}: start one with "deno task start", or name another with --agent IP:PORT`;
  }
}

type Failure = Exclude<HostOutcome, { state: "found" }> | NoAnswer;
