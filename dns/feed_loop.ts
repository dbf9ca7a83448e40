import type { Clock, Logger, Random } from "../net/mod.ts";
import type { Route, RouteKey } from "../proto/mod.ts";
import type { ChangeFeed, RouteStore } from "../store/mod.ts";
import type { RouteComparison, RouteTable } from "./route_table.ts";
import { StoreOutage, waitForStore } from "./store_outage.ts";

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
      const comparison = table.compare();
      for await (const route of store.scan()) comparison.take(route);
      comparison.finish();
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
   * Comparisons run beside the polls, but begin and end between two of them: so
   * each poll is either told to the running comparison, or newer than it.
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
      this.#apply(routes);
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

  #apply(routes: readonly Route[]): void {
    if (routes.length === 0) return;
    this.#changed(this.#options.table.apply(routes));
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
      done: this.#read(comparison, signal).then(
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

  async #read(comparison: RouteComparison, signal: AbortSignal): Promise<void> {
    for await (const route of this.#options.store.scan()) {
      if (signal.aborted) return;
      comparison.take(route);
    }
  }

  #endScan(): void {
    const { clock, fullCompareIntervalMs } = this.#options;
    const scan = this.#scan;
    const outcome = scan?.outcome;
    if (scan === undefined || outcome === undefined) return;
    const { comparison, startedMs } = scan;
    this.#scan = undefined;
    let waitMs = fullCompareIntervalMs;
    if (outcome.error === undefined) {
      const keys = comparison.finish();
      this.counters.comparisons += 1;
      this.counters.lastComparisonMs = clock.nowMs() - startedMs;
      this.counters.routesFoundByComparison += keys.length;
      this.#scanOutage.over();
      this.#changed(keys);
    } else {
      comparison.abandon();
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
