import { readRoutes } from "./routes.ts";
import { isOther, UNKNOWN_IDENTITY } from "../identity.ts";
import { isValidKey, RouteMap } from "../../proto/mod.ts";
import {
  type ChangeRow,
  type Glance,
  readChanges,
  readGlance,
  trimChanges,
} from "./changes.ts";
import { AttributeReader } from "./attributes.ts";
import type { Presence } from "./presence.ts";
import type { FailoverPool } from "./pool.ts";
import type { Session } from "./session.ts";
import type { ChangeFeed, Changes } from "../types.ts";

/**
 * Time by which a RouteChange row may become visible later than rows with
 * higher ids and still be named by the feed: a transaction takes its id when it
 * inserts, but shows it when it commits. Later ones are found by the full
 * comparison.
 */
export const FEED_LATE_MS_MAX = 600_000;

/**
 * Most RouteChange ids that a feed remembers, the newest: 16 bytes each, and
 * each poll counts as many in the index. With more changes within {@linkcode
 * FEED_LATE_MS_MAX}, late ones are named for a shorter time.
 */
export const FEED_IDS_MAX = 10_000;

/** Interval at which a feed removes old rows of RouteChange. */
const TRIM_INTERVAL_MS = 60_000;

/** Ids below the low mark whose rows stay: other feeds may be behind. */
const TRIM_IDS_KEPT = 10_000;

/**
 * Time after a removal by others during which one more is expected: the
 * original's dns removes what it has read, perhaps before a feed has seen it.
 */
const REMOVER_MS = 600_000;

/** Options of {@linkcode MysqlFeed.open}. */
export interface FeedOptions {
  /** Monotonic time in milliseconds. */
  nowMs: () => number;
  /** Which tables are there. */
  presence: Presence;
  /** Runs a step of the feed, named for error messages, with a connection. */
  use: FailoverPool["use"];
  /**
   * Called when old rows could not be removed; the next attempt comes after
   * {@linkcode TRIM_INTERVAL_MS}.
   */
  onTrimmed?: ((failure: unknown) => void) | undefined;
}

interface SeenId {
  id: number;
  atMs: number;
}

/** Result of a poll that the feed has not adopted yet. */
interface Found extends Changes {
  version: string;
  lowId: number;
  /** Ids seen before whose rows are still there. */
  kept: readonly SeenId[];
  /** True if rows that were seen have been removed. */
  removed: boolean;
  /** Ids not seen before. */
  ids: readonly number[];
}

/**
 * Feed that tails RouteChange by id and deletes nothing that others may need.
 * It remembers the ids seen above a low mark that follows at a distance, so
 * that a row with a lower id that commits late is named, and gaps, which rolled
 * back transactions and clusters leave, cost nothing. It does not look at
 * RouteHostConfig and RouteConfig: a poll stays one statement, which works
 * without these tables, and an edit there that no RouteChange row names waits
 * for the full comparison.
 */
export class MysqlFeed implements ChangeFeed {
  readonly #options: FeedOptions;
  readonly #reader: AttributeReader;
  /** Low mark: rows up to this id are seen or too late. */
  #lowId = 0;
  /** Ids above the low mark whose rows have been read, ascending. */
  #seen: SeenId[] = [];
  #idSum = 0;
  #version = "";
  #identity = UNKNOWN_IDENTITY;
  /** Highest id ever seen. */
  #lastId = 0;
  /** Time at which rows that were seen were found removed. */
  #removedMs = -Infinity;
  #trimmedMs: number;

  private constructor(options: FeedOptions) {
    this.#options = options;
    this.#reader = new AttributeReader(options.presence);
    this.#trimmedMs = options.nowMs();
  }

  static async open(options: FeedOptions): Promise<MysqlFeed> {
    const feed = new MysqlFeed(options);
    const begun = await options.use(
      "watch routes",
      (session) =>
        session.transaction("snapshot", async () => {
          const { presence } = options;
          const glance = await readGlance(session, { lowId: 0, presence });
          return await beginAnew(session, glance);
        }),
    );
    feed.#adopt(begun);
    return feed;
  }

  async poll(): Promise<Changes> {
    const changes = await this.#options.use(
      "watch routes",
      (session) => this.#poll(session),
    );
    if (this.#hasRemover) changes.namesLost = true;
    if (this.#options.nowMs() - this.#trimmedMs >= TRIM_INTERVAL_MS) {
      await this.#trim();
    }
    return changes;
  }

  /** Removes rows that every feed has seen or will not read one by one. */
  async #trim(): Promise<void> {
    this.#trimmedMs = this.#options.nowMs();
    try {
      await this.#options.use(
        "trim RouteChange",
        (session) => trimChanges(session, this.#lowId - TRIM_IDS_KEPT),
      );
      this.#options.onTrimmed?.(undefined);
    } catch (cause) {
      this.#options.onTrimmed?.(cause);
    }
  }

  async #poll(session: Session): Promise<Changes> {
    const glance = await this.#glance(session);
    if (this.#isSeen(glance)) {
      this.#forget();
      const { identity } = glance;
      return { routes: [], unnamed: false, identity };
    }
    // Version and rows of one moment: a version older than the rows reported
    // with it could come again, and hide the next change.
    const found = await session.transaction(
      "snapshot",
      () => this.#look(session),
    );
    // Only now: after a failure the next poll reports the same again.
    this.#adopt(found);
    const { routes, unnamed, identity } = found;
    return { routes, unnamed, identity };
  }

  #glance(session: Session): Promise<Glance> {
    const { presence } = this.#options;
    return readGlance(session, { lowId: this.#lowId, presence });
  }

  #isSeen({ version, rows, idSum, identity }: Glance): boolean {
    return !isOther(this.#identity, identity) && version === this.#version &&
      rows === this.#seen.length &&
      idSum === this.#idSum;
  }

  /** Reads what is new; changes nothing here. */
  async #look(session: Session): Promise<Found> {
    const glance = await this.#glance(session);
    const { version, identity } = glance;
    if (isOther(this.#identity, identity)) {
      return await beginAnew(session, glance);
    }
    const found = await this.#readNew(session, glance);
    const moved = version !== this.#version;
    // The full comparison also finds what is missed by beginning anew.
    const removed = found !== undefined &&
      found.kept.length < this.#seen.length;
    if (found === undefined || (moved && found.rows.length === 0)) {
      return { ...await beginAnew(session, glance), removed };
    }
    const { kept, rows } = found;
    const keys = new RouteMap<true>();
    for (const row of rows) if (isValidKey(row)) keys.set(row, true);
    return {
      version,
      identity,
      lowId: this.#lowId,
      kept,
      removed,
      ids: rows.map(({ id }) => id),
      routes: await readRoutes(session, {
        keys: [...keys.keys()],
        reader: this.#reader,
      }),
      unnamed: this.#mayMiss(rows),
    };
  }

  /**
   * Reads the rows not seen yet, and which of the ids seen are still there;
   * undefined if there are too many.
   */
  async #readNew(
    session: Session,
    glance: Glance,
  ): Promise<{ kept: SeenId[]; rows: ChangeRow[] } | undefined> {
    const lastId = this.#seen.at(-1)?.id ?? this.#lowId;
    const tail = await readChanges(session, {
      afterId: lastId,
      limit: FEED_IDS_MAX + 1,
    });
    if (tail.length > FEED_IDS_MAX) return undefined;
    const idSum = tail.reduce((sum, { id }) => sum + id, this.#idSum);
    if (
      this.#seen.length + tail.length === glance.rows && idSum === glance.idSum
    ) {
      return { kept: this.#seen, rows: tail };
    }
    // A row came late, with an id below one that is seen, or one was deleted.
    const all = await readChanges(session, {
      afterId: this.#lowId,
      limit: FEED_IDS_MAX + 1,
    });
    if (all.length > FEED_IDS_MAX) return undefined;
    const seen = new Map(this.#seen.map((each) => [each.id, each]));
    return {
      kept: all.flatMap(({ id }) => seen.get(id) ?? []),
      rows: all.filter(({ id }) => !seen.has(id)),
    };
  }

  /** Whether others have removed rows a short time ago. */
  get #hasRemover(): boolean {
    return this.#options.nowMs() - this.#removedMs <= REMOVER_MS;
  }

  /** True if rows before or between these may have come and gone unseen. */
  #mayMiss(rows: readonly ChangeRow[]): boolean {
    if (!this.#hasRemover) return false;
    const fresh = rows.filter(({ id }) => id > this.#lastId);
    return fresh.some(({ id }, index) => id !== this.#lastId + 1 + index);
  }

  #adopt({ version, identity, lowId, kept, ids, removed }: Found): void {
    const atMs = this.#options.nowMs();
    if (removed) this.#removedMs = atMs;
    this.#version = version;
    this.#identity = identity;
    this.#lowId = lowId;
    this.#seen = [...kept, ...ids.map((id) => ({ id, atMs }))]
      .sort((a, b) => a.id - b.id);
    this.#idSum = this.#seen.reduce((sum, { id }) => sum + id, 0);
    this.#lastId = Math.max(this.#lastId, this.#seen.at(-1)?.id ?? 0);
    this.#forget();
  }

  /** Moves the low mark up to the first id that is younger than {@linkcode FEED_LATE_MS_MAX}. */
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
}

/** Takes every row as seen; only the full comparison finds what changed. */
async function beginAnew(
  session: Session,
  { version, identity }: Glance,
): Promise<Found> {
  const rows = await session.rows(
    `SELECT id FROM RouteChange ORDER BY id DESC LIMIT ${FEED_IDS_MAX}`,
  );
  const ids = rows.map(({ id }) => Number(id)).reverse();
  const lowId = ids.length === FEED_IDS_MAX ? ids[0]! - 1 : 0;
  const found = { kept: [], removed: false, routes: [], unnamed: true };
  return { ...found, version, identity, lowId, ids };
}
