/** What {@linkcode WireReader.tag} returns at the end of the message. */
export const NO_TAG = 0;

/** Most bytes of a varint. */
const VARINT_BYTES_MAX = 10;

const NO_BYTES = new Uint8Array(0);

/**
 * Reads the fields of one message after another without an allocation. It takes
 * what a plain encoder writes. Anything else sets `unusual`, and the bytes are
 * for a full decoder. It throws on no input.
 */
export class WireReader {
  /** Whether the message has something that this reader does not take; what it read is void. */
  unusual = false;
  /** Offset of the next byte. */
  at = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #end = 0;

  /** Begins a message: `bytes` from `at` to `end`. */
  start(bytes: Uint8Array, { at, end }: { at: number; end: number }): void {
    this.unusual = false;
    this.#bytes = bytes;
    this.at = at;
    this.#end = end;
  }

  /** The next field's tag as it stands on the wire, or {@linkcode NO_TAG}. */
  tag(): number {
    if (this.at >= this.#end || this.unusual) return NO_TAG;
    const tag = this.#short();
    if (tag === NO_TAG) this.unusual = true;
    return tag;
  }

  /** Reads a varint; of a longer one the low 32 bits, as protobuf requires. */
  uint32(): number {
    const bytes = this.#bytes;
    let at = this.at;
    let byte = bytes[at++]!;
    let value = byte & 0x7f;
    for (let shift = 7; byte >= 0x80 && shift < 35; shift += 7) {
      byte = bytes[at++]!;
      value |= (byte & 0x7f) << shift;
    }
    if (byte >= 0x80) {
      // A negative int32 is sign-extended to 64 bits: ff ff ff ff 01 follows.
      if (
        bytes[at] !== 0xff || bytes[at + 1] !== 0xff ||
        bytes[at + 2] !== 0xff || bytes[at + 3] !== 0xff ||
        bytes[at + 4] !== 0x01
      ) this.unusual = true;
      at += 5;
    }
    if (at > this.#end) this.unusual = true;
    this.at = at;
    return value >>> 0;
  }

  /** Reads a varint of up to 64 bits; one above 2⁵³ − 1 is left to others. */
  uint64(): number {
    const bytes = this.#bytes;
    let at = this.at;
    let value = 0;
    let factor = 1;
    let byte = 0x80;
    for (let count = 0; byte >= 0x80 && count < VARINT_BYTES_MAX; count++) {
      byte = bytes[at++]!;
      value += (byte & 0x7f) * factor;
      factor *= 128;
    }
    if (
      byte >= 0x80 || at > this.#end || !Number.isSafeInteger(value)
    ) this.unusual = true;
    this.at = at;
    return value;
  }

  /** Whether a packed field that was entered has another value. */
  get more(): boolean {
    return this.at < this.#end && !this.unusual;
  }

  /** As {@linkcode WireReader.uint32}, signed. */
  int32(): number {
    return this.uint32() | 0;
  }

  /** Reads a varint that is 0 or 1. */
  bool(): boolean {
    const value = this.#short();
    if (value > 1) this.unusual = true;
    return value === 1;
  }

  /** Reads a string or bytes: a view, valid as long as the message. */
  bytes(): Uint8Array {
    const bytes = this.#short();
    const start = this.at;
    if (bytes > this.#end - start) {
      this.unusual = true;
      return NO_BYTES;
    }
    this.at = start + bytes;
    return this.#bytes.subarray(start, this.at);
  }

  /** Enters a nested message or a packed field at its length. Returns what {@linkcode WireReader.leave} needs. */
  enter(): number {
    const outerEnd = this.#end;
    const bytes = this.#short();
    if (bytes > outerEnd - this.at) this.unusual = true;
    else this.#end = this.at + bytes;
    return outerEnd;
  }

  /** Leaves a nested message that was read to its end. */
  leave(outerEnd: number): void {
    this.#end = outerEnd;
  }

  /**
   * Reads a varint that is not a plain number: from five bytes on it has bits that
   * {@linkcode WireReader.uint32} drops, but that change a tag, a length or a
   * bool.
   */
  #short(): number {
    const start = this.at;
    const value = this.uint32();
    if (this.at - start > 4) this.unusual = true;
    return value;
  }
}
