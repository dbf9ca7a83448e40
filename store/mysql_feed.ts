import { isValidKey, type RouteKey, RouteMap } from "../proto/mod.ts";
import type { MysqlPool } from "./mysql_pool.ts";
import { keyOf, readRoutes } from "./mysql_rows.ts";
import type { MysqlSession } from "./mysql_session.ts";
import type { ChangeFeed, Changes } from "./types.ts";

/**
 * How long after its neighbours a RouteChange row may become visible and still
 * be told by the feed: a transaction takes its id when it inserts, but shows it
 * when it commits. One that is later is found by the full comparison.
 */
export const FEED_LATE_MS_MAX = 600_000;

/**
 * Rows of RouteChange that a feed remembers, the newest: 16 bytes each, and one
 * poll counts as many in the index. With more changes than this in
 * {@linkcode FEED_LATE_MS_MAX}, it waits less long for late ones.
 */
export const FEED_IDS_MAX = 10_000;

/** How often a feed removes old rows of RouteChange. */
const TRIM_INTERVAL_MS = 60_000;

/** Rows older than this, by their version in Unix seconds, are removed. */
const TRIM_AGE_SECONDS = 86_400;

/** As many ids below the low mark stay, whatever their version: other feeds may be behind. */
const TRIM_IDS_KEPT = 10_000;

/** Rows removed at a time, so that it stays short. */
const TRIM_ROWS_MAX = 1_000;

/**
 * How long after somebody else removed rows it is expected again: the original's
 * dns removes what it has read, and may do so before a feed has seen it.
 */
const REMOVER_MS = 600_000;

/** What a feed needs of its store. */
export interface MysqlFeedOptions {
  /** Milliseconds that never go back. */
  nowMs: () => number;
  /** Runs a step of the feed, named for messages, with a connection. */
  use: MysqlPool["use"];
  /** Told when old rows could not be removed; it is tried again in a minute. */
  onTrimFailure?: ((cause: unknown) => void) | undefined;
}

interface SeenId {
  id: number;
  atMs: number;
}

/** What one cheap statement tells of the rows above {@linkcode MysqlFeed.lowId}. */
interface Glance {
  version: string;
  /** Number of rows, and the sum of their ids: they differ when any row comes or goes. */
  rows: number;
  idSum: number;
}

interface ChangeRow extends RouteKey {
  id: number;
}

/**
 * Tails RouteChange by id, deleting nothing. It remembers the ids it has seen
 * above a low mark that follows at a distance, so that a row with a lower id
 * that is committed late is told, and gaps, which rolled back transactions and
 * clusters leave, cost nothing.
 */
export class MysqlFeed implements ChangeFeed {
  readonly #options: MysqlFeedOptions;
  /** Rows up to this id are behind us, seen or too late. */
  #lowId = 0;
  /** Ids above the low mark that have been told, ascending. */
  #seen: SeenId[] = [];
  #idSum = 0;
  #version = "";
  /** The highest id that was ever seen. */
  #lastId = 0;
  /** When rows that were seen had gone. */
  #removedMs = -Infinity;
  #trimmedMs: number;

  private constructor(options: MysqlFeedOptions) {
    this.#options = options;
    this.#trimmedMs = options.nowMs();
  }

  static async open(options: MysqlFeedOptions): Promise<MysqlFeed> {
    const feed = new MysqlFeed(options);
    await options.use("watch routes", (session) => feed.#begin(session));
    return feed;
  }

  /** Rows up to this id are not asked for any more. */
  get lowId(): number {
    return this.#lowId;
  }

  async poll(): Promise<Changes> {
    const changes = await this.#options.use(
      "watch routes",
      (session) => this.#poll(session),
    );
    if (this.#options.nowMs() - this.#trimmedMs >= TRIM_INTERVAL_MS) {
      await this.#trim();
    }
    return changes;
  }

  /** Removes rows that are old, by age and by id, whoever has read them. */
  async #trim(): Promise<void> {
    this.#trimmedMs = this.#options.nowMs();
    try {
      await this.#options.use(
        "trim RouteChange",
        (session) => trimChanges(session, this.#lowId - TRIM_IDS_KEPT),
      );
    } catch (cause) {
      this.#options.onTrimFailure?.(cause);
    }
  }

  async #poll(session: MysqlSession): Promise<Changes> {
    const glance = await readGlance(session, this.#lowId);
    if (this.#isSeen(glance)) {
      this.#version = glance.version;
      this.#forget();
      return { routes: [], unnamed: false };
    }
    const moved = glance.version !== this.#version;
    const rows = await this.#readNew(session, glance);
    // Told by comparing all, and so is whatever is missed by beginning anew.
    if (rows === undefined || (moved && rows.length === 0)) {
      await this.#begin(session);
      return { routes: [], unnamed: true };
    }
    const keys = new RouteMap<true>();
    for (const row of rows) if (isValidKey(row)) keys.set(row, true);
    const routes = await readRoutes(session, [...keys.keys()]);
    const unnamed = this.#mayMiss(rows);
    // Only now: had reading failed, the next poll would tell the same again.
    this.#remember(rows);
    this.#version = glance.version;
    this.#forget();
    return { routes, unnamed };
  }

  /** Whether rows before or between these may have come and gone unseen. */
  #mayMiss(rows: readonly ChangeRow[]): boolean {
    if (this.#options.nowMs() - this.#removedMs > REMOVER_MS) return false;
    const fresh = rows.filter(({ id }) => id > this.#lastId);
    return fresh.some(({ id }, index) => id !== this.#lastId + 1 + index);
  }

  #isSeen({ version, rows, idSum }: Glance): boolean {
    return version === this.#version && rows === this.#seen.length &&
      idSum === this.#idSum;
  }

  /** The rows not seen yet, or undefined if there are too many. */
  async #readNew(
    session: MysqlSession,
    glance: Glance,
  ): Promise<ChangeRow[] | undefined> {
    const lastId = this.#seen.at(-1)?.id ?? this.#lowId;
    const tail = await readChanges(session, lastId);
    if (tail.length > FEED_IDS_MAX) return undefined;
    const idSum = tail.reduce((sum, { id }) => sum + id, this.#idSum);
    if (
      this.#seen.length + tail.length === glance.rows && idSum === glance.idSum
    ) {
      return tail;
    }
    // A row came late, with an id below one that is seen; or one was deleted.
    const all = await readChanges(session, this.#lowId);
    if (all.length > FEED_IDS_MAX) return undefined;
    const seen = new Map(this.#seen.map((each) => [each.id, each]));
    const rows = all.filter(({ id }) => !seen.has(id));
    this.#seen = all.flatMap(({ id }) => seen.get(id) ?? []);
    if (this.#seen.length < seen.size) {
      this.#removedMs = this.#options.nowMs();
    }
    this.#idSum = this.#seen.reduce((sum, { id }) => sum + id, 0);
    return rows;
  }

  #remember(rows: readonly ChangeRow[]): void {
    const atMs = this.#options.nowMs();
    for (const { id } of rows) {
      this.#seen.push({ id, atMs });
      this.#idSum += id;
      this.#lastId = Math.max(this.#lastId, id);
    }
    this.#seen.sort((a, b) => a.id - b.id);
  }

  /** Moves the low mark up to the first id that is young enough. */
  #forget(): void {
    const oldMs = this.#options.nowMs() - FEED_LATE_MS_MAX;
    const young = this.#seen.findIndex(({ atMs }) => atMs >= oldMs);
    const old = young < 0 ? this.#seen.length : young;
    const count = Math.max(old, this.#seen.length - FEED_IDS_MAX);
    for (const { id } of this.#seen.splice(0, count)) {
      this.#lowId = id;
      this.#idSum -= id;
    }
  }

  /** Takes everything that is there as seen. */
  async #begin(session: MysqlSession): Promise<void> {
    // In this order a row that is committed in between looks new.
    const { version } = await readGlance(session, this.#lowId);
    const rows = await session.rows(
      `SELECT id FROM RouteChange ORDER BY id DESC LIMIT ${FEED_IDS_MAX}`,
    );
    const atMs = this.#options.nowMs();
    this.#seen = rows.map(({ id }) => ({ id: Number(id), atMs })).reverse();
    this.#lowId = rows.length === FEED_IDS_MAX ? this.#seen[0]!.id - 1 : 0;
    this.#idSum = this.#seen.reduce((sum, { id }) => sum + id, 0);
    this.#lastId = Math.max(this.#lastId, this.#seen.at(-1)?.id ?? 0);
    this.#version = version;
  }
}

async function trimChanges(
  session: MysqlSession,
  lastId: number,
): Promise<void> {
  // Found first and deleted by id, as deleting a range waits for whoever has
  // inserted beside it and not committed.
  const rows = await session.rows(
    `SELECT id FROM RouteChange
     WHERE id <= ? AND version < UNIX_TIMESTAMP() - ${TRIM_AGE_SECONDS}
     ORDER BY id LIMIT ${TRIM_ROWS_MAX}`,
    [Math.max(0, lastId)],
  );
  if (rows.length === 0) return;
  const ids = rows.map(({ id }) => Number(id)).join();
  await session.changeOnce(`DELETE FROM RouteChange WHERE id IN (${ids})`);
}

async function readGlance(
  session: MysqlSession,
  lowId: number,
): Promise<Glance> {
  const [row] = await session.rows(
    `SELECT (SELECT version FROM RouteVersion WHERE id = 1) AS version,
     COUNT(*) AS \`rows\`, SUM(id) AS idSum FROM RouteChange WHERE id > ?`,
    [lowId],
  );
  return {
    version: String(row?.version ?? ""),
    rows: Number(row?.rows ?? 0),
    idSum: Number(row?.idSum ?? 0),
  };
}

async function readChanges(
  session: MysqlSession,
  afterId: number,
): Promise<ChangeRow[]> {
  const rows = await session.rows(
    `SELECT id, modid, cmdid FROM RouteChange WHERE id > ?
     ORDER BY id LIMIT ${FEED_IDS_MAX + 1}`,
    [afterId],
  );
  return rows.map((row) => ({ id: Number(row.id), ...keyOf(row) }));
}
