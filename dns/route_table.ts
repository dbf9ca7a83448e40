import {
  type HostAddress,
  type Route,
  type RouteKey,
  RouteMap,
  sameHosts,
} from "../proto/mod.ts";

/** A route, and the number of the last comparison that met it in the store. */
interface Entry extends Route {
  comparison: number;
}

/**
 * Every route that has hosts. A route is replaced as a whole and never changed
 * in place: who holds one holds the hosts of one moment.
 */
export class RouteTable {
  readonly #entries = new RouteMap<Entry>();
  #comparisons = 0;
  #running: Comparison | undefined;

  /** Number of routes. */
  get size(): number {
    return this.#entries.size;
  }

  get(key: RouteKey): Route | undefined {
    return this.#entries.get(key);
  }

  /**
   * Sets routes, or removes those without hosts, in one step.
   *
   * @returns The keys whose hosts are others than before.
   */
  apply(routes: readonly Route[]): RouteKey[] {
    for (const route of routes) this.#running?.exclude(route);
    return this.#replace(routes);
  }

  /**
   * Begins to compare the table with all routes of the store; a comparison
   * that is still running is given up. Call it before the store is read: what
   * {@linkcode apply} is told from then on is newer than what the store is
   * about to say, and wins.
   */
  compare(): RouteComparison {
    this.#comparisons += 1;
    this.#running = new Comparison({
      number: this.#comparisons,
      entries: this.#entries,
      replace: (comparison, routes) => {
        if (this.#running !== comparison) return [];
        this.#running = undefined;
        return this.#replace(routes);
      },
    });
    return this.#running;
  }

  #replace(routes: Iterable<Route>): RouteKey[] {
    const changed: RouteKey[] = [];
    for (const { modId, cmdId, hosts } of routes) {
      const key = { modId, cmdId };
      const before = this.#entries.get(key);
      if (equalHosts(before?.hosts ?? [], hosts)) continue;
      changed.push(key);
      if (hosts.length === 0) this.#entries.delete(key);
      else this.#entries.set(key, { ...key, hosts, comparison: 0 });
    }
    return changed;
  }
}

/**
 * One pass over all routes of the store. It keeps the differences only, so that
 * it costs little memory beside the table, however large that is.
 */
export interface RouteComparison {
  /** Takes the next route of the store; each comes once. */
  take(route: Route): void;
  /**
   * Ends the comparison after the last route: in one step the table becomes
   * what the store holds.
   *
   * @returns The keys whose hosts are others than before.
   */
  finish(): RouteKey[];
  /** Ends the comparison without its last route; the table stays as it is. */
  abandon(): void;
}

class Comparison implements RouteComparison {
  readonly #number: number;
  readonly #entries: RouteMap<Entry>;
  readonly #replace: (
    comparison: Comparison,
    routes: Iterable<Route>,
  ) => RouteKey[];
  readonly #differences = new RouteMap<Route>();
  /** What the table was told since the comparison began. */
  readonly #excluded = new RouteMap<true>();
  #met = 0;

  constructor(
    options: {
      number: number;
      entries: RouteMap<Entry>;
      replace: (
        comparison: Comparison,
        routes: Iterable<Route>,
      ) => RouteKey[];
    },
  ) {
    this.#number = options.number;
    this.#entries = options.entries;
    this.#replace = options.replace;
  }

  take(route: Route): void {
    if (this.#excluded.has(route)) return;
    const entry = this.#entries.get(route);
    if (entry !== undefined) {
      entry.comparison = this.#number;
      this.#met += 1;
      if (equalHosts(entry.hosts, route.hosts)) return;
    }
    this.#differences.set(route, route);
  }

  exclude(key: RouteKey): void {
    this.#excluded.set(key, true);
    this.#differences.delete(key);
  }

  finish(): RouteKey[] {
    this.#findMissing();
    return this.#replace(this, this.#differences.values());
  }

  abandon(): void {
    this.#replace(this, []);
  }

  #findMissing(): void {
    const complete = this.#met === this.#entries.size;
    if (complete && this.#excluded.size === 0) return;
    for (const { modId, cmdId, comparison } of this.#entries.values()) {
      const key = { modId, cmdId };
      if (comparison === this.#number || this.#excluded.has(key)) continue;
      this.#differences.set(key, { ...key, hosts: [] });
    }
  }
}

/** As sameHosts, but quick where the order is the same too: stores sort hosts. */
function equalHosts(
  a: readonly HostAddress[],
  b: readonly HostAddress[],
): boolean {
  const sameOrder = a.length === b.length &&
    a.every((host, index) =>
      host.ip === b[index]!.ip && host.port === b[index]!.port
    );
  return sameOrder || sameHosts(a, b);
}
