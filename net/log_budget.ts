import type { Clock } from "./clock.ts";
import type { Logger } from "./log.ts";

/** Most lines of one message in a window, unless its owner says otherwise. */
const LINES_MAX = 20;

/** Length of a window, likewise. */
const WINDOW_MS = 60_000;

/** What a log budget is made of. */
export interface LogBudgetOptions {
  /** Where lines are written. */
  logger: Logger;
  /** Times the windows. */
  clock: Clock;
  /** Most lines of one message in a window; 20 if absent. */
  linesMax?: number;
  /** Length of a window in milliseconds; a minute if absent. */
  windowMs?: number;
}

/** Lines of one message since its window began. */
interface Window {
  level: "info" | "warn";
  startedMs: number;
  written: number;
  leftOut: number;
}

/** Logs what peers and hosts do, but no more than a reader can use: who sends what he likes decides how much there is. */
export class LogBudget {
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #linesMax: number;
  readonly #windowMs: number;
  readonly #windows = new Map<string, Window>();

  /** Writes to `logger`. */
  constructor(options: LogBudgetOptions) {
    this.#logger = options.logger;
    this.#clock = options.clock;
    this.#linesMax = options.linesMax ?? LINES_MAX;
    this.#windowMs = options.windowMs ?? WINDOW_MS;
  }

  /** Logs a warning, or counts it, when as many like it have been logged as a window has room for. */
  warn(message: string, properties: Record<string, unknown>): void {
    this.#log("warn", message, properties);
  }

  /** As {@linkcode LogBudget.warn}, for what is no cause for worry. */
  info(message: string, properties: Record<string, unknown>): void {
    this.#log("info", message, properties);
  }

  /** When {@linkcode flush} is due; Infinity: nothing was left out. */
  dueMs(): number {
    let dueMs = Infinity;
    for (const { startedMs, leftOut } of this.#windows.values()) {
      if (leftOut > 0) dueMs = Math.min(dueMs, startedMs + this.#windowMs);
    }
    return dueMs;
  }

  /** Logs how many lines were left out in windows that have ended. */
  flush(): void {
    const nowMs = this.#clock.nowMs();
    for (const [message, { level, startedMs, leftOut }] of this.#windows) {
      if (nowMs - startedMs < this.#windowMs) continue;
      this.#windows.delete(message);
      if (leftOut > 0) {
        this.#logger[level](`${message}: more like it`, { leftOut });
      }
    }
  }

  #log(
    level: Window["level"],
    message: string,
    properties: Record<string, unknown>,
  ): void {
    this.flush();
    const window = this.#windows.get(message) ??
      { level, startedMs: this.#clock.nowMs(), written: 0, leftOut: 0 };
    this.#windows.set(message, window);
    if (window.written === this.#linesMax) {
      window.leftOut += 1;
      return;
    }
    window.written += 1;
    this.#logger[level](message, properties);
  }
}
