import type { Command } from "commander";
import { formatAddress, formatIp, type RouteKey } from "../../../proto/mod.ts";
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

/** The get-host command. */
export function addGetHostCommand(
  program: Command,
  context: CommandContext,
): void {
  addRouteQuery(program, context, {
    name: "get-host",
    description: "Ask the agent which host to call",
    example: "lars get-host 1 1",
    action: getHost,
  });
}

/** Prints the host to call. */
export async function getHost(
  environment: Environment,
  options: RouteKey & AgentOptions,
): Promise<ExitCode> {
  const { modId, cmdId, agent, json } = options;
  await using client = openClient(environment, options);
  const outcome = await retryUntilFound(
    environment,
    options,
    () => client.getHost(modId, cmdId),
  );
  const { state } = outcome;
  if (state === "found") {
    const { ip, port } = outcome.host;
    if (json) printJson(environment, { state, ip: formatIp(ip), port });
    else print(environment, formatAddress(outcome.host));
  } else {
    if (json) printJson(environment, { state });
    environment.printError(failureMessage(options, { state, agent }));
  }
  return exitCodeOf(state);
}
