import {
  decodeHelloAck,
  encodeHello,
  type Endpoint,
  formatEndpoint,
  type Frame,
  type Hello,
  type HelloAck,
  MessageId,
  ProtocolError,
} from "../../proto/mod.ts";
import { Backoff } from "../backoff.ts";
import type { Clock, Random } from "../clock.ts";
import { FramedConnection } from "./framed_connection.ts";
import { PeekedStream } from "./peeked_stream.ts";
import { HEARTBEAT_MS, SILENCE_MS_MAX } from "./liveness.ts";
import type { Logger } from "../log.ts";
import type { MessageRouter } from "./router.ts";
import { StandingCondition } from "../standing_condition.ts";
import type { ByteStream, Transport } from "../transport.ts";

/** Time that one address has to accept a connection before the next is tried. */
const CONNECT_TIMEOUT_MS = 800;

/** Shortest and longest wait after every address has failed; the first bridges a restart. */
const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 5_000;

/** Age of a connection from which its failure counts as a first one again. */
const STABLE_MS = 5_000;

/** Age up to which a connection that ends without a frame was closed at once. */
const AT_ONCE_MS = 1_000;

/** Time in which a connection that is left sends what it has queued. */
const DRAIN_MS_MAX = 2_000;

/** Mean interval at which a client tries to return to its preferred server. */
const HOME_INTERVAL_MS = 30_000;

/** Options of a {@linkcode TcpClient}. */
export interface TcpClientOptions {
  /** Opens the connections. */
  transport: Transport;
  /** Times waits. */
  clock: Clock;
  /** Chooses the order of servers, and spreads waits. */
  random: Random;
  /** Told of connections and outages. */
  logger: Logger;
  /**
   * Equivalent servers. Each client tries them in a random order of its own, so
   * that many clients spread evenly, also when one server is gone.
   */
  addresses: readonly Endpoint[];
  /** Handles the frames. */
  router: MessageRouter;
  /**
   * What the client says of itself, first on each connection. With it, each end
   * notices within {@linkcode SILENCE_MS_MAX} that the other is gone.
   */
  hello?: () => Hello;
  /** Called when a server says who it is: at the beginning, and when that changes. */
  onAck?: (ack: HelloAck) => void;
  /** Called whenever a connection opens. */
  onConnected?: (connection: FramedConnection) => void;
  /** Called when the connection is lost, before the next attempt. */
  onDisconnected?: () => void;
}

/** Keeps a connection to one of several servers while it runs. */
export class TcpClient {
  /** Totals since the start. */
  readonly counters = {
    connections: 0,
    connectFailures: 0,
    protocolErrors: 0,
    slowPeersClosed: 0,
  };
  readonly #options: TcpClientOptions;
  /** Preferred first. */
  #addresses: Endpoint[];
  /** Where the open connection leads. */
  #server: Endpoint | undefined;
  /** Waits between rounds in which no address accepted. */
  readonly #retry: Backoff;
  /** Waits after connections that did not last. */
  readonly #unstable: Backoff;
  #connection: FramedConnection | undefined;
  /** The connection that was left last. */
  #left: FramedConnection | undefined;
  /** A stream to the preferred server that replaces the current connection. */
  #replacement: ByteStream | undefined;
  readonly #unreachable: StandingCondition;
  readonly #unwanted: StandingCondition;
  readonly #foreign: StandingCondition;
  /** Whether the server has answered the Hello of this connection. */
  #isAcknowledged = false;

  /**
   * Connects once it runs.
   *
   * @throws {TypeError} If there is no address.
   */
  constructor(options: TcpClientOptions) {
    checkAddresses(options.addresses);
    this.#options = options;
    this.#addresses = shuffled(options.addresses, options.random);
    const backoff = {
      minMs: RETRY_MIN_MS,
      maxMs: RETRY_MAX_MS,
      random: options.random,
    };
    this.#retry = new Backoff(backoff);
    this.#unstable = new Backoff(backoff);
    const condition = (begins: string, ends: string) =>
      new StandingCondition({ ...options, level: "warn", begins, ends });
    this.#unreachable = condition(
      "no server answers, trying again",
      "a server answers again",
    );
    this.#unwanted = condition(
      "closed at once by the server, which has no place left or refuses this address; trying again",
      "kept by the server",
    );
    this.#foreign = condition(
      "connection closed: the server does not speak Lars; trying again",
      "connected to a server that speaks Lars",
    );
  }

  /** The open connection, if there is one; not one that is closed and still being read to its end. */
  get connection(): FramedConnection | undefined {
    return this.#connection?.closed ? undefined : this.#connection;
  }

  /**
   * Changes the list of servers. A connection to one that stays is kept, and that
   * server is the preferred one from now on; any other is left.
   *
   * @throws {TypeError} If there is no address.
   */
  setAddresses(addresses: readonly Endpoint[]): void {
    checkAddresses(addresses);
    if (isSameSet(addresses, this.#addresses)) return;
    const isServer = (each: Endpoint) => isSame(each, this.#server);
    const mixed = shuffled(addresses, this.#options.random);
    this.#addresses = [
      ...mixed.filter(isServer),
      ...mixed.filter((each) => !isServer(each)),
    ];
    const connection = this.#connection;
    if (connection === undefined || mixed.some(isServer)) return;
    this.#options.logger.info("leaving a server that is not listed any more", {
      server: connection,
    });
    this.#leave(connection);
  }

  /**
   * Leaves the server for another of the list, in which it is the last from now on;
   * nothing if it is the only one.
   */
  tryOthers(): void {
    const connection = this.#connection;
    const index = this.#indexOf(this.#server);
    if (connection === undefined || index < 0) return;
    if (this.#addresses.length < 2) return;
    this.#addresses.push(...this.#addresses.splice(index, 1));
    this.#leave(connection);
  }

  /** Sends a frame; false if there is no connection. */
  send(id: number, body: Uint8Array): boolean {
    return this.#connection?.send(id, body) ?? false;
  }

  /**
   * Connects and reconnects until `signal` is aborted, then sends what is queued
   * and closes.
   *
   * @throws {Error} What a handler or hook threw, unless a ProtocolError.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    let next = 0;
    try {
      while (!signal.aborted) {
        const found = await this.#connectAny(next, signal);
        if (found === undefined) break;
        this.#retry.reset();
        const openedMs = clock.nowMs();
        await this.#serve(found.stream, found.index, signal);
        // The list may have changed since.
        next = this.#indexOf(this.#server) + 1;
        this.#server = undefined;
        const stable = clock.nowMs() - openedMs >= STABLE_MS;
        if (stable) this.#unstable.reset();
        // A server that closes each connection at once must not make this spin.
        if (!stable && this.#replacement === undefined && !signal.aborted) {
          await clock.sleep(this.#unstable.nextMs(), signal);
        }
      }
    } finally {
      this.#replacement?.close();
    }
  }

  #indexOf(server: Endpoint | undefined): number {
    return this.#addresses.findIndex((each) => isSame(each, server));
  }

  async #connectAny(
    start: number,
    signal: AbortSignal,
  ): Promise<{ stream: ByteStream; index: number } | undefined> {
    const { clock } = this.#options;
    if (this.#replacement !== undefined) {
      const stream = this.#replacement;
      this.#replacement = undefined;
      this.#server = this.#addresses[0];
      return { stream, index: 0 };
    }
    for (;;) {
      for (let tried = 0; tried < this.#addresses.length; tried++) {
        if (signal.aborted) return undefined;
        const index = (start + tried) % this.#addresses.length;
        const server = this.#addresses[index]!;
        const stream = await this.#tryConnect(server, signal);
        if (stream === undefined) continue;
        this.#server = server;
        return { stream, index };
      }
      if (signal.aborted) return undefined;
      this.#unreachable.begin({
        addresses: this.#addresses.map(formatEndpoint).join(","),
      });
      await clock.sleep(this.#retry.nextMs(), signal);
    }
  }

  async #tryConnect(
    server: Endpoint,
    signal: AbortSignal,
  ): Promise<ByteStream | undefined> {
    const { transport, clock } = this.#options;
    const attempt = new AbortController();
    const give = () => attempt.abort();
    signal.addEventListener("abort", give);
    const done = new AbortController();
    clock.sleep(CONNECT_TIMEOUT_MS, done.signal).then(give);
    try {
      const stream = await transport.connect(server, attempt.signal);
      if (!signal.aborted) return stream;
      stream.close();
    } catch {
      this.counters.connectFailures += 1;
    } finally {
      done.abort();
      signal.removeEventListener("abort", give);
    }
    return undefined;
  }

  async #serve(
    stream: ByteStream,
    index: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, onConnected, onDisconnected } = this.#options;
    const connection = new FramedConnection(stream);
    const openedMs = clock.nowMs();
    const end = new AbortController();
    const stop = () => {
      end.abort();
      this.#leave(connection);
    };
    signal.addEventListener("abort", stop, { once: true });
    // The signal may have been aborted just after the connection opened.
    if (signal.aborted) stop();
    this.#connection = connection;
    this.counters.connections += 1;
    this.#sayConnected(connection, end.signal);
    let homing: Promise<void> | undefined;
    let error: ProtocolError | undefined;
    try {
      this.#greet(connection, end.signal);
      onConnected?.(connection);
      if (index > 0) homing = this.#goHome(connection, end.signal);
      await connection.run((from, frame) => this.#dispatch(from, frame));
    } catch (thrown) {
      if (!(thrown instanceof ProtocolError)) throw thrown;
      error = thrown;
      this.counters.protocolErrors += 1;
    } finally {
      signal.removeEventListener("abort", stop);
      end.abort();
      connection.close();
      this.#connection = undefined;
      await homing;
    }
    if (connection.closeReason !== undefined) {
      this.counters.slowPeersClosed += 1;
    }
    if (signal.aborted) return;
    // One that was left is not one that the server closed.
    const wasShort = connection !== this.#left &&
      clock.nowMs() - openedMs < AT_ONCE_MS;
    this.#sayDisconnected(connection, { error, wasShort });
    onDisconnected?.();
  }

  #dispatch(connection: FramedConnection, frame: Frame): void | Promise<void> {
    const { router, hello, onAck } = this.#options;
    if (hello === undefined || frame.id !== MessageId.helloAck) {
      return router.dispatch(connection, frame);
    }
    const ack = decodeHelloAck(frame.body);
    this.#isAcknowledged = true;
    onAck?.(ack);
  }

  /** Says Hello, and again and again to a server that knows it, until that is gone. */
  async #greet(
    connection: FramedConnection,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, hello } = this.#options;
    if (hello === undefined) return;
    this.#isAcknowledged = false;
    let heardMs = clock.nowMs();
    let frames = 0;
    connection.send(MessageId.hello, encodeHello(hello()));
    while (!connection.closed) {
      await clock.sleep(HEARTBEAT_MS, signal);
      if (!this.#isAcknowledged) continue;
      if (frames !== connection.framesRead) heardMs = clock.nowMs();
      frames = connection.framesRead;
      if (clock.nowMs() - heardMs >= SILENCE_MS_MAX) {
        connection.close(`the server has been silent for ${SILENCE_MS_MAX} ms`);
        return;
      }
      connection.send(MessageId.hello, encodeHello(hello()));
    }
  }

  /** Logs a connection, unless the last ones did not last: then only one that does. */
  async #sayConnected(
    server: FramedConnection,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, logger } = this.#options;
    if (!this.#unwanted.active && !this.#foreign.active) {
      this.#unreachable.end();
      logger.info("connected", { server });
      return;
    }
    await clock.sleep(AT_ONCE_MS, signal);
    if (signal.aborted) return;
    this.#unreachable.end();
    this.#unwanted.end({ server });
    this.#foreign.end({ server });
  }

  #sayDisconnected(
    server: FramedConnection,
    { error, wasShort }: {
      error: ProtocolError | undefined;
      wasShort: boolean;
    },
  ): void {
    const { closeReason: reason, framesRead } = server;
    if (error !== undefined) this.#foreign.begin({ server, error });
    else if (wasShort && framesRead === 0 && reason === undefined) {
      this.#unwanted.begin({ server });
    } else if (!this.#unwanted.active && !this.#foreign.active) {
      const why = reason === undefined ? {} : { reason };
      this.#options.logger.info("disconnected", { server, ...why });
    }
  }

  /** Tries to reach the preferred server at random intervals, and moves there if that keeps it. */
  async #goHome(
    connection: FramedConnection,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, random } = this.#options;
    while (!signal.aborted) {
      await clock.sleep(HOME_INTERVAL_MS * (0.5 + random()), signal);
      if (signal.aborted) return;
      const home = this.#addresses[0]!;
      // The list may have changed since.
      if (isSame(home, this.#server)) return;
      const stream = await this.#tryConnect(home, signal);
      if (stream === undefined) continue;
      const kept = await this.#keeps(stream, signal);
      if (kept === undefined) continue;
      this.#replacement = kept;
      await this.#leave(connection);
      return;
    }
  }

  /** The stream, if the server has not closed it at once. */
  async #keeps(
    stream: ByteStream,
    signal: AbortSignal,
  ): Promise<ByteStream | undefined> {
    const peeked = new PeekedStream(stream);
    const waited = new AbortController();
    const cut = () => waited.abort();
    signal.addEventListener("abort", cut);
    const { ended } = await Promise.race([
      peeked.looked,
      this.#options.clock.sleep(AT_ONCE_MS, waited.signal)
        .then(() => ({ ended: false })),
    ]);
    cut();
    signal.removeEventListener("abort", cut);
    if (!ended && !signal.aborted) return peeked;
    stream.close();
    return undefined;
  }

  /** Sends what is queued, at most for {@linkcode DRAIN_MS_MAX}, and closes. */
  async #leave(connection: FramedConnection): Promise<void> {
    this.#left = connection;
    const flushed = new AbortController();
    await Promise.race([
      connection.flushed(),
      this.#options.clock.sleep(DRAIN_MS_MAX, flushed.signal),
    ]);
    flushed.abort();
    connection.close();
  }
}

function checkAddresses(addresses: readonly Endpoint[]): void {
  if (addresses.length > 0) return;
  throw new TypeError("Cannot connect as the list of addresses is empty");
}

function isSame(one: Endpoint, other: Endpoint | undefined): boolean {
  return one.hostname === other?.hostname && one.port === other.port;
}

function isSameSet(
  some: readonly Endpoint[],
  others: readonly Endpoint[],
): boolean {
  return some.length === others.length &&
    some.every((one) => others.some((other) => isSame(one, other)));
}

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const result = [...items];
  for (let at = 0; at < result.length; at++) {
    const from = at + Math.floor(random() * (result.length - at));
    [result[at], result[from]] = [result[from]!, result[at]!];
  }
  return result;
}
