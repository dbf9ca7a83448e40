import {
  type Clock,
  type Logger,
  loggerOf,
  MessageRouter,
  type Random,
  TcpServer,
  type Transport,
} from "../net/mod.ts";
import {
  type Endpoint,
  MessageId,
  ReportStatusDecoder,
  STATUS_RESULTS_MAX,
} from "../proto/mod.ts";
import { Coalescer } from "./coalescer.ts";
import { BlockedReports } from "./blocked_reports.ts";
import { packStatus, ROW_WORDS } from "./status_rows.ts";
import { type StatusSink, StatusWriter } from "./status_writer.ts";

/** Time in which a reporter that stops writes what it holds. */
export const DRAIN_MS_MAX = 2_000;

/** Options of a {@linkcode ReporterServer}. */
export interface ReporterServerOptions {
  /** Opens the listener. */
  transport: Transport;
  /** Times writes and waits. */
  clock: Clock;
  /** Spreads waits. */
  random: Random;
  /** Each has a writer; no two write a key at a time. The caller's to close. */
  sinks: readonly StatusSink[];
  /** Endpoint to listen at; port 0 takes any free one. */
  at: Endpoint;
  /** Most connections. */
  connectionsMax: number;
  /** Most connections of one address; default: a share of all. */
  connectionsPerAddressMax?: number | undefined;
  /** Most rows in one write. */
  batchRowsMax: number;
  /**
   * Most keys held by all writers together while the store is slow or away. At
   * that number, connections that report other keys are not read.
   */
  keysMax: number;
  /** Default: that of "reporter". */
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
  readonly #decoder = new ReportStatusDecoder();
  /** Packed rows of the message being taken. */
  readonly #rows = new Uint32Array(STATUS_RESULTS_MAX * ROW_WORDS);
  readonly #blocked: BlockedReports;
  readonly #writers: readonly StatusWriter[];
  readonly #server: TcpServer;

  private constructor(options: ReporterServerOptions) {
    const { sinks, logger = loggerOf("reporter") } = options;
    this.#clock = options.clock;
    this.#logger = logger;
    const coalescer = new Coalescer(options);
    this.#coalescer = coalescer;
    this.#blocked = new BlockedReports((words, from) => this.#put(words, from));
    const onRoom = () => this.#blocked.drain();
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
   * Listens; connections are accepted once it runs.
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

  /** The endpoint it listens at. */
  get local(): Endpoint {
    return this.#server.local;
  }

  /** Totals so far, and what it holds now. */
  get counters(): ReporterCounters {
    const sum = (count: (writer: StatusWriter) => number) =>
      this.#writers.reduce((total, writer) => total + count(writer), 0);
    return {
      ...this.#server.counters,
      ...this.#received,
      ...this.#blocked.counters,
      rowsReplaced: this.#coalescer.counters.replaced,
      rowsWritten: sum((writer) => writer.counters.rowsWritten),
      batches: sum((writer) => writer.counters.batches),
      writeFailures: sum((writer) => writer.counters.writeFailures),
      rowsHeld: this.#coalescer.size,
      writersFailing: sum((writer) => writer.failing ? 1 : 0),
      unknownIds: this.#router.unknownIds,
      connections: this.#server.connections.size,
      connectionsBlocked: this.#blocked.size,
    };
  }

  /**
   * Serves until `signal` is aborted, then writes what it holds for at most
   * {@linkcode DRAIN_MS_MAX}.
   */
  async run(signal: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const giveUp = new AbortController();
    const release = () => this.#blocked.stop();
    signal.addEventListener("abort", release, { once: true });
    if (signal.aborted) release();
    const writing = Promise.all(
      this.#writers.map((writer) =>
        writer.run({ stop: stop.signal, giveUp: giveUp.signal })
      ),
    );
    // A writer ends by itself only when it fails.
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
    this.#decoder.decode(body);
    const rows = packStatus(this.#decoder, this.#rows);
    this.#received.statuses += 1;
    this.#received.rows += rows;
    this.#received.rowsInvalid += this.#decoder.count - rows;
    const words = this.#rows.subarray(0, rows * ROW_WORDS);
    const taken = this.#put(words, 0);
    if (taken === rows) return;
    if (this.#blocked.counters.blocked === 0) {
      this.#logger.warn("statuses come faster than the store takes them", {
        rowsHeld: this.#coalescer.size,
      });
    }
    // Its connection is not read until then: the agent keeps the newest itself.
    return this.#blocked.wait(words.slice(taken * ROW_WORDS));
  }

  /** Takes packed rows from number `from` on while there is room; returns the first one left. */
  #put(words: Uint32Array, from: number): number {
    const rows = words.length / ROW_WORDS;
    let row = from;
    while (row < rows && this.#coalescer.put(words, row)) row += 1;
    if (this.#coalescer.ready > 0) {
      for (const writer of this.#writers) writer.notify();
    }
    return row;
  }
}

/** Counters of a server, by name. */
export interface ReporterCounters {
  /** Connections accepted. */
  accepted: number;
  /** Connections over the limit. */
  refusedOverLimit: number;
  /** Failures to accept a connection. */
  acceptFailures: number;
  /** Connections closed for bad bytes. */
  protocolErrors: number;
  /** Connections closed for not reading. */
  slowPeersClosed: number;
  /** Connections closed as they took nothing. */
  stalledClosed: number;
  /** Connections closed as they said nothing. */
  silentClosed: number;
  /** Connections closed as they did not end a frame. */
  halfFrameClosed: number;
  /** Silent connections closed to take another. */
  silentReplaced: number;
  /** Connections that had gone before they were accepted. */
  resetEarly: number;
  /** Status messages taken. */
  statuses: number;
  /** Status messages that waited for room. */
  blocked: number;
  /** Rows in them that a store can take. */
  rows: number;
  /** Rows dropped as no route can have such a key or host. */
  rowsInvalid: number;
  /** Rows dropped when stopping as there was no room for them. */
  rowsLost: number;
  /** Rows replaced by newer ones before they were written. */
  rowsReplaced: number;
  /** Rows written to the store. */
  rowsWritten: number;
  /** Writes to the store. */
  batches: number;
  /** Writes to the store that failed. */
  writeFailures: number;
  /** Rows not written yet. */
  rowsHeld: number;
  /** Writers whose last write failed. */
  writersFailing: number;
  /** Frames dropped as their message id is unknown to a reporter. */
  unknownIds: number;
  /** Open connections. */
  connections: number;
  /** Connections not read now as there is no room. */
  connectionsBlocked: number;
}
