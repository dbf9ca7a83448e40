import type { Logger } from "../net/mod.ts";
import {
  ByteArena,
  copyInto,
  NO_ROW,
  type Route,
  RouteEncoder,
  type RouteKey,
  RouteRows,
} from "../proto/mod.ts";

/** Place of a route that has no hosts: a comparison must not bring them back. */
const NO_PLACE = 0xffff_ffff;

/** Slots that one step of {@linkcode RouteComparison.sweep} looks at, and routes that it removes. */
const SWEEP_SLOTS = 50_000;
const SWEEP_REMOVALS = 1_000;

/**
 * Every route that has hosts, as the body that answers for it: a route is
 * encoded once, whoever asks, and that body is the only copy of its hosts. A
 * route takes its encoded bytes and about 40 more, and no object.
 */
export class RouteTable {
  /** What happened so far. */
  readonly counters = { encoded: 0, cutRoutes: 0 };
  readonly #logger: Logger;
  readonly #encoder = new RouteEncoder();
  readonly #arena = new ByteArena((slot, place) => this.#places[slot] = place);
  #places = new Uint32Array(0);
  /** Number of the last comparison during which a route was met or told of; 0 in a free slot. */
  #marks = new Uint32Array(0);
  readonly #slots = new RouteRows((capacity) => {
    this.#places = copyInto(new Uint32Array(capacity), this.#places);
    this.#marks = copyInto(new Uint32Array(capacity), this.#marks);
  });
  #size = 0;
  #comparisons = 1;
  #running: Comparison | undefined;

  constructor(options: { logger: Logger }) {
    this.#logger = options.logger;
  }

  /** Number of routes. */
  get size(): number {
    return this.#size;
  }

  /**
   * The body of the GetRouteResponse of a route, or undefined if it has no
   * hosts: a view, good until the table changes.
   */
  body(key: RouteKey): Uint8Array | undefined {
    const slot = this.#slots.find(key);
    if (slot === NO_ROW) return undefined;
    const place = this.#places[slot]!;
    return place === NO_PLACE ? undefined : this.#arena.read(place);
  }

  /** As {@linkcode RouteTable.body}, of a route without hosts the body that says so. */
  answer(key: RouteKey): Uint8Array {
    return this.body(key) ?? this.#encoder.encodeEmpty(key);
  }

  /**
   * Sets routes, or removes those without hosts, in one step.
   *
   * @returns The keys of which something is other than before.
   */
  apply(routes: readonly Route[]): RouteKey[] {
    return routes
      .filter((route) => this.#set(route, this.#slots.find(route)))
      .map(keyOf);
  }

  /**
   * Begins to compare the table with all routes of the store; a comparison
   * that is still running is given up. Call it before the store is read: what
   * {@linkcode apply} is told from then on is newer than what the store is
   * about to say, and wins.
   */
  compare(): RouteComparison {
    this.#running?.abandon();
    this.#comparisons += 1;
    const running: Comparison = new Comparison({
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
    const slot = this.#slots.find(route);
    // Each route comes once: who is marked already was told of meanwhile.
    const isTold = slot !== NO_ROW && this.#marks[slot] === this.#comparisons;
    return !isTold && this.#set(route, slot);
  }

  /** Removes routes not met, from slot `from` on; `next` is undefined at the end. */
  #sweep(from: number): { removed: RouteKey[]; next: number | undefined } {
    const removed: RouteKey[] = [];
    const end = Math.min(this.#slots.end, from + SWEEP_SLOTS);
    let slot = Math.max(from, 1);
    for (; slot < end && removed.length < SWEEP_REMOVALS; slot++) {
      if (this.#marks[slot] === 0) continue;
      if (this.#places[slot] === NO_PLACE) this.#freeSlot(slot);
      else if (this.#marks[slot] !== this.#comparisons) {
        removed.push(this.#slots.keyAt(slot));
        this.#setPlace(slot, NO_PLACE);
        this.#freeSlot(slot);
      }
    }
    return { removed, next: slot < this.#slots.end ? slot : undefined };
  }

  /** True if the route is other than before. */
  #set(route: Route, known: number): boolean {
    if (route.hosts.length === 0) return this.#remove(route, known);
    const body = this.#encoder.encode(route);
    const slot = known === NO_ROW ? this.#newSlot(route) : known;
    this.#marks[slot] = this.#comparisons;
    const place = this.#places[slot]!;
    if (place !== NO_PLACE && this.#arena.holds(place, body)) {
      return false;
    }
    this.#count(route);
    this.#setPlace(slot, this.#arena.append(slot, body));
    return true;
  }

  /** Counts a route that was encoded anew, and says once when hosts were left out. */
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

  /** A running comparison has to know that the route is gone: it keeps the slot. */
  #remove(key: RouteKey, known: number): boolean {
    if (known === NO_ROW && this.#running === undefined) return false;
    const slot = known === NO_ROW ? this.#newSlot(key) : known;
    const isChange = this.#places[slot] !== NO_PLACE;
    this.#marks[slot] = this.#comparisons;
    this.#setPlace(slot, NO_PLACE);
    if (this.#running === undefined) this.#freeSlot(slot);
    return isChange;
  }

  #setPlace(slot: number, place: number): void {
    const before = this.#places[slot]!;
    this.#places[slot] = place;
    if (place !== NO_PLACE) this.#size += 1;
    if (before === NO_PLACE) return;
    this.#size -= 1;
    this.#arena.release(before);
  }

  #newSlot(key: RouteKey): number {
    const slot = this.#slots.add(key);
    this.#places[slot] = NO_PLACE;
    return slot;
  }

  #freeSlot(slot: number): void {
    this.#slots.remove(slot);
    this.#marks[slot] = 0;
  }
}

/**
 * One pass over all routes of the store. What it finds is in the table at once,
 * so that a pass of any length can go on in slices and needs no second copy.
 */
export interface RouteComparison {
  /**
   * Takes the next route of the store; each comes once.
   *
   * @returns True if the table had it otherwise.
   */
  take(route: Route): boolean;
  /**
   * After the last route: removes some of those that the store does not have.
   * Call it until it returns undefined; the comparison has ended then.
   *
   * @returns The keys removed.
   */
  sweep(): RouteKey[] | undefined;
  /** Ends the comparison before its last route; what it took stays. */
  abandon(): void;
}

interface ComparisonSteps {
  take: (route: Route) => boolean;
  sweep: (from: number) => { removed: RouteKey[]; next: number | undefined };
  end: () => void;
}

class Comparison implements RouteComparison {
  readonly #steps: ComparisonSteps;
  /** Where the next sweep begins; undefined once it has ended. */
  #next: number | undefined = 0;

  constructor(steps: ComparisonSteps) {
    this.#steps = steps;
  }

  take(route: Route): boolean {
    return this.#next !== undefined && this.#steps.take(route);
  }

  sweep(): RouteKey[] | undefined {
    if (this.#next === undefined) return undefined;
    const { removed, next } = this.#steps.sweep(this.#next);
    this.#next = next;
    if (next === undefined) this.#steps.end();
    return removed;
  }

  abandon(): void {
    this.#next = undefined;
    this.#steps.end();
  }
}

function keyOf({ modId, cmdId }: Route): RouteKey {
  return { modId, cmdId };
}
