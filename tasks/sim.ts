/**
 * Runs the simulation: `deno task sim SEED` replays one seed and shows what
 * happens; `deno task sim FIRST COUNT` runs many and stops at the first failure.
 *
 * @module
 */
import { parseWhole } from "../proto/mod.ts";
import { print, printError } from "../net/client.ts";
import { randomRun } from "../tests/simulation/random_run.ts";

const PROGRESS_EVERY = 50;

if (import.meta.main) {
  const [first, count] = Deno.args.map((text) => parseWhole(text) ?? -1);
  if (
    first === undefined || first < 0 || Deno.args.length > 2 ||
    (Deno.args.length === 2 && !(count! > 0))
  ) {
    printError("usage: deno task sim SEED [COUNT]");
    Deno.exit(64);
  }
  try {
    if (count === undefined) await replay(first);
    else await runMany(first, count);
  } catch (error) {
    printError(String(error instanceof Error ? error.message : error));
    Deno.exit(1);
  }
}

async function replay(seed: number): Promise<void> {
  print(Deno.inspect(await randomRun(seed, print)));
}

async function runMany(first: number, count: number): Promise<void> {
  for (let done = 1; done <= count; done++) {
    await randomRun(first + done - 1);
    if (done % PROGRESS_EVERY === 0 || done === count) {
      print(`${done} of ${count} seeds held`);
    }
  }
}
