import {
  fromWireAddress,
  isValidAddress,
  isValidKey,
  lars,
} from "../proto/mod.ts";
import type { StatusRow } from "../store/mod.ts";

/**
 * The rows of one status message, and how many were left out as no route can
 * have such a key or host.
 */
export function rowsOf(
  message: lars.ReportStatusRequest,
): { rows: StatusRow[]; invalid: number } {
  const key = { modId: message.modid, cmdId: message.cmdid };
  const { results } = message;
  if (!isValidKey(key)) return { rows: [], invalid: results.length };
  const rows: StatusRow[] = [];
  for (const result of results) {
    const host = fromWireAddress({
      ip: result.ip ?? 0,
      port: result.port ?? 0,
    });
    if (!isValidAddress(host)) continue;
    rows.push({
      ...key,
      ...host,
      caller: message.caller >>> 0,
      succ: result.succ ?? 0,
      err: result.err ?? 0,
      ts: message.ts,
      overload: result.overload ?? false,
    });
  }
  return { rows, invalid: results.length - rows.length };
}
