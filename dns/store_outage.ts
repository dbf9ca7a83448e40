import { Backoff, type Clock, type Logger, type Random } from "../net/mod.ts";
import { StoreError } from "../store/mod.ts";

/** Shortest and longest wait before the store is tried again. */
const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 5_000;

/** Time after which an outage of a part has its line: one of the whole store has begun by then. */
const PART_MS = 2_000;

/** What an outage is made of. */
export interface StoreOutageOptions {
  /** What cannot be done meanwhile. */
  action: string;
  /** Shortest wait before the store is tried again. */
  minMs?: number;
  random: Random;
  logger: Logger;
  /** Absent for an outage of the whole store. */
  part?: {
    clock: Clock;
    /** Whether the whole store is away, of which the log has a line. */
    isWhole: () => boolean;
  };
}

/**
 * An outage of the store, or of a part of it: logged once when it begins and once
 * when it ends, with backoff in between. Those of parts have no line while the
 * whole store is away.
 */
export class StoreOutage {
  readonly #backoff: Backoff;
  readonly #logger: Logger;
  readonly #action: string;
  readonly #part: StoreOutageOptions["part"];
  #active = false;
  #sinceMs = 0;
  #isTold = false;

  /** None yet. */
  constructor(options: StoreOutageOptions) {
    this.#action = options.action;
    this.#part = options.part;
    this.#logger = options.logger;
    this.#backoff = new Backoff({
      minMs: options.minMs ?? RETRY_MIN_MS,
      maxMs: RETRY_MAX_MS,
      random: options.random,
    });
  }

  /** Whether the last attempt failed. */
  get active(): boolean {
    return this.#active;
  }

  /** Whether an error of another attempt is of this outage, and needs no line of its own. */
  covers(error: unknown): boolean {
    return this.#active && error instanceof StoreError;
  }

  /**
   * Records a failed attempt.
   *
   * @returns Wait before the next attempt, in milliseconds.
   * @throws {unknown} The error itself if it is not a StoreError.
   */
  began(error: unknown): number {
    if (!(error instanceof StoreError)) throw error;
    if (!this.#active) this.#sinceMs = this.#part?.clock.nowMs() ?? 0;
    this.#active = true;
    if (!this.#isTold && this.#hasLine()) {
      this.#isTold = true;
      this.#logger.error(
        `cannot ${this.#action} now, trying again`,
        { error },
      );
    }
    const waitMs = this.#backoff.nextMs();
    return error.retry ? waitMs : RETRY_MAX_MS;
  }

  /** Records a successful attempt. */
  over(): void {
    if (!this.#active) return;
    this.#active = false;
    this.#backoff.reset();
    if (this.#isTold) this.#logger.info(`can ${this.#action} again`);
    this.#isTold = false;
  }

  #hasLine(): boolean {
    if (this.#part === undefined) return true;
    const { clock, isWhole } = this.#part;
    return clock.nowMs() - this.#sinceMs >= PART_MS && !isWhole();
  }
}

/**
 * Runs an attempt that needs the store until it succeeds.
 *
 * @throws {StoreError} If trying again cannot help.
 * @throws {unknown} The signal's reason when it is aborted.
 */
export async function waitForStore<Result>(
  attempt: () => Promise<Result>,
  options: {
    action: string;
    clock: Clock;
    random: Random;
    logger: Logger;
    signal?: AbortSignal | undefined;
  },
): Promise<Result> {
  const { clock, signal } = options;
  const outage = new StoreOutage(options);
  for (;;) {
    signal?.throwIfAborted();
    try {
      const result = await attempt();
      outage.over();
      return result;
    } catch (error) {
      if (error instanceof StoreError && !error.retry) throw error;
      await clock.sleep(outage.began(error), signal);
    }
  }
}
