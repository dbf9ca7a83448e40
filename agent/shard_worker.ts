import {
  DenoTransport,
  type Endpoint,
  SystemClock,
  systemRandom,
  type WorkerPort,
} from "../net/mod.ts";
import type { FromShard, ShardSettings, ToShard } from "./messages.ts";
import { ShardServer } from "./shard_server.ts";

/** To a worker: first where to listen, then what the hub has to say. */
export type ToWorker =
  | { kind: "open"; at: Endpoint; settings: ShardSettings }
  | ToShard;

/** From a worker: first whether it listens, then what the shard has to say. */
export type FromWorker =
  | { kind: "opened" }
  | { kind: "refused"; at: Endpoint; reason: string }
  | FromShard;

/** The life of one worker thread: one shard server on a socket of its own. */
export function runShardWorker(port: WorkerPort<ToWorker, FromWorker>): void {
  let server: ShardServer | undefined;
  port.listen((message) => {
    if (message.kind !== "open") {
      server?.receive(message);
      return;
    }
    try {
      server = new ShardServer({
        index: port.index,
        socket: new DenoTransport().bind(message.at),
        clock: new SystemClock(),
        settings: message.settings,
        random: systemRandom,
        post: (mail) => port.post(mail),
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      port.post({ kind: "refused", at: message.at, reason });
      return;
    }
    port.post({ kind: "opened" });
    server.run();
  });
}
