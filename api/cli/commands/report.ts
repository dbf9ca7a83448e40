import type { Command } from "commander";
import {
  type HostAddress,
  ID_MAX,
  isAddress,
  type RouteKey,
} from "../../../proto/mod.ts";
import { DURATION_US_MAX } from "../../mod.ts";
import { addCommand, type CommandContext } from "../command.ts";
import { ExitCode } from "../exit_code.ts";
import {
  addAgentOptions,
  addRouteArguments,
  type AgentOptions,
  openClient,
} from "../options/agent.ts";
import { integer, parseHost } from "../options/arguments.ts";
import type { Environment } from "../environment.ts";
import { printJson } from "../output.ts";

/** What the report command takes. */
export interface ReportOptions extends RouteKey, AgentOptions {
  host: HostAddress;
  returnCode: number;
  durationUs?: number;
}

/** The report command. */
export function addReportCommand(
  program: Command,
  { environment, run }: CommandContext,
): void {
  const command = addCommand(program, {
    name: "report",
    description: "Report to the agent how a call went; it does not answer",
    example: "lars report 1 1 192.168.1.177:7777 0 --duration-us 1500",
  });
  addRouteArguments(addAgentOptions(command))
    .argument("<ip:port>", "the host that was called", parseHost)
    .argument(
      "<retcode>",
      "0 is success, anything else failure",
      integer({ min: -ID_MAX - 1, max: ID_MAX }),
    )
    .option(
      "--duration-us <us>",
      "duration of the call, in microseconds",
      integer({ min: 1, max: DURATION_US_MAX }),
    )
    .action(
      run((
        modId: number,
        cmdId: number,
        host: HostAddress,
        returnCode: number,
        options: AgentOptions & { durationUs?: number },
      ) => report(environment, { ...options, modId, cmdId, host, returnCode })),
    );
}

/** Sends a report, and fails if it could not be sent: agents do not answer it. */
export async function report(
  environment: Environment,
  options: ReportOptions,
): Promise<ExitCode> {
  const { modId, cmdId, json, ...result } = options;
  await using client = openClient(environment, options);
  const { hostname } = options.agent;
  if (!isAddress(hostname)) {
    // Which address of a name the agent has shows when it answers.
    await client.getRoute(modId, cmdId);
  }
  const sent = await client.report(modId, cmdId, result);
  if (json) printJson(environment, { state: sent ? "sent" : "system_error" });
  if (sent) return ExitCode.found;
  environment.printError(
    `Cannot report to the agent as the system refused to send to ${hostname}: see --agent`,
  );
  return ExitCode.systemError;
}
