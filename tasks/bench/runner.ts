import type {
  BenchOptions,
  Group,
  LineChart,
  OpenGroup,
} from "./groups/group.ts";
import { type Figures, formatFigures } from "./report/measurement.ts";
import { type GroupResult, resultOf } from "./report/results.ts";

/**
 * Measures a group in interleaved rounds: round 1 of all variants, then round 2
 * of all, so that a machine that is slow for a while is slow for all of them.
 * A group that fails says why, and does not keep the others from being measured.
 */
export async function runGroup(
  group: Group,
  { rounds, bench }: { rounds: number; bench: BenchOptions },
): Promise<GroupResult> {
  const figures = new Map<string, Figures[]>();
  let lineCharts: LineChart[] = [];
  let failure: string | undefined;
  bench.progress(`${group.name}: getting ready`);
  try {
    await using open = await group.open(bench);
    try {
      const count = Math.min(rounds, group.roundsMax ?? rounds);
      for (let round = 1; round <= count; round++) {
        await runRound(open, { group, round, count, figures, bench });
      }
    } finally {
      // What was sampled until a failure tells how it came about.
      lineCharts = open.lineCharts?.() ?? [];
    }
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
    bench.progress(`${group.name} failed: ${failure}`);
  }
  return {
    ...resultOf(group, figures),
    ...(lineCharts.length === 0 ? {} : { lineCharts }),
    ...(failure === undefined ? {} : { failure }),
  };
}

async function runRound(
  open: OpenGroup,
  { group, round, count, figures, bench }: {
    group: Group;
    round: number;
    count: number;
    figures: Map<string, Figures[]>;
    bench: BenchOptions;
  },
): Promise<void> {
  for (const { name, measure } of open.variants) {
    const measured = await measure();
    const earlier = figures.get(name) ?? [];
    figures.set(name, [...earlier, measured]);
    bench.progress(
      `${group.name} round ${round}/${count}, ${name}: ${
        formatFigures(measured)
      }`,
    );
  }
}
