import { type Logger, StandingCondition } from "../net/mod.ts";
import { BETWEEN_STORES, isAcceptedSince } from "../proto/mod.ts";
import type { StoreIdentity } from "../store/mod.ts";
import type { Findings } from "./reconciliation.ts";

/**
 * Decides whether routes and hosts are taken away that the store does not have
 * any more and that no edit named: not if it is another store, and not if it is
 * more than people take away so, until a person accepts it.
 */
export class RemovalGuard {
  readonly #holding: StandingCondition;
  readonly #logger: Logger;
  /** The store that the routes in the table are of. */
  #served: StoreIdentity;
  /** The store that was met last. */
  #met: StoreIdentity;
  /** How often that store had been accepted when it was met first. */
  #acceptedBefore: number;
  #namesLost = false;
  /** Whether not all routes were compared with the store that was met last. */
  #isBetween = false;
  /** Whether the last comparison was held. */
  #heldBefore = false;

  /** `identity` is the store that the table was filled from. */
  constructor(
    { identity, logger }: { identity: StoreIdentity; logger: Logger },
  ) {
    this.#served = identity;
    this.#met = identity;
    this.#acceptedBefore = identity.accepted;
    this.#logger = logger;
    this.#holding = new StandingCondition({
      logger,
      level: "error",
      begins:
        'the store lacks routes or hosts, which are served as before: run "lars store accept" if they are to go',
      ends: "the routes are as the store has them",
    });
  }

  /** The store that was met last. */
  get store(): StoreIdentity {
    return this.#met;
  }

  /** The store that the table has all routes of, perhaps with some of another; or {@linkcode BETWEEN_STORES}. */
  get announced(): StoreIdentity {
    return this.#isBetween
      ? { identity: BETWEEN_STORES, accepted: 0 }
      : this.#met;
  }

  /**
   * Whether names of edits may be lost: then one route of which most is gone is
   * what an edit left, and only more than half of all routes are held.
   */
  set namesLost(isLost: boolean) {
    this.#namesLost = isLost;
  }

  /** A poll has met a store; true if it is another than before, or was accepted since. */
  meet(store: StoreIdentity): boolean {
    const before = this.#met;
    this.#met = store;
    if (store.identity !== before.identity) {
      const isServed = store.identity === this.#served.identity;
      this.#acceptedBefore = isServed ? this.#served.accepted : store.accepted;
      this.#isBetween = true;
      return true;
    }
    return store.accepted !== before.accepted;
  }

  /** The table has all routes of this store; true if that is news. */
  compared({ identity }: StoreIdentity): boolean {
    const isNews = this.#isBetween && identity === this.#met.identity;
    if (isNews) this.#isBetween = false;
    return isNews;
  }

  /** Whether to hold what a comparison with the store that was met last found to be gone. */
  holds(findings: Findings): boolean {
    const { missing, shrunk, isMass, isDeep, example, routes } = findings;
    const isSuspicious = isMass || isDeep && !this.#namesLost;
    const isAccepted = isAcceptedSince(
      this.#acceptedBefore,
      this.#met.accepted,
    );
    const isNothing = missing + shrunk === 0;
    const isKnown = this.#served.identity !== undefined ||
      this.#met.identity !== undefined;
    if (
      isNothing || isAccepted || !(this.#isOther || isSuspicious && isKnown)
    ) {
      if (isAccepted && !isNothing) {
        this.#logger.info("the store is accepted as it is", {
          missing,
          shrunk,
        });
      }
      this.#served = this.#met;
      this.#acceptedBefore = this.#met.accepted;
      this.#heldBefore = false;
      this.#holding.end();
      return false;
    }
    // By hand people change rows first and name the route then: a comparison
    // between the two is no news yet.
    const isNews = this.#isOther || this.#heldBefore;
    this.#heldBefore = true;
    if (!isNews) return true;
    this.#holding.begin({
      cause: this.#isOther
        ? `it is another store: ${
          this.#met.identity ?? "one without an identity"
        } instead of ${this.#served.identity}`
        : "more than half of all routes, or of the hosts of one, are gone, and no RouteChange names them",
      missing,
      shrunk,
      routes,
      ...(example && { example: `${example.modId},${example.cmdId}` }),
    });
    return true;
  }

  /** Whether the store is another one than that whose routes are served. */
  get #isOther(): boolean {
    return this.#served.identity !== undefined &&
      this.#served.identity !== this.#met.identity;
  }
}
