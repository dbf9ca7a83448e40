/** Wire types of protobuf. */
const WireType = {
  varint: 0,
  bits64: 1,
  bytes: 2,
  group: 3,
  groupEnd: 4,
  bits32: 5,
} as const;

const LETTER_A = 0x61;

/** Longest message; what is written behind it is cut off. */
const MESSAGE_BYTES_MAX = 8_192;

/** Room for what one field may write beyond the end. */
const SLACK_BYTES = 1_024;

/** Deepest nesting of unknown submessages and groups. */
const DEPTH_MAX = 3;

/** Type of a field; a message is the list of its fields. */
export type FieldShape =
  | "uint32"
  | "uint64"
  | "packed"
  | "int32"
  | "bool"
  | "string"
  | "bytes"
  | readonly Field[];

/** A field of a message. */
export interface Field {
  number: number;
  shape: FieldShape;
  isRepeated?: boolean;
}

const HOST: readonly Field[] = [
  { number: 1, shape: "int32" },
  { number: 2, shape: "int32" },
];

const RESULT: readonly Field[] = [
  { number: 1, shape: HOST },
  { number: 2, shape: "int32" },
  { number: 3, shape: "uint32" },
  { number: 4, shape: "bool" },
];

const ROUTE_HOST: readonly Field[] = [
  ...HOST,
  { number: 16, shape: "bool" },
  { number: 17, shape: "uint32" },
  { number: 18, shape: "string" },
];

const CALL_RESULT: readonly Field[] = [
  { number: 1, shape: "int32" },
  { number: 2, shape: "int32" },
  { number: 3, shape: "uint32" },
  { number: 4, shape: "uint32" },
  { number: 5, shape: "bool" },
];

const HOST_TOTALS: readonly Field[] = [
  { number: 1, shape: "int32" },
  { number: 2, shape: "int32" },
  { number: 3, shape: "uint32" },
  { number: 4, shape: "uint32" },
  { number: 5, shape: "uint64" },
  { number: 6, shape: "uint32" },
  { number: 7, shape: "uint32" },
];

const ROUTE_TOTALS: readonly Field[] = [
  { number: 1, shape: "int32" },
  { number: 2, shape: "int32" },
  { number: 3, shape: "packed" },
  { number: 4, shape: HOST_TOTALS, isRepeated: true },
];

/** CallTotals as lars.proto has it. */
export const CALL_TOTALS: readonly Field[] = [
  { number: 1, shape: "uint32" },
  { number: 2, shape: ROUTE_TOTALS, isRepeated: true },
];

/** GetRouteResponse as lars.proto has it. */
export const GET_ROUTE_RESPONSE: readonly Field[] = [
  { number: 1, shape: "int32" },
  { number: 2, shape: "int32" },
  { number: 3, shape: ROUTE_HOST, isRepeated: true },
  { number: 16, shape: "string" },
  { number: 17, shape: "uint32" },
  { number: 18, shape: "bool" },
];

/** ReportStatusRequest as lars.proto has it. */
export const REPORT_STATUS_REQUEST: readonly Field[] = [
  { number: 1, shape: "int32" },
  { number: 2, shape: "int32" },
  { number: 3, shape: "int32" },
  { number: 4, shape: CALL_RESULT, isRepeated: true },
  { number: 5, shape: "uint32" },
  { number: 16, shape: "bytes" },
];

/** GetHostRequest as lars.proto has it. */
export const GET_HOST_REQUEST: readonly Field[] = [
  { number: 1, shape: "uint32" },
  { number: 2, shape: "int32" },
  { number: 3, shape: "int32" },
  { number: 16, shape: "uint32" },
  { number: 17, shape: RESULT, isRepeated: true },
];

/** ReportRequest as lars.proto has it. */
export const REPORT_REQUEST: readonly Field[] = [
  { number: 1, shape: "int32" },
  { number: 2, shape: "int32" },
  { number: 3, shape: HOST },
  { number: 4, shape: "int32" },
  { number: 16, shape: "uint32" },
  { number: 17, shape: RESULT, isRepeated: true },
];

/** Numbers at which encodings change their length or sign. */
const EDGES = [
  0,
  1,
  2,
  127,
  128,
  16_383,
  16_384,
  2_097_151,
  2_097_152,
  268_435_455,
  268_435_456,
  0x7fff_ffff,
  0x8000_0000,
  0xffff_ffff,
  0xffff_ff80,
  65_535,
] as const;

/**
 * Messages as any peer might write them, plain and odd, valid and not; the same
 * ones for the same seed. fast-check would take a hundred times as long.
 */
export class RandomMessages {
  /** The message written last is its first `length` bytes; older ones lie behind. */
  readonly bytes = new Uint8Array(MESSAGE_BYTES_MAX + SLACK_BYTES);
  #at = 0;
  #state: number;

  constructor(seed: number) {
    this.#state = (seed | 0) || 1;
  }

  /** A whole number from 0 up to, not including, `end`. */
  below(end: number): number {
    // xorshift32
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return (state >>> 0) % end;
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  /** An uint32: small, at an edge, or any. */
  number(): number {
    const kind = this.below(4);
    if (kind === 0) return this.below(200);
    if (kind === 1) return EDGES[this.below(EDGES.length)]!;
    return this.below(0x1_0000_0000) >>> this.below(32);
  }

  /** Writes a message with such fields from `start` on; returns its length. */
  write(fields: readonly Field[], start: number): number {
    this.#at = start;
    const kind = this.below(8);
    if (kind < 4) this.#plain(fields);
    else if (kind < 7) this.#odd(fields, 0);
    else this.#noise();
    let length = Math.min(this.#at - start, MESSAGE_BYTES_MAX - start);
    if (this.once(8)) length = this.below(length + 1);
    if (this.once(16) && length > 0) {
      this.bytes[start + this.below(length)] = this.below(256);
    }
    return length;
  }

  /** As an encoder writes it: each field once at most, in order. */
  #plain(fields: readonly Field[]): void {
    for (const { number, shape, isRepeated = false } of fields) {
      if (this.once(4)) continue;
      const repeats = isRepeated ? this.#repeats() : 1;
      for (let count = 0; count < repeats; count++) {
        this.#field(number, shape, (inner) => this.#plain(inner));
      }
    }
  }

  /** A few results mostly, sometimes about as many as are allowed. */
  #repeats(): number {
    return this.once(8) ? 60 + this.below(11) : this.below(4);
  }

  /** Fields in any order, repeated, unknown, of wrong types, oddly encoded. */
  #odd(fields: readonly Field[], depth: number): void {
    for (let count = this.below(8); count > 0; count--) {
      if (this.once(5)) {
        this.#unknown(depth);
        continue;
      }
      const { number, shape } = fields[this.below(fields.length)]!;
      if (this.once(16)) {
        this.#payload(number, this.below(8), depth);
      } else {
        this.#field(number, shape, (inner) => this.#odd(inner, depth + 1));
      }
    }
  }

  #field(
    number: number,
    shape: FieldShape,
    write: (fields: readonly Field[]) => void,
  ): void {
    if (typeof shape !== "string") {
      this.#tag(number, WireType.bytes);
      this.#submessage(() => write(shape));
      return;
    }
    if (shape === "string" || shape === "bytes") {
      this.#tag(number, WireType.bytes);
      this.#string();
      return;
    }
    if (shape === "packed") {
      this.#tag(number, WireType.bytes);
      this.#submessage(() => this.#values());
      return;
    }
    this.#tag(number, WireType.varint);
    if (shape === "uint64" && this.once(3)) {
      this.#varint(this.number());
      this.#lengthen();
    } else if (shape === "bool" && !this.once(8)) this.#varint(this.below(2));
    else this.#value(shape === "int32");
  }

  /** A field that the message does not have. */
  #unknown(depth: number): void {
    const number = this.once(2) ? 5 + this.below(11) : 18 + this.number() % 1e6;
    this.#payload(number, this.below(8), depth);
  }

  /** A field of any wire type, 6 and 7 too, with what goes with that. */
  #payload(number: number, wireType: number, depth: number): void {
    this.#tag(number, wireType);
    if (wireType === WireType.varint) this.#value(this.once(2));
    else if (wireType === WireType.bits64) this.#random(8);
    else if (wireType === WireType.bits32) this.#random(4);
    else if (wireType === WireType.bytes) {
      const length = this.below(20);
      this.#varint(this.once(16) ? this.number() : length);
      this.#random(length);
    } else if (wireType === WireType.group && depth < DEPTH_MAX) {
      for (let count = this.below(3); count > 0; count--) {
        this.#unknown(depth + 1);
      }
      this.#tag(this.once(16) ? number + 1 : number, WireType.groupEnd);
    }
  }

  #tag(number: number, wireType: number): void {
    this.#varint((number << 3 | wireType) >>> 0);
    if (this.once(64)) this.#lengthen();
  }

  #submessage(write: () => void): void {
    const start = this.#at;
    write();
    const length = this.#at - start;
    // Its length comes before it, in one byte or two: make room.
    const lengthBytes = length < 128 ? 1 : 2;
    this.bytes.copyWithin(start + lengthBytes, start, this.#at);
    this.#at = start;
    this.#varint(this.once(64) ? length + this.below(3) - 1 : length);
    this.#at = start + lengthBytes + length;
  }

  /** A name mostly; now and then too long a one, or no UTF-8. */
  #string(): void {
    const length = this.once(8) ? this.below(50) : this.below(12);
    const isName = !this.once(8);
    this.#varint(length);
    for (let count = 0; count < length; count++) {
      this.#byte(isName ? LETTER_A + this.below(26) : this.below(256));
    }
  }

  /** The values of a packed field, mostly the 12 of a `latency`. */
  #values(): void {
    const count = this.once(2) ? 12 : this.below(16);
    for (let index = 0; index < count; index++) this.#value(false);
  }

  #value(isSigned: boolean): void {
    const value = this.number();
    this.#varint(value);
    if (this.once(24)) this.#lengthen();
    else if (isSigned && value >= 0x8000_0000) this.#signExtend();
  }

  #varint(value: number): void {
    let rest = value >>> 0;
    while (rest > 0x7f) {
      this.#byte(rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    this.#byte(rest);
  }

  /** The varint just written, of five bytes, becomes the ten of a negative int32. */
  #signExtend(): void {
    this.bytes[this.#at - 1]! |= 0xf0;
    for (let count = 0; count < 4; count++) this.#byte(0xff);
    this.#byte(0x01);
  }

  /** Makes the varint just written longer, by zeros or whatever, up to 12 bytes in all. */
  #lengthen(): void {
    for (let count = this.below(12); count > 0; count--) {
      this.bytes[this.#at - 1]! |= 0x80;
      this.#byte(this.once(2) ? 0 : this.below(128));
    }
  }

  #noise(): void {
    this.#random(this.below(40));
  }

  #random(bytes: number): void {
    for (let count = 0; count < bytes; count++) this.#byte(this.below(256));
  }

  #byte(value: number): void {
    // Past the end it is written nowhere: the message is cut there.
    this.bytes[this.#at++] = value;
  }
}
