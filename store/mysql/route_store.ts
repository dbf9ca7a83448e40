import { readRoutes } from "./routes.ts";
import { checkEdit } from "../validation.ts";
import {
  addressKey,
  type Route,
  type RouteKey,
  RouteMap,
} from "../../proto/mod.ts";
import { Database } from "./database.ts";
import { MysqlFeed } from "./feed.ts";
import { chunks, formatRow, readRows, type StoredRow } from "./rows.ts";
import type { MysqlOptions } from "./options.ts";
import { scanRoutes } from "./scan.ts";
import type { Session } from "./session.ts";
import { stepsOn } from "./admin/steps.ts";
import { recordedEdit, resultOf } from "../admin/recorded_edit.ts";
import { awaitProgram } from "../steps.ts";
import { ADMIN_TABLE_NAMES } from "../admin/tables.ts";
import {
  changeAttributes,
  editDrains,
  trimAttributes,
} from "./attribute_edits.ts";
import {
  ATTRIBUTE_TABLE_NAMES,
  HOST_TABLE,
  hostChangesOf,
  SETTINGS_TABLE,
} from "../attribute_tables.ts";
import { AttributeReader } from "./attributes.ts";
import { compareKeys, type SkipOptions } from "../route_grouper.ts";
import { readIdentity } from "./changes.ts";
import {
  ACCEPTED_MAX,
  type ChangeFeed,
  type EditOptions,
  type EditResult,
  type HostDrain,
  type RouteEdit,
  type RouteRow,
  type RouteStore,
  type StoreIdentity,
  VERSION_MAX,
} from "../types.ts";

/** Options of {@linkcode MysqlRouteStore.open}. */
export interface MysqlRouteOptions extends MysqlOptions, SkipOptions {
  /**
   * Called at the first use with those of our own tables that are missing and
   * that this user may not create: the store works without them.
   */
  onMissingTables?: (tables: readonly string[]) => void;
  /** Called whenever old rows of RouteChange were to be removed, with the cause if they could not. */
  onTrimmed?: (failure: unknown) => void;
}

/** Routes in a database that speaks the MySQL protocol. */
export class MysqlRouteStore implements RouteStore {
  readonly #options: MysqlRouteOptions;
  readonly #database: Database;
  readonly #reader: AttributeReader;

  private constructor(options: MysqlRouteOptions) {
    this.#options = options;
    this.#database = new Database(options, {
      needed: ["RouteData", "RouteVersion", "RouteChange"],
      wanted: ATTRIBUTE_TABLE_NAMES,
      onMissing: options.onMissingTables,
    });
    this.#reader = new AttributeReader(this.#database.presence);
  }

  /**
   * Opens the store; it connects at its first use. While the database is away
   * every call fails with a StoreError to try again.
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
      presence: this.#database.presence,
      onTrimmed: this.#options.onTrimmed,
    });
  }

  async *scan(): AsyncGenerator<Route> {
    const batches = this.#database.stream(
      "scan routes",
      (session) => this.#scan(session),
    );
    for await (const routes of batches) yield* routes;
  }

  async *#scan(session: Session): AsyncGenerator<Route[]> {
    const { onSkippedRows, onSkippedAttributes } = this.#options;
    await this.#database.presence.look(session, ["StoreIdentity"]);
    await session.begin("snapshot");
    const attributes = await this.#reader.scan(session);
    const routes = scanRoutes(session, { ...this.#options, onSkippedRows });
    if (attributes.empty) yield* routes;
    else {
      for await (const batch of routes) {
        yield batch.map((route) => attributes.apply(route));
      }
    }
    await session.commit();
    onSkippedAttributes?.(attributes.skipped);
  }

  async read(keys: readonly RouteKey[]): Promise<Route[]> {
    return await this.#database.use(
      "read routes",
      (session) =>
        session.transaction(
          "snapshot",
          () => readRoutes(session, { keys, reader: this.#reader }),
        ),
    );
  }

  async edit(edit: RouteEdit, options?: EditOptions): Promise<EditResult> {
    checkEdit(edit);
    const reader = this.#reader;
    const apply = (session: Session) => (edit: RouteEdit) =>
      applyEdit(session, { edit, reader });
    if (options === undefined) {
      return await this.#database.use(
        "edit routes",
        (session) => session.transaction("edit", () => apply(session)(edit)),
      );
    }
    const { presence } = this.#database;
    const nowSeconds = this.#options.clock.wallSeconds();
    const outcome = await this.#database.use("edit routes", async (session) => {
      const there = await presence.look(session, ADMIN_TABLE_NAMES);
      const isKept = there.length === ADMIN_TABLE_NAMES.length;
      const steps = stepsOn(session, { reader, edit: apply(session) });
      return await session.transaction("edit", () =>
        awaitProgram(
          recordedEdit(edit, { ...options, nowSeconds, isKept }),
          steps,
        ));
    });
    return resultOf(outcome);
  }

  async drains(): Promise<HostDrain[]> {
    return await this.#database.use(
      "read drains",
      (session) => this.#reader.drains(session),
    );
  }

  async identity(): Promise<StoreIdentity> {
    return await this.#database.use(
      "read identity",
      (session) => readIdentity(session, this.#database.presence),
    );
  }

  async accept(): Promise<StoreIdentity> {
    return await this.#database.use(
      "accept store",
      (session) =>
        session.transaction("edit", async () => {
          const before = await readIdentity(session, this.#database.presence);
          if (before.identity === undefined) return before;
          await session.change(
            `UPDATE StoreIdentity SET accepted =
               IF(accepted < ${ACCEPTED_MAX}, accepted + 1, 0) WHERE id = 1`,
          );
          return await readIdentity(session, this.#database.presence);
        }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database[Symbol.asyncDispose]();
  }
}

/** Applies an edit that was checked. Runs inside the caller's transaction. */
export async function applyEdit(
  session: Session,
  { edit, reader }: { edit: RouteEdit; reader: AttributeReader },
): Promise<EditResult> {
  const { add = [], remove = [], settings = [] } = edit;
  // Edits of ours wait for each other here, so that what they read stays true.
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
    removed += await session.change(
      `DELETE FROM RouteData WHERE id IN (${found.map(({ id }) => id).join()})`,
    );
  }
  let added = 0;
  for (const rows of chunks(add)) {
    const present = await readPresent(session, rows);
    const missing = unique(rows).filter((row) => !present.has(formatRow(row)));
    for (const row of missing) touched.set(row, true);
    if (missing.length === 0) continue;
    added += await session.change(
      `INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES ${
        missing.map(formatRow).join()
      }`,
    );
  }
  const changes = [
    ...await changeAttributes(session, {
      table: HOST_TABLE,
      changes: hostChangesOf(edit),
      reader,
    }),
    ...await changeAttributes(session, {
      table: SETTINGS_TABLE,
      changes: settings,
      reader,
    }),
  ];
  const drains = await editDrains(session, { edit, reader });
  for (const key of [...changes, ...drains.keys]) touched.set(key, true);
  const keys = [...touched.keys()].sort(compareKeys);
  await announce(session, keys);
  await trimAttributes(session, { keys, reader });
  return { added, removed, changed: changes.length + drains.changed };
}

/** Those of these rows that are stored, by {@linkcode formatRow}; duplicates are possible. */
async function readPresent(
  session: Session,
  rows: readonly RouteRow[],
): Promise<Map<string, StoredRow[]>> {
  const asked = new RouteMap<Set<number>>();
  for (const row of rows) {
    const addresses = asked.get(row) ?? new Set();
    asked.set(row, addresses.add(addressKey(row)));
  }
  const stored = await readRows(session, [...asked.keys()]);
  return Map.groupBy(
    stored.filter((row) => asked.get(row)?.has(addressKey(row))),
    formatRow,
  );
}

/** Moves RouteVersion and names the routes in RouteChange. */
async function announce(
  session: Session,
  keys: readonly RouteKey[],
): Promise<void> {
  if (keys.length === 0) return;
  await session.change(
    `INSERT INTO RouteVersion (id, version) VALUES (1, UNIX_TIMESTAMP())
     ON DUPLICATE KEY UPDATE version = IF(version < ${VERSION_MAX}
       AND version >= UNIX_TIMESTAMP(), version + 1, UNIX_TIMESTAMP())`,
  );
  const [row] = await session.rows(
    "SELECT version FROM RouteVersion WHERE id = 1",
  );
  const version = Number(row?.version);
  for (const chunk of chunks(keys)) {
    const values = chunk.map(({ modId, cmdId }) =>
      `(${modId},${cmdId},${version})`
    );
    await session.change(
      `INSERT INTO RouteChange (modid, cmdid, version) VALUES ${values.join()}`,
    );
  }
}

function unique(rows: readonly RouteRow[]): RouteRow[] {
  return [...new Map(rows.map((row) => [formatRow(row), row])).values()];
}
