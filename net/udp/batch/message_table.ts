import { DATAGRAM_BYTES_MAX, type Endpoint } from "../../../proto/mod.ts";
import type { Libc } from "./libc.ts";

/** struct sockaddr_in: family, port, address, padding. */
export const NAME_BYTES = 16;

/** AF_INET of Linux. */
export const AF_INET = 2;

// struct mmsghdr, struct msghdr in it, and struct iovec, with 8-byte pointers.
const HEADER_BYTES = 64;
const IOVEC_BYTES = 16;
const WORD_BYTES = 4;
const HEADER_WORDS = HEADER_BYTES / WORD_BYTES;
const IOVEC_WORDS = IOVEC_BYTES / WORD_BYTES;
const NAME_WORDS = NAME_BYTES / WORD_BYTES;
const NAME_WORD = 0;
const NAME_LENGTH_WORD = 2;
const IOVEC_WORD = 4;
const IOVEC_COUNT_WORD = 6;
const LENGTH_WORD = 14;
const IOVEC_LENGTH_WORD = 2;

/**
 * From one slot's bytes to the next's: a whole datagram, and three cache lines
 * more, or the beginnings of all slots would fall into one set of the cache.
 */
const STRIDE_BYTES = 65_536 + 192;

const WORD_VALUES = 2 ** 32;

/**
 * A table of datagrams as recvmmsg and sendmmsg want it: per slot a header, a
 * socket address and room for the longest datagram. Pages that nobody writes
 * to cost no memory.
 */
export class BatchMessages {
  /** The table of headers: struct mmsghdr[slots]. */
  readonly headers: Uint8Array<ArrayBuffer>;
  /** Each slot's bytes: 65,507 of them, whatever the datagram's length. */
  readonly slots: readonly Uint8Array[];
  readonly #words: Uint32Array;
  readonly #names: Uint32Array;
  readonly #nameBytes: Uint8Array;
  readonly #iovecs: Uint32Array;
  readonly #namesAddress: number;

  constructor(libc: Libc, slots: number) {
    const tables = new ArrayBuffer(
      slots * (HEADER_BYTES + IOVEC_BYTES + NAME_BYTES),
    );
    const iovecsOffset = slots * HEADER_BYTES;
    const namesOffset = iovecsOffset + slots * IOVEC_BYTES;
    this.headers = new Uint8Array(tables, 0, iovecsOffset);
    this.#words = new Uint32Array(tables, 0, slots * HEADER_WORDS);
    this.#iovecs = new Uint32Array(tables, iovecsOffset, slots * IOVEC_WORDS);
    this.#names = new Uint32Array(tables, namesOffset, slots * NAME_WORDS);
    this.#nameBytes = new Uint8Array(tables, namesOffset, slots * NAME_BYTES);

    const tablesAddress = libc.addressOf(tables);
    this.#namesAddress = tablesAddress + namesOffset;
    const bytes = new ArrayBuffer(slots * STRIDE_BYTES);
    const bytesAddress = libc.addressOf(bytes);
    this.slots = Array.from(
      { length: slots },
      (_, slot) =>
        new Uint8Array(bytes, slot * STRIDE_BYTES, DATAGRAM_BYTES_MAX),
    );
    for (let slot = 0; slot < slots; slot++) {
      const header = slot * HEADER_WORDS;
      const iovec = slot * IOVEC_WORDS;
      putAddress(this.#iovecs, iovec, bytesAddress + slot * STRIDE_BYTES);
      this.#iovecs[iovec + IOVEC_LENGTH_WORD] = DATAGRAM_BYTES_MAX;
      putAddress(
        this.#words,
        header + IOVEC_WORD,
        tablesAddress + iovecsOffset + slot * IOVEC_BYTES,
      );
      this.#words[header + IOVEC_COUNT_WORD] = 1;
      this.nameItself(slot);
    }
  }

  /** The table from one slot on: for what a call left over. */
  headersFrom(slot: number): Uint8Array<ArrayBuffer> {
    return this.headers.subarray(slot * HEADER_BYTES);
  }

  /** Length of the datagram that recvmmsg put into a slot. */
  receivedLength(slot: number): number {
    return this.#words[slot * HEADER_WORDS + LENGTH_WORD]!;
  }

  /** Length of the datagram that sendmmsg shall take from a slot. */
  setLength(slot: number, bytes: number): void {
    this.#iovecs[slot * IOVEC_WORDS + IOVEC_LENGTH_WORD] = bytes;
  }

  /** Where a slot's socket address lies. */
  nameAddress(slot: number): number {
    return this.#namesAddress + slot * NAME_BYTES;
  }

  /** Makes a slot use a socket address that lies elsewhere. */
  setNameAddress(slot: number, address: number): void {
    putAddress(this.#words, slot * HEADER_WORDS + NAME_WORD, address);
    this.#words[slot * HEADER_WORDS + NAME_LENGTH_WORD] = NAME_BYTES;
  }

  /** Makes a slot use its own socket address. */
  nameItself(slot: number): void {
    this.setNameAddress(slot, this.nameAddress(slot));
  }

  /** Leaves the socket address out: the datagram goes where the socket is connected to. */
  nameNobody(slot: number): void {
    putAddress(this.#words, slot * HEADER_WORDS + NAME_WORD, 0);
    this.#words[slot * HEADER_WORDS + NAME_LENGTH_WORD] = 0;
  }

  /** The address in a slot as recvmmsg left it. */
  readName(slot: number): Endpoint {
    const at = slot * NAME_BYTES;
    return readName(this.#nameBytes.subarray(at, at + NAME_BYTES));
  }

  /** Writes an address into a slot. */
  writeName(slot: number, endpoint: Endpoint): void {
    this.#nameBytes.set(encodeName(endpoint), slot * NAME_BYTES);
    this.nameItself(slot);
  }
}

/**
 * An endpoint as struct sockaddr_in.
 *
 * @throws {TypeError} If the hostname is no IPv4 address.
 */
export function encodeName(
  { hostname, port }: Endpoint,
): Uint8Array<ArrayBuffer> {
  const parts = hostname.split(".").map(Number);
  const isAddress = parts.length === 4 &&
    parts.every((part) => Number.isInteger(part) && part >= 0 && part <= 255);
  if (!isAddress) {
    throw new TypeError(
      `Cannot use a socket address as it must be IPv4: current value is "${hostname}"`,
    );
  }
  const name = new Uint8Array(new ArrayBuffer(NAME_BYTES));
  name.set([AF_INET, 0, port >> 8, port & 0xff, ...parts]);
  return name;
}

/** The endpoint in a struct sockaddr_in. */
export function readName(name: Uint8Array): Endpoint {
  return {
    hostname: name.subarray(4, 8).join("."),
    port: name[2]! << 8 | name[3]!,
  };
}

/** Both processors that Lars knows here put the low half first. */
function putAddress(words: Uint32Array, at: number, address: number): void {
  words[at] = address % WORD_VALUES;
  words[at + 1] = Math.floor(address / WORD_VALUES);
}
