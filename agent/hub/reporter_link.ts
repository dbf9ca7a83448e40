import {
  encodeReportStatus,
  type Endpoint,
  type Hello,
  isIp,
  MessageId,
  parseIp,
  RouteMap,
  type RouteStatus,
} from "../../proto/mod.ts";
import {
  type Clock,
  type FramedConnection,
  type Logger,
  MessageRouter,
  type Random,
  TcpClient,
  type Transport,
} from "../../net/mod.ts";

/** Time after which a reporter that takes nothing is left for another. */
const STALL_MS_MAX = 30_000;

/**
 * Time before the end of a connection whose statuses are sent again on the next:
 * they are not acknowledged, and may never have arrived.
 */
const RESEND_MS = 5_000;

export interface ReporterLinkOptions {
  transport: Transport;
  clock: Clock;
  random: Random;
  logger: Logger;
  addresses: readonly Endpoint[];
  /** Who the agent is. */
  hello: () => Hello;
  /** The IPv4 address that statuses are kept under; the connection's own if not given. */
  caller?: number | undefined;
}

/**
 * The agent's connection to the reporter. It keeps the newest status of each
 * route until the socket takes it: memory is bounded by the number of routes,
 * however slow the reporter is.
 */
export class ReporterLink {
  /** Events so far. */
  readonly counters = { statusesSent: 0, statusesReplaced: 0 };
  readonly #options: ReporterLinkOptions;
  readonly #client: TcpClient;
  /** Statuses to be sent, the newest of each route. */
  readonly #pending = new RouteMap<RouteStatus>();
  /** Statuses sent on the present connection during {@linkcode RESEND_MS}. */
  readonly #sent = new RouteMap<{ status: RouteStatus; sentMs: number }>();
  #sending: Promise<void> | undefined;
  /** Whether the reporter has answered the Hello: an original one is not told the agent's identity. */
  #isAcknowledged = false;

  constructor(options: ReporterLinkOptions) {
    this.#options = options;
    this.#client = new TcpClient({
      ...options,
      router: new MessageRouter(),
      onAck: () => this.#isAcknowledged = true,
      onConnected: () => {
        this.#isAcknowledged = false;
        this.#sending ??= this.#send();
      },
      onDisconnected: () => this.#resend(),
    });
  }

  /** Whether there is a connection now. */
  get connected(): boolean {
    return this.#client.connection !== undefined;
  }

  /** Takes a route's status, in place of an older one that was not sent yet. */
  report(status: RouteStatus): void {
    if (this.#pending.has(status)) this.counters.statusesReplaced += 1;
    this.#pending.set(status, status);
    if (this.connected) this.#sending ??= this.#send();
  }

  /** Changes the list of servers, of which there is at least one. */
  setAddresses(addresses: readonly Endpoint[]): void {
    this.#client.setAddresses(addresses);
  }

  /** Keeps the link up until `signal` is aborted; what is queued then still leaves. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#client.run(signal);
    await this.#sending;
  }

  async #send(): Promise<void> {
    // Statuses of one turn go out together.
    await Promise.resolve();
    for (;;) {
      const connection = this.#client.connection;
      if (connection === undefined || this.#pending.size === 0) break;
      this.#sendWhileWritable(connection);
      await this.#drained(connection);
    }
    this.#sending = undefined;
  }

  async #drained(connection: FramedConnection): Promise<void> {
    const { clock } = this.#options;
    const drained = new AbortController();
    const stalled = clock.sleep(STALL_MS_MAX, drained.signal).then(() => {
      if (drained.signal.aborted) return;
      connection.close(`reporter has taken nothing for ${STALL_MS_MAX} ms`);
    });
    await Promise.race([connection.drained(), stalled]);
    drained.abort();
  }

  #sendWhileWritable(connection: FramedConnection): void {
    const { clock, hello } = this.#options;
    const nowMs = clock.nowMs();
    const own = {
      caller: this.#callerOn(connection),
      ...(this.#isAcknowledged && { agentId: hello().agentId }),
    };
    for (const [key, status] of this.#pending) {
      if (!connection.writable) return;
      this.#pending.delete(key);
      this.#sent.set(key, { status, sentMs: nowMs });
      const ts = clock.wallSeconds();
      for (const body of encodeReportStatus({ ...status, ...own, ts })) {
        connection.send(MessageId.reportStatusRequest, body);
      }
      this.counters.statusesSent += 1;
    }
    for (const [key, { sentMs }] of this.#sent) {
      if (nowMs - sentMs > RESEND_MS) this.#sent.delete(key);
    }
  }

  /** The address that the reporter sees this agent under, if none is set; there is no place for one of IPv6. */
  #callerOn({ local: { hostname } }: FramedConnection): number {
    return this.#options.caller ?? (isIp(hostname) ? parseIp(hostname) : 0);
  }

  #resend(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const [key, { status, sentMs }] of this.#sent) {
      if (nowMs - sentMs <= RESEND_MS && !this.#pending.has(key)) {
        this.#pending.set(key, status);
      }
    }
    this.#sent.clear();
  }
}
