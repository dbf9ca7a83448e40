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
  return new RowUnpacker().unpack(words);
}

/**
 * Unpacks one batch after the other into the same objects: rows made anew live
 * for as long as a write, and then leave tens of megabytes of garbage a second.
 */
export class RowUnpacker {
  readonly #rows: StatusRow[] = [];

  /** The rows in `words`, in order; good until the next call. */
  unpack(words: Uint32Array): StatusRow[] {
    const count = words.length / ROW_WORDS;
    while (this.#rows.length < count) this.#rows.push({ ...EMPTY_ROW });
    for (let at = 0; at < count; at++) unpackRow(words, at, this.#rows[at]!);
    return this.#rows.slice(0, count);
  }
}

const EMPTY_ROW: StatusRow = {
  modId: 0,
  cmdId: 0,
  ip: 0,
  port: 0,
  caller: 0,
  succ: 0,
  err: 0,
  ts: 0,
  overload: false,
};

function unpackRow(words: Uint32Array, at: number, row: StatusRow): void {
  const start = at * ROW_WORDS;
  const portAndOverload = words[start + 4]!;
  row.modId = words[start]!;
  row.cmdId = words[start + 1]!;
  row.ip = words[start + 2]!;
  row.port = portAndOverload % OVERLOAD_BIT;
  row.caller = words[start + 3]!;
  row.succ = words[start + 5]!;
  row.err = words[start + 6]!;
  row.ts = words[start + 7]!;
  row.overload = portAndOverload >= OVERLOAD_BIT;
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
