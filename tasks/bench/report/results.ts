import type { Goal, Group, LineChart } from "../groups/group.ts";
import type { Figures } from "./measurement.ts";
import { roundRatios, type Spread, spreadOf } from "./statistics.ts";

/** Figures of a variant. */
export interface VariantResult {
  variant: string;
  /** Figures of each round. */
  rounds: Figures[];
  /** Each figure over all rounds. */
  figures: Record<string, Spread>;
}

/** A goal as measured; without a bound it is for information. */
export interface GoalResult {
  text: string;
  value: Spread;
  bound?: string;
  met?: boolean;
}

/** Figures and goals of a group. */
export interface GroupResult {
  group: string;
  title: string;
  variants: VariantResult[];
  goals: GoalResult[];
  /** Samples taken during the measurements. */
  lineCharts?: LineChart[];
  /** Reason why it was not measured, or not to its end. */
  failure?: string;
}

/** The result of a group whose variants had the figures `rounds`. */
export function resultOf(
  group: Pick<Group, "name" | "title" | "goals">,
  rounds: ReadonlyMap<string, Figures[]>,
): GroupResult {
  const variants = [...rounds].map(([variant, figures]) => ({
    variant,
    rounds: figures,
    figures: spreads(figures),
  }));
  return {
    group: group.name,
    title: group.title,
    variants,
    goals: (group.goals ?? []).flatMap((goal) => judge(goal, rounds)),
  };
}

function spreads(rounds: readonly Figures[]): Record<string, Spread> {
  const names = new Set(rounds.flatMap((figures) => Object.keys(figures)));
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      spreadOf(rounds.map((figures) => figures[name] ?? NaN)),
    ]),
  );
}

/** A goal whose variants were not measured is left out. */
function judge(
  goal: Goal,
  rounds: ReadonlyMap<string, Figures[]>,
): GoalResult[] {
  const valuesOf = ({ variant, figure }: Goal["of"]) =>
    rounds.get(variant)?.map((figures) => figures[figure] ?? NaN) ?? [];
  const values = valuesOf(goal.of);
  const value = spreadOf(
    goal.over === undefined ? values : roundRatios(values, valuesOf(goal.over)),
  );
  if (value.count === 0) return [];
  const { text, atMost, atLeast } = goal;
  if (atMost !== undefined) {
    const met = value.median <= atMost;
    return [{ text, value, bound: `≤ ${atMost}`, met }];
  }
  if (atLeast !== undefined) {
    const met = value.median >= atLeast;
    return [{ text, value, bound: `≥ ${atLeast}`, met }];
  }
  return [{ text, value }];
}
