import { type Clock, type Logger, type Random, Slices } from "../net/mod.ts";
import type { Route, RouteKey } from "../proto/mod.ts";
import type { ChangeFeed, RouteStore } from "../store/mod.ts";
import type { RouteComparison, RouteTable } from "./route_table.ts";
import { StoreOutage, waitForStore } from "./store_outage.ts";

/** Routes that are set or published in one step; an edit of more is seen in several. */
const ROUTES_PER_STEP = 500;

export interface FeedLoopOptions {
  store: RouteStore;
  table: RouteTable;
  clock: Clock;
  random: Random;
  logger: Logger;
  /** Time between two questions for changes, in milliseconds: what an edit waits at most. */
  watchIntervalMs: number;
  /** Time between two full comparisons, in milliseconds; each reads the whole table. */
  fullCompareIntervalMs: number;
  /** Told the routes whose hosts are others now; the table has them already. */
  onChanged: (keys: readonly RouteKey[]) => void;
}

/** A full comparison under way; `outcome` is set when the store has said all. */
interface Scan {
  comparison: RouteComparison;
  startedMs: number;
  done: Promise<void>;
  outcome?: { error?: unknown };
}

/** Keeps a table what the store is. */
export class FeedLoop {
  /** What happened so far. */
  readonly counters = {
    polls: 0,
    storeFailures: 0,
    routesChanged: 0,
    comparisons: 0,
    routesFoundByComparison: 0,
    /** How long the last comparison took that came to its end. */
    lastComparisonMs: 0,
  };
  readonly #options: FeedLoopOptions;
  readonly #feed: ChangeFeed;
  readonly #pollOutage: StoreOutage;
  readonly #scanOutage: StoreOutage;
  #scan: Scan | undefined;
  #nextCompareMs: number;
  /** Aborted to end the present sleep. */
  #wake = new AbortController();

  private constructor(options: FeedLoopOptions, feed: ChangeFeed) {
    this.#options = options;
    this.#feed = feed;
    this.#pollOutage = outageOf("read route changes", options);
    this.#scanOutage = outageOf("compare all routes", options);
    this.#nextCompareMs = options.clock.nowMs() +
      options.fullCompareIntervalMs;
  }

  /**
   * Fills the table. While the store is away it waits and says so.
   *
   * @throws {StoreError} If the store cannot be read and trying again cannot help.
   * @throws {unknown} The signal's reason when it is aborted meanwhile.
   */
  static async open(
    options: FeedLoopOptions,
    signal?: AbortSignal,
  ): Promise<FeedLoop> {
    const { store, table } = options;
    return await waitForStore(async () => {
      // In this order nothing can be committed unseen between the two.
      const feed = await store.watch();
      await compareAll(table.compare(), { ...options, signal });
      return new FeedLoop(options, feed);
    }, { ...options, action: "load routes", signal });
  }

  /** Whether the store could not be read at the last attempt. */
  get storeAway(): boolean {
    return this.#pollOutage.active || this.#scanOutage.active;
  }

  /**
   * Follows the store until `signal` is aborted.
   *
   * Comparisons run beside the polls, but begin between two of them: so each
   * poll is told to the running comparison, which it is newer than.
   */
  async run(signal: AbortSignal): Promise<void> {
    const wake = () => this.#wake.abort();
    signal.addEventListener("abort", wake);
    while (!signal.aborted) {
      this.#wake = new AbortController();
      this.#endScan();
      const waitMs = await this.#poll();
      if (!this.#pollOutage.active) this.#beginScan(signal);
      await this.#options.clock.sleep(waitMs, this.#wake.signal);
    }
    signal.removeEventListener("abort", wake);
    await this.#scan?.done;
  }

  /** Asks for changes once; returns how long to wait before the next time. */
  async #poll(): Promise<number> {
    const { clock, watchIntervalMs } = this.#options;
    try {
      const { routes, unnamed } = await this.#feed.poll();
      this.counters.polls += 1;
      await this.#apply(routes);
      // A store that comes back may be another copy of it.
      if (unnamed || this.#pollOutage.active) {
        this.#nextCompareMs = clock.nowMs();
      }
      this.#pollOutage.over();
      return watchIntervalMs;
    } catch (error) {
      this.counters.storeFailures += 1;
      return this.#pollOutage.began(error);
    }
  }

  async #apply(routes: readonly Route[]): Promise<void> {
    const { table, clock } = this.#options;
    const slices = new Slices(clock);
    for (let start = 0; start < routes.length; start += ROUTES_PER_STEP) {
      const step = routes.slice(start, start + ROUTES_PER_STEP);
      this.#changed(table.apply(step));
      if (slices.isOver()) await slices.next();
    }
  }

  #changed(keys: readonly RouteKey[]): void {
    this.counters.routesChanged += keys.length;
    if (keys.length > 0) this.#options.onChanged(keys);
  }

  #beginScan(signal: AbortSignal): void {
    const { clock, table } = this.#options;
    if (this.#scan !== undefined || clock.nowMs() < this.#nextCompareMs) return;
    // Another one is due this long after the end, or when something calls for it.
    this.#nextCompareMs = Infinity;
    const comparison = table.compare();
    const scan: Scan = {
      comparison,
      startedMs: clock.nowMs(),
      done: compareAll(comparison, {
        ...this.#options,
        signal,
        onChanged: (keys) => this.#found(keys),
      }).then(
        () => {
          scan.outcome = {};
        },
        (error) => {
          scan.outcome = { error };
        },
      ).then(() => this.#wake.abort()),
    };
    this.#scan = scan;
  }

  #found(keys: readonly RouteKey[]): void {
    this.counters.routesFoundByComparison += keys.length;
    this.#changed(keys);
  }

  #endScan(): void {
    const { clock, fullCompareIntervalMs } = this.#options;
    const scan = this.#scan;
    const outcome = scan?.outcome;
    if (scan === undefined || outcome === undefined) return;
    this.#scan = undefined;
    let waitMs = fullCompareIntervalMs;
    if (outcome.error === undefined) {
      this.counters.comparisons += 1;
      this.counters.lastComparisonMs = clock.nowMs() - scan.startedMs;
      this.#scanOutage.over();
    } else {
      scan.comparison.abandon();
      this.counters.storeFailures += 1;
      waitMs = this.#scanOutage.began(outcome.error);
    }
    this.#nextCompareMs = Math.min(this.#nextCompareMs, clock.nowMs() + waitMs);
  }
}

function outageOf(
  action: string,
  { watchIntervalMs, random, logger }: FeedLoopOptions,
): StoreOutage {
  return new StoreOutage({ action, minMs: watchIntervalMs, random, logger });
}

/**
 * Makes a table what the store is, in slices.
 *
 * @throws {StoreError} If the store cannot be read now.
 * @throws {unknown} The signal's reason when it is aborted meanwhile.
 */
async function compareAll(
  comparison: RouteComparison,
  { store, clock, signal, onChanged }:
    & Pick<FeedLoopOptions, "store" | "clock" | "onChanged">
    & { signal?: AbortSignal | undefined },
): Promise<void> {
  let changed: RouteKey[] = [];
  // The store lets others work between its batches.
  for await (const route of store.scan()) {
    signal?.throwIfAborted();
    if (comparison.take(route)) changed.push(route);
    if (changed.length < ROUTES_PER_STEP) continue;
    onChanged(changed);
    changed = [];
  }
  onChanged(changed);
  const slices = new Slices(clock);
  for (;;) {
    const removed = comparison.sweep();
    if (removed === undefined) return;
    onChanged(removed);
    if (!slices.isOver()) continue;
    await slices.next();
    signal?.throwIfAborted();
  }
}
