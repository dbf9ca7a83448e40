import {
  decodeHello,
  encodeHelloAck,
  type Endpoint,
  formatEndpoint,
  type Frame,
  type HelloAck,
  MessageId,
  ProtocolError,
} from "../../proto/mod.ts";
import { addressGroup } from "./address_group.ts";
import { Backoff } from "../backoff.ts";
import { type Clock, type Random, untilBeat } from "../clock.ts";
import { DeadlineTimer } from "../deadline_timer.ts";
import { FramedConnection } from "./framed_connection.ts";
import { HEARTBEAT_MS, SILENCE_MS_MAX } from "./liveness.ts";
import type { Logger } from "../log.ts";
import { LogBudget } from "../log_budget.ts";
import { PeerWatch } from "./peer_watch.ts";
import { type Lack, Places } from "./places.ts";
import type { MessageRouter } from "./router.ts";
import { StandingCondition } from "../standing_condition.ts";
import type { ByteStream, StreamListener, Transport } from "../transport.ts";
import { VERSION } from "../version.ts";

/** Time in which a server that stops sends what it has queued. */
const DRAIN_MS_MAX = 2_000;

/** Pauses after an accept that failed for lack of file descriptors or memory. */
const ACCEPT_PAUSE_MIN_MS = 50;
const ACCEPT_PAUSE_MAX_MS = 1_000;

/** Codes of such failures. Any other is that of one peer, which has gone already. */
const EXHAUSTED_CODES = [
  "EMFILE",
  "ENFILE",
  "ENOBUFS",
  "ENOMEM",
  "WSAEMFILE",
  "WSAENOBUFS",
];

/** Failures in a row after which a listener pauses whatever they are, so as not to spin. */
const ACCEPT_FAILURES_MAX = 1_000;

/** Beat on which peers are looked at after something came, or while something waits to be sent. */
const WATCH_MS = 1_000;

/** Time without a refusal after which refusing is over. */
const REFUSING_MS = 10_000;

/** Share of the places that one address may have, unless that is fewer than the least. */
const ADDRESS_SHARE = 0.75;
const ADDRESS_PLACES_MIN = 16;

/** What a server without a store says of itself. */
export const UNKNOWN_STORE_ACK: HelloAck = {
  version: VERSION,
  features: 0,
  store: "",
  accepted: 0,
  held: 0,
};

/** Options of a {@linkcode TcpServer}. */
export interface TcpServerOptions {
  /** Opens the listener. */
  transport: Transport;
  /** Times waits. */
  clock: Clock;
  /** Spreads waits. */
  random: Random;
  /** Told of refused and broken connections. */
  logger: Logger;
  /** Endpoint to listen at; port 0 takes any free one. */
  at: Endpoint;
  /**
   * Most connections. One more takes the place of a peer without a Hello that has
   * been silent for {@linkcode SILENCE_MS_MAX}, or is closed at once. Each costs a
   * descriptor and its buffers.
   */
  connectionsMax: number;
  /** Most connections of one address; default: three quarters of all, but 16. */
  connectionsPerAddressMax?: number | undefined;
  /**
   * What the server says of itself to a peer that said Hello, with its connection
   * when that is the first answer on it; default: its version.
   */
  ack?: (connection?: FramedConnection) => HelloAck;
  /** Handles the frames. */
  router: MessageRouter;
  /** Most bytes that one connection has waiting; over that it is closed. */
  sendQueueBytesMax?: number;
  /** Called when a connection opens. */
  onOpen?: (connection: FramedConnection) => void;
  /** Called when a connection has closed. */
  onClose?: (connection: FramedConnection) => void;
}

/** Accepts connections and passes their frames to a router. */
export class TcpServer {
  /** Totals since the start. */
  readonly counters = {
    accepted: 0,
    refusedOverLimit: 0,
    acceptFailures: 0,
    resetEarly: 0,
    protocolErrors: 0,
    slowPeersClosed: 0,
    silentReplaced: 0,
    halfFrameClosed: 0,
    stalledClosed: 0,
    silentClosed: 0,
  };
  readonly #options: TcpServerOptions;
  readonly #listener: StreamListener;
  readonly #connections = new Set<FramedConnection>();
  readonly #places: Places;
  readonly #perAddressMax: number;
  readonly #ack: (connection?: FramedConnection) => HelloAck;
  readonly #watch = new PeerWatch();
  readonly #serving = new Set<Promise<void>>();
  readonly #log: LogBudget;
  readonly #exhausted: StandingCondition;
  readonly #refusing: StandingCondition;
  #refusedMs = 0;
  readonly #looks: DeadlineTimer;
  /** When to look at the peers next. */
  #lookMs = Infinity;
  /** Whether something came, or waits to be sent, since the last look. */
  #isActive = false;
  /** When the server said last what it is. */
  #announcedMs = 0;
  /** Aborted by the owner, or by the first handler that throws. */
  readonly #stop = new AbortController();
  #broken: { error: unknown } | undefined;

  /**
   * Listens; connections are accepted once it runs.
   *
   * @throws {Deno.errors.AddrInUse} If the port is taken.
   */
  constructor(options: TcpServerOptions) {
    const { connectionsMax: max, logger } = options;
    this.#options = options;
    this.#perAddressMax = options.connectionsPerAddressMax ??
      Math.max(ADDRESS_PLACES_MIN, Math.ceil(max * ADDRESS_SHARE));
    this.#places = new Places({ max, perAddressMax: this.#perAddressMax });
    this.#ack = options.ack ?? (() => UNKNOWN_STORE_ACK);
    this.#log = new LogBudget(options);
    this.#exhausted = new StandingCondition({
      logger,
      level: "error",
      begins: "cannot accept connections, trying again",
      ends: "accepting connections again",
    });
    this.#refusing = new StandingCondition({
      logger,
      level: "warn",
      begins: "connections refused: the limit is reached",
      ends: "no connection refused any more",
    });
    this.#looks = new DeadlineTimer(options.clock, {
      dueMs: () =>
        Math.min(this.#lookMs, this.#log.dueMs(), this.#refusingUntilMs),
      tick: (nowMs) => this.#look(nowMs),
    });
    this.#listener = options.transport.listen(options.at);
  }

  /** The endpoint it listens at. */
  get local(): Endpoint {
    return this.#listener.local;
  }

  /** The open connections. */
  get connections(): ReadonlySet<FramedConnection> {
    return this.#connections;
  }

  /**
   * Serves until `signal` is aborted, then sends what is queued, and closes all.
   *
   * @throws {Error} What a handler or hook threw, unless a ProtocolError. That
   * ends the server, as an invariant is broken.
   */
  async run(signal: AbortSignal): Promise<void> {
    const stop = () => {
      this.#stop.abort();
      this.#listener.close();
    };
    this.#stop.signal.addEventListener("abort", stop, { once: true });
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    await Promise.all([
      this.#accept(this.#stop.signal),
      this.#looks.run(this.#stop.signal),
    ]);
    signal.removeEventListener("abort", stop);

    const drain = new AbortController();
    await Promise.race([
      Promise.all([...this.#connections].map((each) => each.flushed())),
      this.#options.clock.sleep(DRAIN_MS_MAX, drain.signal),
    ]);
    drain.abort();
    for (const connection of this.#connections) connection.close();
    await Promise.all(this.#serving);
    if (this.#broken !== undefined) throw this.#broken.error;
  }

  /** Says to every peer that said Hello what the server says of itself now. */
  announce(): void {
    const body = encodeHelloAck(this.#ack());
    for (const connection of this.#connections) {
      if (connection.hello === undefined || !connection.writable) continue;
      connection.send(MessageId.helloAck, body);
    }
  }

  async #accept(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#options;
    const pause = new Backoff({
      minMs: ACCEPT_PAUSE_MIN_MS,
      maxMs: ACCEPT_PAUSE_MAX_MS,
      random,
    });
    let failures = 0;
    while (!signal.aborted) {
      try {
        const stream = await this.#listener.accept();
        this.#exhausted.end();
        failures = 0;
        pause.reset();
        this.#take(stream);
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        if (!isExhausted(error) && failures % ACCEPT_FAILURES_MAX !== 0) {
          this.counters.resetEarly += 1;
          continue;
        }
        this.counters.acceptFailures += 1;
        this.#exhausted.begin({ error });
        await clock.sleep(pause.nextMs(), signal);
      }
    }
  }

  #take(stream: ByteStream): void {
    const { sendQueueBytesMax } = this.#options;
    const { hostname } = stream.remote;
    const lack = this.#places.lack(hostname);
    if (lack !== undefined && !this.#evict(lack, hostname)) {
      this.#refuse(stream, lack);
      return;
    }
    this.counters.accepted += 1;
    const connection = new FramedConnection(stream, {
      readsWhenSent: true,
      onActivity: this.#onActivity,
      ...(sendQueueBytesMax === undefined ? {} : { sendQueueBytesMax }),
    });
    this.#connections.add(connection);
    this.#places.take(hostname);
    this.#onActivity();
    const serving = this.#serve(connection).catch((error) => {
      this.#broken ??= { error };
      connection.close();
      this.#stop.abort();
    });
    this.#serving.add(serving);
    serving.then(() => this.#serving.delete(serving));
  }

  /**
   * Closes the peer that has been silent longest, if there is one that may have
   * gone; false if there is none.
   */
  #evict(lack: Lack, hostname: string): boolean {
    const nowMs = this.#options.clock.nowMs();
    const group = addressGroup(hostname);
    let silentMs = SILENCE_MS_MAX;
    let longest: FramedConnection | undefined;
    for (const connection of this.#connections) {
      const isRival = lack === "server" ||
        addressGroup(connection.remote.hostname) === group;
      const eachMs = this.#watch.silentMs(connection, nowMs);
      if (!isRival || connection.hello !== undefined || eachMs < silentMs) {
        continue;
      }
      longest = connection;
      silentMs = eachMs;
    }
    if (longest === undefined) return false;
    this.counters.silentReplaced += 1;
    longest.close(
      `it has been silent for ${silentMs} ms, and another needs its place`,
    );
    this.#forget(longest);
    return true;
  }

  #refuse(stream: ByteStream, lack: Lack): void {
    const { clock, connectionsMax } = this.#options;
    this.counters.refusedOverLimit += 1;
    this.#refusedMs = clock.nowMs();
    this.#refusing.begin({
      peer: formatEndpoint(stream.remote),
      limit: lack === "server"
        ? `maxConn = ${connectionsMax}`
        : `maxConnPerAddress = ${this.#perAddressMax}`,
    });
    stream.close();
    this.#looks.update();
  }

  async #serve(connection: FramedConnection): Promise<void> {
    const { onOpen, onClose } = this.#options;
    try {
      onOpen?.(connection);
      await connection.run((from, frame) => this.#dispatch(from, frame));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.counters.protocolErrors += 1;
      this.#warn("connection closed: the peer does not speak Lars", {
        peer: connection,
        error,
      });
    } finally {
      this.#forget(connection);
      onClose?.(connection);
    }
    const { closeReason: reason } = connection;
    if (reason === undefined) return;
    if (connection.overflowed) this.counters.slowPeersClosed += 1;
    this.#warn("connection closed", { peer: connection, reason });
  }

  #warn(message: string, properties: Record<string, unknown>): void {
    this.#log.warn(message, properties);
    this.#looks.update();
  }

  #dispatch(connection: FramedConnection, frame: Frame): void | Promise<void> {
    if (frame.id !== MessageId.hello) {
      return this.#options.router.dispatch(connection, frame);
    }
    const hello = decodeHello(frame.body);
    const isFirst = connection.hello === undefined;
    connection.hello = hello;
    if (!isFirst) return;
    connection.send(MessageId.helloAck, encodeHelloAck(this.#ack(connection)));
  }

  /** Takes a connection off the books; twice is once. */
  #forget(connection: FramedConnection): void {
    if (!this.#connections.delete(connection)) return;
    this.#places.release(connection.remote.hostname);
  }

  /** When refusing will be over; Infinity: none was refused. */
  get #refusingUntilMs(): number {
    return this.#refusing.active ? this.#refusedMs + REFUSING_MS : Infinity;
  }

  readonly #onActivity = (): void => {
    if (this.#isActive) return;
    this.#isActive = true;
    const { clock } = this.#options;
    const nowMs = clock.nowMs();
    this.#lookMs = Math.min(this.#lookMs, nowMs + untilBeat(nowMs, WATCH_MS));
    this.#looks.update();
  };

  /** Looks after the peers, and says to those with a Hello that the server is there. */
  #look(nowMs: number): void {
    // As #nextLookMs() has it: a difference could be rounded to less.
    const announces = nowMs >= this.#announcedMs + HEARTBEAT_MS;
    if (announces) this.#announcedMs = nowMs - nowMs % WATCH_MS;
    this.#lookMs = Infinity;
    for (const connection of this.#connections) {
      const found = this.#watch.look(connection, nowMs);
      if (found !== undefined) {
        this.counters[`${found.fault}Closed`] += 1;
        connection.close(found.reason);
        continue;
      }
      this.#lookMs = Math.min(
        this.#lookMs,
        this.#nextLookMs(connection, nowMs),
      );
    }
    // Who takes nothing of it is seen at the next one: it asks for no look of its own.
    this.#isActive = true;
    if (announces) this.announce();
    this.#isActive = this.#lookMs <= nowMs + WATCH_MS;
    if (nowMs >= this.#refusingUntilMs) {
      const { refusedOverLimit: refused } = this.counters;
      this.#refusing.end({ refused });
    }
    this.#log.flush();
  }

  /** When to look at a peer again if nothing comes and nothing is sent. */
  #nextLookMs(connection: FramedConnection, nowMs: number): number {
    const { torn, queuedBytes, busy, hello } = connection;
    if (torn || busy || queuedBytes > 0) {
      return nowMs + untilBeat(nowMs, WATCH_MS);
    }
    const dueMs = this.#watch.dueMs(connection, nowMs);
    return hello === undefined
      ? dueMs
      : Math.min(dueMs, this.#announcedMs + HEARTBEAT_MS);
  }
}

function isExhausted(error: unknown): boolean {
  return error instanceof Error && "code" in error &&
    EXHAUSTED_CODES.includes(String(error.code));
}
