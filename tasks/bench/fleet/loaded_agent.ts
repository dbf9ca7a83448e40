import { DenoTransport, FramedConnection } from "../../../net/mod.ts";
import {
  CallTotalsEncoder,
  decodeCallTotalsAck,
  decodeHelloAck,
  encodeHello,
  encodeReportStatus,
  type Endpoint,
  FEATURE_HISTORY,
  type Hello,
  LATENCY_COUNTS,
  MessageId,
  numberCallTotals,
  type RouteKey,
} from "../../../proto/mod.ts";
import { FIRST_IP, PORT } from "../groups/store_fixture.ts";

/** Interval at which an agent tells what it has counted. */
export const TOTALS_MS = 10_000;

/** Interval at which it says that it is there, and at which it repeats its statuses. */
const HELLO_MS = 5_000;
const STATUS_MS = 60_000;

/** Calls of each host in each of them. */
const CALLS = 40;

/** An agent that calls routes of many hosts all the time, as far as its reporter sees it. */
export class LoadedAgent implements AsyncDisposable {
  /** Calls that were told of so far. */
  calls = 0;
  /** Totals that are not acknowledged. */
  waiting = 0;
  /** Time from each batch to its acknowledgement, in milliseconds. */
  readonly ackMs: number[] = [];
  readonly #hello: Hello;
  readonly #routes: readonly RouteKey[];
  readonly #hosts: number;
  readonly #caller: number;
  readonly #timers: Timer[] = [];
  #connection: FramedConnection | undefined;
  #seq = 0;
  #sentMs = 0;

  constructor(
    { number, routes, hosts }: {
      number: number;
      routes: readonly RouteKey[];
      hosts: number;
    },
  ) {
    this.#hello = {
      agentId: number.toString(16).padStart(32, "0"),
      epoch: number,
      name: `agent-${number}`,
      version: "bench",
      zone: "",
    };
    this.#routes = routes;
    this.#hosts = hosts;
    this.#caller = 0x0a00_0000 + number;
  }

  /** Connects, and begins after a part of an interval of its own. */
  async start(to: Endpoint): Promise<void> {
    const connection = new FramedConnection(
      await new DenoTransport().connect(to),
    );
    this.#connection = connection;
    const { promise: ready, resolve } = Promise.withResolvers<void>();
    connection.run((_, { id, body }) => {
      if (id === MessageId.helloAck) {
        if (decodeHelloAck(body).features === FEATURE_HISTORY) resolve();
      } else if (id === MessageId.callTotalsAck) this.#acknowledged(body);
    });
    this.#sayHello();
    await ready;
    this.#every(HELLO_MS, () => this.#sayHello());
    this.#every(TOTALS_MS, () => this.#sendTotals());
    this.#every(STATUS_MS, () => this.#sendStatuses());
  }

  /** Counts no more. */
  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers.push(setInterval(() => this.#sayHello(), HELLO_MS));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#connection?.flushed();
    this.#connection?.close();
  }

  #every(ms: number, action: () => void): void {
    // The others do it at other times.
    const first = setTimeout(() => {
      action();
      this.#timers.push(setInterval(action, ms));
    }, Math.random() * ms);
    this.#timers.push(first);
  }

  #sayHello(): void {
    this.#connection?.send(MessageId.hello, encodeHello(this.#hello));
  }

  #sendTotals(): void {
    // As an agent does: what it counts until then goes into the next batch.
    if (this.waiting > 0) return;
    const encoder = new CallTotalsEncoder();
    const latency = new Uint32Array(LATENCY_COUNTS).fill(CALLS);
    for (const key of this.#routes) {
      encoder.route(key, latency, 0);
      for (let host = 0; host < this.#hosts; host++) {
        encoder.host({
          ip: FIRST_IP + host,
          port: PORT,
          calls: CALLS,
          failures: 1,
          timed: CALLS,
          durationUs: 80_000,
          maxUs: 9_000,
        });
        this.calls += CALLS;
      }
    }
    this.#sentMs = performance.now();
    for (const routes of encoder.take()) {
      this.waiting += 1;
      const body = numberCallTotals(++this.#seq, routes);
      this.#connection?.send(MessageId.callTotals, body);
    }
  }

  #acknowledged(body: Uint8Array): void {
    if (decodeCallTotalsAck(body).seq < this.#seq || this.waiting === 0) return;
    this.waiting = 0;
    this.ackMs.push(performance.now() - this.#sentMs);
  }

  #sendStatuses(): void {
    const hosts = Array.from({ length: this.#hosts }, (_, host) => ({
      ip: FIRST_IP + host,
      port: PORT,
      succ: CALLS,
      err: 1,
      overload: false,
    }));
    const { agentId } = this.#hello;
    const [caller, ts] = [this.#caller, Math.floor(Date.now() / 1_000)];
    for (const key of this.#routes) {
      const status = { ...key, hosts, caller, ts, agentId };
      for (const body of encodeReportStatus(status)) {
        this.#connection?.send(MessageId.reportStatusRequest, body);
      }
    }
  }
}

/** Of an interval or a delay: each function that ends one ends the other too. */
type Timer = ReturnType<typeof setInterval>;
