import { isValidKey, type RouteKey } from "../../proto/mod.ts";
import { routeKeyOf } from "../attribute_tables.ts";
import { change, type Program, type Row, rows } from "../steps.ts";
import {
  DRAINS_MAX,
  type DrainTarget,
  type HostDrain,
  type RouteEdit,
  StoreError,
} from "../types.ts";
import { DRAIN_TABLE_NAME, TARGET_COLUMNS } from "./drain_table.ts";
import { targetColumns } from "./host_drains.ts";

/** What an edit has done to drains. */
export interface DrainChanges {
  /** Drains that began, ended, or have another who, reason or until. */
  changed: number;
  /** Routes that have hosts of drains that began or ended. */
  keys: RouteKey[];
}

/** Condition for the row with a target; its values are {@linkcode targetColumns}. */
const OF_TARGET = TARGET_COLUMNS.map((name) => `${name} = ?`).join(" AND ");

/**
 * Ends and begins drains, as a part of an edit.
 *
 * @throws {StoreError} If there are as many as there may be.
 */
export function* changeDrains(
  { undrain = [], drain = [] }: RouteEdit,
): Program<DrainChanges> {
  const changes: DrainChanges = { changed: 0, keys: [] };
  for (const target of undrain) {
    const deleted = yield* change(
      `DELETE FROM ${DRAIN_TABLE_NAME} WHERE ${OF_TARGET}`,
      ...targetColumns(target),
    );
    if (deleted === 0) continue;
    changes.changed += 1;
    changes.keys.push(...yield* routesOf(target));
  }
  for (const each of drain) {
    const before = yield* writeDrain(each);
    if (before === "same") continue;
    changes.changed += 1;
    if (before === "absent") changes.keys.push(...yield* routesOf(each));
  }
  return changes;
}

/** Writes a drain; returns what was there before. */
function* writeDrain(
  drain: Omit<HostDrain, "since">,
): Program<"absent" | "other" | "same"> {
  const { who, reason, until = null } = drain;
  const target = targetColumns(drain);
  const [before] = yield* rows(
    `SELECT who, reason, until FROM ${DRAIN_TABLE_NAME} WHERE ${OF_TARGET}`,
    ...target,
  );
  if (before === undefined) {
    const [row] = yield* rows(
      `SELECT COUNT(*) AS drains FROM ${DRAIN_TABLE_NAME}`,
    );
    if (Number(row?.drains) >= DRAINS_MAX) throw tooManyDrains();
    yield* change(
      `INSERT INTO ${DRAIN_TABLE_NAME} (${TARGET_COLUMNS}, since, until, who, reason)
       VALUES (?, ?, ?, ?, UNIX_TIMESTAMP(), ?, ?, ?)`,
      ...target,
      until,
      who,
      reason,
    );
    return "absent";
  }
  if (isSame(before, drain)) return "same";
  yield* change(
    `UPDATE ${DRAIN_TABLE_NAME} SET until = ?, who = ?, reason = ? WHERE ${OF_TARGET}`,
    until,
    who,
    reason,
    ...target,
  );
  return "other";
}

/** The routes that have hosts of a drain. */
function* routesOf({ ip, port, route }: DrainTarget): Program<RouteKey[]> {
  const ofPort = port === undefined ? [] : [port];
  const ofRoute = route === undefined ? [] : [route.modId, route.cmdId];
  const found = yield* rows(
    `SELECT DISTINCT modid, cmdid FROM RouteData WHERE serverip = ?
     ${port === undefined ? "" : "AND serverport = ?"}
     ${route === undefined ? "" : "AND modid = ? AND cmdid = ?"}`,
    ip,
    ...ofPort,
    ...ofRoute,
  );
  return found.map(routeKeyOf).filter(isValidKey);
}

/** Whether a stored row has who, reason and until of a drain. */
export function isSame(
  row: Row,
  { who, reason, until }: Omit<HostDrain, "since">,
): boolean {
  const before = row.until == null ? undefined : Number(row.until);
  return row.who === who && row.reason === reason && before === until;
}

/** Refusal of one drain more than {@linkcode DRAINS_MAX}. */
export function tooManyDrains(): StoreError {
  return new StoreError(
    `Cannot drain hosts as a store takes ${DRAINS_MAX} drains: undrain some, or whole machines`,
    { retry: false },
  );
}
