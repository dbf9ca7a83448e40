import { parseWhole } from "../../proto/mod.ts";
import { seededRandom } from "../../net/testing/seeded_random.ts";

/** Random choices of a test; the same seed gives the same choices again. */
export class Choices {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** A number from `min` to below `max`. */
  between(min: number, max: number): number {
    return min + this.#random() * (max - min);
  }

  /** True in this share of cases. */
  chance(share: number): boolean {
    return this.#random() < share;
  }

  /** One of the items. */
  pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.#random() * items.length)];
    if (item === undefined) throw new RangeError("Cannot pick from nothing");
    return item;
  }

  /** Independent choices, which do not depend on the order of others' calls. */
  fork(): Choices {
    return new Choices(Math.floor(this.between(1, 2 ** 31)));
  }
}

/**
 * Seed of a run: LARS_SEED, or another one each time. It replays who edits what
 * and what is restarted when, but not how fast the processes are.
 */
export function seedOfRun(): number {
  const given = Deno.env.get("LARS_SEED");
  if (given === undefined) return Math.floor(Math.random() * 1_000_000);
  const seed = parseWhole(given);
  if (seed !== undefined) return seed;
  throw new RangeError(
    `Cannot run as LARS_SEED must be a whole number: current value is "${given}"`,
  );
}
