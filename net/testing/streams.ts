import { type Frame, FrameDecoder } from "../../proto/mod.ts";
import type { ByteStream } from "../transport.ts";

/** Collects what arrives on a stream until it ends. */
export function collect(stream: ByteStream): {
  chunks: Uint8Array[];
  /** The frames among it. */
  frames: () => Frame[];
  ended: () => boolean;
} {
  const chunks: Uint8Array[] = [];
  let ended = false;
  async function read(): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    for (;;) {
      const bytes = await stream.read(buffer).catch(() => null);
      if (bytes === null) break;
      chunks.push(buffer.slice(0, bytes));
    }
    ended = true;
  }
  read();
  return {
    chunks,
    frames: () => {
      const decoder = new FrameDecoder();
      return chunks.flatMap((chunk) => [...decoder.decode(chunk)]);
    },
    ended: () => ended,
  };
}

/** Writes all of `bytes`, in as many writes as the stream needs. */
export async function writeAll(
  stream: ByteStream,
  bytes: Uint8Array,
): Promise<void> {
  while (bytes.length > 0) bytes = bytes.subarray(await stream.write(bytes));
}
