import type { Clock } from "../../../net/mod.ts";
import type { VirtualClock } from "../../../net/testing/mod.ts";

/** Clock of one machine: it may stand still, and its wall clock is anyone's guess. */
export class MachineClock implements Clock {
  wallOffsetSeconds = 0;
  readonly #clock: VirtualClock;
  #stoppedUntilMs = -Infinity;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** Stops every process of the machine for a time, as SIGSTOP does. */
  stop(ms: number): void {
    this.#stoppedUntilMs = this.#clock.nowMs() + ms;
  }

  get isStopped(): boolean {
    return this.#clock.nowMs() < this.#stoppedUntilMs;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  wallSeconds(): number {
    return this.#clock.wallSeconds() + this.wallOffsetSeconds;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await this.#clock.sleep(ms, signal);
    await this.resumed();
  }

  turn(): Promise<void> {
    return this.#clock.turn();
  }

  /** Resolves when the machine runs. */
  async resumed(): Promise<void> {
    while (this.isStopped) {
      await this.#clock.sleep(this.#stoppedUntilMs - this.#clock.nowMs());
    }
  }
}
