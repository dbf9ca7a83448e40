import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { ByteStream } from "../transport.ts";

/** The other end of a connection does not begin TLS. */
export class TlsError extends Error {
  /** The name of the class. */
  override name = "TlsError";
}

/**
 * Begins TLS on a connection, whatever certificate the other end shows: for a look
 * at a program, never for what is secret. Closing the result closes `stream`;
 * closing `stream` breaks the result.
 *
 * @throws {TlsError} If the other end does not speak TLS, or none that this one does.
 */
export async function openTls(stream: ByteStream): Promise<ByteStream> {
  // Whoever needs no TLS does not load it.
  const [{ connect }, { Duplex }] = await Promise.all([
    import("node:tls"),
    import("node:stream"),
  ]);
  const socket = connect({
    socket: toDuplex(stream, Duplex),
    // An address: no name is sent, as there is none.
    host: stream.remote.hostname,
    rejectUnauthorized: false,
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once("secureConnect", resolve);
  socket.on("error", reject);
  socket.once("close", () => reject(new Error("the connection was closed")));
  try {
    await promise;
    return new TlsStream(socket, stream);
  } catch (cause) {
    socket.destroy();
    stream.close();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TlsError(why, { cause });
  }
}

/** What is said within TLS. */
class TlsStream implements ByteStream {
  readonly local;
  readonly remote;
  readonly #socket: TLSSocket;
  readonly #chunks: AsyncIterator<Uint8Array<ArrayBuffer>>;
  /** What has come and was not read yet. */
  #rest = new Uint8Array();

  constructor(socket: TLSSocket, { local, remote }: ByteStream) {
    this.local = local;
    this.remote = remote;
    this.#socket = socket;
    this.#chunks = socket[Symbol.asyncIterator]();
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#chunks.next();
      if (done) return null;
      this.#rest = value;
    }
    const part = this.#rest.subarray(0, buffer.length);
    buffer.set(part);
    this.#rest = this.#rest.subarray(part.length);
    return part.length;
  }

  async write(bytes: Uint8Array): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onWritten = (error?: Error | null) =>
      error ? reject(error) : resolve();
    this.#socket.write(bytes, onWritten);
    await promise;
    return bytes.length;
  }

  close(): void {
    this.#socket.destroy();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Bytes read at once. */
const READ_BYTES = 16 * 1024;

/** A connection as `node:tls` takes it. */
function toDuplex(stream: ByteStream, Base: typeof Duplex): Duplex {
  return new Base({
    read() {
      const buffer = new Uint8Array(READ_BYTES);
      stream.read(buffer).then(
        (length) =>
          this.push(length === null ? null : buffer.subarray(0, length)),
        (error) => this.destroy(error),
      );
    },
    write(chunk: Uint8Array, _encoding, done) {
      writeAll(stream, chunk).then(() => done(), done);
    },
    destroy(error, done) {
      stream.close();
      done(error);
    },
  });
}

async function writeAll(stream: ByteStream, bytes: Uint8Array): Promise<void> {
  while (bytes.length > 0) bytes = bytes.subarray(await stream.write(bytes));
}
