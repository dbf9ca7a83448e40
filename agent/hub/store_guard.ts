import {
  BETWEEN_STORES,
  decodeRoute,
  type HelloAck,
  isAcceptedSince,
  lostHosts,
  RouteEncoder,
  type RouteHead,
  type RouteKey,
  RouteMap,
} from "../../proto/mod.ts";
import { type Logger, StandingCondition } from "../../net/mod.ts";
import type { KnownStore } from "./cache_format.ts";
import type { RouteSnapshot } from "./route_snapshot.ts";

/** What a guard is made of. */
export interface StoreGuardOptions {
  /** The routes that the agent has. */
  routes: Pick<RouteSnapshot, "has" | "get" | "size">;
  logger: Logger;
  /** The store that the routes are of is known, or is another one from now on. */
  onKnown: () => void;
}

/** What the identity of a dns' store means for an agent. */
export type StoreVerdict =
  /** The store that its routes are of, or none that is known: dns is believed. */
  | "known"
  /** Another one: hosts stay unless an edit took them away. */
  | "other"
  /** Another one that a person has accepted just now. */
  | "accepted";

/**
 * Keeps the hosts of routes from a dns whose store is not the one that they came
 * from: that one may be empty only because it is new. They go when an edit names
 * their route, or when a person accepts the store.
 */
export class StoreGuard {
  /** The store that the routes are of; undefined while that is not known. */
  known: KnownStore | undefined;
  readonly #options: StoreGuardOptions;
  readonly #encoder = new RouteEncoder();
  /** Routes that have hosts which the store of dns lacks. */
  readonly #held = new RouteMap<true>();
  readonly #holding: StandingCondition;
  /** The store of the dns that is connected; undefined for an original one, and between two. */
  #served: KnownStore | undefined;
  /** The last store that was not the known one, as it was when it was met first. */
  #other: KnownStore | undefined;
  #isOther = false;
  /** Whether the routes of the connected dns are those of its store, and not some that this has lost. */
  #isWhole = true;

  /** Begins without a store. */
  constructor(options: StoreGuardOptions) {
    this.#options = options;
    this.#holding = new StandingCondition({
      logger: options.logger,
      level: "error",
      begins:
        'dns has another store than the routes came from, and that lacks hosts, which are used as before: run "lars store accept" if they are to go',
      ends: "dns lacks no hosts any more",
    });
  }

  /** Routes whose hosts are kept against the word of dns. */
  get held(): number {
    return this.#held.size;
  }

  /** Whether the store of the connected dns is another than the routes came from. */
  get isOther(): boolean {
    return this.#isOther;
  }

  /** Whether the connected dns has named its store, and none has given routes yet. */
  get isUnknown(): boolean {
    return this.#served !== undefined && this.known === undefined;
  }

  /** A connection to dns has opened: it has not said yet which store it has. */
  onConnected(): void {
    this.#served = undefined;
    this.#isOther = false;
  }

  /** Takes which store dns has, at the beginning or when that changes. */
  onAck({ store: identity, accepted, held }: HelloAck): StoreVerdict {
    const { known } = this;
    this.#isWhole = held === 0;
    if (identity === "") {
      this.#served = undefined;
      this.#isOther = false;
      return "known";
    }
    if (identity === BETWEEN_STORES) {
      this.#served = undefined;
      this.#isOther = true;
      return "other";
    }
    this.#served = { identity, accepted };
    this.#isOther = known !== undefined && identity !== known.identity;
    if (!this.#isOther) {
      this.#release();
      if (known !== undefined && known.accepted !== accepted) this.#adopt();
      return "known";
    }
    const acceptedBefore = this.#other?.identity === identity
      ? this.#other.accepted
      : known!.accepted;
    if (!isAcceptedSince(acceptedBefore, accepted)) {
      if (this.#other?.identity !== identity) this.#other = this.#served;
      return "other";
    }
    this.#options.logger.info("another store is accepted", { store: identity });
    this.#adopt();
    return "accepted";
  }

  /** What an agent is to take for an answer of dns: the same, or with the hosts that are not to go. */
  filter(route: RouteHead, body: Uint8Array): Uint8Array {
    const { routes } = this.#options;
    if (route.hasHosts && this.#served !== undefined) {
      // Of a store that gave none of them the routes are not.
      const isFirst = this.known === undefined || routes.size === 0;
      if (
        isFirst && this.#isWhole &&
        this.known?.identity !== this.#served.identity
      ) {
        this.#adopt();
      }
    }
    if (!this.#isOther) return body;
    const kept = route.named ? undefined : this.#withLost(route, body);
    if (kept === undefined) {
      this.forget(route);
      return body;
    }
    this.#held.set(route, true);
    this.#holding.begin({
      store: this.#served?.identity ?? "being read",
      known: this.known?.identity,
      route: `${route.modId},${route.cmdId}`,
    });
    return kept;
  }

  /** A route is gone, or has all that dns says. */
  forget(key: RouteKey): void {
    if (this.#held.delete(key) && this.#held.size === 0) this.#holding.end();
  }

  /** The body of a route with the hosts that `body` lacks; undefined if it lacks none. */
  #withLost(key: RouteKey, body: Uint8Array): Uint8Array | undefined {
    const before = this.#options.routes.get(key);
    if (before === undefined) return undefined;
    const now = decodeRoute(body);
    const lost = lostHosts(before, now);
    if (lost.length === 0) return undefined;
    const { settings } = now.hosts.length > 0 ? now : before;
    return this.#encoder.encode({
      ...now,
      hosts: [...now.hosts, ...lost],
      ...(settings && { settings }),
    });
  }

  /** The routes are those of the connected dns' store from now on. */
  #adopt(): void {
    this.known = this.#served;
    this.#other = undefined;
    this.#isOther = false;
    this.#release();
    this.#options.onKnown();
  }

  #release(): void {
    this.#held.clear();
    this.#holding.end();
  }
}
