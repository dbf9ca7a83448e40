import { type Clock, type Logger, StandingCondition } from "../../net/mod.ts";

/** Time from a change to its save, unless its owner says otherwise. */
const SAVE_MS = 1_000;

/** Pause after a save over its duration: saves take 5 % of the time at most. */
const SAVE_PAUSES = 19;

/** What is saved, and when. */
export interface ChangeSaverOptions {
  clock: Clock;
  logger: Logger;
  /** What is kept, as it stands in the log. */
  what: string;
  /** Time from a change to its save, at least, in milliseconds; 1,000 if absent. */
  pauseMs?: number;
  /** Why nothing can be kept; undefined: it can. */
  error?: Error | undefined;
  /** Saves all there is now. */
  save: () => Promise<void>;
}

/** Saves what an agent knows when it has changed, in a file of its data folder. */
export class ChangeSaver {
  readonly #options: ChangeSaverOptions;
  readonly #pauseMs: number;
  readonly #failing: StandingCondition;
  /** Whether anything changed since the last save. */
  #changed = false;
  /** Ends the wait for a change. */
  #change = Promise.withResolvers<void>();

  /** Saves nothing until it runs. */
  constructor(options: ChangeSaverOptions) {
    const { logger, error, what, pauseMs = SAVE_MS } = options;
    this.#options = options;
    this.#pauseMs = pauseMs;
    this.#failing = new StandingCondition({
      logger,
      level: "error",
      begins: `cannot keep ${what} in the data folder, going on without`,
      ends: `${what} are kept in the data folder again`,
    });
    if (error !== undefined) this.#failing.begin({ error });
  }

  /** What is on disk is not as it should be any more. */
  noteChange(): void {
    this.#changed = true;
    this.#change.resolve();
  }

  /** Saves changes until `signal` is aborted, and the last one then. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    let pauseMs = this.#pauseMs;
    signal.addEventListener("abort", () => this.#change.resolve());
    while (!signal.aborted) {
      await this.#change.promise;
      await clock.sleep(pauseMs, signal);
      if (!this.#changed) continue;
      const startedMs = clock.nowMs();
      await this.#save();
      const tookMs = clock.nowMs() - startedMs;
      const leastMs = this.#failing.active ? SAVE_MS : this.#pauseMs;
      pauseMs = Math.max(leastMs, tookMs * SAVE_PAUSES);
    }
  }

  async #save(): Promise<void> {
    this.#changed = false;
    this.#change = Promise.withResolvers();
    try {
      await this.#options.save();
      this.#failing.end();
    } catch (error) {
      this.noteChange();
      this.#failing.begin({ error });
    }
  }
}
