import type { Command } from "commander";
import { formatAddress, formatIp, type RouteKey } from "../../../proto/mod.ts";
import type { RouteHost } from "../../mod.ts";
import type { CommandContext } from "../command.ts";
import { type ExitCode, exitCodeOf } from "../exit_code.ts";
import {
  addRouteQuery,
  type AgentOptions,
  failureMessage,
  openClient,
  retryUntilFound,
} from "../options/agent.ts";
import type { Environment } from "../environment.ts";
import { print, printJson } from "../output.ts";

/** The get-route command. */
export function addGetRouteCommand(
  program: Command,
  context: CommandContext,
): void {
  addRouteQuery(program, context, {
    name: "get-route",
    description: "Ask the agent for all hosts of a route and their states",
    example: "lars get-route 1 1 --json",
    action: getRoute,
  });
}

/** Prints every host of a route, and whether it is overloaded. */
export async function getRoute(
  environment: Environment,
  options: RouteKey & AgentOptions,
): Promise<ExitCode> {
  const { modId, cmdId, agent, json } = options;
  await using client = openClient(environment, options);
  const outcome = await retryUntilFound(
    environment,
    options,
    () => client.getRoute(modId, cmdId, { withState: true }),
  );
  const { state } = outcome;
  const hosts = state === "found" ? outcome.hosts : [];
  if (json) {
    const listed = hosts.map((host) => ({
      ip: formatIp(host.ip),
      port: host.port,
      state: stateOf(host),
    }));
    printJson(environment, { state, hosts: listed });
  } else {
    for (const host of hosts) {
      print(environment, `${formatAddress(host)} ${stateOf(host)}`);
    }
  }
  if (state !== "found") {
    environment.printError(failureMessage(options, { state, agent }));
  }
  return exitCodeOf(state);
}

/** "idle", "overloaded" or "drained". */
export function stateOf(host: RouteHost): string {
  if (host.drained) return "drained";
  return host.overload ? "overloaded" : "idle";
}
