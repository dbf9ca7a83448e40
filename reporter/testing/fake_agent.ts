import { FramedConnection, type Transport } from "../../net/mod.ts";
import type { VirtualClock } from "../../net/testing/mod.ts";
import {
  CallTotalsEncoder,
  decodeCallTotalsAck,
  decodeHelloAck,
  encodeHello,
  encodeHostEvents,
  encodeHostStates,
  type Endpoint,
  FEATURE_HISTORY,
  type Hello,
  type HostEvent,
  type HostStateEntry,
  type HostTotals,
  LATENCY_COUNTS,
  MessageId,
  numberCallTotals,
} from "../../proto/mod.ts";

/** Calls of a host, and of its route. */
export interface FakeCalls extends Partial<HostTotals> {
  ip: number;
  cmdId?: number;
}

/**
 * An agent as a reporter sees it: keeps call totals until they are acknowledged,
 * and sends them again on a new connection. Its routes are of module 1, its hosts
 * at port 80.
 */
export class FakeAgent {
  /** Call totals that are not acknowledged, by their number. */
  readonly waiting = new Map<number, Uint8Array>();
  hello: Hello;
  connection: FramedConnection | undefined;
  /** Whether the reporter takes history. */
  takesHistory = false;
  readonly #transport: Transport;
  readonly #clock: VirtualClock;
  #seq = 0;

  constructor(
    number: number,
    { transport, clock }: { transport: Transport; clock: VirtualClock },
  ) {
    this.#transport = transport;
    this.#clock = clock;
    this.hello = {
      agentId: number.toString(16).padStart(32, "0"),
      epoch: number,
      name: `agent ${number}`,
      version: "9.9.9",
      zone: "",
    };
  }

  /** Ends a connection, and opens another. */
  async connect(to: Endpoint): Promise<void> {
    this.disconnect();
    const connection = new FramedConnection(await this.#transport.connect(to));
    this.connection = connection;
    connection.run((_, { id, body }) => {
      if (id === MessageId.helloAck) {
        const before = this.takesHistory;
        this.takesHistory = decodeHelloAck(body).features === FEATURE_HISTORY;
        if (this.takesHistory && !before) this.#resend();
      } else if (id === MessageId.callTotalsAck) {
        const { epoch, seq } = decodeCallTotalsAck(body);
        if (epoch !== this.hello.epoch) return;
        for (const each of this.waiting.keys()) {
          if (each <= seq) this.waiting.delete(each);
        }
      }
    });
    this.#sayHello(connection);
  }

  disconnect(): void {
    this.connection?.close();
    this.connection = undefined;
    this.takesHistory = false;
  }

  /** Starts anew: what was not acknowledged is lost. */
  restart(epoch: number): void {
    this.disconnect();
    this.waiting.clear();
    this.hello = { ...this.hello, epoch };
    this.#seq = 0;
  }

  /** Sends call totals, or keeps them until it may. */
  report(...hosts: FakeCalls[]): void {
    const encoder = new CallTotalsEncoder();
    for (const { cmdId = 1, ...host } of hosts) {
      const latency = new Uint32Array(LATENCY_COUNTS);
      latency[0] = host.timed ?? 0;
      encoder.route({ modId: 1, cmdId }, latency, 0);
      encoder.host({ ...NO_CALLS, ...host });
    }
    for (const routes of encoder.take()) {
      const seq = ++this.#seq;
      const body = numberCallTotals(seq, routes);
      this.waiting.set(seq, body);
      if (this.takesHistory) this.connection?.send(MessageId.callTotals, body);
    }
  }

  /** Tells of states. */
  tell(hosts: readonly HostStateEntry[], { all = false } = {}): void {
    for (const body of encodeHostStates({ all, hosts })) {
      this.connection?.send(MessageId.hostStates, body);
    }
  }

  /** Tells of events. */
  tellEvents(events: readonly HostEvent[], dropped = 0): void {
    this.connection?.send(
      MessageId.hostEvents,
      encodeHostEvents({ events, dropped }),
    );
  }

  /** Again and again, as who is silent is closed. */
  #sayHello(connection: FramedConnection): void {
    if (!connection.send(MessageId.hello, encodeHello(this.hello))) return;
    this.#clock.schedule(5_000, () => this.#sayHello(connection));
  }

  #resend(): void {
    for (const body of this.waiting.values()) {
      this.connection?.send(MessageId.callTotals, body);
    }
  }
}

const NO_CALLS: HostTotals = {
  ip: 0,
  port: 80,
  calls: 0,
  failures: 0,
  timed: 0,
  durationUs: 0,
  maxUs: 0,
};
