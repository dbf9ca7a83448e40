import type { MemoryNetwork, VirtualClock } from "../../net/testing/mod.ts";
import {
  CallTotalsDecoder,
  decodeHostEvents,
  decodeHostStates,
  encodeCallTotalsAck,
  type Endpoint,
  FEATURE_HISTORY,
  formatAddress,
  type HostEvent,
  type HostStateEntry,
  lars,
  LATENCY_COUNTS,
  MessageId,
} from "../../proto/mod.ts";
import {
  type FramedConnection,
  loggerOf,
  MessageRouter,
  type Random,
  TcpServer,
} from "../../net/mod.ts";

/** Sums of one epoch, as in "1/1 10.0.0.1:80" → [calls, failures, timed, durationUs]; of a route its counts by duration. */
export type Sums = Record<string, number[]>;

/** Adds numbers to those of a key. */
export function addTo(sums: Sums, key: string, numbers: readonly number[]) {
  const before = sums[key];
  sums[key] = numbers.map((number, index) => number + (before?.[index] ?? 0));
}

/** What a store would hold of the totals of agents, for several reporters. */
export class History {
  /** Last frame of each epoch that is counted. */
  readonly counted = new Map<number, number>();
  /** Sums by epoch. */
  readonly sums = new Map<number, Sums>();
  /** Each frame as it was first seen, by epoch and seq: it must never change. */
  readonly frames = new Map<string, string>();
  /** What was seen that must not be. */
  readonly faults: string[] = [];
  readonly #decoder = new CallTotalsDecoder();

  /** The sums of an epoch. */
  of(epoch: number): Sums {
    return this.sums.get(epoch) ?? {};
  }

  /** Remembers a frame's bytes; answers its seq. */
  see(epoch: number, body: Uint8Array): number {
    this.#decoder.decode(body);
    const { seq } = this.#decoder;
    const key = `${epoch} ${seq}`;
    const before = this.frames.get(key);
    const bytes = new Uint8Array(body).toHex();
    if (before !== undefined && before !== bytes) {
      this.faults.push(`frame ${seq} has changed`);
    }
    this.frames.set(key, bytes);
    return seq;
  }

  /** Counts the frames after those counted, all at once, if nothing but `expected` was counted until now. */
  commit(epoch: number, expected: number, bodies: readonly Uint8Array[]) {
    const counted = this.counted.get(epoch) ?? 0;
    if (counted !== expected) return false;
    for (const body of bodies) this.#count(epoch, body);
    return true;
  }

  #count(epoch: number, body: Uint8Array): void {
    const decoder = this.#decoder;
    decoder.decode(body);
    const next = (this.counted.get(epoch) ?? 0) + 1;
    if (decoder.seq !== next) {
      this.faults.push(`frame ${decoder.seq} came as number ${next}`);
    }
    this.counted.set(epoch, decoder.seq);
    const sums = this.of(epoch);
    this.sums.set(epoch, sums);
    for (let route = 0; route < decoder.routeCount; route++) {
      const key = `${decoder.modId[route]}/${decoder.cmdId[route]}`;
      const first = route * LATENCY_COUNTS;
      addTo(
        sums,
        key,
        [...decoder.latency.subarray(first, first + LATENCY_COUNTS)],
      );
      const end = decoder.firstHost[route + 1]!;
      for (let row = decoder.firstHost[route]!; row < end; row++) {
        const ip = decoder.ip[row]!;
        const port = decoder.port[row]!;
        addTo(sums, `${key} ${formatAddress({ ip, port })}`, [
          decoder.calls[row]!,
          decoder.failures[row]!,
          decoder.timed[row]!,
          decoder.durationUs[row]!,
        ]);
      }
    }
  }
}

/** What a {@linkcode HistoryPeer} is made of. */
export interface HistoryPeerOptions {
  clock: VirtualClock;
  network: MemoryNetwork;
  at: Endpoint;
  history: History;
  /** Bits that it says; those of a reporter that takes everything if absent. */
  features?: number;
  /** Chooses delays, and which acknowledgements are lost; without it there are neither. */
  random?: Random;
}

/** Longest time that a peer takes to count frames. */
const COMMIT_MS_MAX = 12_000;

/** A reporter as agents see it: takes totals, states and events, and keeps to its contract over a {@linkcode History}. */
export class HistoryPeer {
  /** Frames as they came: the id of each. */
  readonly ids: number[] = [];
  readonly statuses: lars.ReportStatusRequest[] = [];
  /** States as they came. */
  readonly states: { all: boolean; hosts: HostStateEntry[] }[] = [];
  readonly events: HostEvent[] = [];
  readonly connections = new Set<FramedConnection>();
  /** Whether frames are acknowledged. */
  acknowledges = true;
  readonly #options: HistoryPeerOptions;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(options: HistoryPeerOptions) {
    this.#options = options;
    const { clock, network, at } = options;
    const server = new TcpServer({
      transport: network.machine(at.hostname),
      clock,
      random: () => 0,
      logger: loggerOf("test"),
      at,
      connectionsMax: 10,
      router: this.#router(),
      ack: () => ({
        version: "1",
        features: options.features ?? FEATURE_HISTORY,
        store: "",
        accepted: 0,
        held: 0,
      }),
      onOpen: (connection) => this.connections.add(connection),
      onClose: (connection) => this.connections.delete(connection),
    });
    this.#running = server.run(this.#stop.signal);
  }

  /** Ends, as when it is killed. */
  async kill(): Promise<void> {
    this.#options.network.reset(this.#options.at.hostname);
    await this.stop();
  }

  /** Ends, as when it is stopped. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  #router(): MessageRouter {
    return new MessageRouter()
      .on(MessageId.reportStatusRequest, (_, body) => {
        this.ids.push(MessageId.reportStatusRequest);
        this.statuses.push(lars.ReportStatusRequest.decode(body));
      })
      .on(MessageId.hostStates, (_, body) => {
        this.ids.push(MessageId.hostStates);
        this.states.push(decodeHostStates(body));
      })
      .on(MessageId.hostEvents, (_, body) => {
        this.ids.push(MessageId.hostEvents);
        this.events.push(...decodeHostEvents(body).events);
      })
      .on(MessageId.callTotals, (connection, body) => {
        this.ids.push(MessageId.callTotals);
        this.#take(connection, body);
      });
  }

  /** Counts a frame, some time later, and says so if its own word is not lost. */
  #take(connection: FramedConnection, body: Uint8Array): void {
    const { history, clock, random } = this.#options;
    const { epoch } = connection.hello!;
    const seq = history.see(epoch, body);
    const commit = () => {
      if (this.#stop.signal.aborted || !this.acknowledges) return;
      const expected = seq - 1;
      const counted = history.counted.get(epoch) ?? 0;
      // Whoever counted what is before it, or it itself.
      if (counted < expected) history.faults.push(`${seq} came too early`);
      if (counted <= expected) history.commit(epoch, expected, [body]);
      if (random !== undefined && random() < 0.2) return connection.close();
      const ack = encodeCallTotalsAck({ epoch, seq });
      connection.send(MessageId.callTotalsAck, ack);
    };
    if (random === undefined) commit();
    else clock.schedule(this.#delayMs(connection, random), commit);
  }

  /** Frames of a connection are counted in order. */
  #delayMs(connection: FramedConnection, random: Random): number {
    const nowMs = this.#options.clock.nowMs();
    const last = typeof connection.data === "number" ? connection.data : nowMs;
    const dueMs = Math.max(last, nowMs + random() * COMMIT_MS_MAX);
    connection.data = dueMs;
    return dueMs - nowMs;
  }
}
