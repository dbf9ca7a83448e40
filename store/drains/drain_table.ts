import { isValidAddress, isValidKey } from "../../proto/mod.ts";
import type { RouteAttributes } from "../host_attributes.ts";
import type { Row } from "../steps.ts";
import type { DrainTarget, HostDrain } from "../types.ts";
import { EVERY_PORT, EVERY_ROUTE } from "./host_drains.ts";

/** Name of the table of drains. */
export const DRAIN_TABLE_NAME = "HostDrain";

/** Columns of its primary key. */
export const TARGET_COLUMNS = ["ip", "port", "modid", "cmdid"] as const;

/** Its other columns. */
const DRAIN_COLUMNS = ["who", "reason", "since", "until"] as const;

/** Statement that reads every target. */
export const SELECT_TARGETS =
  `SELECT ${TARGET_COLUMNS.join()} FROM ${DRAIN_TABLE_NAME}`;

/** Statement that reads every drain, in the order of {@linkcode compareTargets}. */
export const SELECT_DRAINS = `SELECT ${
  [...TARGET_COLUMNS, ...DRAIN_COLUMNS].join()
} FROM ${DRAIN_TABLE_NAME} ORDER BY ${TARGET_COLUMNS.join()}`;

/** Adds the targets of rows to `attributes`, but for what cannot be. */
export function takeTargets(
  attributes: RouteAttributes,
  rows: Iterable<Row>,
): void {
  for (const row of rows) {
    const target = toTarget(row);
    if (target !== undefined) attributes.drains.add(target);
    else attributes.skip(placeOf(row));
  }
}

/** The drains in rows, without those that cannot be. */
export function toDrains(rows: readonly Row[]): HostDrain[] {
  return rows.flatMap((row) => {
    const target = toTarget(row);
    if (target === undefined) return [];
    const { who, reason, since, until } = row;
    return {
      ...target,
      who: String(who),
      reason: String(reason),
      since: Number(since),
      ...(until === null ? {} : { until: Number(until) }),
    };
  });
}

/** What a row names; undefined if it can be none. */
function toTarget(row: Row): DrainTarget | undefined {
  const [ip = 0, port = 0, modId = 0, cmdId = 0] = TARGET_COLUMNS.map((name) =>
    Number(row[name])
  );
  const everyRoute = modId === EVERY_ROUTE && cmdId === EVERY_ROUTE;
  const everyPort = port === EVERY_PORT;
  if (!everyRoute && !isValidKey({ modId, cmdId })) return undefined;
  if (!isValidAddress({ ip, port: everyPort ? 1 : port })) return undefined;
  return {
    ip,
    ...(!everyPort && { port }),
    ...(!everyRoute && { route: { modId, cmdId } }),
  };
}

function placeOf(row: Row): string {
  const parts = TARGET_COLUMNS.map((name) => `${name} = ${row[name]}`);
  return `${DRAIN_TABLE_NAME}: ${parts.join(", ")}`;
}
