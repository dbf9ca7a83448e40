/** Bytes before every body: message id and body length, both int32 little-endian. */
export const HEADER_BYTES = 8;

/** Longest body: 65,535 less the header. */
export const BODY_BYTES_MAX = 65_527;

/** Longest datagram that UDP over IPv4 carries: 65,535 less IP and UDP headers. */
export const DATAGRAM_BYTES_MAX = 65_507;

/** One message as it crosses a socket. */
export interface Frame {
  /** A {@linkcode MessageId}. */
  id: number;
  /** An encoded protobuf message; empty when all its fields have defaults. */
  body: Uint8Array;
}

/** The peer sent bytes that cannot be Lars: close that connection. */
export class ProtocolError extends Error {
  /** The name of the class. */
  override name = "ProtocolError";
}

/**
 * Puts a header before `body`.
 *
 * @throws {RangeError} If the body is longer than {@linkcode BODY_BYTES_MAX}.
 *
 * @example
 * ```ts
 * import { encodeFrame, MessageId } from "./mod.ts";
 *
 * encodeFrame(MessageId.getRouteRequest, new Uint8Array([8, 1, 16, 1]));
 * ```
 */
export function encodeFrame(id: number, body: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + body.length);
  frame.set(body, HEADER_BYTES);
  writeHeader(frame, id, body.length);
  return frame;
}

/**
 * Writes the header of a frame whose body already stands at offset
 * {@linkcode HEADER_BYTES}.
 *
 * @throws {RangeError} If the body is longer than {@linkcode BODY_BYTES_MAX}.
 */
export function writeHeader(
  frame: Uint8Array,
  id: number,
  bodyBytes: number,
): void {
  if (bodyBytes > BODY_BYTES_MAX) {
    throw new RangeError(
      `Cannot encode frame as body must be <= ${BODY_BYTES_MAX} bytes: current length is ${bodyBytes}`,
    );
  }
  const header = new DataView(frame.buffer, frame.byteOffset, HEADER_BYTES);
  header.setInt32(0, id, true);
  header.setInt32(4, bodyBytes, true);
}

/**
 * The frame that fills `datagram` exactly, or undefined if it is shorter than a
 * header or announces another length. The body is a view, not a copy.
 */
export function parseDatagram(datagram: Uint8Array): Frame | undefined {
  if (datagram.length < HEADER_BYTES) return undefined;
  const header = new DataView(
    datagram.buffer,
    datagram.byteOffset,
    HEADER_BYTES,
  );
  if (header.getInt32(4, true) + HEADER_BYTES !== datagram.length) {
    return undefined;
  }
  return {
    id: header.getInt32(0, true),
    body: datagram.subarray(HEADER_BYTES),
  };
}

/** Longest frame that is gathered in the decoder's own buffer; a longer one gets one of its own. */
const SHORT_FRAME_BYTES = 512;

/** Cuts a byte stream into frames, however TCP happened to slice it. */
export class FrameDecoder {
  readonly #short = new Uint8Array(SHORT_FRAME_BYTES);
  readonly #header = new DataView(this.#short.buffer, 0, HEADER_BYTES);
  /** The frame so far: `#short`, or an array of the frame's length. */
  #buffer = this.#short;
  #size = 0;

  /** True inside a frame: at end of stream it means the peer was cut off. */
  get torn(): boolean {
    return this.#size > 0;
  }

  /**
   * Yields each frame that `chunk` completes and keeps the unfinished tail.
   * Each body is an array of its own.
   *
   * @throws {ProtocolError} If a header announces a negative or too long a body.
   */
  *decode(chunk: Uint8Array): Generator<Frame> {
    while (chunk.length > 0) {
      const part = chunk.subarray(0, this.#missingBytes());
      this.#buffer.set(part, this.#size);
      this.#size += part.length;
      chunk = chunk.subarray(part.length);
      const missingBytes = this.#missingBytes();
      if (missingBytes > 0) {
        this.#makeRoom(missingBytes);
        continue;
      }
      const id = this.#header.getInt32(0, true);
      const body = this.#buffer === this.#short
        ? this.#short.slice(HEADER_BYTES, this.#size)
        : this.#buffer.subarray(HEADER_BYTES);
      this.#buffer = this.#short;
      this.#size = 0;
      yield { id, body };
    }
  }

  #makeRoom(missingBytes: number): void {
    const frameBytes = this.#size + missingBytes;
    if (frameBytes <= this.#buffer.length) return;
    const buffer = new Uint8Array(frameBytes);
    buffer.set(this.#buffer.subarray(0, this.#size));
    this.#buffer = buffer;
  }

  #missingBytes(): number {
    if (this.#size < HEADER_BYTES) return HEADER_BYTES - this.#size;
    const bodyBytes = this.#header.getInt32(4, true);
    if (bodyBytes < 0 || bodyBytes > BODY_BYTES_MAX) {
      throw new ProtocolError(
        `Cannot decode frame as body length must be 0 to ${BODY_BYTES_MAX}: current value is ${bodyBytes}`,
      );
    }
    return HEADER_BYTES + bodyBytes - this.#size;
  }
}
