import {
  type Clock,
  type Logger,
  Slices,
  StandingCondition,
} from "../../net/mod.ts";
import { type Route, type RouteKey, RouteMap } from "../../proto/mod.ts";
import { revisionOf, type RouteStore, StoreError } from "../../store/mod.ts";

/** How often the store is asked for what changed. */
const POLL_MS = 500;

/** How often all routes are read anew, for edits that nothing names. */
const FULL_MS = 30_000;

/** Wait before a store that is away is tried again. */
const RETRY_MS = 1_000;

/** Options of {@linkcode RouteCopy}. */
export interface RouteCopyOptions {
  store: RouteStore;
  clock: Clock;
  logger: Logger;
}

/** Who is told what the copy has read. */
export interface CopyWatch {
  /** Routes that an edit named, once they are in the copy. */
  look(keys: readonly RouteKey[]): Promise<void>;
  /** After all routes were read. */
  lookAtAll(): Promise<void>;
}

/** The routes of the store in memory, a moment behind it. */
export class RouteCopy {
  readonly #options: RouteCopyOptions;
  readonly #away: StandingCondition;
  #routes = new RouteMap<Route>();
  #sorted: Route[] | undefined;
  readonly #revisions = new WeakMap<Route, string>();
  #isLoaded = false;
  #awaySinceMs: number | undefined;

  constructor(options: RouteCopyOptions) {
    this.#options = options;
    this.#away = new StandingCondition({
      logger: options.logger,
      level: "error",
      begins: "cannot read routes from the store now, trying again",
      ends: "can read routes from the store again",
    });
  }

  /** Whether all routes have been read once. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** For how long the store cannot be read; undefined: it can. */
  get awayMs(): number | undefined {
    return this.#awaySinceMs === undefined
      ? undefined
      : this.#options.clock.nowMs() - this.#awaySinceMs;
  }

  /** The route; undefined if it has no hosts. */
  get(key: RouteKey): Route | undefined {
    return this.#routes.get(key);
  }

  /** Every route that has hosts, by modid, then cmdid. */
  get sorted(): readonly Route[] {
    return this.#sorted ??= [...this.#routes.values()].sort((a, b) =>
      a.modId - b.modId || a.cmdId - b.cmdId
    );
  }

  /** Revision of a route of this copy. */
  revisionOf(route: Route): string {
    const known = this.#revisions.get(route);
    if (known !== undefined) return known;
    const revision = revisionOf(route);
    this.#revisions.set(route, revision);
    return revision;
  }

  /** Takes routes as they were read just now. */
  take(routes: readonly Route[]): void {
    if (routes.length === 0) return;
    for (const route of routes) {
      if (route.hosts.length === 0) this.#routes.delete(route);
      else this.#routes.set(route, this.#keep(route));
    }
    this.#sorted = undefined;
  }

  /** Follows the store until `signal` is aborted. */
  async run(signal: AbortSignal, watch: CopyWatch): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      try {
        await this.#follow(signal, watch);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        this.#away.begin({ error });
        this.#awaySinceMs ??= clock.nowMs();
        await clock.sleep(RETRY_MS, signal);
      }
    }
  }

  async #follow(signal: AbortSignal, watch: CopyWatch): Promise<void> {
    const { store, clock } = this.#options;
    const feed = await store.watch();
    await this.#readAll();
    await watch.lookAtAll();
    let fullMs = clock.nowMs();
    while (!signal.aborted) {
      await clock.sleep(POLL_MS, signal);
      if (signal.aborted) return;
      const { routes, unnamed } = await feed.poll();
      this.#isBack();
      this.take(routes);
      if (routes.length > 0) await watch.look(routes);
      if (!unnamed && clock.nowMs() - fullMs < FULL_MS) continue;
      await this.#readAll();
      await watch.lookAtAll();
      fullMs = clock.nowMs();
    }
  }

  async #readAll(): Promise<void> {
    const found = new RouteMap<Route>();
    const slices = new Slices(this.#options.clock);
    for await (const route of this.#options.store.scan()) {
      if (slices.isOver()) await slices.next();
      found.set(route, this.#keep(route));
    }
    this.#routes = found;
    this.#sorted = undefined;
    this.#isLoaded = true;
    this.#isBack();
  }

  #isBack(): void {
    this.#away.end();
    this.#awaySinceMs = undefined;
  }

  /** The route that is known, if it is the same: its revision is known too. */
  #keep(route: Route): Route {
    const known = this.#routes.get(route);
    return known !== undefined && isSame(known, route) ? known : route;
  }
}

function isSame(a: Route, b: Route): boolean {
  if (a.hosts.length !== b.hosts.length) return false;
  if (JSON.stringify(a.settings) !== JSON.stringify(b.settings)) return false;
  return a.hosts.every((host, index) => {
    const other = b.hosts[index]!;
    return host.ip === other.ip && host.port === other.port &&
      host.weight === other.weight && host.zone === other.zone &&
      host.drained === other.drained;
  });
}
