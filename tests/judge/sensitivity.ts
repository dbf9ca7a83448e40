import { formatBadness, GOALS } from "./measures/goals.ts";
import { ADAPTIVE } from "./policies.ts";
import type { Results } from "./report/results.ts";
import type { Variant } from "./unit.ts";

/** No line may become worse by more than this. */
const WORSE_MAX = 3;

/**
 * What is below this part of a goal counts as this: one failed call more or less
 * where a goal allows ten is chance.
 */
const FLOOR_PART = 1 / 3;

/** The policy as it is, and with each constant halved and doubled, one at a time. */
export function sensitivityVariants(
  constants: Readonly<Record<string, number>>,
): Variant[] {
  const changed = Object.entries(constants).flatMap(([name, value]) =>
    [half(value), double(value)]
      .filter((other) => other !== value)
      .map((other) => ({
        label: `${name} ${value} → ${other}`,
        policy: ADAPTIVE,
        constants: { ...constants, [name]: other },
      }))
  );
  return [{ label: ADAPTIVE, policy: ADAPTIVE, constants }, ...changed];
}

/** Whole numbers stay whole: they count calls. */
function half(value: number): number {
  return Number.isInteger(value)
    ? Math.max(1, Math.floor(value / 2))
    : value / 2;
}

/** A share, which is below 1 and not small, goes half the way to 1. */
function double(value: number): number {
  return value < 1 && value >= 0.5 ? (1 + value) / 2 : value * 2;
}

/** For each line of the goals, the change that makes it worst, and by how much. */
export function sensitivityLines(results: Results): string[] {
  return GOALS.flatMap(({ scenario, limits }) => {
    const summaries = results.get(scenario);
    const own = summaries?.get(ADAPTIVE);
    if (summaries === undefined || own === undefined) return [];
    return limits.map(({ name, unit, most, badness }) => {
      const floor = Math.max(most * FLOOR_PART, 1e-4);
      const before = Math.max(floor, badness(own));
      let worst = 0;
      let change = "";
      let after = before;
      for (const [label, summary] of summaries) {
        const factor = Math.max(floor, badness(summary)) / before;
        if (factor <= worst) continue;
        worst = factor;
        change = label;
        after = badness(summary);
      }
      const verdict = worst <= WORSE_MAX ? "holds" : "FAILS";
      return `${verdict}  ${scenario.padEnd(18)} ${name}: × ${
        worst.toFixed(2)
      } (${formatBadness(badness(own), unit)} to ${
        formatBadness(after, unit)
      }) with ${change}`;
    });
  });
}
