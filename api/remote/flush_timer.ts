import type { Clock } from "../../net/client.ts";

/** Something that holds what must leave before long. */
export interface Holder {
  /** Lets go of what is due; when to come again, or undefined if nothing is held. */
  release(nowMs: number): number | undefined;
}

/** Comes to everybody who holds something when it is due; one sleep serves all. */
export class HoldTimer {
  readonly #clock: Clock;
  readonly #periodMs: number;
  readonly #signal: AbortSignal;
  readonly #holders = new Set<Holder>();
  #running = false;

  constructor(
    options: { clock: Clock; periodMs: number; signal: AbortSignal },
  ) {
    this.#clock = options.clock;
    this.#periodMs = options.periodMs;
    this.#signal = options.signal;
  }

  /** Comes to `holder` within a period, and then as it says. */
  add(holder: Holder): void {
    this.#holders.add(holder);
    if (!this.#running) this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    let waitMs = this.#periodMs;
    while (this.#holders.size > 0 && !this.#signal.aborted) {
      await this.#clock.sleep(waitMs, this.#signal);
      const nowMs = this.#clock.nowMs();
      waitMs = this.#periodMs;
      for (const holder of this.#holders) {
        const dueMs = holder.release(nowMs);
        if (dueMs === undefined) this.#holders.delete(holder);
        else waitMs = Math.min(waitMs, dueMs - nowMs);
      }
    }
    this.#running = false;
  }
}
