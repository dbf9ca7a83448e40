import { isValidKey, type RouteKey } from "../../proto/mod.ts";
import { routeKeyOf } from "../attribute_tables.ts";
import type { RouteAttributes } from "../host_attributes.ts";
import { missingTable, type Presence } from "../mysql/presence.ts";
import type { Session } from "../mysql/session.ts";
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

/** Reads every drain; none if the database has no table of them. */
export async function readDrains(
  session: Session,
  presence: Presence,
): Promise<HostDrain[]> {
  return await hasTable(session, presence)
    ? toDrains(await session.rows(SELECT_DRAINS))
    : [];
}

/** Adds which hosts are drained to `attributes`. */
export async function readTargets(
  session: Session,
  attributes: RouteAttributes,
): Promise<void> {
  takeTargets(attributes, await session.rows(SELECT_TARGETS));
}

/**
 * Ends and begins drains. Runs inside the caller's transaction.
 *
 * @throws {StoreError} If the database has no table of drains, or it is full.
 */
export async function changeDrains(
  session: Session,
  { edit, presence }: { edit: RouteEdit; presence: Presence },
): Promise<DrainChanges> {
  const { undrain = [], drain = [] } = edit;
  const changes: DrainChanges = { changed: 0, keys: [] };
  if (undrain.length + drain.length === 0) return changes;
  if (!(await hasTable(session, presence))) {
    if (drain.length > 0) throw missingTable(DRAIN_TABLE_NAME);
    return changes;
  }
  const take = async (target: DrainTarget) => {
    changes.changed += 1;
    changes.keys.push(...await routesOf(session, target));
  };
  for (const target of undrain) {
    const deleted = await session.change(
      `DELETE FROM ${DRAIN_TABLE_NAME} WHERE ${targetCondition(target)}`,
    );
    if (deleted > 0) await take(target);
  }
  for (const each of drain) {
    const before = await changeDrain(session, each);
    if (before === "absent") await take(each);
    if (before === "other") changes.changed += 1;
  }
  return changes;
}

/** Writes a drain; returns what was there before. */
async function changeDrain(
  session: Session,
  drain: Omit<HostDrain, "since">,
): Promise<"absent" | "other" | "same"> {
  const { who, reason, until = "NULL" } = drain;
  const [before] = await session.rows(
    `SELECT who, reason, until FROM ${DRAIN_TABLE_NAME} WHERE ${
      targetCondition(drain)
    }`,
  );
  if (before === undefined) {
    const [row] = await session.rows(
      `SELECT COUNT(*) AS count FROM ${DRAIN_TABLE_NAME}`,
    );
    if (Number(row?.count) >= DRAINS_MAX) throw tooManyDrains();
    await session.change(
      `INSERT INTO ${DRAIN_TABLE_NAME} (${TARGET_COLUMNS}, since, until, who, reason)
       VALUES (${targetColumns(drain)}, UNIX_TIMESTAMP(), ${until}, ?, ?)`,
      [who, reason],
    );
    return "absent";
  }
  if (isSame(before, drain)) return "same";
  await session.change(
    `UPDATE ${DRAIN_TABLE_NAME} SET until = ${until}, who = ?, reason = ? WHERE ${
      targetCondition(drain)
    }`,
    [who, reason],
  );
  return "other";
}

async function hasTable(
  session: Session,
  presence: Presence,
): Promise<boolean> {
  return (await presence.look(session, [DRAIN_TABLE_NAME])).length > 0;
}

/** The routes that have hosts of a drain. */
async function routesOf(
  session: Session,
  target: DrainTarget,
): Promise<RouteKey[]> {
  const rows = await session.rows(
    `SELECT DISTINCT modid, cmdid FROM RouteData WHERE ${
      hostCondition(target)
    }`,
  );
  return rows.map(routeKeyOf).filter(isValidKey);
}
