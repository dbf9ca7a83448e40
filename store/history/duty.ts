import type { StoreClock } from "../types.ts";
import { DUTY_TTL_MS } from "./types.ts";

/** Row of the table Duty. */
export interface DutyRow {
  /** Who holds the duty. */
  holder: string;
  /** Grows with each renewal. */
  renewal: number;
}

/**
 * What a store has seen of duties. Whether a holder is gone is told by a row that
 * stays as it is for some time by the clock of whoever looks: no clock of another
 * machine matters.
 */
export class DutyWatch {
  readonly #clock: Pick<StoreClock, "nowMs">;
  readonly #seen = new Map<string, DutyRow & { sinceMs: number }>();

  constructor(clock: Pick<StoreClock, "nowMs">) {
    this.#clock = clock;
  }

  /** Whether `holder` may take, or renew, a duty whose row is this. */
  mayTake(name: string, row: DutyRow | undefined, holder: string): boolean {
    if (row === undefined || row.holder === holder) {
      this.#seen.delete(name);
      return true;
    }
    const nowMs = this.#clock.nowMs();
    const seen = this.#seen.get(name);
    if (seen?.holder === row.holder && seen.renewal === row.renewal) {
      return nowMs - seen.sinceMs >= DUTY_TTL_MS;
    }
    this.#seen.set(name, { ...row, sinceMs: nowMs });
    return false;
  }
}
