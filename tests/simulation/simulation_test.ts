import { randomRun } from "./random_run.ts";

/** Seeds that once found a bug; each with what it was. */
const FOUND_SEEDS: readonly [seed: number, bug: string][] = [];

const RANDOM_SEEDS = 1_000;

/** Runs in one test, so that a failure is reported before all have run. */
const SEEDS_PER_TEST = 100;

for (const [seed, bug] of FOUND_SEEDS) {
  Deno.test(`simulation: seed ${seed} holds (once ${bug})`, async () => {
    await randomRun(seed);
  });
}

for (let first = 0; first < RANDOM_SEEDS; first += SEEDS_PER_TEST) {
  const last = first + SEEDS_PER_TEST - 1;
  Deno.test(`simulation: whatever fails, agents agree with the store in the end (seeds ${first} to ${last})`, async () => {
    for (let seed = first; seed <= last; seed++) await randomRun(seed);
  });
}
