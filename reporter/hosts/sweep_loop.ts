import { type Clock, type Logger, StandingCondition } from "../../net/mod.ts";
import { StoreError } from "../../store/mod.ts";
import type { SweepResult } from "./status_sweep.ts";

/** Interval at which all statuses of the store are looked at, some at a time with pauses. */
const SWEEP_INTERVAL_MS = 600_000;
const SWEEP_PAUSE_MS = 200;

/** Options of a {@linkcode SweepLoop}. */
export interface SweepLoopOptions {
  /** Looks at some statuses, and removes those that are to go; undefined: nothing is removed. */
  sweep: (() => Promise<SweepResult>) | undefined;
  clock: Clock;
  logger: Logger;
}

/** Removes again and again the statuses of hosts that no route has had for long. */
export class SweepLoop {
  /** Totals since the start. */
  readonly counters = { rowsRemoved: 0 };
  readonly #options: SweepLoopOptions;
  readonly #failing: StandingCondition;

  /** Works while it runs. */
  constructor(options: SweepLoopOptions) {
    this.#options = options;
    this.#failing = new StandingCondition({
      logger: options.logger,
      level: "warn",
      begins: "cannot remove statuses of hosts that no route has",
      ends: "removing statuses of hosts that no route has again",
    });
  }

  /** Sweeps until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { sweep, clock } = this.#options;
    if (sweep === undefined) return;
    let pauseMs = SWEEP_INTERVAL_MS;
    while (true) {
      await clock.sleep(pauseMs, signal);
      if (signal.aborted) return;
      pauseMs = await this.#step(sweep) ? SWEEP_PAUSE_MS : SWEEP_INTERVAL_MS;
    }
  }

  /** Whether there is more to look at. */
  async #step(sweep: () => Promise<SweepResult>): Promise<boolean> {
    try {
      const { removed, more } = await sweep();
      this.counters.rowsRemoved += removed;
      this.#failing.end();
      return more;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      // Of a store that is away the writers tell.
      if (!error.retry) this.#failing.begin({ error });
      return false;
    }
  }
}
