import type { Endpoint } from "../../proto/mod.ts";
import {
  BatchSocket,
  DenoTransport,
  LibcClock,
  SystemClock,
  systemRandom,
  WakeupCounter,
  type WorkerPort,
} from "../../net/udp/worker.ts";
import type { ShardSettings } from "./shard.ts";
import type { FromShard, ToShard } from "./worker_messages.ts";
import { ShardServer } from "./server.ts";

/** The first message to a worker. */
interface OpenMessage {
  kind: "open";
  /** Where to listen. */
  at: Endpoint;
  settings: ShardSettings;
  /** Descriptors of sockets that systemd keeps, perhaps one of this port. */
  inherited: readonly number[];
  /** Use the batch transport, woken through these. Absent: use Deno's. */
  batch?: { wakeups: SharedArrayBuffer; wakeupSender: Endpoint };
}

/**
 * From the pool to a worker: where to listen, then the hub's messages, among them
 * once to serve; and pings, which it answers.
 */
export type ToWorker =
  | OpenMessage
  | { kind: "serve" }
  | { kind: "ping" }
  | ToShard;

/** From a worker to the pool: first whether it listens, then the shard's messages. */
export type FromWorker =
  | { kind: "opened"; at: Endpoint; isInherited: boolean }
  | { kind: "refused"; at: Endpoint; reason: string }
  | { kind: "pong" }
  | FromShard;

/** The life of one worker thread: one shard server on a socket of its own. */
export function runShardWorker(port: WorkerPort<ToWorker, FromWorker>): void {
  let server: ShardServer | undefined;
  let wakeups: WakeupCounter | undefined;
  port.listen((message) => {
    if (message.kind === "serve") {
      wakeups?.taken();
      server?.run();
      return;
    }
    if (message.kind === "ping") {
      port.post({ kind: "pong" });
      wakeups?.taken();
      return;
    }
    if (message.kind !== "open") {
      server?.receive(message);
      wakeups?.taken();
      return;
    }
    try {
      const { at, batch, inherited } = message;
      wakeups = batch && new WakeupCounter(batch.wakeups);
      const socket = batch === undefined
        ? new DenoTransport({ reuseAddress: inherited.length > 0 }).bind(at)
        : BatchSocket.open({ at, inherited });
      server = new ShardServer({
        index: port.index,
        socket,
        ...(batch && wakeups
          ? { batch: { wakeups, wakeupSender: batch.wakeupSender } }
          : {}),
        clock: batch === undefined ? new SystemClock() : new LibcClock(),
        settings: message.settings,
        random: systemRandom,
        post: (message) => port.post(message),
      });
      const isInherited = socket instanceof BatchSocket && socket.isInherited;
      port.post({ kind: "opened", at: socket.local, isInherited });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      port.post({ kind: "refused", at: message.at, reason });
    }
  });
}
