import type { Endpoint } from "../../proto/mod.ts";
import type { ByteStream } from "../transport.ts";

/** Bytes that a look at a stream may find. */
const LOOK_BYTES = 4_096;

/** A stream that is looked at before it is read, to see whether the peer ends it. */
export class PeekedStream implements ByteStream {
  /** This end. */
  readonly local: Endpoint;
  /** The other end. */
  readonly remote: Endpoint;
  /** Settles when the stream has ended or there is something to read. */
  readonly looked: Promise<{ ended: boolean }>;
  readonly #stream: ByteStream;
  /** What the look has read and nobody has taken. */
  #found: Promise<Uint8Array | null> | undefined;

  /** Begins to look. */
  constructor(stream: ByteStream) {
    this.#stream = stream;
    this.local = stream.local;
    this.remote = stream.remote;
    const buffer = new Uint8Array(LOOK_BYTES);
    const found = stream.read(buffer)
      .then((bytes) => bytes === null ? null : buffer.subarray(0, bytes));
    this.#found = found;
    this.looked = found.then(
      (bytes) => ({ ended: bytes === null }),
      () => ({ ended: true }),
    );
  }

  /** As {@linkcode ByteStream.read}, beginning with what the look has found. */
  async read(buffer: Uint8Array): Promise<number | null> {
    const found = await this.#found;
    if (found === undefined) return await this.#stream.read(buffer);
    if (found === null) return null;
    const part = found.subarray(0, buffer.length);
    buffer.set(part);
    this.#found = part.length === found.length
      ? undefined
      : Promise.resolve(found.subarray(part.length));
    return part.length;
  }

  /** As {@linkcode ByteStream.write}. */
  write(bytes: Uint8Array): Promise<number> {
    return this.#stream.write(bytes);
  }

  /** As {@linkcode ByteStream.close}. */
  close(): void {
    this.#stream.close();
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }
}
