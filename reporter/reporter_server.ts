import {
  type Clock,
  type Logger,
  loggerOf,
  MessageRouter,
  type Random,
  TcpServer,
  type Transport,
} from "../net/mod.ts";
import { type Endpoint, MessageId } from "../proto/mod.ts";
import type { StatusRow } from "../store/mod.ts";
import { Coalescer } from "./coalescer.ts";
import { HeldStatuses } from "./blocked_reports.ts";
import { rowsOf } from "./status_rows.ts";
import { type StatusSink, StatusWriter } from "./status_writer.ts";

/** How long a reporter that stops goes on writing what it holds. */
export const DRAIN_MS_MAX = 2_000;

export interface ReporterServerOptions {
  transport: Transport;
  clock: Clock;
  random: Random;
  /** One writer works for each, and no two write a key at a time. Stay the caller's to close. */
  sinks: readonly StatusSink[];
  /** Where to listen; port 0 takes any free one. */
  at: Endpoint;
  connectionsMax: number;
  /** Rows in one write at most. */
  batchRowsMax: number;
  /**
   * Keys held by all writers together while the store is slow or away. When
   * they are reached, connections with news of other keys are not read.
   */
  keysMax: number;
  logger?: Logger;
}

/** Takes statuses from agents and has the newest of each written to the store. */
export class ReporterServer {
  readonly #received = {
    statuses: 0,
    rows: 0,
    rowsInvalid: 0,
  };
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #router = new MessageRouter();
  readonly #coalescer: Coalescer;
  readonly #held: HeldStatuses;
  readonly #writers: readonly StatusWriter[];
  readonly #server: TcpServer;

  private constructor(options: ReporterServerOptions) {
    const { sinks, logger = loggerOf("reporter") } = options;
    this.#clock = options.clock;
    this.#logger = logger;
    const coalescer = new Coalescer(options);
    this.#coalescer = coalescer;
    this.#held = new HeldStatuses({
      takeFrom: (body, from) => this.#put(rowsOf(body).rows, from),
      countRows: (body) => rowsOf(body).rows.length,
    });
    const onRoom = () => this.#held.drain();
    this.#writers = sinks.map((sink) =>
      new StatusWriter({ ...options, logger, sink, coalescer, onRoom })
    );
    this.#router.on(
      MessageId.reportStatusRequest,
      (_connection, body) => this.#take(body),
    );
    this.#server = new TcpServer({ ...options, logger, router: this.#router });
  }

  /**
   * Listens; connections are taken once it runs.
   *
   * @throws {TypeError} If there is no sink.
   * @throws {Deno.errors.AddrInUse} If the port is taken.
   */
  static open(options: ReporterServerOptions): ReporterServer {
    if (options.sinks.length === 0) {
      throw new TypeError("Cannot open reporter as the list of sinks is empty");
    }
    return new ReporterServer(options);
  }

  /** Where it listens. */
  get local(): Endpoint {
    return this.#server.local;
  }

  /** What happened so far, and what it holds now. */
  get counters(): ReporterCounters {
    const sum = (count: (writer: StatusWriter) => number) =>
      this.#writers.reduce((total, writer) => total + count(writer), 0);
    return {
      ...this.#server.counters,
      ...this.#received,
      ...this.#held.counters,
      rowsReplaced: this.#coalescer.counters.replaced,
      rowsWritten: sum((writer) => writer.counters.rowsWritten),
      batches: sum((writer) => writer.counters.batches),
      writeFailures: sum((writer) => writer.counters.writeFailures),
      rowsHeld: this.#coalescer.size,
      writersFailing: sum((writer) => writer.failing ? 1 : 0),
      unknownIds: this.#router.unknownIds,
      connections: this.#server.connections.size,
      connectionsHeldBack: this.#held.size,
    };
  }

  /**
   * Serves until `signal` is aborted; then takes nothing more, and writes what
   * it holds for at most {@linkcode DRAIN_MS_MAX}.
   */
  async run(signal: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const giveUp = new AbortController();
    const release = () => this.#held.stop();
    signal.addEventListener("abort", release, { once: true });
    if (signal.aborted) release();
    const writing = Promise.all(
      this.#writers.map((writer) =>
        writer.run({ stop: stop.signal, giveUp: giveUp.signal })
      ),
    );
    // Writers end by themselves only when they fail.
    await Promise.race([this.#server.run(signal), writing]);

    stop.abort();
    const drained = new AbortController();
    await Promise.race([
      writing,
      this.#clock.sleep(DRAIN_MS_MAX, drained.signal),
    ]);
    drained.abort();
    giveUp.abort();
    const { rowsHeld, rowsLost } = this.counters;
    if (rowsHeld + rowsLost === 0) return;
    this.#logger.error("stopped before every status was written", {
      rows: rowsHeld + rowsLost,
    });
  }

  #take(body: Uint8Array): void | Promise<void> {
    const { rows, invalid } = rowsOf(body);
    this.#received.statuses += 1;
    this.#received.rows += rows.length;
    this.#received.rowsInvalid += invalid;
    const left = this.#put(rows, 0);
    if (left === undefined) return;
    if (this.#held.counters.heldBack === 0) {
      this.#logger.warn("statuses come faster than the store takes them", {
        rowsHeld: this.#coalescer.size,
      });
    }
    // Its connection is not read meanwhile: agents then keep the newest themselves.
    return this.#held.hold(body, left);
  }

  /** Puts rows from a number on; returns the number of the first for which there is no room, if any. */
  #put(rows: readonly StatusRow[], from: number): number | undefined {
    let at = from;
    while (at < rows.length && this.#coalescer.put(rows[at]!)) at += 1;
    if (this.#coalescer.ready > 0) {
      for (const writer of this.#writers) writer.notify();
    }
    return at < rows.length ? at : undefined;
  }
}

/** Everything a server counts, by name. */
export interface ReporterCounters {
  accepted: number;
  refusedOverLimit: number;
  acceptFailures: number;
  protocolErrors: number;
  slowPeersClosed: number;
  /** Status messages taken. */
  statuses: number;
  /** Of these, those that had to wait for room. */
  heldBack: number;
  /** Rows in all of them that a store can take. */
  rows: number;
  /** Rows dropped, as no route can have such a key or host. */
  rowsInvalid: number;
  /** Rows dropped when stopping, as there was no room for them. */
  rowsLost: number;
  /** Rows replaced by newer ones before they were written. */
  rowsReplaced: number;
  rowsWritten: number;
  batches: number;
  writeFailures: number;
  /** Rows not written yet. */
  rowsHeld: number;
  /** Writers whose last write failed. */
  writersFailing: number;
  /** Frames dropped as their message id is none of reporter's. */
  unknownIds: number;
  connections: number;
  /** Connections not read for now, as there is no room. */
  connectionsHeldBack: number;
}
