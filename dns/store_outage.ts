import { Backoff, type Clock, type Logger, type Random } from "../net/mod.ts";
import { StoreError } from "../store/mod.ts";

/** Shortest and longest wait before the store is tried again. */
const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 5_000;

/** An outage of the store: logged once when it begins and once when it ends, with backoff in between. */
export class StoreOutage {
  readonly #backoff: Backoff;
  readonly #logger: Logger;
  readonly #action: string;
  #active = false;

  constructor(
    options: { action: string; minMs?: number; random: Random; logger: Logger },
  ) {
    this.#action = options.action;
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
    if (!this.#active) {
      this.#logger.error(
        `cannot ${this.#action} now, trying again`,
        { error },
      );
    }
    this.#active = true;
    const waitMs = this.#backoff.nextMs();
    return error.retry ? waitMs : RETRY_MAX_MS;
  }

  /** Records a successful attempt. */
  over(): void {
    if (!this.#active) return;
    this.#active = false;
    this.#backoff.reset();
    this.#logger.info(`can ${this.#action} again`);
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
