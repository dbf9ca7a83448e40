import { type Route, type RouteKey, RouteMap } from "../proto/mod.ts";
import { MysqlDatabase } from "./mysql_database.ts";
import { MysqlFeed } from "./mysql_feed.ts";
import { readRoutes, readRows, type StoredRow } from "./mysql_rows.ts";
import type { MysqlOptions } from "./mysql_options.ts";
import { scanRoutes } from "./mysql_scan.ts";
import type { MysqlSession } from "./mysql_session.ts";
import { checkEdit, compareKeys, type RouteEdit } from "./route_rows.ts";
import type { ChangeFeed, RouteRow, RouteStore } from "./types.ts";

/** Rows of RouteData or RouteChange that one statement of an edit looks at. */
const EDIT_ROWS_PER_STATEMENT = 500;

/** Options of {@linkcode MysqlRouteStore.open}. */
export interface MysqlRouteOptions extends MysqlOptions {
  /** Told after a scan how many rows it left out, as no route can have them. */
  onSkippedRows?: (rows: number) => void;
  /** Told when old rows of RouteChange could not be removed. */
  onTrimFailure?: (cause: unknown) => void;
}

/** Routes in a database that speaks the MySQL protocol. */
export class MysqlRouteStore implements RouteStore {
  readonly #options: MysqlRouteOptions;
  readonly #database: MysqlDatabase;

  private constructor(options: MysqlRouteOptions) {
    this.#options = options;
    this.#database = new MysqlDatabase(options, [
      "RouteData",
      "RouteVersion",
      "RouteChange",
    ]);
  }

  /**
   * Opens the store; connects at the first use. Every call may fail with a
   * StoreError, to be tried again while the database is away.
   *
   * @throws {RangeError} If the options cannot be right.
   */
  static open(options: MysqlRouteOptions): Promise<MysqlRouteStore> {
    return Promise.resolve().then(() => new MysqlRouteStore(options));
  }

  async watch(): Promise<ChangeFeed> {
    return await MysqlFeed.open({
      nowMs: () => this.#options.clock.nowMs(),
      use: (action, body) => this.#database.use(action, body),
      onTrimFailure: this.#options.onTrimFailure,
    });
  }

  async *scan(): AsyncGenerator<Route> {
    const { onSkippedRows } = this.#options;
    yield* this.#database.stream(
      "scan routes",
      (session) => scanRoutes(session, { ...this.#options, onSkippedRows }),
    );
  }

  async read(keys: readonly RouteKey[]): Promise<Route[]> {
    return await this.#database.use(
      "read routes",
      (session) =>
        session.transaction("snapshot", () => readRoutes(session, keys)),
    );
  }

  async edit(edit: RouteEdit): Promise<{ added: number; removed: number }> {
    checkEdit(edit);
    return await this.#database.use(
      "edit routes",
      (session) => session.transaction("edit", () => applyEdit(session, edit)),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database[Symbol.asyncDispose]();
  }
}

/** Runs inside the caller's transaction. */
async function applyEdit(
  session: MysqlSession,
  { add = [], remove = [] }: RouteEdit,
): Promise<{ added: number; removed: number }> {
  // Edits of ours wait for each other here, so what they read stays true.
  await session.rows(
    "SELECT version FROM RouteVersion WHERE id = 1 FOR UPDATE",
  );
  const touched = new RouteMap<true>();
  let removed = 0;
  for (const rows of chunks(remove)) {
    const present = await readPresent(session, rows);
    const found = unique(rows).flatMap((row) =>
      present.get(formatRow(row)) ?? []
    );
    for (const row of found) touched.set(row, true);
    if (found.length === 0) continue;
    // By id, as a table without an index would be locked from end to end.
    removed += await session.changeOnce(
      `DELETE FROM RouteData WHERE id IN (${found.map(({ id }) => id).join()})`,
    );
  }
  let added = 0;
  for (const rows of chunks(add)) {
    const present = await readPresent(session, rows);
    const missing = unique(rows).filter((row) => !present.has(formatRow(row)));
    for (const row of missing) touched.set(row, true);
    if (missing.length === 0) continue;
    added += await session.changeOnce(
      `INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES ${
        missing.map(formatRow).join()
      }`,
    );
  }
  await announce(session, [...touched.keys()].sort(compareKeys));
  return { added, removed };
}

/** What is stored of the routes of these rows, by {@linkcode formatRow}; a row may be there more than once. */
async function readPresent(
  session: MysqlSession,
  rows: readonly RouteRow[],
): Promise<Map<string, StoredRow[]>> {
  const keys = new RouteMap<true>();
  for (const row of rows) keys.set(row, true);
  return Map.groupBy(await readRows(session, [...keys.keys()]), formatRow);
}

/** Moves RouteVersion and names the routes in RouteChange. */
async function announce(
  session: MysqlSession,
  keys: readonly RouteKey[],
): Promise<void> {
  if (keys.length === 0) return;
  await session.change(
    `INSERT INTO RouteVersion (id, version) VALUES (1, UNIX_TIMESTAMP())
     ON DUPLICATE KEY UPDATE version = GREATEST(version + 1, UNIX_TIMESTAMP())`,
  );
  const [row] = await session.rows(
    "SELECT version FROM RouteVersion WHERE id = 1",
  );
  const version = Number(row?.version);
  for (const chunk of chunks(keys)) {
    const values = chunk.map(({ modId, cmdId }) =>
      `(${modId},${cmdId},${version})`
    );
    await session.changeOnce(
      `INSERT INTO RouteChange (modid, cmdid, version) VALUES ${values.join()}`,
    );
  }
}

function* chunks<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += EDIT_ROWS_PER_STATEMENT) {
    yield items.slice(at, at + EDIT_ROWS_PER_STATEMENT);
  }
}

function unique(rows: readonly RouteRow[]): RouteRow[] {
  return [...new Map(rows.map((row) => [formatRow(row), row])).values()];
}

function formatRow({ modId, cmdId, ip, port }: RouteRow): string {
  return `(${modId},${cmdId},${ip},${port})`;
}
