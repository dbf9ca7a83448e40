import { HostColumns } from "../host_columns.ts";
import type { RowLinks } from "./row_queue.ts";

/** Time in milliseconds in which picks are counted together: one without a report is taken for lost after one to two of them. */
const OPEN_WINDOW_MS = 65_536;

/** Most picks of a window that are counted. */
const OPEN_MAX = 0xffff;

/** Windows are told apart by their lowest 16 bits. */
const WINDOW_MASK = 0xffff;

/** Idle: picked in turn. Overloaded: picked as a probe only. */
export type HostState = "idle" | "overloaded";

/**
 * What `policy = lars` keeps of each host, 35 bytes: counts in calls, of which
 * the names in README.md are given with each. `vsucc` and `verr` are not kept:
 * they are those of calls and what the state credits by the settings as they are.
 */
export class LarsHosts extends HostColumns implements RowLinks {
  /** 1: overloaded. 0: idle. */
  overloaded = new Uint8Array(0);
  /** When the state, or an idle host's window, began. */
  sinceMs = new Float64Array(0);
  /** `rsucc`: since the state or window began. */
  successes = new Uint32Array(0);
  /** `rerr`: since then. */
  errors = new Uint32Array(0);
  /**
   * `contin_succ` if positive, −`contin_err` if negative: successes or failures
   * in a row, of which one at least is always 0.
   */
  streak = new Int32Array(0);
  /**
   * Picks without a report of this window, and of the one before, up to
   * {@linkcode OPEN_MAX} each: the rule does not look at them.
   */
  open = new Uint16Array(0);
  openBefore = new Uint16Array(0);
  /** Number of this window. */
  openWindow = new Uint16Array(0);
  previous = new Int32Array(0);
  next = new Int32Array(0);

  /** Counts a pick. */
  addPick(row: number, nowMs: number): void {
    const window = nowMs / OPEN_WINDOW_MS & WINDOW_MASK;
    if (this.openWindow[row] !== window) this.#turn(row, window);
    if (this.open[row]! < OPEN_MAX) this.open[row]! += 1;
  }

  /** Takes a report for the end of one of its picks, the oldest. */
  closePick(row: number): void {
    if (this.openBefore[row]! > 0) this.openBefore[row]! -= 1;
    else if (this.open[row]! > 0) this.open[row]! -= 1;
  }

  /** Picks whose report may still come. */
  openOf(row: number, nowMs: number): number {
    const window = nowMs / OPEN_WINDOW_MS & WINDOW_MASK;
    if (this.openWindow[row] !== window) this.#turn(row, window);
    return this.openBefore[row]! + this.open[row]!;
  }

  /** Forgets the picks of an earlier host in a row. */
  forgetPicks(row: number): void {
    this.open[row] = 0;
    this.openBefore[row] = 0;
  }

  #turn(row: number, window: number): void {
    const isNext = (window - this.openWindow[row]! & WINDOW_MASK) === 1;
    this.openBefore[row] = isNext ? this.open[row]! : 0;
    this.open[row] = 0;
    this.openWindow[row] = window;
  }

  countSuccess(row: number): void {
    this.successes[row]! += 1;
    this.streak[row] = Math.max(this.streak[row]!, 0) + 1;
  }

  countError(row: number): void {
    this.errors[row]! += 1;
    this.streak[row] = Math.min(this.streak[row]!, 0) - 1;
  }

  /** `contin_succ`: successes in a row. */
  continuousSuccesses(row: number): number {
    return Math.max(this.streak[row]!, 0);
  }

  /** `contin_err`: failures in a row. */
  continuousErrors(row: number): number {
    return Math.max(-this.streak[row]!, 0);
  }

  /**
   * verr / (vsucc + verr) of an idle host, which began with `initSuccessCount`
   * successes to its credit; only after a count, so never 0 / 0.
   */
  virtualErrorRate(row: number, initSuccessCount: number): number {
    const errors = this.errors[row]!;
    return errors / (initSuccessCount + this.successes[row]! + errors);
  }

  /**
   * vsucc / (vsucc + verr) of an overloaded host, which began with
   * `initErrorCount` failures against it; only after a count.
   */
  virtualSuccessRate(row: number, initErrorCount: number): number {
    const successes = this.successes[row]!;
    return successes / (successes + initErrorCount + this.errors[row]!);
  }

  /** rerr / (rsucc + rerr); only after a count. */
  errorRate(row: number): number {
    const errors = this.errors[row]!;
    return errors / (this.successes[row]! + errors);
  }

  /** Idle or overloaded from now on, without a call. */
  become(row: number, state: HostState, nowMs: number): void {
    this.overloaded[row] = state === "idle" ? 0 : 1;
    this.sinceMs[row] = nowMs;
    this.successes[row] = 0;
    this.errors[row] = 0;
    this.streak[row] = 0;
  }
}
