import { LarsClient } from "../../../api/mod.ts";
import { type Endpoint, formatAddress } from "../../../proto/mod.ts";
import { eventually, sleep } from "../../support/wait.ts";

/** Pause of a caller between two calls, in milliseconds. */
const PAUSE_MS = 20;

/** Share of calls that are slow, and how long those take in milliseconds. */
const SLOW_SHARE = 0.02;
const SLOW_MS = 1_500;

/** Time after which a call has failed, in milliseconds. */
const CALL_MS_MAX = 3_000;

/** Calls of a host from which on it is called. */
const CALLS = 20;

/** Programs at several agents that call route (1, 1) without end, and count. */
export class Callers implements AsyncDisposable {
  /** Calls that succeeded, by the address that was called. */
  readonly succeeded = new Map<string, number>();
  /** What went wrong, by caller. */
  readonly failed: string[][] = [];
  /** Connections that went wrong, after which a call may have gone to another host. */
  readonly broken: string[] = [];
  readonly #clients: LarsClient[];
  readonly #stop = new AbortController();
  readonly #calling: Promise<unknown>;

  /** As many programs at each agent as `each` says. */
  constructor(agents: readonly Endpoint[], { each }: { each: number }) {
    this.#clients = agents.map((agent) => LarsClient.open({ agent }));
    this.#calling = Promise.all(
      this.#clients.flatMap((client) =>
        Array.from({ length: each }, () => {
          const failed: string[] = [];
          this.failed.push(failed);
          return this.#call(client, failed);
        })
      ),
    );
  }

  /** Waits until some of the callers got a host. */
  async hasCalled(address: string): Promise<void> {
    const before = this.succeeded.get(address) ?? 0;
    await eventually(
      `calls to ${address}`,
      () => (this.succeeded.get(address) ?? 0) > before + CALLS,
      { explain: () => this.failed.flat().join("\n") },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#calling;
    for (const client of this.#clients) await client.close();
  }

  async #call(client: LarsClient, failed: string[]): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await sleep(PAUSE_MS * (0.5 + Math.random()));
      try {
        const path = Math.random() < SLOW_SHARE ? String(SLOW_MS) : "";
        await client.call(1, 1, async (host) => {
          const address = formatAddress(host);
          await this.#get(`http://${address}/${path}`);
          const before = this.succeeded.get(address) ?? 0;
          this.succeeded.set(address, before + 1);
        });
      } catch (error) {
        failed.push(String(error));
      }
    }
  }

  async #get(url: string): Promise<void> {
    try {
      const response = await fetch(url, {
        // Each call connects: a connection that is kept may be cut by an end.
        headers: { connection: "close" },
        signal: AbortSignal.timeout(CALL_MS_MAX),
      });
      await response.text();
    } catch (error) {
      this.broken.push(`${url}: ${error}`);
      throw error;
    }
  }
}
