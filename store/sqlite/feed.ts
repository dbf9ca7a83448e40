import { isValidKey, type Route, type RouteKey } from "../../proto/mod.ts";
import { hostsOf } from "../route_grouper.ts";
import type { Connection } from "./connection.ts";
import type { StoreFile } from "./store_file.ts";
import { fileHints } from "./file_hints.ts";
import { readAttributes } from "./attributes.ts";
import { isOther, toIdentity } from "../identity.ts";
import type { ChangeFeed, Changes, StoreIdentity } from "../types.ts";

/** Most new RouteChange rows that are named; with more, comparing all is cheaper. */
export const FEED_ROWS_MAX = 20_000;

/** Most other stores whose place is kept, for when one of them is back. */
const PLACES_MAX = 8;

/** Place of a reader in the tables that name changes. */
interface Place {
  /** Highest id ever given to a row of RouteChange, also if the row is gone. */
  changeId: number;
  /**
   * Highest id ever given to a row of RouteData: it moves with inserts that no
   * RouteChange row names.
   */
  dataId: number;
  /** Text, as people write what they like there. */
  version: string;
  identity: StoreIdentity;
}

/**
 * Feed over a SQLite file: `PRAGMA data_version` of its connection for reading
 * moves with every commit. Attributes changed by hand without a RouteChange row wait for the full
 * comparison.
 */
export class SqliteFeed implements ChangeFeed {
  readonly #file: StoreFile;
  #generation: number;
  #dataVersion: unknown;
  #place: Place;
  /** Places in stores that stood here before, by their identities, the latest last. */
  readonly #places = new Map<string | undefined, Place>();
  /** Aborted when other files stand at the path than those that give hints. */
  #replaced = new AbortController();

  constructor(file: StoreFile) {
    this.#file = file;
    this.#dataVersion = readDataVersion(file);
    this.#generation = file.generation;
    this.#place = file.read("watch store", readPlace);
  }

  poll(): Promise<Changes> {
    return Promise.resolve().then(() => this.#poll());
  }

  hints(signal: AbortSignal): AsyncIterable<void> {
    this.#replaced = new AbortController();
    const until = AbortSignal.any([signal, this.#replaced.signal]);
    return fileHints(this.#file.path, until);
  }

  #poll(): Changes {
    const file = this.#file;
    // Before the snapshot: what is committed in between is read twice rather
    // than missed.
    const dataVersion = readDataVersion(file);
    const isReopened = file.generation !== this.#generation;
    if (isReopened) this.#replaced.abort();
    if (dataVersion === this.#dataVersion && !isReopened) {
      const { identity } = this.#place;
      return { routes: [], unnamed: false, identity };
    }

    const { generation } = file;
    const { place, changes } = file.read("watch store", (connection) => {
      const now = readPlace(connection);
      const before = this.#placeIn(now.identity);
      const changes = readChanges(connection, { before, now });
      if (before === this.#place && !isReopened) return { place: now, changes };
      // The same store has gone on counting; of others the place says nothing.
      const { identity } = now.identity;
      const isSame = identity !== undefined &&
        identity === before.identity.identity;
      const routes = isSame ? changes.routes : [];
      return { place: now, changes: { ...changes, routes, unnamed: true } };
    });
    this.#moveTo(place);
    this.#generation = generation;
    this.#dataVersion = dataVersion;
    return { ...changes, hasCommit: true };
  }

  /** The place in a store that is met now: the one before it stood elsewhere, if it is back. */
  #placeIn(identity: StoreIdentity): Place {
    if (!isOther(this.#place.identity, identity)) return this.#place;
    return this.#places.get(identity.identity) ?? this.#place;
  }

  #moveTo(place: Place): void {
    if (isOther(this.#place.identity, place.identity)) {
      this.#places.delete(place.identity.identity);
      this.#places.set(this.#place.identity.identity, this.#place);
      const [oldest] = this.#places.keys();
      if (this.#places.size > PLACES_MAX) this.#places.delete(oldest);
    }
    this.#place = place;
  }
}

/**
 * Reads routes by their keys, in that order; without hosts if there are none.
 * Runs inside the caller's transaction.
 */
export function readRoutes(
  connection: Connection,
  keys: readonly RouteKey[],
): Route[] {
  const statement = connection.prepare(
    "SELECT serverip AS ip, serverport AS port FROM RouteData WHERE modid = ? AND cmdid = ?",
  );
  const attributes = readAttributes(connection, keys.filter(isValidKey));
  return keys.map((key) => {
    const rows = isValidKey(key) ? statement.all(key.modId, key.cmdId) : [];
    const hosts = hostsOf(
      rows.map(({ ip, port }) => ({ ip: Number(ip), port: Number(port) })),
    );
    return attributes.apply({ modId: key.modId, cmdId: key.cmdId, hosts });
  });
}

function readDataVersion(file: StoreFile): unknown {
  return file.peek(
    "watch store",
    (connection) => connection.value("PRAGMA data_version"),
  );
}

/** Reads which store the file is. */
export function readIdentity(connection: Connection): StoreIdentity {
  return toIdentity(
    connection.prepare("SELECT identity, accepted FROM StoreIdentity").get(),
  );
}

function readPlace(connection: Connection): Place {
  const sequence = "SELECT seq FROM sqlite_sequence WHERE name = ?";
  const version = connection.value(
    "SELECT CAST(version AS TEXT) FROM RouteVersion WHERE id = 1",
  );
  return {
    changeId: Number(connection.value(sequence, "RouteChange") ?? 0),
    dataId: Number(connection.value(sequence, "RouteData") ?? 0),
    version: String(version ?? ""),
    identity: readIdentity(connection),
  };
}

function readChanges(
  connection: Connection,
  { before, now }: { before: Place; now: Place },
): Changes {
  const { identity } = now;
  if (isOther(before.identity, identity)) {
    return { routes: [], unnamed: true, identity };
  }
  if (
    now.changeId === before.changeId && now.dataId === before.dataId &&
    now.version === before.version
  ) {
    return { routes: [], unnamed: false, identity };
  }
  const rows = now.changeId - before.changeId > FEED_ROWS_MAX
    ? []
    : connection.prepare(
      "SELECT modid AS modId, cmdid AS cmdId FROM RouteChange WHERE id > ?",
    ).all(before.changeId);
  const keys = new Map(rows.map(({ modId, cmdId }) => [
    `${modId},${cmdId}`,
    { modId: Number(modId), cmdId: Number(cmdId) },
  ]));
  // Ids have no gaps but those of rows that were deleted unread.
  const complete = rows.length === now.changeId - before.changeId;
  return {
    routes: readRoutes(connection, [...keys.values()].filter(isValidKey)),
    unnamed: !complete || rows.length === 0,
    identity,
  };
}
