import type { RouteKey } from "../../proto/mod.ts";
import { routeKeyOf } from "../attribute_tables.ts";
import { toIdentity, UNKNOWN_IDENTITY } from "../identity.ts";
import type { StoreIdentity } from "../types.ts";
import type { Presence } from "./presence.ts";
import type { Session } from "./session.ts";

/** Most rows removed by one call, so that it stays short. */
const TRIM_ROWS_MAX = 1_000;

/** Newest rows of RouteChange, as one cheap statement sees them. */
export interface Glance {
  version: string;
  identity: StoreIdentity;
  /** Number of rows and the sum of their ids, which differ when any row comes or goes. */
  rows: number;
  idSum: number;
}

/** A row of RouteChange. */
export interface ChangeRow extends RouteKey {
  id: number;
}

/** Removes rows up to an id, at most {@linkcode TRIM_ROWS_MAX}. */
export async function trimChanges(
  session: Session,
  lastId: number,
): Promise<void> {
  // Found first and deleted by id, as deleting a range waits for transactions
  // that have inserted beside it.
  const rows = await session.rows(
    `SELECT id FROM RouteChange
     WHERE id <= ? ORDER BY id LIMIT ${TRIM_ROWS_MAX}`,
    [Math.max(0, lastId)],
  );
  if (rows.length === 0) return;
  const ids = rows.map(({ id }) => Number(id)).join();
  await session.change(`DELETE FROM RouteChange WHERE id IN (${ids})`);
}

/** Reads which store this is; `presence` says whether it has an identity. */
export async function readIdentity(
  session: Session,
  presence: Presence,
): Promise<StoreIdentity> {
  const tables = await presence.look(session, ["StoreIdentity"]);
  if (tables.length === 0) return UNKNOWN_IDENTITY;
  const [row] = await session.rows(
    "SELECT identity, accepted FROM StoreIdentity WHERE id = 1",
  );
  return toIdentity(row);
}

/** Reads number and version of the rows above an id, and the identity beside them. */
export async function readGlance(
  session: Session,
  { lowId, presence }: { lowId: number; presence: Presence },
): Promise<Glance> {
  const identity = presence.has("StoreIdentity")
    ? ["identity", "accepted"].map((column) =>
      `(SELECT ${column} FROM StoreIdentity WHERE id = 1) AS ${column},`
    ).join(" ")
    : "";
  const [row] = await session.rows(
    `SELECT (SELECT version FROM RouteVersion WHERE id = 1) AS version,
     ${identity} COUNT(*) AS \`rows\`, SUM(id) AS idSum FROM RouteChange WHERE id > ?`,
    [lowId],
  );
  return {
    version: String(row?.version ?? ""),
    identity: toIdentity(row),
    rows: Number(row?.rows ?? 0),
    idSum: Number(row?.idSum ?? 0),
  };
}

/** Reads rows above an id, ascending, at most `limit`. */
export async function readChanges(
  session: Session,
  { afterId, limit }: { afterId: number; limit: number },
): Promise<ChangeRow[]> {
  const rows = await session.rows(
    `SELECT id, modid, cmdid FROM RouteChange WHERE id > ?
     ORDER BY id LIMIT ${limit}`,
    [afterId],
  );
  return rows.map((row) => ({ id: Number(row.id), ...routeKeyOf(row) }));
}
