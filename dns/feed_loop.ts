import {
  type Clock,
  type Logger,
  Operations,
  type Random,
  Slices,
  untilBeat,
} from "../net/mod.ts";
import type { Route, RouteKey } from "../proto/mod.ts";
import type { ChangeFeed, RouteStore, StoreIdentity } from "../store/mod.ts";
import type { Reconciliation } from "./reconciliation.ts";
import { RemovalGuard } from "./removal_guard.ts";
import type { RouteTable } from "./route_table.ts";
import { StoreOutage, waitForStore } from "./store_outage.ts";

/** Most routes that are set or published in one step; a larger edit is seen in several. */
const ROUTES_PER_STEP = 500;

/** Time between two polls of a store that gives hints and has given none: those may get lost. */
export const QUIET_POLL_MS = 2_000;

/**
 * Time after a hint in which its commit becomes visible: until then polls are as
 * without hints, but for {@linkcode FURTHER_POLLS} after one that saw a commit.
 */
const HINTED_MS = 500;

/** Time after a hint in which most commits become visible: a poll at once would come before them. */
export const COMMIT_MS = 5;

/** Polls after one that saw a commit: another may have been hinted at with it. */
const FURTHER_POLLS = 1;

/** Time after which a store whose hints have ended is asked for hints again. */
const HINTS_RETRY_MS = 10_000;

/** What is done with the store: asking for changes, and full comparisons. */
export const FEED_OPERATIONS = ["poll", "compare"] as const;

/** Options of a {@linkcode FeedLoop}. */
export interface FeedLoopOptions {
  /** The store to follow. */
  store: RouteStore;
  /** The table to keep equal to it. */
  table: RouteTable;
  /** Times polls and comparisons. */
  clock: Clock;
  /** Spreads waits. */
  random: Random;
  /** Told of outages. */
  logger: Logger;
  /** Time between two polls for changes, in milliseconds: the longest that an edit waits. */
  watchIntervalMs: number;
  /** Time between two full comparisons, in milliseconds; each reads the whole table. */
  fullCompareIntervalMs: number;
  /** Called with the routes that changed, after the table has them. */
  onChanged: (keys: readonly RouteKey[]) => void;
  /**
   * Called when {@linkcode FeedLoop.store} is another one: between two stores
   * before anything of the new one is in the table, the new one when all of it is.
   */
  onStore: () => void;
}

/** A full comparison with the store; `outcome` is set when it has ended. */
interface Scan {
  reconciliation: Reconciliation;
  startedMs: number;
  done: Promise<void>;
  outcome?: { error?: unknown };
}

/** Keeps a route table equal to the store. */
export class FeedLoop {
  /** Totals since the start. */
  readonly counters = {
    polls: 0,
    storeFailures: 0,
    routesChanged: 0,
    comparisons: 0,
    routesFoundByComparison: 0,
    /** Duration of the last comparison that succeeded. */
    lastComparisonMs: 0,
  };
  /** What was done with the store since then. */
  readonly operations: Operations<typeof FEED_OPERATIONS[number]>;
  readonly #options: FeedLoopOptions;
  readonly #feed: ChangeFeed;
  readonly #guard: RemovalGuard;
  readonly #pollOutage: StoreOutage;
  readonly #scanOutage: StoreOutage;
  #scan: Scan | undefined;
  #nextCompareMs: number;
  /** When the last poll began that succeeded. */
  #currentMs: number;
  /** Aborted to end the current sleep. */
  #wake = new AbortController();
  /** Resolved when the next poll has ended, if a comparison waits for that. */
  #nextPoll: PromiseWithResolvers<void> | undefined;
  /** When the store gave the last hint; Infinity: it gives none. */
  #hintedMs = Infinity;
  /** Hints so far. */
  #hints = 0;
  /** Polls that are still made soon after the last one; Infinity: until no commit can become visible. */
  #awaitedPolls = 0;
  /** Whether the current sleep is to end at a hint. */
  #isQuiet = false;

  private constructor(
    options: FeedLoopOptions,
    { feed, guard }: { feed: ChangeFeed; guard: RemovalGuard },
  ) {
    this.#options = options;
    this.#feed = feed;
    this.#guard = guard;
    this.operations = new Operations(options.clock, FEED_OPERATIONS);
    this.#currentMs = options.clock.nowMs();
    this.#pollOutage = outageOf("read route changes", options);
    this.#scanOutage = outageOf("compare all routes", options);
    this.#nextCompareMs = options.clock.nowMs() +
      options.fullCompareIntervalMs;
  }

  /**
   * Fills the table, as soon as the store can be read; logs while it cannot.
   *
   * @throws {StoreError} If the store cannot be read and trying again cannot help.
   * @throws {unknown} The signal's reason when it is aborted.
   */
  static async open(
    options: FeedLoopOptions,
    signal?: AbortSignal,
  ): Promise<FeedLoop> {
    const { store, table, logger } = options;
    return await waitForStore(async () => {
      // In this order no commit between the two goes unseen.
      const feed = await store.watch();
      const identity = await store.identity();
      const guard = new RemovalGuard({ identity, logger });
      const reconciliation = table.reconcile();
      await reconcileAll(reconciliation, { ...options, guard, signal });
      return new FeedLoop(options, { feed, guard });
    }, { ...options, action: "load routes", signal });
  }

  /** Whether the last attempt to read the store failed. */
  get storeAway(): boolean {
    return this.#pollOutage.active || this.#scanOutage.active;
  }

  /** Age of the newest state of the store that is known. */
  get lagSeconds(): number {
    return (this.#options.clock.nowMs() - this.#currentMs) / 1_000;
  }

  /** The store that the routes are of, as agents are told. */
  get store(): StoreIdentity {
    return this.#guard.announced;
  }

  /**
   * Follows the store until `signal` is aborted.
   *
   * Comparisons run beside the polls, but begin between two of them, so that all
   * changes of a poll are newer than the running comparison.
   */
  async run(signal: AbortSignal): Promise<void> {
    const wake = () => this.#wake.abort();
    signal.addEventListener("abort", wake);
    const listening = this.#listen(signal);
    while (!signal.aborted) {
      this.#wake = new AbortController();
      const awaited = this.#nextPoll;
      this.#nextPoll = undefined;
      const waitMs = await this.#poll();
      awaited?.resolve();
      // Behind a poll, which tells whether the whole store is away.
      this.#endScan();
      if (!this.#pollOutage.active) this.#beginScan(signal);
      await this.#wait(waitMs);
    }
    signal.removeEventListener("abort", wake);
    this.#nextPoll?.resolve();
    await this.#scan?.done;
    await listening;
  }

  /** Resolves after a poll that began after this call. */
  #pollAgain(): Promise<void> {
    this.#nextPoll ??= Promise.withResolvers();
    this.#wake.abort();
    return this.#nextPoll.promise;
  }

  /** Waits for the next poll: longer than `waitMs` while the store would tell of a commit. */
  async #wait(waitMs: number): Promise<void> {
    const { clock } = this.#options;
    const nowMs = clock.nowMs();
    const isOver = this.#awaitedPolls <= 0 ||
      nowMs - this.#hintedMs >= HINTED_MS;
    this.#isQuiet = isOver && this.#hintedMs !== Infinity &&
      !this.#pollOutage.active;
    const quietMs = Math.min(
      untilBeat(nowMs, QUIET_POLL_MS),
      this.#nextCompareMs - nowMs,
    );
    const hints = this.#hints;
    await clock.sleep(
      this.#isQuiet ? Math.max(waitMs, quietMs) : waitMs,
      this.#wake.signal,
    );
    if (this.#isQuiet && hints !== this.#hints) await clock.sleep(COMMIT_MS);
    this.#isQuiet = false;
  }

  /** Takes the hints of the store; when they end, tries again to get some. */
  async #listen(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#options;
    let isTold = false;
    while (!signal.aborted) {
      const hints = this.#feed.hints?.(signal);
      if (hints === undefined) return;
      this.#hintedMs = clock.nowMs();
      this.#awaitedPolls = Infinity;
      try {
        for await (const _ of hints) {
          this.#hints += 1;
          this.#hintedMs = clock.nowMs();
          this.#awaitedPolls = Infinity;
          if (this.#isQuiet) this.#wake.abort();
        }
      } catch (error) {
        if (!isTold) {
          logger.info("the store gives no hints of commits", { error });
        }
        isTold = true;
      }
      this.#hintedMs = Infinity;
      await clock.sleep(HINTS_RETRY_MS, signal);
    }
  }

  /** Polls for changes once; returns the wait before the next poll, in milliseconds. */
  async #poll(): Promise<number> {
    const { clock, watchIntervalMs } = this.#options;
    const startedMs = clock.nowMs();
    try {
      this.#awaitedPolls -= 1;
      const hints = this.#hints;
      const { routes, unnamed, identity, namesLost = false, hasCommit } =
        await this.operations.time("poll", () => this.#feed.poll());
      if (hasCommit && hints === this.#hints) {
        this.#awaitedPolls = Math.min(this.#awaitedPolls, FURTHER_POLLS);
      }
      this.counters.polls += 1;
      this.#currentMs = startedMs;
      const isOther = this.#guard.meet(identity);
      this.#guard.namesLost = namesLost;
      if (isOther) this.#options.onStore();
      await this.#apply(routes);
      // A store that is back may be another replica.
      if (isOther || unnamed || this.#pollOutage.active) {
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
    // The next one is due some time after the end, or when a poll requires it.
    this.#nextCompareMs = Infinity;
    const reconciliation = table.reconcile();
    const scan: Scan = {
      reconciliation,
      startedMs: clock.nowMs(),
      done: this.operations.time("compare", () =>
        reconcileAll(reconciliation, {
          ...this.#options,
          guard: this.#guard,
          signal,
          pollAgain: () => this.#pollAgain(),
          onChanged: (keys) => this.#found(keys),
        })).then(
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
      scan.reconciliation.abandon();
      this.counters.storeFailures += 1;
      // A store that is back is compared in any case.
      waitMs = this.#pollOutage.covers(outcome.error)
        ? Infinity
        : this.#scanOutage.began(outcome.error);
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
 * Makes the table equal to the store, in slices.
 *
 * @throws {StoreError} If the store cannot be read now.
 * @throws {unknown} The signal's reason when it is aborted.
 */
async function reconcileAll(
  reconciliation: Reconciliation,
  { store, clock, guard, signal, onChanged, onStore, pollAgain }:
    & Pick<FeedLoopOptions, "store" | "clock" | "onChanged" | "onStore">
    & {
      guard: RemovalGuard;
      signal?: AbortSignal | undefined;
      /** Polls for what edits have named by now. */
      pollAgain?: () => Promise<void>;
    },
): Promise<void> {
  let changed: RouteKey[] = [];
  const before = guard.store;
  // The store yields to the event loop between its batches.
  for await (const route of store.scan()) {
    signal?.throwIfAborted();
    if (reconciliation.take(route)) changed.push(route);
    if (changed.length < ROUTES_PER_STEP) continue;
    onChanged(changed);
    changed = [];
  }
  onChanged(changed);
  const { missing, shrunk } = reconciliation.find();
  if (missing + shrunk > 0) {
    // What an edit took away and named is no loss: one that the scan has seen may
    // be newer than the last poll.
    await pollAgain?.();
    signal?.throwIfAborted();
  }
  // The store may be another one since the last poll.
  if (guard.meet(await store.identity())) onStore();
  const holds = guard.holds(reconciliation.find());
  const slices = new Slices(clock);
  for (;;) {
    const removed = reconciliation.sweep({ holds });
    if (removed === undefined) break;
    onChanged(removed);
    if (!slices.isOver()) continue;
    await slices.next();
    signal?.throwIfAborted();
  }
  if (guard.compared(before)) onStore();
}
