import type { Logger } from "../net/mod.ts";
import {
  ByteArena,
  copyInto,
  decodeRoute,
  lostHosts,
  NO_ROW,
  type Route,
  RouteEncoder,
  type RouteKey,
  RouteMap,
  RouteRows,
} from "../proto/mod.ts";
import {
  type Findings,
  Reconciliation,
  type SweepOptions,
} from "./reconciliation.ts";

/** Place of a route without hosts, kept so that a reconciliation does not bring them back. */
const NO_PLACE = 0xffff_ffff;

/** Most routes remembered that an edit has removed; one more forgets another. */
const NAMED_REMOVALS_MAX = 65_536;

/** Most rows that one call of {@linkcode Reconciliation.sweep} visits, and most routes that it changes. */
const SWEEP_ROWS = 50_000;
const SWEEP_CHANGES = 1_000;

/** What is known of a route besides its hosts, as bits. */
const Flag = {
  /** It is as an edit left it that named it. */
  named: 1,
  /** It has hosts that the store does not have any more. */
  held: 2,
  /** It was missing together with more than half of all routes. */
  cause: 4,
} as const;

const NO_LOSSES = { lost: 0, hosts: 0 };

/** A route that a reconciliation found with fewer hosts: as it is to be. */
interface Shrunk {
  readonly body: Uint8Array;
  /** Hosts that it loses, of how many. */
  readonly lost: number;
  readonly hosts: number;
}

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
  #flags = new Uint32Array(0);
  /** Bodies of held routes without what has been added since, by row. */
  readonly #heldBodies = new Map<number, Uint8Array>();
  #held = 0;
  /** Routes found with fewer hosts by the running reconciliation, by row. */
  readonly #shrunk = new Map<number, Shrunk>();
  /** Routes that an edit has removed that named them. */
  readonly #namedRemovals = new RouteMap<true>();
  readonly #rows = new RouteRows((capacity) => {
    this.#places = copyInto(new Uint32Array(capacity), this.#places);
    this.#marks = copyInto(new Uint32Array(capacity), this.#marks);
    this.#flags = copyInto(new Uint32Array(capacity), this.#flags);
  });
  #size = 0;
  #changes = 0;
  /** Number of the latest reconciliation. */
  #reconciliation = 1;
  /** Number of routes when it began. */
  #sizeBefore = 0;
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

  /** Number of routes that keep hosts that the store does not have any more. */
  get held(): number {
    return this.#held;
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

  /**
   * Keys of all routes with hosts, in no order. A change while they are read shows
   * or does not.
   */
  *keys(): Generator<RouteKey> {
    for (let row = 1; row < this.#rows.end; row++) {
      if (this.#marks[row] === 0 || this.#places[row] === NO_PLACE) continue;
      yield this.#rows.keyAt(row);
    }
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
      ? this.#has(this.#rows.find(key), Flag.named)
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
    const known = this.#rows.find(route);
    if (known !== NO_ROW) this.#release(known);
    const isChange = this.#set(route, known);
    this.#changes += 1;
    if (route.hosts.length > 0) {
      this.#flags[this.#rows.find(route)]! |= Flag.named;
    } else if (isChange) this.#rememberRemoval(keyOf(route));
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
    this.#sizeBefore = this.#size;
    const running: Reconciliation = new Reconciliation({
      take: (route) => this.#take(route),
      find: () => this.#find(),
      sweep: (options) => this.#sweep(options),
      end: () => {
        if (this.#running !== running) return;
        this.#running = undefined;
        this.#shrunk.clear();
      },
    });
    this.#running = running;
    return running;
  }

  #take(route: Route): boolean {
    const row = this.#rows.find(route);
    if (row === NO_ROW) return this.#set(route, row);
    // Each route is taken once: one that is marked already was set by apply().
    if (this.#marks[row] === this.#reconciliation) return false;
    this.#marks[row] = this.#reconciliation;
    const body = this.#encoder.encode(route);
    const { lost, hosts } = this.#losses(row, body);
    if (lost > 0) {
      this.#shrunk.set(row, { body: body.slice(), lost, hosts });
      return false;
    }
    this.#release(row);
    if (!this.#put(row, body)) return false;
    this.#noteCut(route);
    return true;
  }

  /** Hosts that the route of a row would lose by another body, of how many. */
  #losses(row: number, body: Uint8Array): { lost: number; hosts: number } {
    const place = this.#places[row]!;
    if (place === NO_PLACE || this.#arena.holds(place, body)) return NO_LOSSES;
    const before = decodeRoute(
      this.#heldBodies.get(row) ?? this.#arena.read(place),
    );
    const lost = lostHosts(before, decodeRoute(body)).length;
    return { lost, hosts: before.hosts.length };
  }

  /** What the sweep of the running reconciliation would take away. */
  #find(): Findings {
    const findings: Findings = {
      routes: this.#sizeBefore,
      missing: 0,
      shrunk: this.#shrunk.size,
      example: undefined,
      isMass: false,
      isDeep: false,
    };
    const suspect = (row: number, what: "isMass" | "isDeep") => {
      findings.example ??= this.#rows.keyAt(row);
      findings[what] = true;
    };
    let firstMissing = NO_ROW;
    for (let row = 1; row < this.#rows.end; row++) {
      if (!this.#isMissing(row)) continue;
      findings.missing += 1;
      if (firstMissing === NO_ROW) firstMissing = row;
      if (this.#has(row, Flag.cause)) suspect(row, "isMass");
    }
    if (isMost(findings.missing, this.#sizeBefore)) {
      suspect(firstMissing, "isMass");
    }
    for (const [row, { lost, hosts }] of this.#shrunk) {
      if (isMost(lost, hosts)) suspect(row, "isDeep");
    }
    return findings;
  }

  /** Whether the running reconciliation has not found the route of a row. */
  #isMissing(row: number): boolean {
    const mark = this.#marks[row]!;
    return mark !== 0 && mark !== this.#reconciliation &&
      this.#places[row] !== NO_PLACE;
  }

  /** Removes what was not found, or holds it, from row `from` on; `next` is undefined at the end. */
  #sweep(
    { from, findings, holds }: SweepOptions,
  ): { changed: RouteKey[]; next: number | undefined } {
    const changed = this.#sweepShrunk(holds);
    const cause = isMost(findings.missing, findings.routes) ? Flag.cause : 0;
    const end = Math.min(this.#rows.end, from + SWEEP_ROWS);
    let row = Math.max(from, 1);
    for (; row < end && changed.length < SWEEP_CHANGES; row++) {
      if (this.#marks[row] === 0) continue;
      if (this.#places[row] === NO_PLACE) this.#removeRow(row);
      else if (this.#isMissing(row)) {
        if (holds) this.#hold(row, this.#flags[row]! & Flag.cause | cause);
        else {
          changed.push(this.#rows.keyAt(row));
          this.#setPlace(row, NO_PLACE);
          this.#removeRow(row);
        }
      }
    }
    const isDone = row >= this.#rows.end && this.#shrunk.size === 0;
    return { changed, next: isDone ? undefined : row };
  }

  /** Sets the next routes that were found with fewer hosts, or holds these. */
  #sweepShrunk(holds: boolean): RouteKey[] {
    const changed: RouteKey[] = [];
    let left = SWEEP_CHANGES;
    for (const [row, { body }] of this.#shrunk) {
      if (left-- === 0) break;
      this.#shrunk.delete(row);
      const before = this.#arena.read(this.#places[row]!);
      if (holds) {
        const held = this.#heldBodies.get(row) ?? before.slice();
        this.#heldBodies.set(row, held);
        this.#hold(row, 0);
        const now = decodeRoute(body);
        const hosts = [...now.hosts, ...lostHosts(decodeRoute(held), now)];
        if (!this.#put(row, this.#encoder.encode({ ...now, hosts }))) continue;
      } else {
        this.#release(row);
        if (!this.#put(row, body)) continue;
      }
      changed.push(this.#rows.keyAt(row));
    }
    return changed;
  }

  #has(row: number, flag: number): boolean {
    return (this.#flags[row]! & flag) !== 0;
  }

  /** The route of a row keeps what the store has lost of it. */
  #hold(row: number, cause: number): void {
    if (!this.#has(row, Flag.held)) this.#held += 1;
    this.#flags[row] = this.#flags[row]! & ~Flag.cause | Flag.held | cause;
  }

  /** The route of a row is as the store has it, or is to be. */
  #release(row: number): void {
    this.#shrunk.delete(row);
    if (!this.#has(row, Flag.held)) return;
    this.#held -= 1;
    this.#heldBodies.delete(row);
    this.#flags[row]! &= ~(Flag.held | Flag.cause);
  }

  /** Sets the route in row `known`; true if it changed. */
  #set(route: Route, known: number): boolean {
    if (route.hosts.length === 0) return this.#remove(route, known);
    const body = this.#encoder.encode(route);
    const row = known === NO_ROW ? this.#addRow(route) : known;
    this.#marks[row] = this.#reconciliation;
    if (!this.#put(row, body)) return false;
    this.#noteCut(route);
    return true;
  }

  /** Puts a body into a row; false if it is there already. */
  #put(row: number, body: Uint8Array): boolean {
    const place = this.#places[row]!;
    if (place !== NO_PLACE && this.#arena.holds(place, body)) return false;
    this.counters.encoded += 1;
    this.#flags[row]! &= ~Flag.named;
    if (this.#namedRemovals.size > 0) {
      this.#namedRemovals.delete(this.#rows.keyAt(row));
    }
    this.#setPlace(row, this.#arena.append(row, body));
    return true;
  }

  /** Counts a route that leaves out hosts, and logs the first one. */
  #noteCut({ modId, cmdId, hosts }: Route): void {
    const { hostsLeftOut } = this.#encoder;
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
    this.#flags[row] = 0;
    return row;
  }

  #removeRow(row: number): void {
    this.#release(row);
    this.#rows.remove(row);
    this.#marks[row] = 0;
  }
}

/** Whether a part is more than half of the whole. */
function isMost(part: number, whole: number): boolean {
  return part * 2 > whole;
}

function keyOf({ modId, cmdId }: Route): RouteKey {
  return { modId, cmdId };
}
