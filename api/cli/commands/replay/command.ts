import { type Command, InvalidArgumentError } from "commander";
import {
  DEFAULT_POLICY_SETTINGS,
  DEFAULT_SETTINGS,
  type PolicyRegistry,
  type PolicySettings,
} from "../../../../agent/mod.ts";
import { agentConf, ConfigError } from "../../../../conf/mod.ts";
import { addressKey, formatAddress } from "../../../../proto/mod.ts";
import type { Environment } from "../../environment.ts";
import { formatTable, print, printJson } from "../../output.ts";
import { addCommand, type CommandContext } from "../../command.ts";
import { CommandError, ExitCode } from "../../exit_code.ts";
import { readInputFile } from "../../input_file.ts";
import { parsePath } from "../../options/arguments.ts";
import { parseRecording } from "./recording.ts";
import { type CallTally, replay, type ReplayResult } from "./replay.ts";

/** What the replay command takes. */
export interface ReplayCommandOptions {
  /** The recording, "-" for standard input. */
  file: string;
  policy: string;
  /** Where it is looked up. */
  policies: PolicyRegistry;
  /** Settings as "key=value". */
  set?: readonly string[];
  json?: boolean;
}

/** The replay command. */
export function addReplayCommand(
  program: Command,
  { environment, policies, run }: CommandContext,
): void {
  addCommand(program, {
    name: "replay",
    description:
      "Run a policy over recorded calls, and show what would differ; no agent is asked",
    example: "lars replay calls.csv --policy lars --set probe_num=20",
  })
    .argument(
      "<file>",
      'a recording of "lars record", - for standard input',
      parsePath,
    )
    .option("--policy <name>", "the policy to run", "adaptive")
    .option(
      "--set <key=value>",
      "a setting of section [loadbalance] of agent.conf; may be given several times",
      (text: string, before: string[] = []) => [...before, parseSetting(text)],
    )
    .option("--json", "print JSON")
    .action(
      run((
        file: string,
        options: Omit<ReplayCommandOptions, "file" | "policies">,
      ) => replayCommand(environment, { ...options, file, policies })),
    );
}

/** A setting, but for the one that has an option of its own. */
function parseSetting(text: string): string {
  const [, key] = /^\s*(\w+)\s*=.*$/.exec(text) ?? [];
  if (key === undefined) throw new InvalidArgumentError("It must be KEY=VALUE");
  if (key !== "policy") return text;
  throw new InvalidArgumentError("The policy is given with --policy");
}

/** Decisions that are printed, from the first on. */
const DECISIONS_PRINTED = 20;

/** Runs a policy over a recording and prints what would differ. */
export async function replayCommand(
  environment: Environment,
  options: ReplayCommandOptions,
): Promise<ExitCode> {
  environment.keepOnly("files");
  const recording = await readInputFile(environment, {
    file: options.file,
    action: "replay",
    parse: parseRecording,
  });
  if (!recording.events.some(({ kind }) => kind === "pick")) {
    throw new CommandError(
      `Cannot replay "${options.file}" as there is no pick in it: record while programs ask for hosts`,
      { exitCode: ExitCode.wrongUsage },
    );
  }
  const { settings, healthChecks } = settingsOf(options);
  const result = replay(recording, {
    policy: options.policy,
    registry: options.policies,
    settings,
    healthChecks,
    random: environment.random,
  });
  if (options.json) printJson(environment, toJson(options.policy, result));
  else print(environment, format(options.policy, result));
  return ExitCode.found;
}

/** The settings, by the keys of section [loadbalance] in agent.conf. */
function settingsOf(
  { policy, policies, set = [] }: ReplayCommandOptions,
): { settings: PolicySettings; healthChecks: boolean } {
  if (!policies.has(policy)) {
    throw new CommandError(
      `Cannot replay as --policy must be one of ${
        [...policies.keys()].join(", ")
      }: current value is "${policy}"`,
      { exitCode: ExitCode.wrongUsage },
    );
  }
  const text = ["[loadbalance]", ...set].join("\n");
  try {
    const { config, warnings } = agentConf.parse(text, "--set");
    const [warning] = warnings;
    if (warning !== undefined) {
      // What follows, such as ": it is ignored", holds for a file.
      throw new ConfigError(`Cannot replay as ${warning.split(": ", 1)[0]}`);
    }
    const loadBalance = { ...DEFAULT_SETTINGS, ...config.loadBalance };
    const settings = { ...DEFAULT_POLICY_SETTINGS, loadBalance };
    return { settings, healthChecks: config.healthChecks };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new CommandError(error.message, { exitCode: ExitCode.wrongUsage });
  }
}

function format(policy: string, result: ReplayResult): string {
  const { recorded, replayed, guessed, decisions } = result;
  const summary = formatTable(["", "recorded", `policy ${policy}`], [
    ["picks", String(recorded.picks), String(replayed.picks)],
    ["no host found", shareOf(recorded, "none"), shareOf(replayed, "none")],
    [
      "calls failed",
      shareOf(recorded, "failures"),
      shareOf(replayed, "failures"),
    ],
    ["p50", took(recorded, 0.5), took(replayed, 0.5)],
    ["p99", took(recorded, 0.99), took(replayed, 0.99)],
  ]);
  const counterparts = new Map(
    replayed.hosts.map((each) => [addressKey(each.host), each]),
  );
  const hosts = formatTable(
    ["host", "picks", "failed", `picks ${policy}`, `failed ${policy}`],
    recorded.hosts.map((each) => {
      const other = counterparts.get(addressKey(each.host));
      return [
        formatAddress(each.host),
        each.picks,
        each.failures,
        other?.picks ?? 0,
        other?.failures ?? 0,
      ];
    }),
  );
  const events = decisions.slice(0, DECISIONS_PRINTED).map((each) =>
    `${(each.atMs / 1_000).toFixed(1)} s ${formatAddress(each)}: ${each.text}`
  );
  const more = decisions.length - events.length;
  return [
    summary,
    "",
    hosts,
    "",
    ...events,
    ...(more > 0 ? [`and ${more} decisions more`] : []),
    guessed === 0
      ? "Each replayed call went like one to its host within a second of it."
      : `${guessed} of ${replayed.picks} replayed calls had no recorded call to their host within a second: how they would have gone is a guess.`,
  ].join("\n");
}

function shareOf(tally: CallTally, what: "none" | "failures"): string {
  const percent = 100 * tally[what] / Math.max(1, tally.picks);
  return `${tally[what]} (${percent.toFixed(3)} %)`;
}

function took(tally: CallTally, share: number): string {
  const ms = percentileMs(tally, share);
  return ms === undefined ? "-" : `${ms.toFixed(1)} ms`;
}

function percentileMs(
  { tookMs }: CallTally,
  share: number,
): number | undefined {
  return tookMs[Math.min(Math.floor(tookMs.length * share), tookMs.length - 1)];
}

function toJson(policy: string, result: ReplayResult) {
  const { recorded, replayed, guessed, decisions } = result;
  const tally = (counted: CallTally) => {
    const { tookMs: _tookMs, hosts, ...rest } = counted;
    return {
      ...rest,
      p50Ms: percentileMs(counted, 0.5) ?? null,
      p99Ms: percentileMs(counted, 0.99) ?? null,
      hosts: hosts.map(({ host, ...each }) => ({
        host: formatAddress(host),
        ...each,
      })),
    };
  };
  return {
    policy,
    guessed,
    recorded: tally(recorded),
    replayed: tally(replayed),
    decisions: decisions.map(({ atMs, text, ip, port }) => ({
      atMs,
      host: formatAddress({ ip, port }),
      text,
    })),
  };
}
