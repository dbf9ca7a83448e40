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
import type { ByteStream, StreamListener, Transport } from "../transport.ts";

/** Time in which a server that stops sends what it has queued. */
const DRAIN_MS_MAX = 2_000;

/** Pauses after a failed accept, for example for lack of file descriptors. */
const ACCEPT_PAUSE_MIN_MS = 50;
const ACCEPT_PAUSE_MAX_MS = 1_000;

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
  /** Most connections; one more is closed at once. Each costs a descriptor and its buffers. */
  connectionsMax: number;
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
    protocolErrors: 0,
    slowPeersClosed: 0,
  };
  readonly #options: TcpServerOptions;
  readonly #listener: StreamListener;
  readonly #connections = new Set<FramedConnection>();
  readonly #serving = new Set<Promise<void>>();
  /** Aborted by the owner, or by the first handler that throws. */
  readonly #stop = new AbortController();
  #broken: { error: unknown } | undefined;

  /**
   * Listens; connections are accepted once it runs.
   *
   * @throws {Deno.errors.AddrInUse} If the port is taken.
   */
  constructor(options: TcpServerOptions) {
    this.#options = options;
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
    await this.#accept(this.#stop.signal);
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

  async #accept(signal: AbortSignal): Promise<void> {
    const { clock, random, logger } = this.#options;
    const pause = new Backoff({
      minMs: ACCEPT_PAUSE_MIN_MS,
      maxMs: ACCEPT_PAUSE_MAX_MS,
      random,
    });
    let failing = false;
    while (!signal.aborted) {
      try {
        const stream = await this.#listener.accept();
        if (failing) logger.info("accepting connections again");
        failing = false;
        pause.reset();
        this.#take(stream);
      } catch (error) {
        if (signal.aborted) return;
        this.counters.acceptFailures += 1;
        if (!failing) {
          logger.error("cannot accept connections, trying again", { error });
        }
        failing = true;
        await clock.sleep(pause.nextMs(), signal);
      }
    }
  }

  #take(stream: ByteStream): void {
    const { connectionsMax, logger, sendQueueBytesMax } = this.#options;
    if (this.#connections.size >= connectionsMax) {
      this.counters.refusedOverLimit += 1;
      stream.close();
      if (this.counters.refusedOverLimit === 1) {
        logger.warn("connection refused: the limit is reached", {
          peer: formatEndpoint(stream.remote),
          connectionsMax,
        });
      }
      return;
    }
    this.counters.accepted += 1;
    const connection = new FramedConnection(
      stream,
      sendQueueBytesMax === undefined ? {} : { sendQueueBytesMax },
    );
    this.#connections.add(connection);
    const serving = this.#serve(connection).catch((error) => {
      this.#broken ??= { error };
      connection.close();
      this.#stop.abort();
    });
    this.#serving.add(serving);
    serving.then(() => this.#serving.delete(serving));
  }

  async #serve(connection: FramedConnection): Promise<void> {
    const { router, logger, onOpen, onClose } = this.#options;
    try {
      onOpen?.(connection);
      await connection.run((from, frame) => router.dispatch(from, frame));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.counters.protocolErrors += 1;
      logger.warn("connection closed: the peer does not speak Lars", {
        peer: connection,
        error,
      });
    } finally {
      this.#connections.delete(connection);
      onClose?.(connection);
    }
    if (connection.closeReason !== undefined) {
      this.counters.slowPeersClosed += 1;
      logger.warn("connection closed", {
        peer: connection,
        reason: connection.closeReason,
      });
    }
  }
}
