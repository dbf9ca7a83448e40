import {
  AGENT_SERVERS,
  type Endpoint,
  type Hello,
  type HelloAck,
  type HostAddress,
  ownerOf,
  RouteEncoder,
  type RouteHead,
  type RouteKey,
} from "../../proto/mod.ts";
import {
  type Clock,
  type Logger,
  loggerOf,
  type Random,
  type Transport,
  VERSION,
} from "../../net/mod.ts";
import { DnsLink } from "./dns_link.ts";
import { HealthChecker } from "./health_checker.ts";
import type {
  FromShard,
  ShardServerCounters,
  ToShard,
} from "../shard/worker_messages.ts";
import type { ShardSettings } from "../shard/shard.ts";
import { Resubscriber } from "./resubscriber.ts";
import { HostLog } from "./host_log.ts";
import { randomIdentity } from "./identity.ts";
import { RouteSnapshot } from "./route_snapshot.ts";
import { POLICY_NAMES } from "../policies/mod.ts";
import type { OutageKeeper } from "./outage_file.ts";
import { ReporterLink } from "./reporter/link.ts";
import { ChangeSaver } from "./change_saver.ts";
import type { RouteKeeper } from "./route_cache.ts";
import { type RouteLookup, RouteLookups } from "./lookups.ts";
import { RouteSender } from "./route_sender.ts";
import { Shards } from "./shards.ts";
import { StoreGuard } from "./store_guard.ts";
import { REGISTER_OFF, type RegisterSettings } from "../registrar/instance.ts";
import {
  type ProgramRegistrar,
  Registrar,
  type RegistrarCounters,
  type RegistrationOptions,
} from "../registrar/registrar.ts";

/** Most unknown policies that are logged, each once. */
const UNKNOWN_POLICIES_MAX = 100;

/** Routes that go to their shards again in one turn of the event loop. */
const RESEND_SLICE = 512;

/** Pause between two attempts to find a dns with the store that the routes came from, or with any routes. */
const LEAVE_PAUSE_MS = 60_000;

/** The same when that has failed again and again: each time all routes are pulled. */
const LEAVE_PAUSE_MS_MAX = 3_600_000;

/** What the hub is made of. */
export interface AgentOptions {
  /** Opens the connections to dns, reporter and hosts. */
  transport: Transport;
  /** Time of the links. */
  clock: Clock;
  /** Source of the jitter between attempts to connect. */
  random: Random;
  /** Servers of dns, tried in this order. */
  dns: readonly Endpoint[];
  /** Reporters, tried in this order. */
  reporter: readonly Endpoint[];
  /** Takes a message to a shard, in a worker or in this thread. */
  post: (index: number, message: ToShard) => void;
  /** Where routes are kept for the next run. */
  cache: RouteKeeper;
  /** Identity of this agent, 32 hexadecimal digits; a random one if absent. */
  agentId?: string;
  /** Where the hosts out of use are kept for it; nowhere if absent. */
  outages?: OutageKeeper;
  /** Why files cannot be kept in the data folder; absent: they can. */
  diskError?: Error | undefined;
  /** What people call it: the name of its machine; its address if absent. */
  name?: string | undefined;
  /** Zone it stands in; none if absent. */
  zone?: string;
  /** The IPv4 address that its statuses are kept under; the one that the reporter sees if absent. */
  caller?: number | undefined;
  /** How programs register; none may if absent. */
  registrations?: RegistrationOptions;
  /** Port of its page of metrics, if others reach it at its address. */
  metricsPort?: number | undefined;
  /** Number of shards; {@linkcode AGENT_SERVERS} if absent. */
  shards?: number;
}

/** Counters of the links to dns and reporter, of health checks and registrations; AGENT_METRICS describes each. */
export type HubCounters =
  & RegistrarCounters
  & Record<
    | ("pullsSent" | "pullsDropped" | "routesReceived" | "dnsConnected")
    | "removalsHeld"
    | ("checks" | "checksAlive" | "checksDropped")
    | (
      | "statusesSent"
      | "statusesReplaced"
      | "totalsSent"
      | "reporterConnected"
    ),
    number
  >;

/** What a running agent can change. */
export interface AgentSettings {
  /** What the shards take. */
  settings: ShardSettings;
  /** Servers of dns; at least one. */
  dns: readonly Endpoint[];
  /** Reporters; at least one. */
  reporter: readonly Endpoint[];
  /** How programs register; as before if absent. */
  register?: RegisterSettings;
  /** Whether the policy or the health checks of routes that name none change. */
  resend: boolean;
}

/**
 * The hub of the agent: links to dns and reporter, routes on disk, and messages
 * between them and the shards, which answer programs by themselves.
 */
export class Agent {
  /** Registers programs; datagrams get here by {@linkcode Agent.receive}. */
  readonly registrar: ProgramRegistrar;
  readonly #registrar: Registrar;
  readonly #dns: DnsLink;
  readonly #reporter: ReporterLink;
  readonly #healthChecker: HealthChecker;
  readonly #hostLog: HostLog;
  readonly #options: AgentOptions;
  readonly #shards: Shards;
  readonly #logger: Logger = loggerOf("agent");
  readonly #routes = new RouteSnapshot();
  readonly #resubscriber: Resubscriber;
  readonly #sender: RouteSender;
  readonly #lookups: RouteLookups;
  /** Those that were logged. */
  readonly #unknownPolicies = new Set<string>();
  readonly #saver: ChangeSaver;
  readonly #guard: StoreGuard;
  /** When a dns was last left for its store. */
  #leftMs = -Infinity;
  /** Whether the shards were told that dns has another store. */
  #toldOther = false;
  #leavePauseMs = LEAVE_PAUSE_MS;

  /** Connects nothing yet: see {@linkcode Agent.run}. */
  constructor(options: AgentOptions) {
    this.#options = options;
    const { transport, clock, random, post } = options;
    const { shards: count = AGENT_SERVERS } = options;
    this.#shards = new Shards({ clock, count, post });
    this.#sender = new RouteSender({
      shards: count,
      post: (index, batch) => post(index, { kind: "routes", batch }),
    });
    this.#saver = new ChangeSaver({
      clock,
      logger: this.#logger,
      what: "files",
      error: options.diskError,
      save: () => options.cache.save(this.#routes.routes(), this.#guard.known),
    });
    this.#lookups = new RouteLookups({
      clock,
      shards: count,
      post,
      routes: this.#routes,
      isConnected: () => this.#dns.connected,
    });
    this.#guard = new StoreGuard({
      routes: this.#routes,
      logger: this.#logger,
      onKnown: () => this.#saver.noteChange(),
    });
    const hello = helloOf(options);
    const shared = {
      transport,
      clock,
      random,
      logger: this.#logger,
      hello: () => hello,
    };
    this.#dns = new DnsLink({
      ...shared,
      addresses: options.dns,
      onAck: (ack) => this.#onAck(ack),
      onLeaseAck: (body) => this.#registrar.onLeaseAck(body),
      onRoute: (route, body) => this.#onRoute(route, body),
      onChange: (local) => this.#onDnsChange(local),
      heartbeatKey: () => this.#anyKey(),
    });
    this.registrar = this.#registrar = new Registrar({
      ...options.registrations,
      ...shared,
      zone: options.zone ?? "",
      send: (id, body) => this.#dns.send(id, body),
      tryOthers: () => this.#dns.tryOthers(),
    });
    this.#resubscriber = new Resubscriber({
      clock,
      dns: this.#dns,
      keys: () => this.#routes.keys(),
    });
    this.#healthChecker = new HealthChecker(shared);
    this.#hostLog = new HostLog(shared);
    this.#reporter = new ReporterLink({
      ...shared,
      addresses: options.reporter,
      caller: options.caller,
      askTotals: (index) => post(index, { kind: "tell_totals" }),
      onReporter: (takesHistory) =>
        this.#shards.postAll({ kind: "reporter", takesHistory }),
    });
  }

  /** Counters since its start. */
  get counters(): HubCounters {
    return {
      ...this.#dns.counters,
      ...this.#healthChecker.counters,
      ...this.#reporter.counters,
      ...this.#registrar.counters,
      dnsConnected: Number(this.#dns.connected),
      removalsHeld: this.#guard.held,
      reporterConnected: Number(this.#reporter.connected),
    };
  }

  /** A counter summed over the shards, up to a second old. */
  counter(name: keyof ShardServerCounters): number {
    return this.#shards.counter(name);
  }

  /** Ejections by "reason policy", up to a second old. */
  get ejections(): ReadonlyMap<string, number> {
    return this.#shards.ejections;
  }

  /** Hosts that are not plainly in use, by HostState. */
  get hostStates(): ReadonlyMap<number, number> {
    return this.#reporter.hostStates();
  }

  /** Programs that have registered, by the name of their state. */
  get registrations(): ReadonlyMap<string, number> {
    return this.#registrar.states;
  }

  /** Finds out what it knows of a route; asks dns for one that it does not know. */
  lookup(key: RouteKey): Promise<RouteLookup> {
    return this.#lookups.lookup(key);
  }

  /** Takes the routes of the last run to the shards, before they serve, and its registrations; returns how many routes. */
  async restore(): Promise<number> {
    const encoder = new RouteEncoder();
    try {
      for await (const { routes, store } of this.#options.cache.load()) {
        this.#guard.known ??= store;
        for (const route of routes) {
          if (this.#routes.has(route)) continue;
          const body = encoder.encode(route);
          this.#routes.set(route, body);
          this.#sender.send(route, body);
        }
      }
    } catch (error) {
      this.#logger.warn(
        "the routes on disk are damaged: those are used that are whole, and that were there before",
        {
          routes: this.#routes.size,
          error,
        },
      );
      this.#saver.noteChange();
    }
    this.#sender.flush();
    await this.#restoreOutages();
    await this.#registrar.restore();
    const { settings = REGISTER_OFF } = this.#options.registrations ?? {};
    this.#registrar.configure(settings);
    return this.#routes.size;
  }

  async #restoreOutages(): Promise<void> {
    const { outages, post } = this.#options;
    try {
      const saved = await outages?.take() ?? [];
      const owner = (key: RouteKey) => ownerOf(key, this.#shards.count);
      for (const [index, routes] of Map.groupBy(saved, owner)) {
        post(index, { kind: "restore", routes });
      }
    } catch (error) {
      this.#logger.warn(
        "which hosts were out of use cannot be read: all are used",
        { error },
      );
    }
  }

  /**
   * Takes other settings, and moves to other servers if it is connected to one
   * that is not listed any more. With `resend` every route goes to its shard
   * again, as its policy or its health checks may have changed.
   */
  async configure(
    { settings, dns, reporter, register, resend }: AgentSettings,
  ): Promise<void> {
    this.#shards.postAll({ kind: "settings", settings });
    this.#dns.setAddresses(dns);
    this.#reporter.setAddresses(reporter);
    if (register !== undefined) this.#registrar.configure(register);
    if (!resend) return;
    const encoder = new RouteEncoder();
    let count = 0;
    for (const route of this.#routes.routes()) {
      this.#sender.send(route, encoder.encode(route));
      count += 1;
      if (count % RESEND_SLICE === 0) await this.#options.clock.turn();
    }
  }

  /**
   * Keeps the links up until `signal` is aborted. Files are written then while the
   * shards still answer; they stop next.
   */
  async run(signal: AbortSignal): Promise<void> {
    const links = new AbortController();
    const running = Promise.all([
      this.#dns.run(links.signal),
      this.#reporter.run(links.signal),
      this.#hostLog.run(links.signal),
      this.#registrar.run(signal),
    ]);
    const saving = this.#saver.run(signal);
    await Promise.race([running, aborted(signal)]);
    await Promise.all([saving, this.#saveOutages()]);
    await this.#shards.stop();
    // ReporterLink sends the last statuses on the next turn.
    await Promise.resolve();
    links.abort();
    await running;
  }

  /** Takes a message from a shard server. */
  receive(index: number, message: FromShard): void {
    switch (message.kind) {
      case "pulls":
        for (const key of message.keys) this.#dns.pull(key);
        break;
      case "statuses":
        for (const status of message.statuses) this.#reporter.report(status);
        break;
      case "totals_due":
        this.#reporter.totalsDue(index);
        break;
      case "totals":
        this.#reporter.addTotals(index, message);
        break;
      case "states":
        for (const states of message.routes) this.#reporter.setStates(states);
        break;
      case "events":
        this.#reporter.addEvents(message.events, message.dropped);
        this.#hostLog.add(message.events, message.dropped);
        break;
      case "forgotten":
        for (const key of message.keys) {
          if (this.#routes.delete(key)) this.#saver.noteChange();
          this.#guard.forget(key);
        }
        break;
      case "forward": {
        const { owner, token, datagram } = message;
        if (owner === this.#shards.count) {
          const answer = this.#registrar.answer(datagram);
          this.#options.post(index, {
            kind: "answer",
            token,
            datagram: answer,
          });
          break;
        }
        const forwarded = { from: index, token, datagram };
        this.#options.post(owner, { kind: "forwarded", ...forwarded });
        break;
      }
      case "answer": {
        const { to, token, datagram } = message;
        if (to === this.#shards.count) this.#lookups.onAnswer(token, datagram);
        else this.#options.post(to, { kind: "answer", token, datagram });
        break;
      }
      case "health_check":
        this.#healthCheck(index, message);
        break;
      case "counters":
        this.#shards.onCounters(index, message);
        break;
      case "outages":
        this.#shards.onOutages(index, message.routes);
        break;
      case "stopped":
        this.#shards.onStopped(index);
        break;
    }
  }

  async #healthCheck(
    index: number,
    { key, host }: { key: RouteKey; host: HostAddress },
  ): Promise<void> {
    const alive = await this.#healthChecker.check(host);
    if (alive === undefined) return;
    this.#options.post(index, { kind: "health_checked", key, host, alive });
  }

  #onRoute(route: RouteHead, body: Uint8Array): void {
    this.#tellStore();
    const taken = this.#guard.filter(route, body);
    // Perhaps its store is a new one, and another dns has the routes.
    if (!route.hasHosts && this.#guard.isUnknown) this.#tryOtherDns();
    if (route.hasHosts || taken !== body) {
      if (this.#routes.set(route, taken)) this.#saver.noteChange();
      this.#noteUnknownPolicy(route);
    }
    this.#sender.send(route, taken);
    this.#lookups.onRoute({
      ...route,
      hasHosts: taken !== body || route.hasHosts,
    });
  }

  /** Prefers a dns with the store that the routes came from, and tells the shards whether it has that. */
  #onAck(ack: HelloAck): void {
    const verdict = this.#guard.onAck(ack);
    this.#tellStore();
    this.#registrar.onHelloAck(ack);
    if (verdict === "accepted") this.#resubscriber.onDnsChange(true);
    if (verdict === "other") this.#tryOtherDns();
    else if (!this.#guard.isUnknown) this.#leavePauseMs = LEAVE_PAUSE_MS;
  }

  /** Tells the shards which store dns has, which it says before its first answer if it does. */
  #tellStore(): void {
    const { isOther } = this.#guard;
    if (isOther === this.#toldOther) return;
    this.#toldOther = isOther;
    this.#shards.postAll({
      kind: "dns",
      connected: true,
      isOtherStore: isOther,
    });
  }

  /** Goes to another dns, if one is listed, unless that has been tried of late. */
  #tryOtherDns(): void {
    const nowMs = this.#options.clock.nowMs();
    if (nowMs - this.#leftMs < this.#leavePauseMs) return;
    if (this.#leftMs > -Infinity) {
      this.#leavePauseMs = Math.min(LEAVE_PAUSE_MS_MAX, 2 * this.#leavePauseMs);
    }
    this.#leftMs = nowMs;
    this.#dns.tryOthers();
  }

  /** Logs a policy of a newer Lars, or a typing error: its routes get the agent's own. */
  #noteUnknownPolicy({ modId, cmdId, policy }: RouteHead): void {
    if (policy === "" || POLICY_NAMES.includes(policy)) return;
    if (this.#unknownPolicies.has(policy)) return;
    if (this.#unknownPolicies.size >= UNKNOWN_POLICIES_MAX) return;
    this.#unknownPolicies.add(policy);
    this.#logger.warn("route asks for an unknown policy and gets the agent's", {
      modId,
      cmdId,
      policy,
      known: POLICY_NAMES.join(", "),
    });
  }

  #onDnsChange(local: Endpoint | undefined): void {
    const connected = local !== undefined;
    this.#sender.flush();
    if (connected) this.#guard.onConnected();
    // It has the store that the last one had, until it says which.
    this.#shards.postAll({
      kind: "dns",
      connected,
      isOtherStore: this.#toldOther,
    });
    this.#resubscriber.onDnsChange(connected);
    this.#registrar.onDns(local);
  }

  #anyKey(): RouteKey | undefined {
    for (const key of this.#routes.keys()) return key;
    return undefined;
  }

  /** Keeps what the shards know of hosts out of use. */
  async #saveOutages(): Promise<void> {
    const { outages } = this.#options;
    if (outages === undefined) return;
    const routes = await this.#shards.outages();
    try {
      await outages.save(routes);
    } catch (error) {
      this.#logger.warn("which hosts are out of use is not kept", { error });
    }
  }
}

/** What an agent says of itself. */
function helloOf(
  { agentId, random, name = "", zone = "", metricsPort }: AgentOptions,
): Hello {
  const epoch = Math.floor(random() * 2 ** 53);
  return {
    agentId: agentId ?? randomIdentity(random),
    epoch,
    name,
    version: VERSION,
    zone,
    ...metricsPort !== undefined && { metricsPort },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
