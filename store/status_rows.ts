import { compareRows } from "./route_grouper.ts";
import type { StatusKey, StatusRow } from "./types.ts";

/** Columns of the primary key of ServerCallStatus. */
export const STATUS_KEY_COLUMNS = "modid, cmdid, ip, port, caller";

/** Values of {@linkcode STATUS_KEY_COLUMNS}. */
export function statusKeyOf(
  { modId, cmdId, ip, port, caller }: StatusKey,
): number[] {
  return [modId, cmdId, ip, port, caller];
}

/** Compares by the primary key of ServerCallStatus. */
export function compareStatuses(a: StatusKey, b: StatusKey): number {
  return compareRows(a, b) || a.caller - b.caller;
}

/** Makes a status of a row of ServerCallStatus as databases return it. */
export function toStatusRow(row: Record<string, unknown>): StatusRow {
  return {
    modId: Number(row.modid),
    cmdId: Number(row.cmdid),
    ip: Number(row.ip),
    port: Number(row.port),
    caller: Number(row.caller),
    succ: Number(row.succ_cnt),
    err: Number(row.err_cnt),
    ts: Number(row.ts),
    overload: row.overload === "1",
  };
}
