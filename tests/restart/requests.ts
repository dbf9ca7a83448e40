import {
  AGENT_SERVERS,
  encodeFrame,
  type Endpoint,
  lars,
  MessageId,
  ownerOf,
  parseDatagram,
  type RouteKey,
} from "../../proto/mod.ts";
import { eventually, nowMs, sleep } from "../support/wait.ts";

const RATE_PER_SECOND = 1_000;
/** Sockets of the callers: the system keeps 277 datagrams for each at least. */
const SOCKETS = 64;

/** Time in which every answer comes, also on a busy machine. */
const ANSWER_MS_MAX = 30_000;

/** What became of requests. */
export interface RequestCounts {
  answered: number;
  /** Answers that were no host. */
  refused: number;
  /** Requests without an answer; while some are sent, those under way. */
  lost: number;
  /** Longest time from a request to its answer. */
  slowestMs: number;
}

/** Requests for a host of one route, {@linkcode RATE_PER_SECOND} of them, each sent once: as the original's client sends them. */
export class Requests {
  readonly #sockets = Array.from(
    { length: SOCKETS },
    () =>
      Deno.listenDatagram({
        transport: "udp",
        hostname: "127.0.0.1",
        port: 0,
      }),
  );
  /** When each request without an answer was sent, by its number. */
  readonly #sentMs = new Map<number, number>();
  readonly #running: Promise<unknown>;
  readonly #key: RouteKey;
  #answered = 0;
  #refused = 0;
  #slowestMs = 0;
  #isStopped = false;

  /** Begins to ask the agent whose first port is `at`. */
  constructor({ hostname, port }: Endpoint, key: RouteKey) {
    this.#key = key;
    const owner = { hostname, port: port + ownerOf(key, AGENT_SERVERS) };
    this.#running = Promise.all([
      this.#send(owner),
      ...this.#sockets.map((socket) => this.#receive(socket)),
    ]);
  }

  get counts(): RequestCounts {
    return {
      answered: this.#answered,
      refused: this.#refused,
      lost: this.#sentMs.size,
      slowestMs: Math.round(this.#slowestMs),
    };
  }

  /** Sends no more, and waits for the last answers as long as one may take. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    const all = () => this.#sentMs.size === 0;
    await eventually("all answers", all, { deadlineMs: ANSWER_MS_MAX })
      .catch(() => {});
    for (const socket of this.#sockets) socket.close();
    await this.#running;
  }

  async #send(at: Endpoint): Promise<void> {
    const startedMs = nowMs();
    for (let seq = 1; !this.#isStopped;) {
      const due = (nowMs() - startedMs) * RATE_PER_SECOND / 1_000;
      for (; seq < due; seq++) {
        const { modId, cmdId } = this.#key;
        const request = { seq, modid: modId, cmdid: cmdId };
        this.#sentMs.set(seq, nowMs());
        await this.#sockets[seq % SOCKETS]!.send(
          encodeFrame(
            MessageId.getHostRequest,
            lars.GetHostRequest.encode(request).finish(),
          ),
          { transport: "udp", ...at },
        );
      }
      await sleep(1);
    }
  }

  async #receive(socket: Deno.DatagramConn): Promise<void> {
    for await (const [datagram] of socket) {
      const { body } = parseDatagram(datagram)!;
      const { seq, retcode } = lars.GetHostResponse.decode(body);
      const sentMs = this.#sentMs.get(seq);
      if (sentMs === undefined || !this.#sentMs.delete(seq)) continue;
      this.#answered += 1;
      this.#refused += Number(retcode !== 0);
      this.#slowestMs = Math.max(this.#slowestMs, nowMs() - sentMs);
    }
  }
}
