import type { StatusRow } from "../store/mod.ts";

/**
 * Words of a packed row, an uint32 each: modid, cmdid, ip, caller, port with the
 * overload bit, succ, err, ts. The first four and the port are the key.
 */
export const ROW_WORDS = 8;

/** Above the 16 bits of the port. */
const OVERLOAD_BIT = 0x1_0000;

/** Writes a row into `words` as the row number `at`. */
export function packRow(
  row: StatusRow,
  { words, at }: { words: Uint32Array; at: number },
): void {
  const start = at * ROW_WORDS;
  words[start] = row.modId;
  words[start + 1] = row.cmdId;
  words[start + 2] = row.ip;
  words[start + 3] = row.caller;
  words[start + 4] = row.port + (row.overload ? OVERLOAD_BIT : 0);
  words[start + 5] = row.succ;
  words[start + 6] = row.err;
  words[start + 7] = row.ts;
}

/** The rows in `words`, in order. */
export function unpackRows(words: Uint32Array): StatusRow[] {
  const rows: StatusRow[] = [];
  for (let start = 0; start < words.length; start += ROW_WORDS) {
    const portAndOverload = words[start + 4]!;
    rows.push({
      modId: words[start]!,
      cmdId: words[start + 1]!,
      ip: words[start + 2]!,
      port: portAndOverload % OVERLOAD_BIT,
      caller: words[start + 3]!,
      succ: words[start + 5]!,
      err: words[start + 6]!,
      ts: words[start + 7]!,
      overload: portAndOverload >= OVERLOAD_BIT,
    });
  }
  return rows;
}

/** Whether two packed rows have the same key. */
export function isSameKey(words: Uint32Array, a: number, b: number): boolean {
  const [x, y] = [a * ROW_WORDS, b * ROW_WORDS];
  return words[x] === words[y] && words[x + 1] === words[y + 1] &&
    words[x + 2] === words[y + 2] && words[x + 3] === words[y + 3] &&
    ((words[x + 4]! ^ words[y + 4]!) & 0xffff) === 0;
}

/** Rows as a sink takes them. */
export function packRows(rows: readonly StatusRow[]): Uint32Array {
  const words = new Uint32Array(rows.length * ROW_WORDS);
  for (const [at, row] of rows.entries()) packRow(row, { words, at });
  return words;
}
