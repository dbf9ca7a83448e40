import {
  isValidAddress,
  isValidKey,
  mixHash,
  type ReportStatusDecoder,
} from "../proto/mod.ts";
import type { StatusRow } from "../store/mod.ts";

/**
 * Words of a packed row, an uint32 each: modid, cmdid, ip, caller, port with the
 * overload bit, succ, err, ts. The first four and the port are the key.
 */
export const ROW_WORDS = 8;

/** Words of a packed row behind its key. */
export const Word = { port: 4, succ: 5, err: 6 } as const;

/** Above the 16 bits of the port. */
const OVERLOAD_BIT = 0x1_0000;

/**
 * Packs the hosts of a status into `words`, without those that no route can
 * have. Returns the number of rows.
 */
export function packStatus(
  status: ReportStatusDecoder,
  words: Uint32Array,
): number {
  const { modId, cmdId, caller, ts, count } = status;
  if (!isValidKey(status)) return 0;
  const address = { ip: 0, port: 0 };
  let word = 0;
  for (let host = 0; host < count; host++) {
    address.ip = status.ip[host]!;
    address.port = status.port[host]!;
    if (!isValidAddress(address)) continue;
    words[word] = modId;
    words[word + 1] = cmdId;
    words[word + 2] = address.ip;
    words[word + 3] = caller;
    words[word + 4] = address.port + status.overload[host]! * OVERLOAD_BIT;
    words[word + 5] = status.succ[host]!;
    words[word + 6] = status.err[host]!;
    words[word + 7] = ts;
    word += ROW_WORDS;
  }
  return word / ROW_WORDS;
}

/**
 * Unpacks one batch after another into the same objects: new ones would live as
 * long as a write and leave tens of megabytes of garbage a second.
 */
export class RowUnpacker {
  readonly #rows: StatusRow[] = [];

  /** The rows in `words`, in order; valid until the next call. */
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

/** Whether a packed row says that its host is overloaded. */
export function isOverloaded(words: Uint32Array, at: number): boolean {
  return words[at * ROW_WORDS + Word.port]! >= OVERLOAD_BIT;
}

/** Sets the counts of the packed row that begins at word `start`. */
export function setCounts(
  words: Uint32Array,
  { start, succ, err, overload }: {
    start: number;
    succ: number;
    err: number;
    overload: boolean;
  },
): void {
  const port = words[start + Word.port]! % OVERLOAD_BIT;
  words[start + Word.port] = port + (overload ? OVERLOAD_BIT : 0);
  words[start + Word.succ] = succ;
  words[start + Word.err] = err;
}

/** Whether two packed rows have the same key. */
export function isSameKey(words: Uint32Array, a: number, b: number): boolean {
  const [x, y] = [a * ROW_WORDS, b * ROW_WORDS];
  return words[x] === words[y] && words[x + 1] === words[y + 1] &&
    words[x + 2] === words[y + 2] && words[x + 3] === words[y + 3] &&
    ((words[x + 4]! ^ words[y + 4]!) & 0xffff) === 0;
}

/** Hash of a packed row's key. */
export function hashKey(words: Uint32Array, at: number): number {
  const start = at * ROW_WORDS;
  let hash = 0;
  for (let word = 0; word < 4; word++) {
    hash = mixHash(hash, words[start + word]!);
  }
  return mixHash(hash, words[start + 4]! & 0xffff);
}
