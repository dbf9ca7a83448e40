import type { Endpoint } from "../../proto/mod.ts";
import {
  BatchMail,
  BatchSocket,
  DenoTransport,
  SystemClock,
  systemRandom,
  TICK_MS,
  type WorkerPort,
} from "../../net/mod.ts";
import type { FromShard, ShardSettings, ToShard } from "./worker_messages.ts";
import { ShardServer } from "./server.ts";

/** What a worker is told first. */
export interface OpenMessage {
  kind: "open";
  /** Where to listen. */
  at: Endpoint;
  settings: ShardSettings;
  /** Use the batch transport: memory of a BatchMail, and who rings. Absent: use Deno's. */
  batch?: { mail: SharedArrayBuffer; ringer: Endpoint };
}

/** To a worker: first where to listen, then what the hub has to say. */
export type ToWorker = OpenMessage | ToShard;

/** From a worker: first whether it listens, then what the shard has to say. */
export type FromWorker =
  | { kind: "opened"; at: Endpoint }
  | { kind: "refused"; at: Endpoint; reason: string }
  | FromShard;

/** The life of one worker thread: one shard server on a socket of its own. */
export function runShardWorker(port: WorkerPort<ToWorker, FromWorker>): void {
  let server: ShardServer | undefined;
  let mail: BatchMail | undefined;
  port.listen((message) => {
    if (message.kind !== "open") {
      server?.receive(message);
      mail?.took();
      return;
    }
    try {
      const { at, batch } = message;
      mail = batch && new BatchMail(batch.mail);
      const socket = batch === undefined
        ? new DenoTransport().bind(at)
        : BatchSocket.open({ at, waitMs: TICK_MS });
      server = new ShardServer({
        index: port.index,
        socket,
        ...(batch && mail ? { bell: { mail, ringer: batch.ringer } } : {}),
        clock: new SystemClock(),
        settings: message.settings,
        random: systemRandom,
        post: (mail) => port.post(mail),
      });
      port.post({ kind: "opened", at: socket.local });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      port.post({ kind: "refused", at: message.at, reason });
      return;
    }
    server.run();
  });
}
