import type { Command } from "commander";
import {
  type ExplainedDecision,
  formatAddress,
  type HostExplanation,
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
import { explainedHosts } from "./explained_hosts.ts";
import { integer, numberOption } from "../options/arguments.ts";
import type { Environment } from "../environment.ts";
import { print, printJson } from "../output.ts";

/** What the explain command takes. */
export interface ExplainCommandOptions extends RouteKey, AgentOptions {
  /** The newest decisions to print, at most. */
  decisions: number;
  /** Hosts to print, at most. */
  hosts: number;
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
  numberOption(command, "--hosts <count>", {
    description:
      "hosts to print, at most: those out of use first, then the drained ones",
    parse: integer({ min: 1, max: 10_000 }),
    value: 100,
  });
}

/** Prints what the agent knows of a route's balancing. */
export async function explain(
  environment: Environment,
  options: ExplainCommandOptions,
): Promise<ExitCode> {
  const { modId, cmdId, agent, json } = options;
  await using client = openClient(environment, options);
  const ask = (afterHost: number) =>
    waitForAgent(
      environment,
      options,
      () => client.explain(modId, cmdId, { afterHost }),
    );
  const outcome = await ask(0);
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
  const hosts = await explainedHosts(outcome, { max: options.hosts, ask });
  if (json) printJson(environment, toJson({ ...outcome, hosts, decisions }));
  else print(environment, format({ ...outcome, hosts, decisions }));
  return ExitCode.found;
}

function format(
  { policy, hosts, hostCount, notes, decisions }: Omit<
    RouteExplanation,
    "calls"
  >,
): string {
  const states = hosts.map((host) =>
    `${formatAddress(host)} ${stateOf(host)}
  ${host.reason}`
  );
  const more = hostCount - hosts.length;
  if (more > 0) states.push(`${more} more hosts: see --hosts`);
  const events = decisions.map((each) =>
    `${formatAge(each)} ago ${formatAddress(each)}: ${each.text}`
  );
  return [
    `policy ${policy}`,
    ...notes.map((note) => `note: ${note}`),
    ...states,
    ...(events.length > 0 ? ["", "decisions, oldest first", ...events] : []),
  ].join("\n");
}

function stateOf({ drained, overload }: HostExplanation): string {
  if (drained) return "drained";
  return overload ? "out" : "in use";
}

function toJson(
  { policy, hosts, hostCount, notes, decisions }: Omit<
    RouteExplanation,
    "calls"
  >,
): unknown {
  return {
    state: "found",
    policy,
    notes,
    hostCount,
    hosts: hosts.map((host) => ({
      host: formatAddress(host),
      succ: host.succ,
      err: host.err,
      overload: host.overload,
      drained: host.drained ?? false,
      reason: host.reason,
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
