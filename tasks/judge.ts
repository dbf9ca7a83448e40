/**
 * The judge: `deno task judge [SCENARIO…]` runs balancing policies through
 * worlds of virtual time and prints how they did; see `--help`.
 *
 * @module
 */
import { DEFAULT_ADAPTIVE_SETTINGS } from "../agent/mod.ts";
import { print, printError } from "../net/client.ts";
import { scorecardCharts } from "../tests/judge/report/charts.ts";
import {
  type CommandLine,
  parseCommandLine,
  usage,
} from "../tests/judge/command_line.ts";
import { goalLines, worseLines } from "../tests/judge/measures/goals.ts";
import { runUnits } from "../tests/judge/jobs.ts";
import { insertScorecard } from "../tests/judge/report/markdown_file.ts";
import { ADAPTIVE, REFERENCE } from "../tests/judge/policies.ts";
import {
  type Results,
  summarize,
  type Summary,
  toJson,
} from "../tests/judge/report/results.ts";
import {
  scorecardMarkdown,
  scorecardText,
} from "../tests/judge/report/scorecard.ts";
import {
  sensitivityLines,
  sensitivityVariants,
} from "../tests/judge/sensitivity.ts";
import type { RunResult, Unit, Variant } from "../tests/judge/unit.ts";
import { renderSvg } from "../tests/support/vega_chart.ts";

/** Seeds between two lines on how far the run is, on the error output. */
const PROGRESS_EVERY = 100;

if (import.meta.main) {
  if (Deno.args.includes("--help")) {
    print(usage());
    Deno.exit(0);
  }
  let line: CommandLine;
  try {
    line = parseCommandLine(Deno.args);
  } catch (error) {
    printError(String(error instanceof Error ? error.message : error));
    printError(usage());
    Deno.exit(64);
  }
  await main(line);
}

async function main(line: CommandLine): Promise<void> {
  const variants = line.sensitivity
    ? sensitivityVariants({
      ...DEFAULT_ADAPTIVE_SETTINGS,
      ...line.constants,
    })
    : line.policies.map((policy) => ({
      label: policy,
      policy,
      constants: line.constants,
    }));
  const results = await runAll(line, variants);
  const judged = line.policies.includes(ADAPTIVE) || line.sensitivity
    ? ADAPTIVE
    : line.policies[0]!;
  if (line.goals) printGoals(results, judged);
  if (line.sensitivity) {
    printList(
      "Worst of each constant halved and doubled",
      sensitivityLines(results),
    );
  }
  await writeFiles(line, results);
}

function printGoals(results: Results, policy: string): void {
  printList(`Must hold of ${policy}`, goalLines(results, policy));
  printList(
    `Where ${policy} is worse than another policy, beyond both confidence intervals`,
    worseLines(results, policy, [REFERENCE]),
  );
}

function printList(heading: string, lines: readonly string[]): void {
  print(`\n${heading}:`);
  print(lines.length === 0 ? "nothing" : lines.join("\n"));
}

async function writeFiles(line: CommandLine, results: Results): Promise<void> {
  const { from, seeds, constants } = line;
  if (line.json !== undefined) {
    const json = toJson(results, { from, seeds, constants });
    await Deno.writeTextFile(line.json, json);
  }
  if (line.markdown !== undefined) {
    await writeMarkdown(line.markdown, markdownOf(results));
  }
  if (line.charts !== undefined) {
    await Deno.mkdir(line.charts, { recursive: true });
    for (const [name, spec] of scorecardCharts(results)) {
      await Deno.writeTextFile(`${line.charts}/${name}`, await renderSvg(spec));
    }
  }
}

function markdownOf(results: Results): string {
  const lists = [
    { heading: "What must hold of it:", lines: goalLines(results, ADAPTIVE) },
    {
      heading:
        "Where it is behind another policy, beyond both confidence intervals:",
      lines: worseLines(results, ADAPTIVE, [REFERENCE]),
    },
  ];
  return lists.filter(({ lines }) => lines.length > 0).reduce(
    (text, { heading, lines }) =>
      `${text}\n${heading}\n\n\`\`\`text\n${lines.join("\n")}\n\`\`\`\n`,
    scorecardMarkdown(results, ADAPTIVE),
  );
}

async function writeMarkdown(path: string, scorecard: string): Promise<void> {
  let text = "";
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  await Deno.writeTextFile(path, insertScorecard(text, scorecard));
}

/** Runs all seeds of all scenarios; prints each scenario's scorecard when it is complete. */
async function runAll(
  line: CommandLine,
  variants: readonly Variant[],
): Promise<Results> {
  const units: Unit[] = line.scenarios.flatMap((scenario) =>
    Array.from({ length: line.seeds }, (_, step) => ({
      scenario,
      seed: line.from + step,
      variants,
    }))
  );
  const results = new Map<string, Map<string, Summary>>();
  const done: RunResult[][] = [];
  let printed = 0;
  let ended = 0;
  await runUnits(units, {
    jobs: line.jobs,
    done: (index, runs) => {
      done[index] = runs;
      ended += 1;
      if (ended % PROGRESS_EVERY === 0) {
        printError(`${ended} of ${units.length} seeds done`);
      }
      // Scenarios end in order, but for the seeds that other threads still run.
      for (;;) {
        const name = line.scenarios[printed];
        const first = printed * line.seeds;
        const own = done.slice(first, first + line.seeds).filter(Boolean);
        if (name === undefined || own.length < line.seeds) return;
        const summaries = new Map(
          variants.map(({ label }, variant) => [
            label,
            summarize(own.map((runs) => runs[variant]!)),
          ]),
        );
        results.set(name, summaries);
        // Forty variants fill no readable table: their worst is printed at the end.
        if (!line.sensitivity) print(scorecardText(name, summaries));
        printed += 1;
      }
    },
  });
  return results;
}
