import { DATAGRAM_BYTES_MAX, type Endpoint } from "../../../proto/mod.ts";
import type { Libc } from "./libc.ts";
import {
  decodeSocketAddress,
  encodeSocketAddress,
  type SocketFamily,
} from "./socket_address.ts";

// struct mmsghdr, struct msghdr in it, and struct iovec, with 8-byte pointers.
const HEADER_BYTES = 64;
const IOVEC_BYTES = 16;
const WORD_BYTES = 4;
const HEADER_WORDS = HEADER_BYTES / WORD_BYTES;
const IOVEC_WORDS = IOVEC_BYTES / WORD_BYTES;
// Offsets of fields in words: msg_name, msg_namelen, msg_iov, msg_iovlen, msg_len.
const ADDRESS_WORD = 0;
const ADDRESS_LENGTH_WORD = 2;
const IOVEC_WORD = 4;
const IOVEC_COUNT_WORD = 6;
const LENGTH_WORD = 14;
const IOVEC_LENGTH_WORD = 2;

/**
 * Bytes from one datagram to the next: the longest datagram and three cache
 * lines more, as at 64 KiB all first bytes would fall into one set of the cache.
 */
const STRIDE_BYTES = 65_536 + 192;

const WORD_VALUES = 2 ** 32;

/**
 * A table of datagrams as recvmmsg and sendmmsg want it: by index a header, a
 * socket address and room for the longest datagram. A page that is never
 * written to costs no memory.
 */
export class MessageTable {
  /** The headers: struct mmsghdr[size]. */
  readonly headers: Uint8Array<ArrayBuffer>;
  /** Room by index, 65,507 bytes each, whatever the length of the datagram in it. */
  readonly datagrams: readonly Uint8Array<ArrayBuffer>[];
  /** The table's own socket addresses by index. */
  readonly addresses: readonly Uint8Array<ArrayBuffer>[];
  readonly #words: Uint32Array;
  readonly #iovecs: Uint32Array;
  readonly #addressesPointer: number;
  readonly #family: SocketFamily;
  /** Bytes of a socket address of the family. */
  readonly #addressBytes: number;

  /** A table of `size` datagrams for a socket of this family. */
  constructor(
    libc: Libc,
    { size, family }: { size: number; family: SocketFamily },
  ) {
    this.#family = family;
    this.#addressBytes = family.bytes;
    const iovecsOffset = size * HEADER_BYTES;
    const addressesOffset = iovecsOffset + size * IOVEC_BYTES;
    const addressesBytes = size * family.bytes;
    const tables = new ArrayBuffer(addressesOffset + addressesBytes);
    this.headers = new Uint8Array(tables, 0, iovecsOffset);
    this.#words = new Uint32Array(tables, 0, size * HEADER_WORDS);
    this.#iovecs = new Uint32Array(tables, iovecsOffset, size * IOVEC_WORDS);
    this.addresses = Array.from(
      { length: size },
      (_, index) =>
        new Uint8Array(
          tables,
          addressesOffset + index * family.bytes,
          family.bytes,
        ),
    );

    const tablesPointer = libc.pointerTo(tables);
    this.#addressesPointer = tablesPointer + addressesOffset;
    const bytes = new ArrayBuffer(size * STRIDE_BYTES);
    const bytesPointer = libc.pointerTo(bytes);
    this.datagrams = Array.from(
      { length: size },
      (_, index) =>
        new Uint8Array(bytes, index * STRIDE_BYTES, DATAGRAM_BYTES_MAX),
    );
    for (let index = 0; index < size; index++) {
      const header = index * HEADER_WORDS;
      const iovec = index * IOVEC_WORDS;
      putPointer(this.#iovecs, iovec, bytesPointer + index * STRIDE_BYTES);
      this.#iovecs[iovec + IOVEC_LENGTH_WORD] = DATAGRAM_BYTES_MAX;
      putPointer(
        this.#words,
        header + IOVEC_WORD,
        tablesPointer + iovecsOffset + index * IOVEC_BYTES,
      );
      this.#words[header + IOVEC_COUNT_WORD] = 1;
      this.useOwn(index);
    }
  }

  /** The headers from `index` on: for what a call left over. */
  headersFrom(index: number): Uint8Array<ArrayBuffer> {
    return this.headers.subarray(index * HEADER_BYTES);
  }

  /** Length of the datagram received, in bytes. */
  receivedLength(index: number): number {
    return this.#words[index * HEADER_WORDS + LENGTH_WORD]!;
  }

  /** Sets the length of the datagram received, which recvmmsg writes and recvfrom returns. */
  setReceivedLength(index: number, bytes: number): void {
    this.#words[index * HEADER_WORDS + LENGTH_WORD] = bytes;
  }

  /** Sets the length of the datagram that sendmmsg sends, in bytes. */
  setLength(index: number, bytes: number): void {
    this.#iovecs[index * IOVEC_WORDS + IOVEC_LENGTH_WORD] = bytes;
  }

  /** Pointer to the table's own socket address of a datagram. */
  addressPointer(index: number): number {
    return this.#addressesPointer + index * this.#addressBytes;
  }

  /** Makes a datagram use the socket address at `pointer`. */
  useAddressAt(index: number, pointer: number): void {
    putPointer(this.#words, index * HEADER_WORDS + ADDRESS_WORD, pointer);
    this.#words[index * HEADER_WORDS + ADDRESS_LENGTH_WORD] =
      this.#addressBytes;
  }

  /** Makes a datagram use the table's own socket address. */
  useOwn(index: number): void {
    this.useAddressAt(index, this.addressPointer(index));
  }

  /** Sends a datagram without an address: to where the socket is connected. */
  useConnected(index: number): void {
    putPointer(this.#words, index * HEADER_WORDS + ADDRESS_WORD, 0);
    this.#words[index * HEADER_WORDS + ADDRESS_LENGTH_WORD] = 0;
  }

  /** The sender of a datagram, as it was received. */
  readAddress(index: number): Endpoint {
    return decodeSocketAddress(this.addresses[index]!);
  }

  /** Sets where a datagram goes. */
  writeAddress(index: number, endpoint: Endpoint): void {
    this.addresses[index]!.set(encodeSocketAddress(endpoint, this.#family));
    this.useOwn(index);
  }
}

/** Writes a pointer, low half first as both supported processors do. */
function putPointer(words: Uint32Array, at: number, pointer: number): void {
  words[at] = pointer % WORD_VALUES;
  words[at + 1] = Math.floor(pointer / WORD_VALUES);
}
