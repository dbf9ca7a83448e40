import type { LarsClient } from "../../api/mod.ts";
import { formatAddress, type RouteKey } from "../../proto/mod.ts";
import { sleep } from "../support/wait.ts";

/** Pause of a caller between two calls. */
const CALL_PAUSE_MS = 10;

/** Services on ports of this machine that answer until they are killed, and a caller of them. */
export class Services implements AsyncDisposable {
  /** "IP:PORT" of each. */
  readonly addresses: readonly string[];
  /** Calls that each has got. */
  readonly calls: number[];
  readonly #listeners: Deno.TcpListener[];
  readonly #stop = new AbortController();
  readonly #running: Promise<void>[] = [];

  constructor(count: number) {
    this.#listeners = Array.from(
      { length: count },
      () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
    );
    this.addresses = this.#listeners.map(({ addr }) =>
      `${addr.hostname}:${addr.port}`
    );
    this.calls = this.addresses.map(() => 0);
    for (const listener of this.#listeners) {
      this.#running.push(answerAll(listener));
    }
  }

  /** Calls a route again and again until the end. */
  call(client: LarsClient, { modId, cmdId }: RouteKey): void {
    this.#running.push((async () => {
      while (!this.#stop.signal.aborted) {
        await client.call(modId, cmdId, async (host) => {
          const index = this.addresses.indexOf(formatAddress(host));
          if (index >= 0) this.calls[index]! += 1;
          const { port } = host;
          using connection = await Deno.connect({
            hostname: "127.0.0.1",
            port,
          });
          await connection.read(new Uint8Array(1));
        }).catch(() => {
          // A host that is dead: the agent was told.
        });
        await sleep(CALL_PAUSE_MS);
      }
    })());
  }

  /** Has one refuse connections from now on. */
  kill(index: number): void {
    this.#listeners[index]!.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    for (const listener of this.#listeners) {
      try {
        listener.close();
      } catch {
        // It was killed.
      }
    }
    await Promise.all(this.#running);
  }
}

async function answerAll(listener: Deno.TcpListener): Promise<void> {
  for await (using connection of listener) {
    await connection.write(new Uint8Array(1)).catch(() => {
      // The caller has left.
    });
  }
}
