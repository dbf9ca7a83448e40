import type { HostAddress } from "../proto/mod.ts";
import type { Linked } from "./linked_queue.ts";

/** Idle: may be picked. Overloaded: resting, picked only as a probe. */
export type HostState = "idle" | "overloaded";

/**
 * What `policy = lars` keeps of one host: the counts of lars_rule.md, whose
 * names there are given with each.
 */
export class LarsHost implements Linked<LarsHost> {
  previous: LarsHost | undefined;
  next: LarsHost | undefined;

  readonly address: HostAddress;
  state: HostState = "idle";
  /** When the state, or an idle host's window, began. */
  sinceMs = 0;
  /** `vsucc`: for judging. */
  virtualSuccesses = 0;
  /** `verr`: for judging. */
  virtualErrors = 0;
  /** `rsucc`: for the reporter and the window. */
  successes = 0;
  /** `rerr`: for the reporter and the window. */
  errors = 0;
  /** `contin_succ`: successes in a row. */
  continuousSuccesses = 0;
  /** `contin_err`: failures in a row. */
  continuousErrors = 0;

  constructor(address: HostAddress) {
    this.address = address;
  }

  countSuccess(): void {
    this.virtualSuccesses += 1;
    this.successes += 1;
    this.continuousSuccesses += 1;
    this.continuousErrors = 0;
  }

  countError(): void {
    this.virtualErrors += 1;
    this.errors += 1;
    this.continuousErrors += 1;
    this.continuousSuccesses = 0;
  }

  /** verr / (vsucc + verr); only after a count, so never 0 / 0. */
  virtualErrorRate(): number {
    return this.virtualErrors / (this.virtualSuccesses + this.virtualErrors);
  }

  /** vsucc / (vsucc + verr); only after a count. */
  virtualSuccessRate(): number {
    return this.virtualSuccesses / (this.virtualSuccesses + this.virtualErrors);
  }

  /** rerr / (rsucc + rerr); only after a count. */
  errorRate(): number {
    return this.errors / (this.successes + this.errors);
  }

  /** Idle, with `initSuccessCount` successes to its credit; a window starts now. */
  becomeIdle(initSuccessCount: number, nowMs: number): void {
    this.#restart("idle", nowMs);
    this.virtualSuccesses = initSuccessCount;
  }

  /** Overloaded since now, with `initErrorCount` failures against it. */
  becomeOverloaded(initErrorCount: number, nowMs: number): void {
    this.#restart("overloaded", nowMs);
    this.virtualErrors = initErrorCount;
  }

  /** Why the host is in its state, in one sentence. */
  reason(nowMs: number): string {
    const seconds = ((nowMs - this.sinceMs) / 1000).toFixed(1);
    return this.state === "idle"
      ? `Idle with ${this.errors} of ${
        this.successes + this.errors
      } calls failed in a window that began ${seconds} s ago, ${this.continuousErrors} in a row at last`
      : `Overloaded for ${seconds} s with ${this.successes} of ${
        this.successes + this.errors
      } calls well since, ${this.continuousSuccesses} in a row at last`;
  }

  #restart(state: HostState, nowMs: number): void {
    this.state = state;
    this.sinceMs = nowMs;
    this.virtualSuccesses = 0;
    this.virtualErrors = 0;
    this.successes = 0;
    this.errors = 0;
    this.continuousSuccesses = 0;
    this.continuousErrors = 0;
  }
}
