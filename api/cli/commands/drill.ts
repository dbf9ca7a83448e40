import type { Command } from "commander";
import {
  addressKey,
  formatAddress,
  type HostAddress,
  type RouteKey,
} from "../../../proto/mod.ts";
import type { HostOutcome, LarsClient } from "../../mod.ts";
import {
  addAgentOptions,
  type AgentOptions,
  askPatiently,
  explainNoHost,
  openClient,
} from "../options/agent.ts";
import {
  collectHosts,
  integer,
  numberOption,
  parseShare,
  parseWireId,
} from "../options/arguments.ts";
import { type Environment, formatTable, print, printJson } from "../output.ts";
import { CommandError, ExitCode, exitCodeOf } from "../exit_code.ts";
import { stateOf } from "./host_commands.ts";
import { replayCommand } from "./replay/command.ts";
import { addCommand, type Run } from "../command.ts";

/** How often a simulation that takes long tells how far it is. */
const PROGRESS_INTERVAL_MS = 1_000;

export interface SimulateOptions extends RouteKey, AgentOptions {
  failureRate: number;
  count: number;
  /** The hosts that fail; all if not given. */
  fail?: HostAddress[];
}

/** The simulate command. */
export function addSimulateCommand(
  program: Command,
  { environment, run }: { environment: Environment; run: Run },
): void {
  const command = addCommand(program, {
    name: "simulate",
    description:
      "Ask for a host many times, report a share of the calls as failed, and show what became of each host; nothing is called, but the agent takes the reports for real. With --replay: run a policy over recorded calls, and say what would differ; no agent is asked",
    example:
      "lars simulate 1 1 --count 10000 --failure-rate 0.5 --fail 192.168.1.177:7777",
  });
  addAgentOptions(command)
    .argument("[modid]", "the called service", parseWireId)
    .argument("[cmdid]", "its command", parseWireId);
  numberOption(command, "--failure-rate <share>", {
    description: "share of calls that fail, 0 to 1",
    parse: parseShare,
    value: 0.1,
  });
  numberOption(command, "--count <calls>", {
    description: "how often to ask",
    parse: integer({ min: 1, max: 1_000_000_000 }),
    value: 1_000,
  });
  command.option(
    "--fail <ip:port>",
    "only calls to this host fail; may be given several times",
    collectHosts,
  ).option(
    "--replay <file>",
    'a recording that "lars record" made, or - for standard input',
  ).option(
    "--policy <name>",
    "with --replay: the policy to run",
    "adaptive",
  ).option(
    "--set <key=value>",
    "with --replay: a setting of section [loadbalance]; may be given several times",
    (text: string, before: string[] = []) => [...before, text],
  ).action(run(simulateOrReplay));

  async function simulateOrReplay(
    modId: number | undefined,
    cmdId: number | undefined,
    options: Omit<SimulateOptions, keyof RouteKey> & ReplayFlags,
  ): Promise<ExitCode> {
    const { replay: file, policy, set = [], json = false } = options;
    if (file !== undefined) {
      return await replayCommand(environment, { file, policy, set, json });
    }
    if (modId === undefined || cmdId === undefined) {
      throw new CommandError(
        "Cannot simulate as MODID and CMDID, or --replay FILE, must be given",
        { exitCode: ExitCode.wrongUsage },
      );
    }
    return await simulate(environment, { ...options, modId, cmdId });
  }
}

interface ReplayFlags {
  replay?: string;
  policy: string;
  set?: string[];
}

/** Picks and reports `count` times, then prints a row for each host. */
export async function simulate(
  environment: Environment,
  options: SimulateOptions,
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
  if (tally.end === undefined) {
    return exitCodeOf(tally.asked > tally.overloaded ? "found" : "overloaded");
  }
  environment.note(
    explainNoHost({ modId, cmdId }, { state: tally.end, agent }),
  );
  return exitCodeOf(tally.end);
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
  /** How often every host was overloaded. */
  overloaded: number;
  /** Why it ended before its time, if it did. */
  end?: Exclude<HostOutcome["state"], "found" | "overloaded">;
}

async function runCalls(
  environment: Environment,
  { client, options }: { client: LarsClient; options: SimulateOptions },
): Promise<Tally> {
  const { clock, random, signal } = environment;
  const { modId, cmdId, count, failureRate } = options;
  const failing = options.fail && new Set(options.fail.map(addressKey));
  const tally: Tally = { hosts: new Map(), asked: 0, overloaded: 0 };
  let progressMs = clock.nowMs() + PROGRESS_INTERVAL_MS;
  while (tally.asked < count && !signal.aborted) {
    const ask = () => client.getHost(modId, cmdId);
    const outcome = tally.asked === 0
      ? await askPatiently(environment, ask)
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
    if (clock.nowMs() >= progressMs) {
      environment.note(`${tally.asked} of ${count} calls`);
      progressMs += PROGRESS_INTERVAL_MS;
    }
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

/** How the agent finds each host now, also those it never picked. */
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
