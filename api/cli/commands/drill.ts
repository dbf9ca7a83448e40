import type { Command } from "commander";
import {
  addressKey,
  formatAddress,
  type HostAddress,
  type RouteKey,
} from "../../../proto/mod.ts";
import type { HostOutcome, LarsClient } from "../../mod.ts";
import type { CommandContext } from "../command.ts";
import { type ExitCode, exitCodeOf } from "../exit_code.ts";
import {
  addRouteQuery,
  type AgentOptions,
  failureMessage,
  openClient,
  retryUntilFound,
} from "../options/agent.ts";
import {
  collectHosts,
  integer,
  numberOption,
  parseShare,
} from "../options/arguments.ts";
import type { Environment } from "../environment.ts";
import { createProgress, formatTable, print, printJson } from "../output.ts";
import { stateOf } from "./get_route.ts";

/** What the drill command takes. */
export interface DrillOptions extends RouteKey, AgentOptions {
  failureRate: number;
  count: number;
  /** The hosts whose calls may fail; all if not given. */
  fail?: HostAddress[];
}

/** The drill command. */
export function addDrillCommand(
  program: Command,
  context: CommandContext,
): void {
  const command = addRouteQuery(program, context, {
    name: "drill",
    description:
      "Ask for a host many times, report a share of the calls as failed, and show the result for each host; nothing is called, but the agent counts the reports",
    example:
      "lars drill 1 1 --count 10000 --failure-rate 0.5 --fail 192.168.1.177:7777",
    action: drill,
  }).alias("simulate");
  numberOption(command, "--failure-rate <share>", {
    description: "share of calls that fail, 0 to 1",
    parse: parseShare,
    value: 0.1,
  });
  numberOption(command, "--count <calls>", {
    description: "calls to ask for",
    parse: integer({ min: 1, max: 1_000_000_000 }),
    value: 1_000,
  });
  command.option(
    "--fail <ip:port>",
    "only calls to this host fail; may be given several times",
    collectHosts,
  );
}

/** Picks and reports `count` times, then prints a row for each host. */
export async function drill(
  environment: Environment,
  options: DrillOptions,
): Promise<ExitCode> {
  const { modId, cmdId, json, agent } = options;
  await using client = openClient(environment, options);
  const tally = await runCalls(environment, { client, options });
  await addStates(client, { tally, key: options });
  if (json) {
    printJson(environment, { modid: modId, cmdid: cmdId, ...toJson(tally) });
  } else {
    print(environment, formatTally(tally));
  }
  const { end: state } = tally;
  if (state === undefined) {
    return exitCodeOf(tally.asked > tally.overloaded ? "found" : "overloaded");
  }
  environment.printError(failureMessage(options, { state, agent }));
  return exitCodeOf(state);
}

interface HostTally {
  host: HostAddress;
  picks: number;
  successes: number;
  failures: number;
  state: string;
}

interface Tally {
  hosts: Map<number, HostTally>;
  asked: number;
  /** Times that every host was overloaded. */
  overloaded: number;
  /** Why it ended early, if it did. */
  end?: Exclude<HostOutcome["state"], "found" | "overloaded">;
}

async function runCalls(
  environment: Environment,
  { client, options }: { client: LarsClient; options: DrillOptions },
): Promise<Tally> {
  const { random, signal } = environment;
  const { modId, cmdId, count, failureRate } = options;
  const failing = options.fail && new Set(options.fail.map(addressKey));
  const tally: Tally = { hosts: new Map(), asked: 0, overloaded: 0 };
  const progress = createProgress(environment);
  while (tally.asked < count && !signal.aborted) {
    const ask = () => client.getHost(modId, cmdId);
    const outcome = tally.asked === 0
      ? await retryUntilFound(environment, options, ask)
      : await ask();
    if (outcome.state === "found") {
      const { host } = outcome;
      const mayFail = failing?.has(addressKey(host)) ?? true;
      const returnCode = mayFail && random() < failureRate ? 1 : 0;
      countCall(tally, { host, returnCode });
      await client.report(modId, cmdId, { host, returnCode });
    } else if (outcome.state === "overloaded") {
      tally.overloaded += 1;
    } else {
      tally.end = outcome.state;
      break;
    }
    tally.asked += 1;
    progress(`${tally.asked} of ${count} calls`);
  }
  return tally;
}

function countCall(
  { hosts }: Tally,
  { host, returnCode }: { host: HostAddress; returnCode: number },
): void {
  const row = rowOf(hosts, host);
  row.picks += 1;
  if (returnCode === 0) row.successes += 1;
  else row.failures += 1;
}

function rowOf(hosts: Tally["hosts"], host: HostAddress): HostTally {
  const key = addressKey(host);
  let row = hosts.get(key);
  if (row === undefined) {
    row = { host, picks: 0, successes: 0, failures: 0, state: "gone" };
    hosts.set(key, row);
  }
  return row;
}

/** Adds the state of each host now, also of those never picked. */
async function addStates(
  client: LarsClient,
  { tally, key }: { tally: Tally; key: RouteKey },
): Promise<void> {
  if (tally.end !== undefined) return;
  const { modId, cmdId } = key;
  const outcome = await client.getRoute(modId, cmdId, { withState: true });
  if (outcome.state !== "found") return;
  for (const host of outcome.hosts) {
    const { ip, port } = host;
    rowOf(tally.hosts, { ip, port }).state = stateOf(host);
  }
}

function formatTally(tally: Tally): string {
  const rows = [...tally.hosts.values()].map((each) => [
    formatAddress(each.host),
    each.picks,
    each.successes,
    each.failures,
    each.state,
  ]);
  const header = ["host", "picks", "successes", "failures", "state"];
  const { asked, overloaded } = tally;
  return `${
    formatTable(header, rows)
  }\n${asked} calls asked for, ${overloaded} times every host was overloaded`;
}

function toJson({ hosts, asked, overloaded, end }: Tally) {
  return {
    asked,
    overloaded,
    ...(end === undefined ? {} : { end }),
    hosts: [...hosts.values()].map((each) => ({
      ...each,
      host: formatAddress(each.host),
    })),
  };
}
