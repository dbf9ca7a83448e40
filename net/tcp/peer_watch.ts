import type { FramedConnection } from "./framed_connection.ts";
import { SILENCE_MS_MAX } from "./liveness.ts";

/** Time in which a peer completes a frame that it has begun. */
export const HALF_FRAME_MS_MAX = 10_000;

/** Time after which a peer that takes nothing of what waits for it is closed. */
export const STALL_MS_MAX = 30_000;

/**
 * Time after which a peer that never said Hello and says nothing is closed. An
 * original agent speaks only while programs ask it; closed, it connects again.
 */
export const IDLE_MS_MAX = 20 * 60_000;

/** Why a peer is closed. */
export type Fault = "halfFrame" | "stalled" | "silent";

/** What was seen of a peer at the last looks. */
interface Seen {
  frames: number;
  /** When a frame of it was seen last, or the connection opened. */
  heardMs: number;
  /** When the frame that it has begun was seen first; Infinity: it has begun none. */
  tornMs: number;
  sentBytes: number;
  /** When it was seen last to take bytes, or none waited. */
  tookMs: number;
}

/** Watches whether the peers of a server still speak and read. */
export class PeerWatch {
  readonly #seen = new WeakMap<FramedConnection, Seen>();

  /** Looks at a peer; the fault for which it is to be closed, and in words. */
  look(
    connection: FramedConnection,
    nowMs: number,
  ): { fault: Fault; reason: string } | undefined {
    const seen = this.#update(connection, nowMs);
    const { tornMs, tookMs } = seen;
    const { queuedBytes } = connection;
    const takesNothingMs = nowMs - tookMs;
    if (takesNothingMs >= STALL_MS_MAX) {
      const reason =
        `it has taken nothing for ${takesNothingMs} ms: ${queuedBytes} bytes wait`;
      return { fault: "stalled", reason };
    }
    if (nowMs - tornMs >= HALF_FRAME_MS_MAX) {
      const reason = `it has not ended a frame for ${nowMs - tornMs} ms`;
      return { fault: "halfFrame", reason };
    }
    if (nowMs < silentAtMs(connection, seen)) return undefined;
    const silentMs = nowMs - seen.heardMs;
    return { fault: "silent", reason: `it has been silent for ${silentMs} ms` };
  }

  /** When a peer that does nothing from now on is to be looked at again. */
  dueMs(connection: FramedConnection, nowMs: number): number {
    return silentAtMs(connection, this.#update(connection, nowMs));
  }

  /** Time since a peer was heard last, in milliseconds. */
  silentMs(connection: FramedConnection, nowMs: number): number {
    return nowMs - this.#update(connection, nowMs).heardMs;
  }

  #update(connection: FramedConnection, nowMs: number): Seen {
    const { framesRead, sentBytes, queuedBytes, busy, torn } = connection;
    const seen = this.#seen.get(connection) ?? {
      frames: 0,
      heardMs: nowMs,
      tornMs: Infinity,
      sentBytes: 0,
      tookMs: nowMs,
    };
    // Who is not read cannot be heard.
    const isHeard = framesRead !== seen.frames || busy;
    if (isHeard) seen.heardMs = nowMs;
    if (isHeard || !torn) seen.tornMs = Infinity;
    if (torn) seen.tornMs = Math.min(seen.tornMs, nowMs);
    if (sentBytes !== seen.sentBytes || queuedBytes === 0) seen.tookMs = nowMs;
    seen.frames = framesRead;
    seen.sentBytes = sentBytes;
    this.#seen.set(connection, seen);
    return seen;
  }
}

/** When a peer is to be closed if it stays silent. */
function silentAtMs({ hello }: FramedConnection, { heardMs }: Seen): number {
  return heardMs + (hello === undefined ? IDLE_MS_MAX : SILENCE_MS_MAX);
}
