import { HELD_OUT } from "./world/held_out.ts";
import { measure, type Measures } from "./measures/measures.ts";
import { REFERENCE } from "./policies.ts";
import type { Scenario } from "./world/scenario.ts";
import { SCENARIOS } from "./world/scenarios.ts";
import { makeWorkload, type Workload } from "./world/workload.ts";
import { simulate } from "./world/world.ts";

/** A policy, perhaps with other constants than its own. */
export interface Variant {
  /** Its name in results. */
  label: string;
  policy: string;
  constants: Readonly<Record<string, number>>;
}

/** One seed of a scenario, for all variants: what one job does at a time. */
export interface Unit {
  scenario: string;
  seed: number;
  variants: readonly Variant[];
}

/** Measures of a run, and its latencies over those of all-knowing with the same calls. */
export interface RunResult extends Measures {
  p50Ratio: number;
  p99Ratio: number;
  p999Ratio: number;
}

/** The names of {@linkcode RunResult}. */
export type ResultName = keyof RunResult;

/** All scenarios by name. */
export const ALL_SCENARIOS: ReadonlyMap<string, Scenario> = new Map(
  [...SCENARIOS, ...HELD_OUT].map((scenario) => [scenario.name, scenario]),
);

/** Runs a unit: a result for each variant, in order. */
export function runUnit({ scenario: name, seed, variants }: Unit): RunResult[] {
  const scenario = ALL_SCENARIOS.get(name)!;
  const workload = makeWorkload(scenario, seed);
  const knowing = runVariant(scenario, { workload, seed }, {
    label: REFERENCE,
    policy: REFERENCE,
    constants: {},
  });
  return variants.map((variant) => {
    const measures = variant.policy === REFERENCE
      ? knowing
      : runVariant(scenario, { workload, seed }, variant);
    return {
      ...measures,
      p50Ratio: measures.p50Ms / knowing.p50Ms,
      p99Ratio: measures.p99Ms / knowing.p99Ms,
      p999Ratio: measures.p999Ms / knowing.p999Ms,
    };
  });
}

function runVariant(
  scenario: Scenario,
  run: { workload: Workload; seed: number },
  { policy, constants }: Variant,
): Measures {
  return measure(scenario, simulate(scenario, { ...run, policy, constants }));
}
