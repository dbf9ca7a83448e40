import { configureSync, resetSync } from "@logtape/logtape";
import { type Endpoint, type Frame, FrameDecoder } from "../../proto/mod.ts";
import type { Random } from "../clock.ts";
import { formatRecord, loggerOf } from "../log.ts";
import { type Faults, MemoryNetwork } from "./memory_network.ts";
import type { ByteStream } from "../transport.ts";
import { VirtualClock } from "./virtual_clock.ts";

/** Where servers of these tests listen. */
export const SERVER: Endpoint = { hostname: "10.0.0.1", port: 7778 };

/** A network in memory with two machines, and the clock it runs by. */
export function world(
  options: { seed?: number; faults?: Partial<Faults> } = {},
) {
  const clock = new VirtualClock();
  const random = seededRandom(options.seed ?? 1);
  const network = new MemoryNetwork({
    clock,
    random,
    ...(options.faults === undefined ? {} : { faults: options.faults }),
  });
  return {
    clock,
    random,
    network,
    near: network.machine("10.0.0.2"),
    far: network.machine("10.0.0.1"),
  };
}

/** A source of randomness that repeats for the same seed (an LCG, top 24 bits). */
export function seededRandom(seed: number): Random {
  let state = BigInt(seed) ^ 0x5deece66dn;
  return () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) &
      0xffffffffffffffffn;
    return Number(state >> 40n) / 2 ** 24;
  };
}

/** Numbers from a list, one after the other; 0 when it is used up. */
export function listedRandom(numbers: readonly number[]): Random {
  let at = 0;
  return () => numbers[at++] ?? 0;
}

/** Keeps every log line until it is disposed of. */
export function recordLogs(): { lines: string[] } & Disposable {
  const lines: string[] = [];
  configureSync({
    reset: true,
    sinks: { lines: (record) => void lines.push(formatRecord(record)) },
    loggers: [
      { category: "lars", lowestLevel: "debug", sinks: ["lines"] },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: [] },
    ],
  });
  return { lines, [Symbol.dispose]: () => resetSync() };
}

/** The logger that tests hand in. */
export const logger = loggerOf("test");

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

/** Writes all of `bytes`, however often that takes. */
export async function writeAll(
  stream: ByteStream,
  bytes: Uint8Array,
): Promise<void> {
  while (bytes.length > 0) bytes = bytes.subarray(await stream.write(bytes));
}
