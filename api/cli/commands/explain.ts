import type { Command } from "commander";
import {
  formatAddress,
  fromWireAddress,
  type lars,
  type RouteKey,
} from "../../../proto/mod.ts";
import {
  addAgentOptions,
  type AgentOptions,
  explainNoHost,
} from "../options/agent.ts";
import { integer, numberOption } from "../options/arguments.ts";
import { addCommand, type Run } from "../command.ts";
import { type Environment, print, printJson } from "../output.ts";
import { ExitCode } from "../exit_code.ts";
import { ExplainLink } from "./explain_link.ts";
import { addRouteArguments } from "./host_commands.ts";

export interface ExplainOptions extends RouteKey, AgentOptions {
  /** The newest decisions to print. */
  decisions: number;
}

/** The explain command. */
export function addExplainCommand(
  program: Command,
  { environment, run }: { environment: Environment; run: Run },
): void {
  const command = addCommand(program, {
    name: "explain",
    description:
      "Why each host of a route is picked or rests: the numbers, the rule behind them, and the last decisions",
    example: "lars explain 1 1",
  });
  addRouteArguments(addAgentOptions(command));
  numberOption(command, "--decisions <count>", {
    description: "how many of the last decisions to print",
    parse: integer({ min: 0, max: 10_000 }),
    value: 20,
  });
  command.action(
    run((
      modId: number,
      cmdId: number,
      options: Omit<ExplainOptions, keyof RouteKey>,
    ) => explain(environment, { ...options, modId, cmdId })),
  );
}

/** Prints what the agent knows of a route's balancing. */
export async function explain(
  environment: Environment,
  options: ExplainOptions,
): Promise<ExitCode> {
  const { modId, cmdId, agent, json } = options;
  await using link = new ExplainLink(environment, options);
  const answer = await link.ask();
  if (answer === undefined) {
    if (json) printJson(environment, { state: "timeout" });
    environment.note(explainNoHost(options, { state: "timeout", agent }));
    return ExitCode.systemError;
  }
  if (answer.host.length === 0) {
    if (json) printJson(environment, { state: "no_route" });
    environment.note(
      `The agent does not know route (${modId}, ${cmdId}), as nobody has asked it for a host or it has none: ask with "lars get-host ${modId} ${cmdId}"`,
    );
    return ExitCode.noSuchRoute;
  }
  const decisions = options.decisions === 0
    ? []
    : answer.decision.slice(-options.decisions);
  if (json) printJson(environment, toJson(answer, decisions));
  else print(environment, format(answer, decisions));
  return ExitCode.found;
}

function format(
  { policy, host }: lars.ExplainResponse,
  decisions: readonly lars.Decision.$Properties[],
): string {
  const hosts = host.map((each) =>
    `${addressOf(each)} ${each.overload ? "resting" : "in use"}
  ${each.reason}`
  );
  const events = decisions.map((each) =>
    `${formatAge(each.age_ms ?? 0)} ago ${addressOf(each)}: ${each.text}`
  );
  return [
    `policy ${policy}`,
    ...hosts,
    ...(events.length > 0 ? ["", "decisions, oldest first", ...events] : []),
  ].join("\n");
}

function toJson(
  { policy, host }: lars.ExplainResponse,
  decisions: readonly lars.Decision.$Properties[],
) {
  return {
    state: "found",
    policy,
    hosts: host.map((each) => ({
      host: addressOf(each),
      succ: each.succ ?? 0,
      err: each.err ?? 0,
      overload: each.overload ?? false,
      reason: each.reason ?? "",
    })),
    decisions: decisions.map((each) => ({
      number: each.number,
      ageMs: each.age_ms ?? 0,
      host: addressOf(each),
      text: each.text ?? "",
    })),
  };
}

function addressOf(
  { host }: { host?: lars.HostInfo.$Properties | null },
): string {
  return formatAddress(fromWireAddress(host ?? {}));
}

function formatAge(ageMs: number): string {
  return `${(ageMs / 1_000).toFixed(1)} s`;
}
