import {
  type Endpoint,
  formatEndpoint,
  ProtocolError,
} from "../../proto/mod.ts";
import { Backoff } from "../backoff.ts";
import type { Clock, Random } from "../clock.ts";
import { FramedConnection } from "./framed_connection.ts";
import type { Logger } from "../log.ts";
import type { MessageRouter } from "./router.ts";
import type { ByteStream, Transport } from "../transport.ts";

/** Time that one address has to accept a connection before the next is tried. */
const CONNECT_TIMEOUT_MS = 800;

/** Shortest and longest wait after every address has failed; the first bridges a restart. */
const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 5_000;

/** Age of a connection from which its failure counts as a first one again. */
const STABLE_MS = 5_000;

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
  /** A stream to the preferred server that replaces the current connection. */
  #replacement: ByteStream | undefined;
  #unreachable = false;

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
  }

  /** The open connection, if there is one. */
  get connection(): FramedConnection | undefined {
    return this.#connection;
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
        this.#server = undefined;
        const stable = clock.nowMs() - openedMs >= STABLE_MS;
        if (stable) this.#unstable.reset();
        next = found.index + 1;
        // A server that closes each connection at once must not make this spin.
        if (!stable && this.#replacement === undefined && !signal.aborted) {
          await clock.sleep(this.#unstable.nextMs(), signal);
        }
      }
    } finally {
      this.#replacement?.close();
    }
  }

  async #connectAny(
    start: number,
    signal: AbortSignal,
  ): Promise<{ stream: ByteStream; index: number } | undefined> {
    const { clock, logger } = this.#options;
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
      if (!this.#unreachable) {
        logger.warn("no server answers, trying again", {
          addresses: this.#addresses.map(formatEndpoint).join(","),
        });
      }
      this.#unreachable = true;
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
    const { logger, router, onConnected, onDisconnected } = this.#options;
    const connection = new FramedConnection(stream);
    const end = new AbortController();
    const stop = () => {
      end.abort();
      this.#leave(connection);
    };
    signal.addEventListener("abort", stop, { once: true });
    // The signal may have been aborted just after the connection opened.
    if (signal.aborted) stop();
    this.#connection = connection;
    this.#unreachable = false;
    this.counters.connections += 1;
    logger.info("connected", { server: connection });
    let homing: Promise<void> | undefined;
    try {
      onConnected?.(connection);
      if (index > 0) homing = this.#goHome(connection, end.signal);
      await connection.run((from, frame) => router.dispatch(from, frame));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.counters.protocolErrors += 1;
      logger.warn("connection closed: the server does not speak Lars", {
        server: connection,
        error,
      });
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
    logger.info("disconnected", {
      server: connection,
      ...(connection.closeReason === undefined
        ? {}
        : { reason: connection.closeReason }),
    });
    onDisconnected?.();
  }

  /** Tries to reach the preferred server at random intervals, and moves there. */
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
      this.#replacement = stream;
      await this.#leave(connection);
      return;
    }
  }

  /** Sends what is queued, at most for {@linkcode DRAIN_MS_MAX}, and closes. */
  async #leave(connection: FramedConnection): Promise<void> {
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
