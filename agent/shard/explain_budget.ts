import type { RouteExplanation } from "../../proto/mod.ts";

/** Most hosts of one answer: a client asks for the next ones. */
export const EXPLAINED_HOSTS_MAX = 64;

/** Time that an answer takes, in microseconds: for itself, a host of the route, one in it, a decision, a call. */
const ANSWER_US = 20;
const COUNTED_HOST_US = 0.05;
const HOST_US = 5;
const DECISION_US = 3;
const CALL_US = 0.8;

/** Share of a shard's time that explanations may take, and how much of it they may save up. */
const SHARE = 0.2;
const SAVED_US_MAX = 5_000;

/** Keeps explanations from taking the time of other answers: it counts what they cost. */
export class ExplainBudget {
  #leftUs = SAVED_US_MAX;
  #grantedMs = -Infinity;

  /** Whether there is time for one more. */
  has(nowMs: number): boolean {
    const grantedUs = (nowMs - this.#grantedMs) * 1_000 * SHARE;
    this.#leftUs = Math.min(SAVED_US_MAX, this.#leftUs + grantedUs);
    this.#grantedMs = nowMs;
    return this.#leftUs > 0;
  }

  /** Takes the time of an answer. */
  take({ hostCount, hosts, decisions, calls }: RouteExplanation): void {
    this.#leftUs -= ANSWER_US + hostCount * COUNTED_HOST_US +
      hosts.length * HOST_US + decisions.length * DECISION_US +
      calls.length * CALL_US;
  }
}
