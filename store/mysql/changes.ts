import type { RouteKey } from "../../proto/mod.ts";
import { routeKeyOf } from "../attribute_tables.ts";
import type { Session } from "./session.ts";

/** Rows older than this, by their version in Unix seconds, are removed. */
const TRIM_AGE_SECONDS = 86_400;

/** Rows removed at a time, so that it stays short. */
const TRIM_ROWS_MAX = 1_000;

/** What one cheap statement tells of the newest rows of RouteChange. */
export interface Glance {
  version: string;
  /** Number of rows, and the sum of their ids: they differ when any row comes or goes. */
  rows: number;
  idSum: number;
}

/** A row of RouteChange. */
export interface ChangeRow extends RouteKey {
  id: number;
}

/** Removes old rows up to an id, some at a time, so that it stays short. */
export async function trimChanges(
  session: Session,
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

/** What is there above an id, in one cheap statement. */
export async function readGlance(
  session: Session,
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

/** Rows above an id, ascending, at most `limit` of them. */
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
