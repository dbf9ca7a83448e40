import { isValidKey, type RouteKey } from "../../proto/mod.ts";
import { routeKeyOf } from "../attribute_tables.ts";
import type { RouteAttributes } from "../host_attributes.ts";
import type { Connection } from "../sqlite/connection.ts";
import {
  DRAINS_MAX,
  type DrainTarget,
  type HostDrain,
  type RouteEdit,
} from "../types.ts";
import { type DrainChanges, isSame, tooManyDrains } from "./changes.ts";
import {
  DRAIN_TABLE_NAME,
  hostCondition,
  SELECT_DRAINS,
  SELECT_TARGETS,
  takeTargets,
  TARGET_COLUMNS,
  targetCondition,
  toDrains,
} from "./drain_table.ts";
import { targetColumns } from "./host_drains.ts";

/** Reads every drain. */
export function readDrains(connection: Connection): HostDrain[] {
  return toDrains(connection.prepare(SELECT_DRAINS).all());
}

/** Adds which hosts are drained to `attributes`. */
export function readTargets(
  connection: Connection,
  attributes: RouteAttributes,
): void {
  takeTargets(attributes, connection.prepare(SELECT_TARGETS).all());
}

/**
 * Ends and begins drains. Runs inside the caller's transaction.
 *
 * @throws {StoreError} If there are as many as there may be.
 */
export function changeDrains(
  connection: Connection,
  { edit, nowSeconds }: { edit: RouteEdit; nowSeconds: number },
): DrainChanges {
  const { undrain = [], drain = [] } = edit;
  const changes: DrainChanges = { changed: 0, keys: [] };
  const take = (target: DrainTarget) => {
    changes.changed += 1;
    changes.keys.push(...routesOf(connection, target));
  };
  for (const target of undrain) {
    const deleted = connection.prepareOnce(
      `DELETE FROM ${DRAIN_TABLE_NAME} WHERE ${targetCondition(target)}`,
    ).run();
    if (Number(deleted.changes) > 0) take(target);
  }
  for (const each of drain) {
    const before = changeDrain(connection, { drain: each, nowSeconds });
    if (before === "absent") take(each);
    if (before === "other") changes.changed += 1;
  }
  return changes;
}

/** Writes a drain; returns what was there before. */
function changeDrain(
  connection: Connection,
  { drain, nowSeconds }: {
    drain: Omit<HostDrain, "since">;
    nowSeconds: number;
  },
): "absent" | "other" | "same" {
  const { who, reason, until = null } = drain;
  const before = connection.prepareOnce(
    `SELECT who, reason, until FROM ${DRAIN_TABLE_NAME}
     WHERE ${targetCondition(drain)}`,
  ).get();
  if (before === undefined) {
    const count = connection.value(`SELECT count(*) FROM ${DRAIN_TABLE_NAME}`);
    if (Number(count) >= DRAINS_MAX) throw tooManyDrains();
    connection.prepareOnce(
      `INSERT INTO ${DRAIN_TABLE_NAME} (${TARGET_COLUMNS}, since, until, who, reason)
       VALUES (${targetColumns(drain)}, ?, ?, ?, ?)`,
    ).run(nowSeconds, until, who, reason);
    return "absent";
  }
  if (isSame(before, drain)) return "same";
  connection.prepareOnce(
    `UPDATE ${DRAIN_TABLE_NAME} SET until = ?, who = ?, reason = ?
     WHERE ${targetCondition(drain)}`,
  ).run(until, who, reason);
  return "other";
}

/** The routes that have hosts of a drain. */
function routesOf(connection: Connection, target: DrainTarget): RouteKey[] {
  return connection.prepareOnce(
    `SELECT DISTINCT modid, cmdid FROM RouteData WHERE ${
      hostCondition(target)
    }`,
  ).all().map(routeKeyOf).filter(isValidKey);
}
