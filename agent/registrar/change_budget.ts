/** Most changes of registrations a second, and how many of them may come at once. */
export const CHANGES_MAX = 20;

/** Keeps programs from changing the routes of everybody all the time. */
export class ChangeBudget {
  #left = CHANGES_MAX;
  #grantedMs = -Infinity;

  /** Takes one change; false if there are too many. */
  take(nowMs: number): boolean {
    const granted = (nowMs - this.#grantedMs) / 1_000 * CHANGES_MAX;
    this.#left = Math.min(CHANGES_MAX, this.#left + granted);
    this.#grantedMs = nowMs;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
