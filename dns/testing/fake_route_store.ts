import { type Route, type RouteKey, RouteMap } from "../../proto/mod.ts";
import type {
  ChangeFeed,
  Changes,
  RouteStore,
  StoreIdentity,
} from "../../store/mod.ts";

/** A store that is edited by assignment, and fails or stalls on demand. */
export class FakeRouteStore implements RouteStore {
  readonly #routes = new RouteMap<Route>();
  readonly #feeds = new Set<FakeFeed>();
  /** Whether feeds tell at once that they have changes; false: they give no hints. */
  givesHints = false;
  /** Whether its polls tell that they saw a commit. */
  tellsCommits = false;
  /** Polls of all feeds. */
  polls = 0;
  /** What every method throws from now on. */
  failure: Error | undefined;
  /** A scan waits for it after taking its snapshot. */
  gate: Promise<void> = Promise.resolve();
  scans = 0;
  /** What feeds and identity() tell from now on. */
  storeIdentity: StoreIdentity = { identity: "a".repeat(32), accepted: 0 };
  /** Whether others remove rows of RouteChange. */
  namesLost = false;

  constructor(...routes: Route[]) {
    for (const route of routes) this.#routes.set(route, route);
  }

  /** A change that a RouteChange row names, unless said otherwise; with a hint, if the store gives any. */
  set(
    route: Route,
    says: "named" | "unnamed" | "nothing" | { hint: false } = "named",
  ): void {
    const feedSays = typeof says === "string" ? says : "named";
    if (route.hosts.length === 0) this.#routes.delete(route);
    else this.#routes.set(route, route);
    for (const feed of this.#feeds) {
      if (feedSays === "named") feed.keys.set(route, route);
      if (feedSays === "unnamed") feed.unnamed = true;
    }
    if (typeof says === "string") this.hint();
  }

  /** Tells of a commit. */
  hint(): void {
    for (const feed of this.#feeds) feed.hint();
  }

  watch(): Promise<ChangeFeed> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const feed = new FakeFeed(this);
    this.#feeds.add(feed);
    return Promise.resolve(feed);
  }

  async *scan(): AsyncGenerator<Route> {
    if (this.failure !== undefined) throw this.failure;
    this.scans += 1;
    const snapshot = [...this.#routes.values()];
    await this.gate;
    for (const route of snapshot) {
      yield { ...route, hosts: [...route.hosts] };
    }
  }

  read(keys: readonly RouteKey[]): Promise<Route[]> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return Promise.resolve(keys.map(({ modId, cmdId }) => ({
      modId,
      cmdId,
      hosts: this.#routes.get({ modId, cmdId })?.hosts ?? [],
    })));
  }

  edit(): Promise<never> {
    return Promise.reject(
      new Error("Cannot edit as this is a fake: use set()"),
    );
  }

  drains(): Promise<never[]> {
    return Promise.resolve([]);
  }

  identity(): Promise<StoreIdentity> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return Promise.resolve(this.storeIdentity);
  }

  accept(): Promise<StoreIdentity> {
    const { identity, accepted } = this.storeIdentity;
    this.storeIdentity = { identity, accepted: accepted + 1 };
    return this.identity();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

class FakeFeed implements ChangeFeed {
  readonly keys = new RouteMap<RouteKey>();
  unnamed = false;
  readonly #store: FakeRouteStore;
  #hinted = Promise.withResolvers<void>();

  constructor(store: FakeRouteStore) {
    this.#store = store;
  }

  hint(): void {
    this.#hinted.resolve();
  }

  async *hints(signal: AbortSignal): AsyncGenerator<void> {
    signal.addEventListener("abort", () => this.hint());
    while (this.#store.givesHints) {
      await this.#hinted.promise;
      if (signal.aborted) return;
      this.#hinted = Promise.withResolvers();
      yield;
    }
  }

  async poll(): Promise<Changes> {
    this.#store.polls += 1;
    const routes = await this.#store.read([...this.keys.keys()]);
    const { unnamed } = this;
    this.keys.clear();
    this.unnamed = false;
    const { storeIdentity: identity, namesLost } = this.#store;
    const hasCommit = this.#store.tellsCommits &&
      (unnamed || routes.length > 0);
    return {
      routes,
      unnamed,
      identity,
      ...(namesLost && { namesLost }),
      ...(hasCommit && { hasCommit }),
    };
  }
}
