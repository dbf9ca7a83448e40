import type { Logger } from "../net/mod.ts";
import {
  ByteArena,
  copyInto,
  NO_ROW,
  type Route,
  RouteEncoder,
  type RouteKey,
  RouteMap,
  RouteRows,
} from "../proto/mod.ts";

/** Place of a route without hosts, kept so that a reconciliation does not bring them back. */
const NO_PLACE = 0xffff_ffff;

/** Most routes remembered that an edit has removed; one more forgets another. */
const NAMED_REMOVALS_MAX = 65_536;

/** Most rows that one call of {@linkcode Reconciliation.sweep} visits, and most routes that it removes. */
const SWEEP_ROWS = 50_000;
const SWEEP_REMOVALS = 1_000;

/**
 * Every route that has hosts, as the encoded body that answers for it, which is
 * the only copy of its hosts. A route takes the bytes of its body, about 40
 * more, and no object.
 */
export class RouteTable {
  /** Totals since the start. */
  readonly counters = { encoded: 0, cutRoutes: 0 };
  readonly #logger: Logger;
  readonly #encoder = new RouteEncoder();
  readonly #arena = new ByteArena((row, place) => this.#places[row] = place);
  #places = new Uint32Array(0);
  /** Number of the reconciliation in which the route was last set or taken; 0 in a free row. */
  #marks = new Uint32Array(0);
  /** 1 for a route that is as an edit left it that named it, otherwise 0. */
  #named = new Uint32Array(0);
  /** Routes that such an edit has removed. */
  readonly #namedRemovals = new RouteMap<true>();
  readonly #rows = new RouteRows((capacity) => {
    this.#places = copyInto(new Uint32Array(capacity), this.#places);
    this.#marks = copyInto(new Uint32Array(capacity), this.#marks);
    this.#named = copyInto(new Uint32Array(capacity), this.#named);
  });
  #size = 0;
  #changes = 0;
  /** Number of the latest reconciliation. */
  #reconciliation = 1;
  #running: Reconciliation | undefined;

  /** Begins empty. */
  constructor(options: { logger: Logger }) {
    this.#logger = options.logger;
  }

  /** Number of changes so far, of whatever route. */
  get changes(): number {
    return this.#changes;
  }

  /** Number of routes. */
  get size(): number {
    return this.#size;
  }

  /**
   * Body of the GetRouteResponse of a route, or undefined if it has no hosts. A
   * view, valid until the table changes.
   */
  body(key: RouteKey): Uint8Array | undefined {
    const row = this.#rows.find(key);
    if (row === NO_ROW) return undefined;
    const place = this.#places[row]!;
    return place === NO_PLACE ? undefined : this.#arena.read(place);
  }

  /** Whether a route has hosts. */
  has(key: RouteKey): boolean {
    const row = this.#rows.find(key);
    return row !== NO_ROW && this.#places[row] !== NO_PLACE;
  }

  /** As {@linkcode RouteTable.body}, with an empty answer for a route without hosts. */
  answer(key: RouteKey): Uint8Array {
    return this.body(key) ?? this.#encoder.encodeEmpty(key);
  }

  /**
   * Whether a route is as an edit left it that named the route, also one that it
   * removed.
   */
  isNamed(key: RouteKey): boolean {
    return this.has(key)
      ? this.#named[this.#rows.find(key)] === 1
      : this.#namedRemovals.has(key);
  }

  /**
   * Sets routes that an edit named, or removes those without hosts, in one step.
   *
   * @returns Keys of the routes that changed.
   */
  apply(routes: readonly Route[]): RouteKey[] {
    return routes.filter((route) => this.#apply(route)).map(keyOf);
  }

  #apply(route: Route): boolean {
    const isChange = this.#set(route, this.#rows.find(route));
    this.#changes += 1;
    if (route.hosts.length > 0) this.#named[this.#rows.find(route)] = 1;
    else if (isChange) this.#rememberRemoval(keyOf(route));
    return isChange;
  }

  #rememberRemoval(key: RouteKey): void {
    const removals = this.#namedRemovals;
    removals.set(key, true);
    if (removals.size <= NAMED_REMOVALS_MAX) return;
    const [another] = removals.keys();
    removals.delete(another!);
  }

  /**
   * Begins to reconcile the table with all routes of the store, and abandons the
   * previous reconciliation. Call it before reading the store: what
   * {@linkcode apply} sets from then on is newer than what is read, and wins.
   */
  reconcile(): Reconciliation {
    this.#running?.abandon();
    this.#reconciliation += 1;
    const running: Reconciliation = new Reconciliation({
      take: (route) => this.#take(route),
      sweep: (from) => this.#sweep(from),
      end: () => {
        if (this.#running === running) this.#running = undefined;
      },
    });
    this.#running = running;
    return running;
  }

  #take(route: Route): boolean {
    const row = this.#rows.find(route);
    // Each route is taken once: one that is marked already was set by apply().
    const isNewer = row !== NO_ROW && this.#marks[row] === this.#reconciliation;
    return !isNewer && this.#set(route, row);
  }

  /** Removes routes that were not taken, from row `from` on; `next` is undefined at the end. */
  #sweep(from: number): { removed: RouteKey[]; next: number | undefined } {
    const removed: RouteKey[] = [];
    const end = Math.min(this.#rows.end, from + SWEEP_ROWS);
    let row = Math.max(from, 1);
    for (; row < end && removed.length < SWEEP_REMOVALS; row++) {
      if (this.#marks[row] === 0) continue;
      if (this.#places[row] === NO_PLACE) this.#removeRow(row);
      else if (this.#marks[row] !== this.#reconciliation) {
        removed.push(this.#rows.keyAt(row));
        this.#setPlace(row, NO_PLACE);
        this.#removeRow(row);
      }
    }
    return { removed, next: row < this.#rows.end ? row : undefined };
  }

  /** Sets the route in row `known`; true if it changed. */
  #set(route: Route, known: number): boolean {
    if (route.hosts.length === 0) return this.#remove(route, known);
    const body = this.#encoder.encode(route);
    const row = known === NO_ROW ? this.#addRow(route) : known;
    this.#marks[row] = this.#reconciliation;
    const place = this.#places[row]!;
    if (place !== NO_PLACE && this.#arena.holds(place, body)) {
      return false;
    }
    this.#count(route);
    this.#named[row] = 0;
    this.#namedRemovals.delete(route);
    this.#setPlace(row, this.#arena.append(row, body));
    return true;
  }

  /** Counts an encoded route, and logs the first one that leaves out hosts. */
  #count({ modId, cmdId, hosts }: Route): void {
    const { hostsLeftOut } = this.#encoder;
    this.counters.encoded += 1;
    if (hostsLeftOut === 0) return;
    this.counters.cutRoutes += 1;
    if (this.counters.cutRoutes > 1) return;
    this.#logger.warn("route cut: it has more hosts than a frame holds", {
      modId,
      cmdId,
      hosts: hosts.length,
      sent: hosts.length - hostsLeftOut,
    });
  }

  /** Removes a route; true if it had hosts. The row stays during a reconciliation, which must know. */
  #remove(key: RouteKey, known: number): boolean {
    if (known === NO_ROW && this.#running === undefined) return false;
    const row = known === NO_ROW ? this.#addRow(key) : known;
    const isChange = this.#places[row] !== NO_PLACE;
    this.#marks[row] = this.#reconciliation;
    this.#setPlace(row, NO_PLACE);
    if (this.#running === undefined) this.#removeRow(row);
    return isChange;
  }

  #setPlace(row: number, place: number): void {
    this.#changes += 1;
    const before = this.#places[row]!;
    this.#places[row] = place;
    if (place !== NO_PLACE) this.#size += 1;
    if (before === NO_PLACE) return;
    this.#size -= 1;
    this.#arena.release(before);
  }

  #addRow(key: RouteKey): number {
    const row = this.#rows.add(key);
    this.#places[row] = NO_PLACE;
    return row;
  }

  #removeRow(row: number): void {
    this.#rows.remove(row);
    this.#marks[row] = 0;
  }
}

/**
 * One pass over all routes of the store. The table has at once what it finds, so
 * that a pass of any length can run in slices without a second copy.
 */
export class Reconciliation {
  readonly #steps: ReconciliationSteps;
  /** Row at which the next sweep begins; undefined once it has ended. */
  #next: number | undefined = 0;

  /** Made by {@linkcode RouteTable.reconcile}. */
  constructor(steps: ReconciliationSteps) {
    this.#steps = steps;
  }

  /** Takes the next route of the store, each once; true if it changed the table. */
  take(route: Route): boolean {
    return this.#next !== undefined && this.#steps.take(route);
  }

  /**
   * Removes some of the routes that the store does not have. Call it after the
   * last route until it returns undefined, which ends the reconciliation.
   *
   * @returns The keys removed.
   */
  sweep(): RouteKey[] | undefined {
    if (this.#next === undefined) return undefined;
    const { removed, next } = this.#steps.sweep(this.#next);
    this.#next = next;
    if (next === undefined) this.#steps.end();
    return removed;
  }

  /** Ends it before the last route; the table keeps what it took. */
  abandon(): void {
    this.#next = undefined;
    this.#steps.end();
  }
}

/** The table as its {@linkcode Reconciliation} uses it. */
interface ReconciliationSteps {
  take: (route: Route) => boolean;
  sweep: (from: number) => { removed: RouteKey[]; next: number | undefined };
  end: () => void;
}

function keyOf({ modId, cmdId }: Route): RouteKey {
  return { modId, cmdId };
}
