import type { Command } from "commander";
import {
  type ExplainedDecision,
  formatAddress,
  type HostExplanation,
  type RouteExplanation,
  type RouteKey,
} from "../../../proto/mod.ts";
import { ConfigError } from "../../../conf/mod.ts";
import {
  type HostDrain,
  type RouteDetail,
  StoreError,
} from "../../../store/mod.ts";
import type { ExplainOutcome } from "../../mod.ts";
import type { CommandContext } from "../command.ts";
import { CommandError, ExitCode, exitCodeOf } from "../exit_code.ts";
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
import {
  addPlaceOptions,
  isStoreHere,
  openStore,
  type StoreOptions,
} from "../options/store.ts";
import { print, printJson } from "../output.ts";
import { drainJson, formatDrains } from "../text/drain_text.ts";
import { detailJson } from "../text/fleet_json.ts";
import { formatView, presentOf } from "../text/route_text.ts";
import { drainsOfRoute } from "./host/target.ts";
import { formatRouteHead } from "./status/route.ts";

/** What the explain command takes. */
export interface ExplainCommandOptions
  extends RouteKey, AgentOptions, StoreOptions {
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
      "Show why each host of a route is picked or not: the rule, the numbers behind it, and the latest decisions of this machine's agent; then what all agents tell, where the store is reached",
    example: "lars explain 1 1",
    action: explain,
  });
  addPlaceOptions(command);
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

/** Prints what the agent knows of a route's balancing, then what all agents tell of it. */
export async function explain(
  environment: Environment,
  options: ExplainCommandOptions,
): Promise<ExitCode> {
  const { agent, json } = options;
  const keepsFiles = environment.mayReadFiles();
  const outcome = await askAgent(environment, { ...options, keepsFiles });
  const { state } = outcome;
  if (state !== "found") {
    if (json) printJson(environment, { state });
    environment.printError(
      failureMessage(options, { action: "explain", state, agent }),
    );
    return exitCodeOf(state);
  }
  // What is known is shown before the store is waited for.
  if (!json) print(environment, format(outcome));
  const { detail, drains } = keepsFiles
    ? await askStore(environment, options)
    : NOTHING_TOLD;
  const nowS = environment.clock.wallSeconds();
  if (json) {
    printJson(environment, {
      ...toJson(outcome),
      fleet: detail === undefined ? null : detailJson(detail),
      drains: drains.map((drain) => drainJson(drain, nowS)),
    });
    return ExitCode.found;
  }
  const lines = [
    ...detail === undefined ? [] : ["", ...formatFleet(detail)],
    ...formatDrains(drains, nowS),
  ];
  if (lines.length > 0) print(environment, lines.join("\n"));
  return ExitCode.found;
}

/** What the agent knows, as far as it is to be printed. */
async function askAgent(
  environment: Environment,
  options: ExplainCommandOptions & { keepsFiles: boolean },
): Promise<ExplainOutcome> {
  const { modId, cmdId } = options;
  await using client = openClient(environment, options);
  const ask = (afterHost: number) =>
    waitForAgent(
      environment,
      options,
      () => client.explain(modId, cmdId, { afterHost }),
    );
  const outcome = await ask(0);
  if (outcome.state !== "found") return outcome;
  const count = Math.min(options.decisions, outcome.decisions.length);
  return {
    ...outcome,
    decisions: outcome.decisions.slice(outcome.decisions.length - count),
    hosts: await explainedHosts(outcome, { max: options.hosts, ask }),
  };
}

/** What the store tells of a route. */
interface StoreTold {
  /** What all agents tell; undefined where none does. */
  detail: RouteDetail | undefined;
  /** Drains of its hosts. */
  drains: HostDrain[];
}

const NOTHING_TOLD: StoreTold = { detail: undefined, drains: [] };

/**
 * What the store tells; nothing if it is not here. One that fails is told of, and
 * fails nothing: the agent has answered.
 */
async function askStore(
  environment: Environment,
  options: ExplainCommandOptions,
): Promise<StoreTold> {
  const told = { ...NOTHING_TOLD };
  try {
    if (!await isStoreHere(environment, options)) return told;
    await using opened = await openStore(environment, options);
    told.drains = await drainsOfRoute(opened.store, options);
    await using history = await opened.openHistory();
    const detail = await history.fleet.readRoute(options);
    if (detail.asOf !== undefined) told.detail = detail;
  } catch (error) {
    const isExpected = error instanceof StoreError ||
      error instanceof ConfigError || error instanceof CommandError;
    if (!isExpected) throw error;
    environment.printError(
      `Note: what other agents tell is not known: ${error.message}`,
    );
  }
  return told;
}

/** What all agents tell: the calls, and the hosts that not all of them plainly use. */
function formatFleet(detail: RouteDetail): string[] {
  const seen = detail.hosts.flatMap((host) => {
    const nowS = presentOf(detail);
    const view = formatView(host, { nowS, names: detail.agents.names });
    return view === "" ? [] : [`${formatAddress(host)} ${view}`];
  });
  return ["all agents that report", ...formatRouteHead(detail), ...seen];
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
): Record<string, unknown> {
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
