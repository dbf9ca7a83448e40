import { encodeReportStatus, ReportStatusDecoder } from "../../proto/mod.ts";
import type { StatusRow } from "../../store/mod.ts";
import { packStatus, ROW_WORDS, RowUnpacker } from "../status_rows.ts";

/** Packs rows as the reporter does with those of an agent. */
export function packRows(rows: readonly StatusRow[]): Uint32Array {
  const decoder = new ReportStatusDecoder();
  const words = new Uint32Array(rows.length * ROW_WORDS);
  for (const [at, { modId, cmdId, caller, ts, ...host }] of rows.entries()) {
    const status = { modId, cmdId, caller, ts, hosts: [host] };
    for (const body of encodeReportStatus(status)) decoder.decode(body);
    packStatus(decoder, words.subarray(at * ROW_WORDS));
  }
  return words;
}

/** The rows in `words`, in order. */
export function unpackRows(words: Uint32Array): StatusRow[] {
  return new RowUnpacker().unpack(words);
}
