/**
 * `deno task bench [NAME…]`: measures groups of variants in interleaved rounds
 * and prints medians, spread and ratios; on request as JSON and as charts too.
 *
 * @module
 */
import { parseDecimal, parseWhole } from "../proto/mod.ts";
import { print, printError } from "../net/client.ts";
import { parseArgs } from "node:util";
import { whyNoMariadb } from "../store/testing/mariadb.ts";
import { formatTable } from "../api/cli/output.ts";
import { renderSvg } from "../tests/support/vega_chart.ts";
import { chartsOf } from "./bench/report/charts.ts";
import type { BenchOptions, Group } from "./bench/groups/group.ts";
import { GROUPS } from "./bench/groups/mod.ts";
import { formatGroup } from "./bench/report/report.ts";
import { type GroupResult, resultOf } from "./bench/report/results.ts";
import { runGroup } from "./bench/runner.ts";

/** Length of one measurement, after its warm-up. */
const SECONDS = 3;
const WARM_UP_SECONDS = 1;
const QUICK_SECONDS = 0.1;

interface Options {
  groups: readonly Group[];
  rounds: number;
  seconds: number | undefined;
  quick: boolean;
  json: string | undefined;
  charts: string | undefined;
}

if (import.meta.main) {
  const options = parseOptions(Deno.args);
  if (options === undefined) {
    printError(usage());
    Deno.exit(64);
  }
  const results = await bench(options);
  Deno.exit(results.some(({ failure }) => failure !== undefined) ? 1 : 0);
}

async function bench(options: Options): Promise<GroupResult[]> {
  const { groups, json } = options;
  const about = machine();
  print(about.join("\n"));
  const needMariadb = groups.some(({ needsMariadb }) => needsMariadb);
  const noMariadb = needMariadb ? await whyNoMariadb() : undefined;
  const results: GroupResult[] = [];
  for (const group of groups) {
    const result = group.needsMariadb && noMariadb !== undefined
      ? { ...resultOf(group, new Map()), failure: noMariadb }
      : await run(group, options);
    results.push(result);
    print(formatGroup(result));
    await draw(group, { result, folder: options.charts });
    // After each group, so that a later failure loses none.
    if (json !== undefined) {
      const text = JSON.stringify({ machine: about, groups: results }, null, 2);
      await Deno.writeTextFile(json, `${text}\n`);
    }
  }
  return results;
}

/** The machine and its load, a line each: figures of two machines are no comparison. */
function machine(): string[] {
  const read = (path: string) => {
    try {
      return Deno.readTextFileSync(path);
    } catch {
      return "";
    }
  };
  const model = /model name\s*:\s*(.*)/.exec(read("/proc/cpuinfo"))?.[1];
  const load = read("/proc/loadavg").split(" ").slice(0, 3).join(" ");
  return [
    `machine: ${navigator.hardwareConcurrency} cores, ${
      model ?? Deno.build.arch
    }, ${Deno.build.os} ${Deno.osRelease()}, Deno ${Deno.version.deno}`,
    `load average before: ${load || "not known"}`,
  ];
}

function run(group: Group, options: Options): Promise<GroupResult> {
  const { quick, rounds } = options;
  const seconds = options.seconds ??
    (quick ? QUICK_SECONDS : group.defaultSeconds ?? SECONDS);
  const bench: BenchOptions = {
    quick,
    seconds,
    warmUpSeconds: quick ? QUICK_SECONDS : WARM_UP_SECONDS,
    progress: (line) => print(line),
  };
  return runGroup(group, { rounds, bench });
}

async function draw(
  group: Group,
  { result, folder }: { result: GroupResult; folder: string | undefined },
): Promise<void> {
  if (folder === undefined) return;
  await Deno.mkdir(folder, { recursive: true });
  for (const [file, chart] of chartsOf(group, result)) {
    await Deno.writeTextFile(`${folder}/${file}`, await renderSvg(chart));
    print(`drew ${folder}/${file}`);
  }
}

/** The options; undefined if they cannot be used. */
function parseOptions(args: string[]): Options | undefined {
  const { values, positionals } = parse(args);
  const groups = positionals.length === 0
    ? GROUPS.filter(({ onlyByName }) => !onlyByName)
    : GROUPS.filter(({ name }) =>
      positionals.some((word) => matches(name, word))
    );
  const rounds = parseWhole(values.rounds ?? (values.quick ? "1" : "5"));
  const seconds = values.seconds === undefined
    ? undefined
    : parseDecimal(values.seconds) ?? NaN;
  const unknown = positionals.some((word) =>
    !GROUPS.some(({ name }) => matches(name, word))
  );
  if (unknown || rounds === undefined || rounds < 1) return undefined;
  const valid = seconds === undefined || seconds > 0;
  return valid ? { ...values, groups, rounds, seconds } : undefined;
}

function parse(args: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        rounds: { type: "string" },
        seconds: { type: "string" },
        json: { type: "string" },
        charts: { type: "string" },
        quick: { type: "boolean", default: false },
      },
    });
    const { json, charts, quick, rounds, seconds } = values;
    return { values: { json, charts, quick, rounds, seconds }, positionals };
  } catch (error) {
    printError(`error: ${(error as Error).message}\n${usage()}`);
    Deno.exit(64);
  }
}

/** Whether `word` names the group: "udp" names "udp-one-port" and its like. */
function matches(name: string, word: string): boolean {
  return name === word || name.startsWith(`${word}-`);
}

function usage(): string {
  const rows = GROUPS.map(({ name, title, onlyByName }) => [
    `  ${name}`,
    onlyByName ? `${title} (only by name)` : title,
  ]);
  return `usage: deno task bench [NAME…]
  --rounds N     rounds, interleaved over the variants (5)
  --seconds N    of one measurement (${SECONDS})
  --json FILE    everything measured
  --charts DIR   SVG charts
  --quick        a smoke run: nothing is measured well

${formatTable(["  NAME", "measures"], rows)}`;
}
