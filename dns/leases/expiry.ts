import type { AgentLease } from "../../store/mod.ts";
import type { WatchedLease } from "./lease_watch.ts";

/** Time without a renewal after which a lease expires, if nothing else speaks for it. */
const EXPIRE_AFTER_MS = 300_000;

/**
 * Time for which a lease has been marked as overdue before it expires, in which this
 * dns could write to the store at each look: so could the dns of its agent then.
 */
const MARKED_MS = 60_000;

/** Likewise where callers have found its hosts dead: two flushes of renewals, and a look. */
const VOTED_MARKED_MS = 25_000;

/** Shortest time without a renewal that makes a lease overdue, whatever its agent says. */
const TTL_MIN_MS = 30_000;

/** Share of all leases that are overdue together from which none expires, and least number of them. */
const SUSPENDED_SHARE = 0.15;
const SUSPENDED_LEASES_MIN = 3;

/** Share below which leases expire again, as they do when fewer than that number are overdue, if it lasts. */
const RESUMED_SHARE = 0.1;
const RESUMED_MS = 120_000;

/** Time without a renewal after which a lease is no part of all any more. */
const FORGOTTEN_MS = 86_400_000;

/** What is to be done with leases. */
export interface Verdict {
  /** Leases that are not overdue. */
  alive: number;
  /** Those that are. */
  overdue: readonly AgentLease[];
  /** Those of them that are not marked yet. */
  unmarked: readonly AgentLease[];
  /** Those that expire. */
  expired: readonly AgentLease[];
  /** Those whose hosts expire as far as their callers have found them dead. */
  voted: readonly AgentLease[];
}

/**
 * Decides which leases expire. Too many that are overdue together are more likely a
 * network or a store in trouble than so many dead machines: then none does until
 * they are fewer, but for hosts that their callers have found dead.
 */
export class Expiry {
  #isSuspended = false;
  #fewSinceMs = Infinity;

  /** Whether too many leases are overdue together. */
  get isSuspended(): boolean {
    return this.#isSuspended;
  }

  /**
   * Judges all leases that are watched.
   *
   * @param options.writableSinceMs Since when this dns could write at each look.
   */
  judge(
    watched: readonly WatchedLease[],
    { nowMs, writableSinceMs }: { nowMs: number; writableSinceMs: number },
  ): Verdict {
    const overdue: AgentLease[] = [];
    const old: AgentLease[] = [];
    const voted: AgentLease[] = [];
    const emptied: AgentLease[] = [];
    let all = 0;
    let counted = 0;
    const isOverdue = ({ lease, sinceMs }: WatchedLease) =>
      nowMs - sinceMs >= Math.max(TTL_MIN_MS, lease.ttlMs);
    const living = new Set(
      watched.filter((each) => !isOverdue(each)).map(machineOf),
    );
    for (const each of watched) {
      const { lease, sinceMs, markedMs } = each;
      const silentMs = nowMs - sinceMs;
      const isLiving = !isOverdue(each);
      // What an agent without its disk has left behind is of no dead machine.
      const isReplaced = !isLiving && living.has(machineOf(each));
      const isCounted = lease.instances > 0 && silentMs < FORGOTTEN_MS &&
        !isReplaced;
      if (isCounted) all += 1;
      if (isLiving) continue;
      overdue.push(lease);
      if (isCounted) counted += 1;
      const heldMs = nowMs - Math.max(markedMs, writableSinceMs);
      const isOld = silentMs >= EXPIRE_AFTER_MS && heldMs >= MARKED_MS;
      if (isOld) (lease.instances > 0 ? old : emptied).push(lease);
      else if (heldMs >= VOTED_MARKED_MS) voted.push(lease);
    }
    this.#decide({ share: counted / Math.max(1, all), counted, nowMs });
    return {
      alive: watched.length - overdue.length,
      overdue,
      unmarked: overdue.filter((lease) => !lease.overdue),
      expired: this.#isSuspended ? emptied : [...emptied, ...old],
      voted: this.#isSuspended ? [...voted, ...old] : voted,
    };
  }

  #decide(
    { share, counted, nowMs }: {
      share: number;
      counted: number;
      nowMs: number;
    },
  ): void {
    if (share > SUSPENDED_SHARE && counted >= SUSPENDED_LEASES_MIN) {
      this.#isSuspended = true;
    }
    const isFew = share < RESUMED_SHARE || counted < SUSPENDED_LEASES_MIN;
    this.#fewSinceMs = isFew ? Math.min(this.#fewSinceMs, nowMs) : Infinity;
    if (nowMs - this.#fewSinceMs >= RESUMED_MS) this.#isSuspended = false;
  }
}

/** Names the machine of an agent: many may be behind one address, each with a name. */
function machineOf({ lease }: WatchedLease): string {
  return `${lease.address} ${lease.name}`;
}
