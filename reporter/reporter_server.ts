import {
  addressGroup,
  type Clock,
  type FramedConnection,
  type Logger,
  loggerOf,
  MessageRouter,
  Operations,
  type Random,
  StandingCondition,
  TcpServer,
  type Transport,
  UNKNOWN_STORE_ACK,
} from "../net/mod.ts";
import {
  type Endpoint,
  FEATURE_HISTORY,
  IDENTITY_BYTES,
  MessageId,
  ReportStatusDecoder,
  STATUS_RESULTS_MAX,
} from "../proto/mod.ts";
import type { StoreError } from "../store/mod.ts";
import { type Agent, Agents } from "./agents.ts";
import { BlockedReports } from "./blocked_reports.ts";
import { Callers, type Claimant } from "./callers.ts";
import { CallerTotals } from "./caller_totals.ts";
import { Coalescer } from "./coalescer.ts";
import { reporterName } from "./name.ts";
import { packStatus, ROW_WORDS } from "./status_rows.ts";
import { StoreTroubles } from "./history/store_troubles.ts";
import {
  History,
  type HistoryCounters,
  NO_HISTORY,
} from "./history/history.ts";
import type { HistorySink, RouteCalls } from "./history/history_sink.ts";
import { HISTORY_OPERATIONS, timedSink } from "./history/timed_sink.ts";
import type { Opening } from "./store_worker.ts";
import type { SweepResult } from "./hosts/status_sweep.ts";
import { SweepLoop } from "./hosts/sweep_loop.ts";
import {
  RETRY_MAX_MS,
  type StatusSink,
  StatusWriter,
  type WriteResult,
} from "./status_writer.ts";

/** Time in which a reporter that stops writes what it holds. */
export const DRAIN_MS_MAX = 2_000;

/** Interval at which what has ended is forgotten: claims of callers, and old counts. */
const EXPIRE_INTERVAL_MS = 10_000;

/** What is done with the store: writing statuses, looking for those to remove, and history. */
export const STORE_OPERATIONS: readonly string[] = [
  "write",
  "sweep",
  ...HISTORY_OPERATIONS,
];

/** Most agents that one connection reports for; one more ends the one before all others. */
const AGENTS_PER_CONNECTION_MAX = 256;

/** Those whom a connection reports for, by identity, in its `data`. */
type Claimants = Map<string, Claimant>;

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
  /** The store of the sinks, if it is not open yet. */
  opening?: Opening | undefined;
  /** Endpoint to listen at; port 0 takes any free one. */
  at: Endpoint;
  /** Name of this machine, where it is known: others may have reporters at the same address. */
  machine?: string | undefined;
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
  /**
   * Looks at some statuses of the store, and removes those of hosts that no route
   * has had for long; default: nothing is removed.
   */
  sweep?: () => Promise<SweepResult>;
  /** The history of the store; default: none is kept. */
  history?: HistorySink | undefined;
  /** Takes the calls that are committed to it, by routes; default: none wants to know. */
  onRoutes?: ((routes: RouteCalls) => void) | undefined;
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
  /** What was done with the store since then. */
  readonly operations: Operations<string>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #router = new MessageRouter();
  readonly #agents: Agents;
  readonly #callers: Callers;
  readonly #totals: CallerTotals;
  readonly #machine: string | undefined;
  readonly #coalescer: Coalescer;
  readonly #decoder = new ReportStatusDecoder();
  /** Packed rows of the message being taken. */
  readonly #rows = new Uint32Array(STATUS_RESULTS_MAX * ROW_WORDS);
  readonly #blocked: BlockedReports;
  readonly #writers: readonly StatusWriter[];
  readonly #conditions: Conditions;
  readonly #troubles = new StoreTroubles();
  readonly #sweeps: SweepLoop;
  readonly #history: History | undefined;
  /** When a write failed last, and why. */
  #failedMs = 0;
  #failure: string | undefined;
  /** When a message found no room last. */
  #blockedMs = 0;
  /** Whether the store has not been open yet. */
  #isOpening = false;
  /** Resolved while statuses are remembered, or a store fails. */
  #taken = Promise.withResolvers<void>();
  readonly #server: TcpServer;

  private constructor(options: ReporterServerOptions) {
    const { sinks, clock, keysMax, sweep } = options;
    this.#machine = options.machine;
    const { logger = loggerOf("reporter") } = options;
    this.#clock = clock;
    this.operations = new Operations(clock, STORE_OPERATIONS);
    this.#sweeps = new SweepLoop({
      sweep: sweep && (() => this.operations.time("sweep", sweep)),
      clock,
      logger,
    });
    this.#logger = logger;
    this.#conditions = conditionsOf(logger);
    this.#expectOpening(options.opening);
    const agents = new Agents({ clock });
    this.#agents = agents;
    this.#callers = new Callers({ clock });
    this.#totals = new CallerTotals({
      rowsMax: keysMax,
      clock,
      isHere: (agent) => agents.isHere(agent),
    });
    const coalescer = new Coalescer(options);
    this.#coalescer = coalescer;
    this.#blocked = new BlockedReports((words, from) => this.#put(words, from));
    this.#writers = sinks.map((sink) =>
      new StatusWriter({
        ...options,
        sink: {
          write: (words) =>
            this.operations.time("write", () => sink.write(words)),
        },
        coalescer,
        onWritten: (result) => this.#written(result),
        onFailed: (error) => this.#failed(error),
      })
    );
    this.#router.on(
      MessageId.reportStatusRequest,
      (connection, body) => this.#take(connection, body),
    );
    this.#history = this.#historyOf(options, logger);
    this.#history?.listen(this.#router);
    this.#server = new TcpServer({
      ...options,
      logger,
      router: this.#router,
      ack: () => ({
        ...UNKNOWN_STORE_ACK,
        features: this.#history?.isOn ? FEATURE_HISTORY : 0,
      }),
      onOpen: () => this.#history?.opened(),
      onClose: (connection) => this.#left(connection),
    });
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

  /** What it is called in the store. */
  get name(): string {
    return reporterName(this.local, this.#machine);
  }

  /** The endpoint it listens at. */
  get local(): Endpoint {
    return this.#server.local;
  }

  /** Why the store cannot be used; undefined: it can, as far as is known. */
  get storeFailure(): string | undefined {
    if (!this.isStoreUp) return this.#failure ?? "it is away";
    return this.#history?.failure;
  }

  /** Whether the last attempt to use the store succeeded. */
  get isStoreUp(): boolean {
    return !this.#conditions.failing.active;
  }

  /** Totals so far, and what it holds now. */
  get counters(): ReporterCounters {
    const sum = (count: (writer: StatusWriter) => number) =>
      this.#writers.reduce((total, writer) => total + count(writer), 0);
    return {
      ...this.#server.counters,
      ...this.#received,
      ...this.#sweeps.counters,
      ...this.#blocked.counters,
      ...this.#callers.counters,
      ...this.#totals.counters,
      ...(this.#history?.counters ?? NO_HISTORY),
      rowsReplaced: this.#coalescer.counters.replaced,
      rowsWritten: sum((writer) => writer.counters.rowsWritten),
      rowsRefused: sum((writer) => writer.counters.rowsRefused),
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
    const signals = { stop: stop.signal, giveUp: giveUp.signal };
    const release = () => this.#blocked.stop();
    signal.addEventListener("abort", release, { once: true });
    if (signal.aborted) release();
    const writing = Promise.all([
      this.#history?.run(signals),
      ...this.#writers.map((writer) => writer.run(signals)),
    ]);
    // A writer ends by itself only when it fails.
    await Promise.race([
      Promise.all([
        this.#server.run(signal),
        this.#expire(signal),
        this.#sweeps.run(signal),
      ]),
      writing,
    ]);

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

  /** Forgets what has ended, while there is something to forget. */
  async #expire(signal: AbortSignal): Promise<void> {
    signal.addEventListener("abort", () => this.#taken.resolve());
    if (signal.aborted) this.#taken.resolve();
    while (!signal.aborted) {
      await this.#taken.promise;
      await this.#clock.sleep(EXPIRE_INTERVAL_MS, signal);
      this.#callers.expire();
      if (this.#coalescer.size === 0) this.#checkFailing();
      this.#checkBlocked();
      await this.#totals.expire();
      const isHeld = this.#callers.size + this.#totals.size > 0 ||
        this.#conditions.failing.active || this.#conditions.blocked.active;
      if (!isHeld) this.#taken = Promise.withResolvers();
    }
  }

  #take(
    connection: FramedConnection,
    body: Uint8Array,
  ): void | Promise<void> {
    const decoder = this.#decoder;
    decoder.decode(body);
    const claimant = this.#claimantOf(connection);
    decoder.caller = this.#callers.callerOf(claimant, decoder.caller);
    const rows = packStatus(decoder, this.#rows);
    this.#received.statuses += 1;
    this.#received.rows += rows;
    this.#received.rowsInvalid += decoder.count - rows;
    const words = this.#rows.subarray(0, rows * ROW_WORDS);
    const { agent, group } = claimant;
    this.#totals.add(words, { agent: agent.number, group });
    this.#taken.resolve();
    const taken = this.#put(words, 0);
    if (taken === rows) return;
    this.#blockedMs = this.#clock.nowMs();
    this.#conditions.blocked.begin({ rowsHeld: this.#coalescer.size });
    // Its connection is not read until then: the agent keeps the newest itself.
    return this.#blocked.wait(words.slice(taken * ROW_WORDS));
  }

  /** Whom a connection reports for in the message that is being taken. */
  #claimantOf(connection: FramedConnection): Claimant {
    const claimants = (connection.data ??= new Map()) as Claimants;
    const { agentId } = this.#decoder;
    const identity = connection.hello?.agentId ||
      (agentId.length === IDENTITY_BYTES
        ? new Uint8Array(agentId).toHex()
        : addressGroup(connection.remote.hostname));
    const known = claimants.get(identity);
    if (known !== undefined) return known;
    const [oldest] = claimants.values();
    if (oldest !== undefined && claimants.size >= AGENTS_PER_CONNECTION_MAX) {
      claimants.delete(oldest.agent.identity);
      this.#agents.left(oldest.agent);
    }
    const agent: Agent = this.#agents.arrived(identity);
    const claimant = this.#callers.claimant(agent, connection.remote);
    claimants.set(identity, claimant);
    return claimant;
  }

  #left(connection: FramedConnection): void {
    const claimants = (connection.data ?? new Map()) as Claimants;
    connection.data = undefined;
    for (const { agent } of claimants.values()) this.#agents.left(agent);
    this.#history?.closed(connection);
  }

  #historyOf(
    { history, onRoutes, clock, random }: ReporterServerOptions,
    logger: Logger,
  ): History | undefined {
    if (history === undefined) return undefined;
    return new History({
      sink: timedSink(history, this.operations),
      onRoutes,
      reporter: () => this.name,
      clock,
      random,
      logger,
      troubles: this.#troubles,
      connections: () => this.#server.connections,
      onChange: () => this.#server.announce(),
    });
  }

  #expectOpening(opening: Opening | undefined): void {
    if (opening === undefined) return;
    this.#isOpening = true;
    this.#failure = opening.error.message;
    this.#troubles.begin(this.#conditions.failing, opening.error);
    opening.opened.then(() => {
      this.#isOpening = false;
      if (this.#coalescer.size === 0) this.#checkFailing();
    });
  }

  #failed(error: StoreError): void {
    this.#failedMs = this.#clock.nowMs();
    this.#failure = error.message;
    this.#troubles.begin(this.#conditions.failing, error);
  }

  /** A writer that has failed may find nothing left to write: time tells that all is well. */
  #checkFailing(): void {
    const isOver = !this.#isOpening &&
      (this.#writers.every((writer) => !writer.failing) ||
        this.#clock.nowMs() - this.#failedMs > RETRY_MAX_MS);
    if (!isOver) return;
    const held = this.#coalescer.size;
    this.#troubles.end(this.#conditions.failing, { held });
  }

  /** Room for some is soon taken by others: it is over when none has waited for a while. */
  #checkBlocked(): void {
    const calmMs = this.#clock.nowMs() - this.#blockedMs;
    if (this.#blocked.size > 0 || calmMs < EXPIRE_INTERVAL_MS) return;
    this.#conditions.blocked.end();
  }

  #written({ unjudged }: WriteResult): void {
    const { unknown } = this.#conditions;
    this.#isOpening = false;
    this.#checkFailing();
    if (unjudged === undefined) unknown.end();
    else unknown.begin({ error: unjudged });
    this.#blocked.drain();
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

/** What may be so for a while, each logged once when it begins and once when it ends. */
type Conditions = ReturnType<typeof conditionsOf>;

function conditionsOf(logger: Logger) {
  const condition = (
    level: "warn" | "error",
    [begins, ends]: readonly [string, string],
  ) => new StandingCondition({ logger, level, begins, ends });
  return {
    failing: condition("error", [
      "cannot write statuses, keeping the newest of each",
      "writing statuses again",
    ]),
    blocked: condition("warn", [
      "statuses come faster than the store takes them",
      "the store takes statuses as they come",
    ]),
    unknown: condition("warn", [
      "cannot read which hosts routes have: keeping statuses by what was known, or of any host",
      "can read which hosts routes have again",
    ]),
  };
}

/** Counters of a server, by name. */
export interface ReporterCounters extends HistoryCounters {
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
  /** Rows dropped as there was no room for them. */
  rowsLost: number;
  /** Rows left out as no route has their host. */
  rowsRefused: number;
  /** Rows removed from the store as no route has had their host for long. */
  rowsRemoved: number;
  /** Statuses kept under the address of their sender, as the caller they told is another's. */
  callersRefused: number;
  /** Rows that are not the sum of all agents of their caller, for want of room. */
  rowsUnsummed: number;
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
