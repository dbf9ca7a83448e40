import { parseWhole } from "../../proto/mod.ts";
import { parseArgs } from "node:util";
import { GOAL_SCENARIOS } from "./measures/goals.ts";
import { HELD_OUT } from "./world/held_out.ts";
import { JUDGED_NAMES } from "./policies.ts";
import { SCENARIOS } from "./world/scenarios.ts";
import { ALL_SCENARIOS } from "./unit.ts";
import { DEFAULT_ADAPTIVE_SETTINGS } from "../../agent/mod.ts";

/** What the command was asked to do. */
export interface CommandLine {
  scenarios: string[];
  policies: string[];
  seeds: number;
  from: number;
  jobs: number;
  constants: Record<string, number>;
  json: string | undefined;
  markdown: string | undefined;
  charts: string | undefined;
  goals: boolean;
  sensitivity: boolean;
}

/** How the command is used. */
export function usage(): string {
  return `usage: deno task judge [SCENARIO…] [--held-out] [--policies A,B] [--seeds N]
    [--from SEED] [--jobs N] [--set CONSTANT=VALUE]… [--json FILE]
    [--markdown FILE] [--charts DIR] [--goals] [--sensitivity]
scenarios: ${SCENARIOS.map(({ name }) => name).join(", ")}
held out: ${HELD_OUT.map(({ name }) => name).join(", ")}
policies: ${JUDGED_NAMES.join(", ")}
constants of policy adaptive: ${
    Object.keys(DEFAULT_ADAPTIVE_SETTINGS).join(", ")
  }`;
}

/**
 * Reads the arguments.
 *
 * @throws {TypeError} If there is one that is not known, or without its value.
 * @throws {RangeError} If a value is not allowed.
 */
export function parseCommandLine(args: string[]): CommandLine {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      "held-out": { type: "boolean", default: false },
      policies: { type: "string" },
      seeds: { type: "string", default: "100" },
      from: { type: "string", default: "1" },
      jobs: { type: "string", default: String(navigator.hardwareConcurrency) },
      set: { type: "string", multiple: true, default: [] },
      json: { type: "string" },
      markdown: { type: "string" },
      charts: { type: "string" },
      goals: { type: "boolean", default: false },
      sensitivity: { type: "boolean", default: false },
    },
  });
  const shown = values["held-out"] ? HELD_OUT : SCENARIOS;
  const unnamed = values.sensitivity
    ? GOAL_SCENARIOS
    : shown.map(({ name }) => name);
  return {
    scenarios: positionals.length > 0
      ? known("SCENARIO", positionals, [...ALL_SCENARIOS.keys()])
      : [...unnamed],
    policies: values.policies === undefined
      ? [...JUDGED_NAMES]
      : known("--policies", values.policies.split(","), JUDGED_NAMES),
    seeds: count("--seeds", values.seeds),
    from: count("--from", values.from),
    jobs: count("--jobs", values.jobs),
    constants: Object.fromEntries(values.set.map(constant)),
    json: values.json,
    markdown: values.markdown,
    charts: values.charts,
    goals: values.goals,
    sensitivity: values.sensitivity,
  };
}

function known(
  argument: string,
  names: string[],
  allowed: readonly string[],
): string[] {
  const unknown = names.find((name) => !allowed.includes(name));
  if (unknown === undefined) return names;
  throw new RangeError(
    `Cannot judge as ${argument} must be of ${
      allowed.join(", ")
    }: current value is "${unknown}"`,
  );
}

function count(argument: string, text: string): number {
  const value = parseWhole(text);
  if (value !== undefined && value >= 1) {
    return value;
  }
  throw new RangeError(
    `Cannot judge as ${argument} must be a whole number from 1: current value is "${text}"`,
  );
}

function constant(text: string): [string, number] {
  const [name = "", value = ""] = text.split("=", 2);
  known("--set", [name], Object.keys(DEFAULT_ADAPTIVE_SETTINGS));
  if (value.trim() === "" || !Number.isFinite(Number(value))) {
    throw new RangeError(
      `Cannot judge as --set must be CONSTANT=NUMBER: current value is "${text}"`,
    );
  }
  return [name, Number(value)];
}
