import type { Clock } from "./clock.ts";
import type { Logger } from "./log.ts";

/** Most lines of one message in a window. */
const LINES_MAX = 20;

/** Length of a window. */
const WINDOW_MS = 60_000;

/** Lines of one message since its window began. */
interface Window {
  startedMs: number;
  written: number;
  leftOut: number;
}

/** Logs warnings about peers, but no more than a reader can use: who sends what he likes decides how many there are. */
export class LogBudget {
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #windows = new Map<string, Window>();

  /** Writes to `logger`. */
  constructor(options: { logger: Logger; clock: Clock }) {
    this.#logger = options.logger;
    this.#clock = options.clock;
  }

  /** Logs a warning, or counts it, when {@linkcode LINES_MAX} like it have been logged within a minute. */
  warn(message: string, properties: Record<string, unknown>): void {
    this.flush();
    const window = this.#windows.get(message) ??
      { startedMs: this.#clock.nowMs(), written: 0, leftOut: 0 };
    this.#windows.set(message, window);
    if (window.written === LINES_MAX) {
      window.leftOut += 1;
      return;
    }
    window.written += 1;
    this.#logger.warn(message, properties);
  }

  /** When {@linkcode flush} is due; Infinity: nothing was left out. */
  dueMs(): number {
    let dueMs = Infinity;
    for (const { startedMs, leftOut } of this.#windows.values()) {
      if (leftOut > 0) dueMs = Math.min(dueMs, startedMs + WINDOW_MS);
    }
    return dueMs;
  }

  /** Logs how many warnings were left out in windows that have ended. */
  flush(): void {
    const nowMs = this.#clock.nowMs();
    for (const [message, { startedMs, leftOut }] of this.#windows) {
      if (nowMs - startedMs < WINDOW_MS) continue;
      this.#windows.delete(message);
      if (leftOut > 0) {
        this.#logger.warn(`${message}: more like it`, { leftOut });
      }
    }
  }
}
