import type { AgentLease, LeaseSeen } from "../../store/mod.ts";

/**
 * Longest time between two reads of all leases: behind a longer one nothing is known
 * of what was renewed in between, or could not be.
 */
const READ_GAP_MAX_MS = 12_000;

/** Likewise between two writes, behind which others may not have been able to write either. */
const WRITE_GAP_MAX_MS = 12_000;

/** A lease, and what this process has seen of it. */
export interface WatchedLease {
  /** As it was read last. */
  lease: AgentLease;
  /** When it was first seen with this epoch and renewal, by the monotonic clock. */
  sinceMs: number;
  /** When it was first seen to be marked as overdue since then; Infinity: it is not. */
  markedMs: number;
}

/**
 * When each lease was last seen to be renewed, by the monotonic clock of this
 * process alone. Whatever kept this process from looking, or others from writing,
 * begins the watch anew: what was not seen is not held against an agent.
 */
export class LeaseWatch {
  #watched = new Map<string, WatchedLease>();
  #readMs = -Infinity;
  #writableSinceMs = Infinity;
  #wroteMs = -Infinity;

  /** Every lease that was there at the last look. */
  get leases(): ReadonlyMap<string, WatchedLease> {
    return this.#watched;
  }

  /** Since when this process could write to the store at each attempt; Infinity: it can't, or has not tried. */
  get writableSinceMs(): number {
    return this.#writableSinceMs;
  }

  /** Begins anew with the next look. */
  restart(): void {
    this.#readMs = -Infinity;
    this.failedToWrite();
  }

  /** The store took something at this time. */
  wrote(nowMs: number): void {
    if (nowMs - this.#wroteMs > WRITE_GAP_MAX_MS) this.#writableSinceMs = nowMs;
    this.#wroteMs = nowMs;
  }

  /** The store took nothing. */
  failedToWrite(): void {
    this.#wroteMs = -Infinity;
    this.#writableSinceMs = Infinity;
  }

  /** Takes all leases; `startMs` and `endMs` are when they were asked for, and there. */
  observe(
    leases: readonly AgentLease[],
    { startMs, endMs }: { startMs: number; endMs: number },
  ): void {
    const isWhole = startMs - this.#readMs <= READ_GAP_MAX_MS;
    this.#readMs = startMs;
    const watched = new Map<string, WatchedLease>();
    for (const lease of leases) {
      const before = isWhole ? this.#watched.get(lease.agent) : undefined;
      const isSame = before !== undefined && isAsSeen(before.lease, lease);
      const markedMs = isSame ? before.markedMs : Infinity;
      watched.set(lease.agent, {
        lease,
        sinceMs: isSame ? before.sinceMs : endMs,
        markedMs: lease.overdue ? Math.min(markedMs, endMs) : Infinity,
      });
    }
    this.#watched = watched;
  }
}

/** Whether a lease was not renewed in between, forward or back. */
function isAsSeen(before: LeaseSeen, now: LeaseSeen): boolean {
  return before.epoch === now.epoch && before.renewal === now.renewal;
}
