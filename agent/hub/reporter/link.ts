import {
  decodeCallTotalsAck,
  encodeHostEvents,
  encodeHostStates,
  encodeReportStatus,
  type Endpoint,
  FEATURE_HISTORY,
  type Hello,
  type HelloAck,
  type HostEvent,
  isIp,
  MessageId,
  parseIp,
  RouteMap,
  type RouteStatus,
} from "../../../proto/mod.ts";
import {
  type Clock,
  type FramedConnection,
  type Logger,
  MessageRouter,
  type Random,
  TcpClient,
  type Transport,
} from "../../../net/mod.ts";
import type { RouteStates } from "../../routes/route_hosts.ts";
import { EventQueue } from "./event_queue.ts";
import { HostStates } from "./host_states.ts";
import { TotalsQueue } from "./totals_queue.ts";

/** Time after which a reporter that takes nothing is left for another. */
const STALL_MS_MAX = 30_000;

/**
 * Time before the end of a connection whose statuses are sent again on the next:
 * they are not acknowledged, and may never have arrived.
 */
const RESEND_MS = 5_000;

/** What a link to a reporter is made of. */
export interface ReporterLinkOptions {
  transport: Transport;
  clock: Clock;
  random: Random;
  logger: Logger;
  addresses: readonly Endpoint[];
  /** Who the agent is. */
  hello: () => Hello;
  /** Asks a shard for its totals: answered by {@linkcode ReporterLink.addTotals}. */
  askTotals: (shard: number) => void;
  /** Takes whether the reporter takes totals, states and events; false at first. */
  onReporter: (takesHistory: boolean) => void;
  /** The IPv4 address that statuses are kept under; the connection's own if not given. */
  caller?: number | undefined;
}

/**
 * The agent's connection to the reporter. It keeps the newest status of each
 * route, and of each host, until the socket takes it, and totals until they are
 * acknowledged: memory is bounded by the number of routes and hosts, however slow
 * the reporter is.
 */
export class ReporterLink {
  /** Events so far. */
  readonly counters = { statusesSent: 0, statusesReplaced: 0, totalsSent: 0 };
  readonly #options: ReporterLinkOptions;
  readonly #client: TcpClient;
  /** Statuses to be sent, the newest of each route. */
  readonly #pending = new RouteMap<RouteStatus>();
  /** Statuses sent on the present connection during {@linkcode RESEND_MS}. */
  readonly #sent = new RouteMap<{ status: RouteStatus; sentMs: number }>();
  readonly #totals: TotalsQueue;
  readonly #states = new HostStates();
  readonly #events = new EventQueue();
  #sending: Promise<void> | undefined;
  /** Whether the reporter has answered the Hello: an original one is not told the agent's identity. */
  #isAcknowledged = false;
  /** Whether it takes totals, states and events. */
  #takesHistory = false;
  /** Whether it is to hear of all hosts that are not plainly in use. */
  #areStatesNew = false;
  /** States that the socket has not taken yet. */
  #stateBodies: Iterator<Uint8Array> | undefined;

  constructor(options: ReporterLinkOptions) {
    this.#options = options;
    const { epoch } = options.hello();
    this.#totals = new TotalsQueue({ epoch, ask: options.askTotals });
    this.#client = new TcpClient({
      ...options,
      router: new MessageRouter().on(
        MessageId.callTotalsAck,
        (_, body) => this.#totals.onAck(decodeCallTotalsAck(body)),
      ),
      onAck: (ack) => this.#onAck(ack),
      onConnected: () => {
        this.#isAcknowledged = false;
        this.#totals.onConnected();
        this.#setTakesHistory(false);
        this.#wake();
      },
      onDisconnected: () => {
        this.#states.setTaken(false);
        this.#resend();
      },
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
    this.#wake();
  }

  /** Takes that a shard has totals. */
  totalsDue(shard: number): void {
    this.#totals.onDue(shard);
  }

  /** Takes totals of a shard without their `seq`; `isLast`: all that it had. */
  addTotals(
    shard: number,
    { bodies, isLast }: { bodies: readonly Uint8Array[]; isLast: boolean },
  ): void {
    this.#totals.add(shard, bodies, isLast);
    this.#wake();
  }

  /** Takes the hosts of a route that are not plainly in use, in place of those before. */
  setStates(states: RouteStates): void {
    this.#states.set(states, this.#options.clock.nowMs());
    this.#wake();
  }

  /** Takes what happened to hosts, and how many events were left out. */
  addEvents(events: readonly HostEvent[], dropped: number): void {
    this.#events.add(events, dropped, this.#options.clock.nowMs());
    this.#wake();
  }

  /** Hosts that are not plainly in use, by state. */
  hostStates(): ReadonlyMap<number, number> {
    return this.#states.counts();
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

  /** Takes what the reporter says of itself, which it says again and again, and which may change. */
  #onAck({ features }: HelloAck): void {
    this.#isAcknowledged = true;
    this.#setTakesHistory((features & FEATURE_HISTORY) !== 0);
    this.#wake();
  }

  #setTakesHistory(takesHistory: boolean): void {
    if (takesHistory === this.#takesHistory) return;
    this.#takesHistory = takesHistory;
    this.#areStatesNew = takesHistory;
    this.#stateBodies = undefined;
    this.#states.setTaken(takesHistory);
    this.#totals.setTaken(takesHistory);
    this.#options.onReporter(takesHistory);
  }

  /** Whether there is something to send now. */
  get #isWaiting(): boolean {
    if (this.#pending.size > 0) return true;
    if (!this.#takesHistory) return false;
    return this.#areStatesNew || this.#stateBodies !== undefined ||
      this.#states.changes > 0 ||
      this.#events.size > 0 || this.#totals.isWaiting;
  }

  #wake(): void {
    if (this.connected && this.#isWaiting) this.#sending ??= this.#send();
  }

  async #send(): Promise<void> {
    // Statuses of one turn go out together.
    await Promise.resolve();
    for (;;) {
      const connection = this.#client.connection;
      if (connection === undefined || !this.#isWaiting) break;
      if (this.#takesHistory) this.#sendHistory(connection);
      this.#sendStatuses(connection);
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

  /** Sends states, events and totals while the socket takes them. */
  #sendHistory(connection: FramedConnection): void {
    const nowMs = this.#options.clock.nowMs();
    this.#sendStates(connection, nowMs);
    while (connection.writable && this.#events.size > 0) {
      const body = encodeHostEvents(this.#events.take(nowMs));
      connection.send(MessageId.hostEvents, body);
    }
    while (connection.writable && this.#totals.isWaiting) {
      connection.sendFrame(this.#totals.next()!);
      this.counters.totalsSent += 1;
    }
  }

  #sendStates(connection: FramedConnection, nowMs: number): void {
    while (connection.writable) {
      const next = this.#stateBodies?.next();
      if (next?.done === false) {
        connection.send(MessageId.hostStates, next.value);
        continue;
      }
      this.#stateBodies = this.#takeStates(nowMs);
      if (this.#stateBodies === undefined) return;
    }
  }

  /** Bodies of what a reporter is to hear of hosts; undefined: nothing. */
  #takeStates(nowMs: number): Iterator<Uint8Array> | undefined {
    if (this.#areStatesNew) {
      this.#areStatesNew = false;
      const hosts = this.#states.takeAll(nowMs);
      return encodeHostStates({ all: true, hosts });
    }
    if (this.#states.changes === 0) return undefined;
    const hosts = this.#states.takeChanges(nowMs);
    return encodeHostStates({ all: false, hosts });
  }

  #sendStatuses(connection: FramedConnection): void {
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
