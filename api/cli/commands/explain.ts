import type { Command } from "commander";
import {
  type ExplainedDecision,
  formatAddress,
  type RouteExplanation,
  type RouteKey,
} from "../../../proto/mod.ts";
import type { CommandContext } from "../command.ts";
import { ExitCode, exitCodeOf } from "../exit_code.ts";
import {
  addRouteQuery,
  type AgentOptions,
  failureMessage,
  openClient,
  waitForAgent,
} from "../options/agent.ts";
import { integer, numberOption } from "../options/arguments.ts";
import type { Environment } from "../environment.ts";
import { print, printJson } from "../output.ts";

/** What the explain command takes. */
export interface ExplainCommandOptions extends RouteKey, AgentOptions {
  /** The newest decisions to print, at most. */
  decisions: number;
}

/** The explain command. */
export function addExplainCommand(
  program: Command,
  context: CommandContext,
): void {
  const command = addRouteQuery(program, context, {
    name: "explain",
    description:
      "Show why each host of a route is picked or not: the rule, the numbers behind it, and the latest decisions",
    example: "lars explain 1 1",
    action: explain,
  });
  numberOption(command, "--decisions <count>", {
    description: "the latest decisions to print, at most",
    parse: integer({ min: 0, max: 10_000 }),
    value: 20,
  });
}

/** Prints what the agent knows of a route's balancing. */
export async function explain(
  environment: Environment,
  options: ExplainCommandOptions,
): Promise<ExitCode> {
  const { modId, cmdId, agent, json } = options;
  await using client = openClient(environment, options);
  const outcome = await waitForAgent(
    environment,
    options,
    () => client.explain(modId, cmdId),
  );
  const { state } = outcome;
  if (state !== "found") {
    if (json) printJson(environment, { state });
    environment.printError(
      failureMessage(options, { action: "explain", state, agent }),
    );
    return exitCodeOf(state);
  }
  const count = Math.min(options.decisions, outcome.decisions.length);
  const decisions = outcome.decisions.slice(outcome.decisions.length - count);
  if (json) printJson(environment, toJson({ ...outcome, decisions }));
  else print(environment, format({ ...outcome, decisions }));
  return ExitCode.found;
}

function format(
  { policy, hosts, decisions }: Omit<RouteExplanation, "calls">,
): string {
  const states = hosts.map((host) =>
    `${formatAddress(host)} ${host.overload ? "out" : "in use"}
  ${host.reason}`
  );
  const events = decisions.map((each) =>
    `${formatAge(each)} ago ${formatAddress(each)}: ${each.text}`
  );
  return [
    `policy ${policy}`,
    ...states,
    ...(events.length > 0 ? ["", "decisions, oldest first", ...events] : []),
  ].join("\n");
}

function toJson(
  { policy, hosts, decisions }: Omit<RouteExplanation, "calls">,
): unknown {
  return {
    state: "found",
    policy,
    hosts: hosts.map(({ ip, port, succ, err, overload, reason }) => ({
      host: formatAddress({ ip, port }),
      succ,
      err,
      overload,
      reason,
    })),
    decisions: decisions.map(({ ip, port, number, ageMs, text }) => ({
      number,
      ageMs,
      host: formatAddress({ ip, port }),
      text,
    })),
  };
}

function formatAge({ ageMs }: ExplainedDecision): string {
  return `${(ageMs / 1_000).toFixed(1)} s`;
}
