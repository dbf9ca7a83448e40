import {
  copyInto,
  mixHash,
  NO_ROW,
  type Route,
  RouteRows,
  RowIndex,
} from "../../proto/mod.ts";
import type { RouteRow } from "../../store/mod.ts";

/** Row that holds the host being looked for. */
const CANDIDATE = 0;

const ROWS_MIN = 64;

/** Words of a host, an uint32 each: row of its route, ip, port. */
const HOST_WORDS = 3;

/**
 * The hosts of many routes, to ask whether a route has one: 30 bytes for each and
 * no object. Hosts that a route has lost stay until the set is made anew.
 */
export class HostSet {
  /** Number of the state in which a route is. */
  #states = new Uint32Array(0);
  readonly #routes = new RouteRows((capacity) => {
    this.#states = copyInto(new Uint32Array(capacity), this.#states);
  });
  #words = new Uint32Array(ROWS_MIN * HOST_WORDS);
  /** The state of its route in which a host was seen last. */
  #seen = new Uint32Array(ROWS_MIN);
  #end = CANDIDATE + 1;
  #state = 1;
  /** The route looked for last, and its row. */
  readonly #key = { modId: -1, cmdId: -1 };
  #keyRow = NO_ROW;
  readonly #index = new RowIndex({
    hashOf: (row) => {
      const at = row * HOST_WORDS;
      const words = this.#words;
      return mixHash(
        mixHash(mixHash(0, words[at]!), words[at + 1]!),
        words[at + 2]!,
      );
    },
    isEqual: (a, b) => {
      const [x, y] = [a * HOST_WORDS, b * HOST_WORDS];
      const words = this.#words;
      return words[x] === words[y] && words[x + 1] === words[y + 1] &&
        words[x + 2] === words[y + 2];
    },
  });

  /** Number of routes that have, or have had, a host. */
  get routes(): number {
    return this.#routes.size;
  }

  /** Number of hosts, with those that routes have lost. */
  get size(): number {
    return this.#end - 1;
  }

  /** Sets the hosts of a route. */
  set({ modId, cmdId, hosts }: Route): void {
    const known = this.#findRoute(modId, cmdId);
    if (known === NO_ROW && hosts.length === 0) return;
    const row = known === NO_ROW ? this.#addRoute(modId, cmdId) : known;
    this.#state += 1;
    this.#states[row] = this.#state;
    for (const { ip, port } of hosts) this.#add(row, ip, port);
  }

  /** Adds a host to a route. */
  add({ modId, cmdId, ip, port }: RouteRow): void {
    let row = this.#findRoute(modId, cmdId);
    if (row === NO_ROW) {
      row = this.#addRoute(modId, cmdId);
      this.#state += 1;
      this.#states[row] = this.#state;
    }
    this.#add(row, ip, port);
  }

  /** Whether a route has a host. */
  has({ modId, cmdId, ip, port }: RouteRow): boolean {
    const route = this.#findRoute(modId, cmdId);
    if (route === NO_ROW) return false;
    const host = this.#findHost(route, ip, port);
    return host !== NO_ROW && this.#seen[host] === this.#states[route];
  }

  /** Whether a route has a host, or has lost it since the set was made. */
  had({ modId, cmdId, ip, port }: RouteRow): boolean {
    const route = this.#findRoute(modId, cmdId);
    return route !== NO_ROW && this.#findHost(route, ip, port) !== NO_ROW;
  }

  /** The row of a route, or NO_ROW: mostly that of the one before. */
  #findRoute(modId: number, cmdId: number): number {
    const key = this.#key;
    if (key.modId === modId && key.cmdId === cmdId) return this.#keyRow;
    key.modId = modId;
    key.cmdId = cmdId;
    return this.#keyRow = this.#routes.find(key);
  }

  #addRoute(modId: number, cmdId: number): number {
    return this.#keyRow = this.#routes.add({ modId, cmdId });
  }

  #add(route: number, ip: number, port: number): void {
    let host = this.#findHost(route, ip, port);
    if (host === NO_ROW) {
      host = this.#end++;
      if (host === this.#seen.length) this.#grow();
      this.#words.copyWithin(host * HOST_WORDS, 0, HOST_WORDS);
      this.#index.add(host);
    }
    this.#seen[host] = this.#states[route]!;
  }

  #findHost(route: number, ip: number, port: number): number {
    const words = this.#words;
    words[0] = route;
    words[1] = ip;
    words[2] = port;
    return this.#index.find(CANDIDATE);
  }

  #grow(): void {
    const rows = this.#seen.length * 2;
    this.#words = copyInto(new Uint32Array(rows * HOST_WORDS), this.#words);
    this.#seen = copyInto(new Uint32Array(rows), this.#seen);
  }
}
