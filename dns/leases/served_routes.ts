import {
  addressKey,
  isDrained,
  type RouteHost,
  type RouteKey,
  RouteMap,
} from "../../proto/mod.ts";
import type { RouteRow } from "../../store/mod.ts";

/** Routes as this dns serves them. */
export interface RouteSource {
  /** Keys of all routes with hosts. */
  keys(): Iterable<RouteKey>;
  /** Hosts of a route. */
  hosts(key: RouteKey): readonly RouteHost[];
  /** How many they are. */
  hostCount(key: RouteKey): number;
}

/** Looks up single hosts of the routes that this dns serves, each route decoded once for each change. */
export class ServedRoutes {
  readonly #source: RouteSource;
  /** Whether each host is drained, by {@linkcode addressKey}. */
  readonly #routes = new RouteMap<ReadonlyMap<number, boolean>>();

  /** Reads `source`. */
  constructor(source: RouteSource) {
    this.#source = source;
  }

  /** A route has changed. */
  changed(key: RouteKey): void {
    this.#routes.delete(key);
  }

  /** Whether a host is served, or is drained. */
  has(row: RouteRow): boolean {
    return this.#hosts(row).has(addressKey(row));
  }

  /** Whether a host gets calls. */
  isCalled(row: RouteRow): boolean {
    return this.#hosts(row).get(addressKey(row)) === false;
  }

  /** Whether a host is there and gets no calls, by the word of a person. */
  isDrained(row: RouteRow): boolean {
    return this.#hosts(row).get(addressKey(row)) ?? false;
  }

  #hosts(key: RouteKey): ReadonlyMap<number, boolean> {
    let hosts = this.#routes.get(key);
    if (hosts === undefined) {
      hosts = new Map(
        this.#source.hosts(key)
          .map((host) => [addressKey(host), isDrained(host)]),
      );
      this.#routes.set(key, hosts);
    }
    return hosts;
  }
}
