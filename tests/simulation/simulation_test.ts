import { randomRun } from "./random_run.ts";
import { testSeeds } from "./random_seeds.ts";

/** Seeds that once found a bug; each with what it was. */
const FOUND_SEEDS: readonly [seed: number, bug: string][] = [];

for (const [seed, bug] of FOUND_SEEDS) {
  Deno.test(`simulation: seed ${seed} holds (once ${bug})`, async () => {
    await randomRun(seed);
  });
}

testSeeds(0, 499);
