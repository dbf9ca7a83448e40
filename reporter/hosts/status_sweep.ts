import type { Clock } from "../../net/mod.ts";
import type { StatusRow, StatusStore } from "../../store/mod.ts";
import type { KnownHosts } from "./known_hosts.ts";

/**
 * Time for which no route must have had a host, while this reporter watched,
 * before its statuses are removed.
 */
export const WATCH_MS = 86_400_000;

/** Rows that one step looks at, and so removes at most. */
const STEP_ROWS = 1_000;

/** Most hosts that are watched at a time, 100 bytes each; others are once these are gone. */
const WATCHED_MAX = 100_000;

/** What one step of a sweep came to. */
export interface SweepResult {
  /** Rows removed. */
  removed: number;
  /** Whether rows are left to look at in this round. */
  more: boolean;
}

/** A host that no route had when it was looked at. */
interface Watched {
  /** When that was noticed, by the clock that never goes back. */
  sinceMs: number;
  /** The last round in which it was met. */
  round: number;
}

/**
 * Removes statuses of hosts that no route has had for {@linkcode WATCH_MS}, also
 * those that others wrote. The times in the rows say nothing: they are of other
 * clocks. A reporter that starts begins to watch anew.
 */
export class StatusSweep {
  readonly #hosts: Pick<KnownHosts, "gone" | "identity">;
  readonly #clock: Clock;
  readonly #watched = new Map<string, Watched>();
  #round = 0;
  /** The last row that this round has looked at. */
  #after: StatusRow | undefined;
  /** Which store the hosts are watched in. */
  #identity: string | undefined;

  /** Has watched nothing yet. */
  constructor(
    options: { hosts: Pick<KnownHosts, "gone" | "identity">; clock: Clock },
  ) {
    this.#hosts = options.hosts;
    this.#clock = options.clock;
  }

  /**
   * Looks at the next rows of `store`; a round ends at the last.
   *
   * @throws {StoreError} If the store failed; the next step does the same again.
   */
  async step(store: StatusStore): Promise<SweepResult> {
    const rows = await store.page({ after: this.#after, limit: STEP_ROWS });
    const gone = new Set(await this.#hosts.gone(rows));
    if (this.#hosts.identity !== this.#identity) {
      this.#identity = this.#hosts.identity;
      this.#watched.clear();
    }
    const due = rows.filter((row) => this.#isDue(row, gone.has(row)));
    if (due.length > 0) await store.remove(due);
    const more = rows.length === STEP_ROWS;
    this.#after = more ? rows.at(-1) : undefined;
    if (!more) this.#endRound();
    return { removed: due.length, more };
  }

  #isDue(row: StatusRow, isGone: boolean): boolean {
    const { modId, cmdId, ip, port } = row;
    const key = `${modId},${cmdId},${ip},${port}`;
    if (!isGone) {
      this.#watched.delete(key);
      return false;
    }
    const nowMs = this.#clock.nowMs();
    const watched = this.#watched.get(key);
    if (watched !== undefined) {
      watched.round = this.#round;
      return nowMs - watched.sinceMs >= WATCH_MS;
    }
    if (this.#watched.size < WATCHED_MAX) {
      this.#watched.set(key, { sinceMs: nowMs, round: this.#round });
    }
    return false;
  }

  /** Forgets hosts of which there is no row any more. */
  #endRound(): void {
    for (const [key, { round }] of this.#watched) {
      if (round !== this.#round) this.#watched.delete(key);
    }
    this.#round += 1;
  }
}
