import {
  decodeReportStatus,
  isValidAddress,
  isValidKey,
} from "../proto/mod.ts";
import type { StatusRow } from "../store/mod.ts";

/**
 * The rows of one status message, and how many were left out as no route can
 * have such a key or host.
 *
 * @throws {ProtocolError} If the bytes are no such message.
 */
export function rowsOf(
  body: Uint8Array,
): { rows: StatusRow[]; invalid: number } {
  const { modId, cmdId, caller, ts, hosts } = decodeReportStatus(body);
  const rows = isValidKey({ modId, cmdId })
    ? hosts.filter(isValidAddress)
      .map((host): StatusRow => ({ modId, cmdId, ...host, caller, ts }))
    : [];
  return { rows, invalid: hosts.length - rows.length };
}
