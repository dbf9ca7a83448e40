import { type RouteKey, RouteMap } from "../../proto/mod.ts";

/** Time that is one window: what a route had is known for one to two of them. */
const WINDOW_MS = 600_000;

/**
 * How many hosts routes have, and had some ten minutes ago: expiry leaves a route
 * half of that, and its last one.
 */
export class RouteSizes {
  readonly #now = new RouteMap<number>();
  /** Sizes before routes shrank, in this window and in the one before. */
  #before = new RouteMap<number>();
  #earlier = new RouteMap<number>();
  #windowMs = -Infinity;

  /** Notes how many hosts a route has. */
  set(key: RouteKey, hosts: number, nowMs: number): void {
    this.#turn(nowMs);
    const before = this.#now.get(key) ?? 0;
    if (hosts < before) {
      const most = Math.max(before, this.#before.get(key) ?? 0);
      this.#before.set(key, most);
    }
    if (hosts === 0) this.#now.delete(key);
    else this.#now.set(key, hosts);
  }

  /** Hosts that expiry leaves a route at least. */
  least(key: RouteKey, nowMs: number): number {
    this.#turn(nowMs);
    const had = [this.#now, this.#before, this.#earlier]
      .map((sizes) => sizes.get(key) ?? 0);
    return Math.max(1, Math.ceil(Math.max(...had) / 2));
  }

  #turn(nowMs: number): void {
    if (nowMs - this.#windowMs < WINDOW_MS) return;
    const isNext = nowMs - this.#windowMs < 2 * WINDOW_MS;
    this.#earlier = isNext ? this.#before : new RouteMap();
    this.#before = new RouteMap();
    this.#windowMs = nowMs;
  }
}
