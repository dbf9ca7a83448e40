/**
 * Writes the fields of a message without an allocation. A number that is 0 is left
 * out, as proto3 requires. The caller makes sure that there is room.
 */
export class WireWriter {
  /** Offset of the next byte. */
  at = 0;
  #bytes: Uint8Array = new Uint8Array(0);

  /** Begins to write into `bytes` at `at`. */
  start(bytes: Uint8Array, at: number): void {
    this.#bytes = bytes;
    this.at = at;
  }

  /** Writes an uint32 field, unless it is 0. */
  uint32(tag: number, value: number): void {
    if (value === 0) return;
    this.#varint(tag);
    this.#varint(value);
  }

  /** Writes an int32 field, unless it is 0. */
  int32(tag: number, value: number): void {
    if (value === 0) return;
    this.#varint(tag);
    this.#varint(value >>> 0);
    if (value < 0) this.#extendSign();
  }

  /** Writes an uint64 field of an integer up to 2⁵³ − 1, unless it is 0. */
  uint64(tag: number, value: number): void {
    if (value === 0) return;
    this.#varint(tag);
    while (value > 0xffff_ffff) {
      this.#bytes[this.at++] = value % 128 | 0x80;
      value = Math.floor(value / 128);
    }
    this.#varint(value);
  }

  /** Writes a value of a packed field that was opened, also 0. */
  packed(value: number): void {
    this.#varint(value);
  }

  /**
   * Begins a nested message, or a packed field; end it by
   * {@linkcode WireWriter.close} if it is shorter than 128 bytes, by
   * {@linkcode WireWriter.closeLong} otherwise.
   */
  open(tag: number): number {
    this.#varint(tag);
    this.at += 1;
    return this.at;
  }

  /** Ends the nested message that began at `start`. */
  close(start: number): void {
    this.#bytes[start - 1] = this.at - start;
  }

  /** As {@linkcode WireWriter.close}, for any length: what was written moves to make room for it. */
  closeLong(start: number): void {
    const { at } = this;
    const length = at - start;
    const lengthBytes = length > 0x3fff ? 3 : length > 0x7f ? 2 : 1;
    const end = at + lengthBytes - 1;
    this.#bytes.copyWithin(start + lengthBytes - 1, start, at);
    this.at = start - 1;
    this.#varint(length);
    this.at = end;
  }

  #varint(value: number): void {
    const bytes = this.#bytes;
    let at = this.at;
    while (value > 0x7f) {
      bytes[at++] = (value & 0x7f) | 0x80;
      value >>>= 7;
    }
    bytes[at++] = value;
    this.at = at;
  }

  /** Sign-extends a negative int32 to 64 bits: the five bytes written become ten. */
  #extendSign(): void {
    const bytes = this.#bytes;
    let at = this.at;
    // The fifth byte held bits 28 to 31 only.
    bytes[at - 1]! |= 0xf0;
    bytes[at++] = 0xff;
    bytes[at++] = 0xff;
    bytes[at++] = 0xff;
    bytes[at++] = 0xff;
    bytes[at++] = 0x01;
    this.at = at;
  }
}
