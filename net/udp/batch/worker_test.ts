import type { Endpoint } from "../../../proto/mod.ts";
import { assertEquals } from "@std/assert";
import { WakeupCounter } from "./wakeup.ts";
import { BatchSocket } from "./socket.ts";
import type {
  FromBatchWorker,
  ToBatchWorker,
} from "../../testing/batch_worker.ts";
import { WorkerPool } from "../../worker_pool.ts";

/** Far more than what is awaited takes, and far less than the worker waits. */
const DEADLINE_MS = 10_000;

/** A worker that blocks for an hour unless something comes, and what it says. */
class BlockedWorker implements Disposable {
  at: Endpoint = { hostname: "", port: 0 };
  readonly wakeups = new WakeupCounter();
  readonly #wakeupSocket = BatchSocket.open({
    at: { hostname: "127.0.0.1", port: 0 },
  });
  #pool: WorkerPool<ToBatchWorker, FromBatchWorker> | undefined;
  readonly #said: FromBatchWorker[] = [];
  #heard = Promise.withResolvers<void>();

  static async start(): Promise<BlockedWorker> {
    const worker = new BlockedWorker();
    worker.#pool = await WorkerPool.start<ToBatchWorker, FromBatchWorker>({
      entry: new URL("../../testing/batch_worker.ts", import.meta.url).href,
      count: 1,
      onMessage: (_, message) => {
        worker.#said.push(message);
        worker.#heard.resolve();
      },
      onFailure: (_, error) => worker.#heard.reject(error),
    });
    worker.#pool.post(0, { wakeups: worker.wakeups.memory });
    const opened = await worker.hear();
    if (typeof opened === "object") worker.at = opened.at;
    return worker;
  }

  post(message: ToBatchWorker): void {
    this.#pool?.post(0, message);
    if (this.wakeups.posted()) this.wake();
  }

  wake(): void {
    this.#wakeupSocket.queue(0, this.at);
    this.#wakeupSocket.flush();
  }

  /** What the worker says next. */
  async hear(): Promise<FromBatchWorker> {
    const timer = setTimeout(
      () => this.#heard.reject(new Error("the worker says nothing")),
      DEADLINE_MS,
    );
    while (this.#said.length === 0) {
      await this.#heard.promise;
      this.#heard = Promise.withResolvers();
    }
    clearTimeout(timer);
    return this.#said.shift()!;
  }

  [Symbol.dispose](): void {
    this.#pool?.terminate();
    this.#wakeupSocket.close();
  }
}

function openClient({ at }: BlockedWorker): BatchSocket {
  const client = BatchSocket.open({ at: { hostname: "127.0.0.1", port: 0 } });
  client.connect(at);
  return client;
}

/** Asks the worker over UDP; the answer's first byte. */
function ask(client: BatchSocket, byte: number): number | undefined {
  client.outgoing[0] = byte;
  client.queue(1);
  client.flush();
  return client.receive(DEADLINE_MS) === 1 ? client.requests[0]![0] : undefined;
}

Deno.test("BatchServer that waits takes a message at once, answers it at once, and stops when told", async () => {
  using worker = await BlockedWorker.start();
  for (let round = 0; round < 20; round++) {
    worker.post("ping");
    assertEquals(await worker.hear(), "pong");
  }
  worker.post("stop");
  assertEquals(await worker.hear(), "stopped");
  BatchSocket.open({ at: worker.at }).close();
});

Deno.test("BatchServer takes messages while datagrams come without end, and ignores forged wakeups", async () => {
  using worker = await BlockedWorker.start();
  using client = openClient(worker);
  for (let round = 0; round < 20; round++) {
    for (let datagram = 0; datagram < 500; datagram++) {
      client.queue(datagram % 2);
    }
    client.flush();
    worker.post("ping");
    worker.wake();
    assertEquals(await worker.hear(), "pong");
  }
  using other = openClient(worker);
  assertEquals(ask(other, 7), 7);
  assertEquals(worker.wakeups.pending, false);
});

Deno.test("BatchServer that waits ends with its worker", async () => {
  const worker = await BlockedWorker.start();
  worker[Symbol.dispose]();
});
