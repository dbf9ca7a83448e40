import { enlarge, HostTable } from "../host_table.ts";
import type { SlotLinks } from "./row_queue.ts";

/**
 * What `policy = lars` keeps of each host: the counts of lars_rule.md, whose
 * names there are given with each.
 */
export class LarsHosts extends HostTable implements SlotLinks {
  /** 1: overloaded, resting, picked only as a probe. 0: idle. */
  overloaded: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  /** When the state, or an idle host's window, began. */
  sinceMs: Float64Array<ArrayBuffer> = new Float64Array(0);
  /** `vsucc`: for judging. */
  virtualSuccesses: Uint32Array<ArrayBuffer> = new Uint32Array(0);
  /** `verr`: for judging. */
  virtualErrors: Uint32Array<ArrayBuffer> = new Uint32Array(0);
  /** `rsucc`: for the reporter and the window. */
  successes: Uint32Array<ArrayBuffer> = new Uint32Array(0);
  /** `rerr`: for the reporter and the window. */
  errors: Uint32Array<ArrayBuffer> = new Uint32Array(0);
  /**
   * `contin_succ` if positive, −`contin_err` if negative: successes or failures
   * in a row, of which one at least is always 0.
   */
  streak: Int32Array<ArrayBuffer> = new Int32Array(0);
  previous: Int32Array<ArrayBuffer> = new Int32Array(0);
  next: Int32Array<ArrayBuffer> = new Int32Array(0);

  countSuccess(slot: number): void {
    this.virtualSuccesses[slot]! += 1;
    this.successes[slot]! += 1;
    this.streak[slot] = Math.max(this.streak[slot]!, 0) + 1;
  }

  countError(slot: number): void {
    this.virtualErrors[slot]! += 1;
    this.errors[slot]! += 1;
    this.streak[slot] = Math.min(this.streak[slot]!, 0) - 1;
  }

  /** `contin_succ`: successes in a row. */
  continuousSuccesses(slot: number): number {
    return Math.max(this.streak[slot]!, 0);
  }

  /** `contin_err`: failures in a row. */
  continuousErrors(slot: number): number {
    return Math.max(-this.streak[slot]!, 0);
  }

  /** verr / (vsucc + verr); only after a count, so never 0 / 0. */
  virtualErrorRate(slot: number): number {
    const errors = this.virtualErrors[slot]!;
    return errors / (this.virtualSuccesses[slot]! + errors);
  }

  /** vsucc / (vsucc + verr); only after a count. */
  virtualSuccessRate(slot: number): number {
    const successes = this.virtualSuccesses[slot]!;
    return successes / (successes + this.virtualErrors[slot]!);
  }

  /** rerr / (rsucc + rerr); only after a count. */
  errorRate(slot: number): number {
    const errors = this.errors[slot]!;
    return errors / (this.successes[slot]! + errors);
  }

  /** Idle, with `initSuccessCount` successes to its credit; a window starts now. */
  becomeIdle(
    slot: number,
    { initSuccessCount, nowMs }: { initSuccessCount: number; nowMs: number },
  ): void {
    this.#restart(slot, nowMs);
    this.overloaded[slot] = 0;
    this.virtualSuccesses[slot] = initSuccessCount;
  }

  /** Overloaded since now, with `initErrorCount` failures against it. */
  becomeOverloaded(
    slot: number,
    { initErrorCount, nowMs }: { initErrorCount: number; nowMs: number },
  ): void {
    this.#restart(slot, nowMs);
    this.overloaded[slot] = 1;
    this.virtualErrors[slot] = initErrorCount;
  }

  protected override grow(capacity: number): void {
    super.grow(capacity);
    this.overloaded = enlarge(this.overloaded, capacity);
    this.sinceMs = enlarge(this.sinceMs, capacity);
    this.virtualSuccesses = enlarge(this.virtualSuccesses, capacity);
    this.virtualErrors = enlarge(this.virtualErrors, capacity);
    this.successes = enlarge(this.successes, capacity);
    this.errors = enlarge(this.errors, capacity);
    this.streak = enlarge(this.streak, capacity);
    this.previous = enlarge(this.previous, capacity);
    this.next = enlarge(this.next, capacity);
  }

  #restart(slot: number, nowMs: number): void {
    this.sinceMs[slot] = nowMs;
    this.virtualSuccesses[slot] = 0;
    this.virtualErrors[slot] = 0;
    this.successes[slot] = 0;
    this.errors[slot] = 0;
    this.streak[slot] = 0;
  }
}
