import { randomRun } from "./random_run.ts";

/** Runs in one test, so that a failure is reported before all have run. */
const SEEDS_PER_TEST = 100;

/** Tests of the seeds from `from` to `to`; a file of tests for each half, as files run beside each other. */
export function testSeeds(from: number, to: number): void {
  for (let first = from; first <= to; first += SEEDS_PER_TEST) {
    const last = first + SEEDS_PER_TEST - 1;
    Deno.test(`simulation: whatever fails, agents agree with the store in the end (seeds ${first} to ${last})`, async () => {
      for (let seed = first; seed <= last; seed++) await randomRun(seed);
    });
  }
}
