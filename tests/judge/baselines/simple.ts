import type { Random } from "../../../net/mod.ts";
import { Baseline, BaselineHosts } from "./baseline.ts";
import { anyOf } from "./random_choice.ts";

/** Each host in turn. */
export class RoundRobin extends Baseline {
  #turn = 0;

  constructor(random: Random) {
    super(random, new BaselineHosts());
  }

  protected override choose(): number {
    this.#turn = (this.#turn + 1) % this.rows.length;
    return this.rows[this.#turn]!;
  }
}

/** Any host. */
export class RandomChoice extends Baseline {
  constructor(random: Random) {
    super(random, new BaselineHosts());
  }

  protected override choose(): number {
    return this.rows[anyOf(this.rows.length, this.random)]!;
  }
}

/** A host with the fewest calls in flight, any of those. */
export class LeastInFlight extends Baseline {
  constructor(random: Random) {
    super(random, new BaselineHosts());
  }

  protected override choose(): number {
    const { rows, hosts: { inFlight } } = this;
    const offset = anyOf(rows.length, this.random);
    let best = rows[offset]!;
    for (let step = 1; step < rows.length; step++) {
      const row = rows[(offset + step) % rows.length]!;
      if (inFlight[row]! < inFlight[best]!) best = row;
    }
    return best;
  }
}

/**
 * The host where a call should end first, by the true state of each, its queue
 * included: no policy can know that, and all are compared with it.
 */
export class AllKnowing extends Baseline {
  readonly #endMs: (row: number) => number;

  /** `endMs` is when a call that a host gets now is expected to end. */
  constructor(random: Random, { endMs }: { endMs: (row: number) => number }) {
    super(random, new BaselineHosts());
    this.#endMs = endMs;
  }

  protected override choose(): number {
    const { rows } = this;
    const offset = anyOf(rows.length, this.random);
    let best = rows[offset]!;
    let bestMs = Infinity;
    for (let step = 0; step < rows.length; step++) {
      const row = rows[(offset + step) % rows.length]!;
      const endMs = this.#endMs(row);
      if (endMs < bestMs) {
        best = row;
        bestMs = endMs;
      }
    }
    return best;
  }
}
