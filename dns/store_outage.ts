import { Backoff, type Logger, type Random } from "../net/mod.ts";
import { StoreError } from "../store/types.ts";

/** Longest wait before the store is tried again. */
export const RETRY_MAX_MS = 5_000;

/** Says once that the store is away and once that it is back, and how long to wait meanwhile. */
export class StoreOutage {
  readonly #backoff: Backoff;
  readonly #logger: Logger;
  readonly #action: string;
  #active = false;

  constructor(
    options: { action: string; minMs: number; random: Random; logger: Logger },
  ) {
    this.#action = options.action;
    this.#logger = options.logger;
    this.#backoff = new Backoff({ ...options, maxMs: RETRY_MAX_MS });
  }

  /** Whether the last attempt failed. */
  get active(): boolean {
    return this.#active;
  }

  /**
   * Takes note of a failure.
   *
   * @returns How long to wait before the next attempt, in milliseconds.
   * @throws {unknown} The error itself if it is none of the store's.
   */
  began(error: unknown): number {
    if (!(error instanceof StoreError)) throw error;
    if (!this.#active) {
      this.#logger.error(
        `cannot ${this.#action}, going on with what is known and trying again`,
        { error },
      );
    }
    this.#active = true;
    const waitMs = this.#backoff.nextMs();
    return error.retry ? waitMs : RETRY_MAX_MS;
  }

  /** Takes note of a success. */
  over(): void {
    if (!this.#active) return;
    this.#active = false;
    this.#backoff.reset();
    this.#logger.info(`can ${this.#action} again`);
  }
}
