import type { RouteKey } from "../../proto/mod.ts";
import type { Decision } from "../policies/balancer.ts";

/** Decisions that one shard remembers; a new one replaces the oldest. */
export const DECISIONS_MAX = 4_096;

/** A decision, and its place in the order of all of its shard, from 1. */
export interface NumberedDecision extends Decision {
  number: number;
}

/** The last decisions of one shard's policies, for whoever asks why. */
export class DecisionLog {
  readonly #ring: NumberedDecision[] = [];
  #count = 0;

  /** Remembers one. */
  add(decision: Decision): void {
    this.#ring[this.#count % DECISIONS_MAX] = {
      ...decision,
      number: ++this.#count,
    };
  }

  /** Those of a route after number `after`, oldest first. */
  of({ modId, cmdId }: RouteKey, after: number): NumberedDecision[] {
    return this.#ring
      .filter((each) =>
        each.modId === modId && each.cmdId === cmdId && each.number > after
      )
      .sort((a, b) => a.number - b.number);
  }
}
