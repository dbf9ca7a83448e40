import { addressGroup, type Clock } from "../../net/mod.ts";

/** Attempts that an address has at once, and how long until it has one more. */
const ATTEMPTS_MAX = 5;
const REFILL_MS = 1_000;

/** The same for all addresses that never knew the password of a name, together. */
const STRANGERS_MAX = 10;

/** Addresses and names that are remembered; the oldest are forgotten. */
const ENTRIES_MAX = 10_000;

/**
 * Bounds how fast passwords can be guessed, without locking anybody out: an
 * address that guesses wrong waits, and for a name that many guess at, addresses
 * that have logged in before do not.
 */
export class LoginLimits {
  readonly #clock: Clock;
  /** Attempts left by address, and by name of strangers, and when that was so. */
  readonly #left = new Map<string, { attempts: number; atMs: number }>();
  /** "NAME ADDRESS" of those that knew the password. */
  readonly #known = new Set<string>();

  constructor({ clock }: { clock: Clock }) {
    this.#clock = clock;
  }

  /** Milliseconds until this may be tried; 0: now, and the attempt counts. */
  take({ address, name }: { address: string; name: string }): number {
    const buckets = this.#bucketsOf({ address, name });
    const waits = buckets.map((bucket) => this.#waitMs(bucket));
    const waitMs = Math.max(...waits);
    if (waitMs > 0) return waitMs;
    for (const { key } of buckets) this.#left.get(key)!.attempts -= 1;
    return 0;
  }

  /** Whether this address has logged in by this name before. */
  knows({ address, name }: { address: string; name: string }): boolean {
    return this.#known.has(`${name} ${addressGroup(address)}`);
  }

  /** Notes that a password was right: its attempt costs nothing. */
  succeed({ address, name }: { address: string; name: string }): void {
    for (const { key } of this.#bucketsOf({ address, name })) {
      const left = this.#left.get(key);
      if (left !== undefined) left.attempts += 1;
    }
    const known = `${name} ${addressGroup(address)}`;
    this.#known.delete(known);
    this.#known.add(known);
    forgetOldest(this.#known);
  }

  /** What an attempt takes from. */
  #bucketsOf({ address, name }: { address: string; name: string }) {
    const buckets = [
      { key: `address ${addressGroup(address)}`, max: ATTEMPTS_MAX },
    ];
    if (!this.knows({ address, name })) {
      buckets.push({ key: `name ${name}`, max: STRANGERS_MAX });
    }
    return buckets;
  }

  #waitMs({ key, max }: { key: string; max: number }): number {
    const nowMs = this.#clock.nowMs();
    const { attempts, atMs } = this.#left.get(key) ??
      { attempts: max, atMs: nowMs };
    const now = Math.min(max, attempts + (nowMs - atMs) / REFILL_MS);
    this.#left.delete(key);
    this.#left.set(key, { attempts: now, atMs: nowMs });
    forgetOldest(this.#left);
    return now >= 1 ? 0 : Math.ceil((1 - now) * REFILL_MS);
  }
}

function forgetOldest(
  entries: {
    size: number;
    keys(): IterableIterator<string>;
    delete(key: string): boolean;
  },
): void {
  if (entries.size <= ENTRIES_MAX) return;
  const [oldest] = entries.keys();
  entries.delete(oldest!);
}
