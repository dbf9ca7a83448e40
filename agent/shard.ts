import {
  type Frame,
  fromWireAddress,
  type HostAddress,
  isValidAddress,
  isValidKey,
  MessageId,
  ownerOf,
  parseDatagram,
  ReturnCode,
  type Route,
  type RouteKey,
  type RouteStatus,
} from "../proto/mod.ts";
import type { Balancer, HostExplanation } from "./balancer.ts";
import type { RouteEntry } from "./route_entry.ts";
import type { LoadBalanceSettings } from "./settings.ts";
import {
  decodeGetHostRequest,
  decodeGetRouteRequest,
  decodeReportRequest,
  writeGetHostResponse,
  writeGetRouteResponse,
} from "./shard_codec.ts";
import { createShardCounters, type ShardCounters } from "./shard_counters.ts";
import { ShardRoutes } from "./shard_routes.ts";

export type { ShardCounters } from "./shard_counters.ts";

/** A route with news gets a status this often at most. */
export const STATUS_INTERVAL_MS = 1_000;

const NO_ANSWER = 0;

/** Where a shard's messages to the links go; called synchronously, must not throw. */
export interface ShardOutbox {
  /** Ask dns for a route. */
  pull(key: RouteKey): void;
  /** Tell the reporter a route's counters. */
  status(status: RouteStatus): void;
  /** A route that had hosts is known no more. */
  forget(key: RouteKey): void;
}

/** What a shard needs to know from the start. */
export interface ShardOptions {
  /** Which of the shards this is, from 0. */
  index: number;
  /** How many shards there are: 3 in an agent, 1 in a program that embeds one. */
  shards: number;
  settings: Pick<LoadBalanceSettings, "updateTimeoutMs">;
  /** A balancer without hosts, for a new route. */
  createBalancer: () => Balancer;
  outbox: ShardOutbox;
}

/**
 * The routes that one UDP server owns. It knows no socket, no clock and no
 * thread: datagrams and times come in, answers and messages go out. Times are
 * milliseconds that never go back.
 */
export class Shard {
  /** What happened so far; plain numbers, for reading only. */
  readonly counters: Readonly<ShardCounters>;
  readonly #counters = createShardCounters();
  readonly #index: number;
  readonly #shards: number;
  readonly #outbox: ShardOutbox;
  readonly #routes: ShardRoutes;
  /** Routes that had reports since their last status. */
  readonly #news = new Set<RouteEntry>();

  constructor(options: ShardOptions) {
    const { index, shards, settings, createBalancer, outbox } = options;
    this.counters = this.#counters;
    this.#index = index;
    this.#shards = shards;
    this.#outbox = outbox;
    this.#routes = new ShardRoutes({
      updateTimeoutMs: settings.updateTimeoutMs,
      createBalancer,
      pull: (key) => outbox.pull(key),
      forget: (key) => outbox.forget(key),
      counters: this.#counters,
    });
  }

  /**
   * Takes one datagram and writes the answer, header and body, into `response`,
   * which has room for DATAGRAM_BYTES_MAX bytes. Throws on no input.
   *
   * @returns The answer's length; 0 if there is none, after a report or a bad
   * datagram; −(owner + 1) if shard `owner` has the route and must be handed the
   * datagram, of which nothing was taken here.
   */
  handle(request: Uint8Array, response: Uint8Array, nowMs: number): number {
    const frame = parseDatagram(request);
    const result = frame && this.#dispatch(frame, response, nowMs);
    if (result !== undefined) return result;
    this.#counters.badDatagrams += 1;
    return NO_ANSWER;
  }

  /**
   * Takes a route that dns answered or pushed, or that was kept on disk. Hosts
   * that cannot be, with ip 0 or no port, are left out.
   */
  update(route: Route, nowMs: number): void {
    this.#routes.update(route, nowMs);
  }

  /** A connection to dns opened: pulls that were under way are lost and may be repeated. */
  onDnsConnected(): void {
    this.#routes.onDnsConnected();
  }

  /** The connection to dns was lost: routes with hosts are kept until there is one. */
  onDnsLost(): void {
    this.#routes.onDnsLost();
  }

  /** Does what time has made due: to be called about every 100 ms. */
  tick(nowMs: number): void {
    for (const entry of this.#news) {
      if (nowMs - entry.statusMs < STATUS_INTERVAL_MS) continue;
      entry.statusMs = nowMs;
      this.#sendStatus(entry);
    }
    this.#routes.tick(nowMs);
  }

  /** Sends the status of every route with news at once, for the last time. */
  flushStatuses(): void {
    for (const entry of this.#news) this.#sendStatus(entry);
  }

  /** The routes with hosts; the shard is not to be used meanwhile. */
  *routes(): Generator<Route> {
    for (const { key, balancer } of this.#routes.known()) {
      const hosts = balancer?.status().map(({ ip, port }) => ({ ip, port }));
      yield { ...key, hosts: hosts ?? [] };
    }
  }

  /** The counters of the routes with hosts; the shard is not to be used meanwhile. */
  *statuses(): Generator<RouteStatus> {
    for (const { key, balancer } of this.#routes.known()) {
      yield { ...key, hosts: balancer?.status() ?? [] };
    }
  }

  /** Every host of a route and why it is where it is; none for an unknown route. */
  explain(key: RouteKey, nowMs: number): HostExplanation[] {
    return this.#routes.get(key)?.balancer?.explain(nowMs) ?? [];
  }

  /** The result of handle(), or undefined for a bad datagram. */
  #dispatch(
    { id, body }: Frame,
    response: Uint8Array,
    nowMs: number,
  ): number | undefined {
    switch (id) {
      case MessageId.getHostRequest:
        return this.#getHost(body, response, nowMs);
      case MessageId.reportRequest:
        return this.#report(body, nowMs);
      case MessageId.apiGetRouteRequest:
        return this.#getRoute(body, response, nowMs);
      default:
        return undefined;
    }
  }

  #getHost(
    body: Uint8Array,
    response: Uint8Array,
    nowMs: number,
  ): number | undefined {
    const request = decodeGetHostRequest(body);
    if (request === undefined) return undefined;
    const key = { modId: request.modid, cmdId: request.cmdid };
    const elsewhere = this.#elsewhere(key);
    if (elsewhere < 0) return elsewhere;

    this.#counters.requests += 1;
    const entry = this.#ask(key, nowMs);
    const host = entry?.balancer?.pick(nowMs);
    const returnCode = this.#countAnswer(entry, host);
    if (entry !== undefined) this.#routes.refresh(entry, nowMs);
    return writeGetHostResponse(
      { ...key, seq: request.seq, returnCode, host },
      response,
    );
  }

  #countAnswer(
    entry: RouteEntry | undefined,
    host: HostAddress | undefined,
  ): ReturnCode {
    if (host !== undefined) {
      this.#counters.found += 1;
      return ReturnCode.success;
    }
    if (entry?.balancer !== undefined) {
      this.#counters.overloaded += 1;
      return ReturnCode.overload;
    }
    this.#counters.noRoute += 1;
    return ReturnCode.noSuchRoute;
  }

  #report(body: Uint8Array, nowMs: number): number | undefined {
    const request = decodeReportRequest(body);
    if (request === undefined) return undefined;
    const key = { modId: request.modid, cmdId: request.cmdid };
    const elsewhere = this.#elsewhere(key);
    if (elsewhere < 0) return elsewhere;

    this.#counters.reports += 1;
    const entry = this.#routes.get(key);
    const host = fromWireAddress({
      ip: request.host?.ip ?? 0,
      port: request.host?.port ?? 0,
    });
    // Keys of addresses are exact only for addresses that can be.
    const counted = isValidAddress(host) && entry?.balancer?.report({
      host,
      returnCode: request.retcode,
      durationUs: request.duration_us,
    }, nowMs);
    if (entry !== undefined && counted) this.#news.add(entry);
    else this.#counters.unknownReports += 1;
    return NO_ANSWER;
  }

  #getRoute(
    body: Uint8Array,
    response: Uint8Array,
    nowMs: number,
  ): number | undefined {
    const request = decodeGetRouteRequest(body);
    if (request === undefined) return undefined;
    const key = { modId: request.modid, cmdId: request.cmdid };
    const elsewhere = this.#elsewhere(key);
    if (elsewhere < 0) return elsewhere;

    this.#counters.routeRequests += 1;
    const entry = this.#ask(key, nowMs);
    const hosts = entry?.balancer?.status() ?? [];
    if (entry !== undefined) this.#routes.refresh(entry, nowMs);
    const { length, cut } = writeGetRouteResponse(
      { ...key, hosts, withState: request.with_state },
      response,
    );
    if (cut) this.#counters.cutAnswers += 1;
    return length;
  }

  /** −(owner + 1) if another shard owns the route; a key that cannot be belongs here. */
  #elsewhere(key: RouteKey): number {
    if (!isValidKey(key)) return 0;
    const owner = ownerOf(key, this.#shards);
    return owner === this.#index ? 0 : -(owner + 1);
  }

  /** Undefined for a key that cannot be. */
  #ask(key: RouteKey, nowMs: number): RouteEntry | undefined {
    return isValidKey(key) ? this.#routes.ask(key, nowMs) : undefined;
  }

  #sendStatus(entry: RouteEntry): void {
    this.#news.delete(entry);
    if (entry.balancer === undefined) return;
    this.#counters.statuses += 1;
    this.#outbox.status({ ...entry.key, hosts: entry.balancer.status() });
  }
}
