import { eventually } from "../support/wait.ts";
import { type Endpoint, FrameDecoder } from "../../proto/mod.ts";
import {
  frame,
  hostText,
  int32,
  message,
  parts,
} from "../support/foreign_wire.ts";

const GET_ROUTE = 1;

/** Subscriber to routes of a dns that records what it is sent. */
export class Subscriber implements AsyncDisposable {
  /** Hosts of each answer and push. */
  readonly told: string[] = [];
  /** Weights of the hosts in each of them, in the order of the message; 0 if unset. */
  readonly weights: number[][] = [];
  readonly #connection: Deno.TcpConn;
  readonly #running: Promise<void>;

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
    this.#running = this.#run();
  }

  /** Connects, and asks for a route. */
  static async open(
    at: Endpoint,
    key: [modId: number, cmdId: number],
  ): Promise<Subscriber> {
    const subscriber = new Subscriber(await Deno.connect(at));
    await subscriber.ask(key);
    return subscriber;
  }

  /** Asks for one more route. */
  async ask([modId, cmdId]: [modId: number, cmdId: number]): Promise<void> {
    await this.#connection.write(
      frame(GET_ROUTE, message({ 1: modId, 2: cmdId })),
    );
  }

  /** Waits until the newest answer or push has these hosts. */
  async hears(
    hosts: readonly string[],
    { deadlineMs = 15_000 }: { deadlineMs?: number } = {},
  ): Promise<void> {
    const expected = hosts.toSorted().join();
    await eventually(
      `"${expected}" at the subscriber`,
      () => this.told.at(-1) === expected,
      { deadlineMs },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    const decoder = new FrameDecoder();
    const buffer = new Uint8Array(65_536);
    for (;;) {
      const bytes = await this.#connection.read(buffer).catch(() => null);
      if (bytes === null) return;
      for (const { body } of decoder.decode(buffer.subarray(0, bytes))) {
        const hosts = parts(body, 3);
        this.told.push(hosts.map(hostText).sort().join());
        this.weights.push(hosts.map((host) => int32(host, 17)));
      }
    }
  }
}
