import type { Endpoint } from "../../proto/mod.ts";
import { WakeupCounter } from "../udp/batch/wakeup.ts";
import { BatchServer } from "../udp/batch/server.ts";
import { BatchSocket } from "../udp/batch/socket.ts";
import { SystemClock } from "../clock.ts";
import { workerPort } from "../worker_pool.ts";

/** To the worker: where it finds its counts of messages, then pings, then the end. */
export type ToBatchWorker = { wakeups: SharedArrayBuffer } | "ping" | "stop";

/** From the worker: where it listens, an answer to each ping, and that it has ended. */
export type FromBatchWorker = { at: Endpoint } | "pong" | "stopped";

// A worker for tests that echoes datagrams, and waits for the next for an hour.
const HOUR_MS = 3_600_000;

const port = workerPort<ToBatchWorker, FromBatchWorker>();
const stop = new AbortController();
let wakeups: WakeupCounter | undefined;

port?.listen((message) => {
  if (message === "ping") port.post("pong");
  else if (message === "stop") stop.abort();
  else serve(message.wakeups);
  if (typeof message === "string") wakeups?.taken();
});

async function serve(memory: SharedArrayBuffer): Promise<void> {
  wakeups = new WakeupCounter(memory);
  const socket = BatchSocket.open({
    at: { hostname: "127.0.0.1", port: 0 },
  });
  const server = new BatchServer({
    socket,
    wakeups,
    idleMsMin: HOUR_MS,
    clock: new SystemClock(),
    handle: (request, response, _, requestBytes) => {
      response.set(request.subarray(0, requestBytes));
      return requestBytes;
    },
  });
  port?.post({ at: socket.local });
  await server.run(stop.signal);
  port?.post("stopped");
}
