import type { Clock } from "../../net/mod.ts";
import {
  type ChangeFeed,
  type RouteRow,
  type RouteStore,
  type StatusRow,
  StoreError,
} from "../../store/mod.ts";
import { HostSet } from "./host_set.ts";

/** Time after which changes are read although every row is known: hosts go, too. */
const POLL_MS = 5_000;

/** Time after which all routes may be read again for a host that nothing has named. */
const SCAN_MS = 60_000;

/** Time after which a store whose routes this user may not read is tried again. */
const RETRY_MS = 30_000;

/** Hosts that may be lost, besides as many as there are, before all are read anew. */
export const LOST_MAX = 10_000;

/** Most hosts that are taken while the store has no route to judge them by. */
export const UNJUDGED_MAX = 10_000;

/** Likewise while this user may not read its routes, and never could. */
export const UNREAD_MAX = 250_000;

/** Options of {@linkcode KnownHosts}. */
export interface KnownHostsOptions {
  /** Opens the routes of the store that statuses are written to. */
  open: () => Promise<RouteStore>;
  /** Times the next look. */
  clock: Clock;
}

/** The rows that may be written. */
export interface JudgedRows {
  /** Those whose hosts are known, or cannot be judged. */
  rows: readonly StatusRow[];
  /** Identity of the only store that they may be written to; absent: any. */
  onlyIn?: string | undefined;
}

/**
 * Knows which hosts routes have, so that nothing is kept of others: anyone can
 * name as many as he likes. It reads the store when it meets a host that it does
 * not know, and so a host counts from the moment in which its route has it.
 */
export class KnownHosts implements AsyncDisposable {
  readonly #options: KnownHostsOptions;
  #store: RouteStore | undefined;
  #feed: ChangeFeed | undefined;
  #hosts = new HostSet();
  /** How many there were when all were read. */
  #scanned = 0;
  /** Hosts taken while the store had no route, and how many. */
  #unjudged = new HostSet();
  #unjudgedSize = 0;
  /** Whether routes have been read at least once. */
  #isLoaded = false;
  #polledMs = 0;
  #scannedMs = 0;
  /** Whether something has changed that nothing named. */
  #isStale = false;
  #identity: string | undefined;
  #failure: StoreError | undefined;
  #failedMs = 0;
  /** Resolves when the look under way has ended. */
  #looking: Promise<void> | undefined;

  /** Reads nothing yet. */
  constructor(options: KnownHostsOptions) {
    this.#options = options;
  }

  /**
   * Why routes cannot be read now, though trying again cannot help; undefined if they
   * can. Hosts are judged by what was known; if nothing ever was, the first
   * {@linkcode UNREAD_MAX} are taken.
   */
  get failure(): StoreError | undefined {
    return this.#failure;
  }

  /**
   * The rows whose hosts their routes have; judged by what was known while the
   * store cannot be read. Where the store has no route to judge by, the rows that
   * are taken are for that store alone.
   *
   * @throws {StoreError} If it cannot be read now and never was: try again.
   */
  async filter(rows: readonly StatusRow[]): Promise<JudgedRows> {
    const has = (row: RouteRow) => this.#hosts.has(row);
    const isKnown = await this.#judge(rows, has);
    if (isKnown === undefined) return { rows };
    const judged = { rows: rows.filter(isKnown) };
    return isKnown === has ? judged : { ...judged, onlyIn: this.#identity };
  }

  /**
   * What tells of each of some hosts, until the next call of this, whether its route
   * has it, or had it lately: of such there may be late news. The rows are walked
   * through more than once.
   *
   * @throws {StoreError} As {@linkcode filter}.
   */
  async late(rows: Iterable<RouteRow>): Promise<(row: RouteRow) => boolean> {
    const had = (row: RouteRow) => this.#hosts.had(row);
    return await this.#judge(rows, had) ?? (() => true);
  }

  /** Makes the next look try a store again that could not be read. */
  retry(): void {
    this.#failedMs = -Infinity;
  }

  /** Number of hosts in memory, with those that routes have lost. */
  get size(): number {
    return this.#hosts.size;
  }

  /** The store that the hosts are of, once they have been read; undefined: unknown. */
  get identity(): string | undefined {
    return this.#identity;
  }

  /**
   * The rows whose hosts no route has; none while that cannot be told, as when
   * the store has no route at all.
   *
   * @throws {StoreError} If the store cannot be read now: try again.
   */
  async gone(rows: readonly StatusRow[]): Promise<readonly StatusRow[]> {
    if (rows.length === 0) return [];
    await this.#look(() => rows.every((row) => this.#hosts.has(row)));
    const isTold = this.#isLoaded && this.#failure === undefined &&
      this.#hosts.routes > 0;
    return isTold ? rows.filter((row) => !this.#hosts.has(row)) : [];
  }

  /** Closes the store. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#looking?.catch(() => {});
    await this.#close();
  }

  /** What tells whether a row is to be taken; undefined: all of them are. */
  async #judge(
    rows: Iterable<RouteRow>,
    has: RowTest,
  ): Promise<RowTest | undefined> {
    const { clock } = this.#options;
    const isOld = this.#feed === undefined ||
      clock.nowMs() - this.#polledMs >= POLL_MS;
    if (!isOld && hasAll(rows, has)) return undefined;
    await this.#look(() => hasAll(rows, has));
    if (hasAll(rows, has)) return undefined;
    if (this.#hosts.routes > 0) return has;
    const max = this.#isLoaded ? UNJUDGED_MAX : UNREAD_MAX;
    return (row: RouteRow) => this.#takeUnjudged(row, max);
  }

  /** Reads what has changed; several writers wait for one look. `isEnough` tells that all is known by then. */
  async #look(isEnough: () => boolean): Promise<void> {
    // One under way may have begun before the host was there.
    await this.#looking;
    this.#looking ??= this.#read(isEnough)
      .finally(() => this.#looking = undefined);
    await this.#looking;
  }

  async #read(isEnough: () => boolean): Promise<void> {
    const nowMs = this.#options.clock.nowMs();
    if (this.#failure !== undefined && nowMs - this.#failedMs < RETRY_MS) {
      return;
    }
    try {
      if (this.#feed === undefined) await this.#open();
      else await this.#poll(this.#feed);
      const isDue = this.#isStale || nowMs - this.#scannedMs >= SCAN_MS;
      if (isDue && !isEnough()) await this.#scan();
      this.#failure = undefined;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      if (error.retry && !this.#isLoaded) throw error;
      // Rows are judged by what was known: whether the store is away, writing shows.
      if (error.retry) return;
      this.#failure = error;
      this.#failedMs = nowMs;
      await this.#close();
    }
  }

  async #open(): Promise<void> {
    this.#store ??= await this.#options.open();
    // In this order no commit between the two goes unseen.
    const feed = await this.#store.watch();
    await this.#scan();
    this.#feed = feed;
    this.#polledMs = this.#options.clock.nowMs();
  }

  async #poll(feed: ChangeFeed): Promise<void> {
    const { routes, unnamed, identity } = await feed.poll();
    this.#polledMs = this.#options.clock.nowMs();
    for (const route of routes) this.#hosts.set(route);
    if (unnamed) this.#isStale = true;
    // Of another store this one's hosts prove nothing; those lost take memory.
    const isWasteful = this.#hosts.size > 2 * this.#scanned + LOST_MAX;
    if (isWasteful || identity.identity !== this.#identity) await this.#scan();
  }

  async #scan(): Promise<void> {
    const hosts = new HostSet();
    const { identity } = await this.#store!.identity();
    for await (const route of this.#store!.scan()) hosts.set(route);
    this.#hosts = hosts;
    this.#scanned = hosts.size;
    this.#identity = identity;
    this.#isStale = false;
    this.#isLoaded = true;
    this.#scannedMs = this.#options.clock.nowMs();
    if (hosts.routes === 0) return;
    this.#unjudged = new HostSet();
    this.#unjudgedSize = 0;
  }

  #takeUnjudged(row: RouteRow, max: number): boolean {
    if (this.#unjudged.has(row)) return true;
    if (this.#unjudgedSize >= max) return false;
    this.#unjudgedSize += 1;
    this.#unjudged.add(row);
    return true;
  }

  async #close(): Promise<void> {
    this.#feed = undefined;
    await this.#store?.[Symbol.asyncDispose]();
    this.#store = undefined;
  }
}

type RowTest = (row: RouteRow) => boolean;

function hasAll(rows: Iterable<RouteRow>, has: RowTest): boolean {
  for (const row of rows) if (!has(row)) return false;
  return true;
}
