import type { Random } from "../net/mod.ts";
import {
  HEADER_BYTES,
  type HostAddress,
  isValidAddress,
  isValidKey,
  MessageId,
  ownerOf,
  ReturnCode,
  type Route,
  type RouteKey,
  type RouteStatus,
} from "../proto/mod.ts";
import {
  type CallReport,
  type HostExplanation,
  NO_HOST,
  type PolicyOutbox,
} from "./balancer.ts";
import { Policies } from "./policies.ts";
import { createPolicy } from "./policy.ts";
import type { RouteEntry } from "./route_entry.ts";
import type { PolicySettings } from "./settings.ts";
import {
  COUNT_MAX,
  decodeGetRouteRequest,
  GetHostAnswer,
  ShardRequest,
  writeGetRouteResponse,
} from "./shard_codec.ts";
import { createShardCounters, type ShardCounters } from "./shard_counters.ts";
import { ShardRoutes } from "./shard_routes.ts";

export type { ShardCounters } from "./shard_counters.ts";

/** A route with news gets a status this often at most. */
export const STATUS_INTERVAL_MS = 1_000;

/**
 * How long a client may use hosts that it asked for several at a time. It asks
 * for no more than it has callers waiting, so few are ever kept that long.
 */
export const HOST_USE_MS = 20;

const NO_ANSWER = 0;

/** Not a datagram that anybody sends to an agent. */
const BAD_DATAGRAM = undefined;

/** Where a shard's messages to the links go; called synchronously, must not throw. */
export interface ShardOutbox {
  /** Ask dns for a route. */
  pull(key: RouteKey): void;
  /** Tell the reporter a route's counters. */
  status(status: RouteStatus): void;
  /** A route that had hosts is known no more. */
  forget(key: RouteKey): void;
  /** Find out whether a host accepts connections: answered by {@linkcode Shard.checked}. */
  check(key: RouteKey, host: HostAddress): void;
}

/** What a shard needs to know from the start. */
export interface ShardOptions {
  /** Which of the shards this is, from 0. */
  index: number;
  /** How many shards there are: 3 in an agent, 1 in a program that embeds one. */
  shards: number;
  /** Name of the policy for routes that ask for none. */
  policy: string;
  settings: PolicySettings;
  /** Whether resting hosts of routes that do not say may be checked. */
  checks: boolean;
  random: Random;
  outbox: ShardOutbox;
  /** For tests; otherwise those of policy.ts. */
  createPolicy?: typeof createPolicy;
}

/** What becomes of a question for a host. */
export type PickOutcome =
  | { state: "found"; host: HostAddress }
  | { state: "overloaded" | "no_route" };

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
  readonly #policies: Policies;
  readonly #routes: ShardRoutes;
  /** Routes that had reports since their last status. */
  readonly #news = new Set<RouteEntry>();
  /** Used again for each datagram. */
  readonly #request = new ShardRequest();
  readonly #answer = new GetHostAnswer();

  /** @throws {RangeError} If no policy has that name. */
  constructor(options: ShardOptions) {
    const { index, shards, settings, random, outbox, checks } = options;
    this.counters = this.#counters;
    this.#index = index;
    this.#shards = shards;
    this.#outbox = outbox;
    this.#policies = new Policies(options.policy, {
      settings,
      random,
      outbox: this.#policyOutbox(),
      createPolicy: options.createPolicy ?? createPolicy,
    });
    this.#routes = new ShardRoutes({
      updateTimeoutMs: settings.loadBalance.updateTimeoutMs,
      policies: this.#policies,
      checks,
      pull: (key) => outbox.pull(key),
      forget: (key) => outbox.forget(key),
      counters: this.#counters,
    });
  }

  /**
   * Takes one datagram, the first `requestBytes` of `request`, and writes the
   * answer, header and body, into `response`, which has room for
   * DATAGRAM_BYTES_MAX bytes. Throws on no input.
   *
   * @returns The answer's length; 0 if there is none, after a report or a bad
   * datagram; −(owner + 1) if shard `owner` has the route and must be handed the
   * datagram, of which nothing was taken here.
   */
  handle(
    request: Uint8Array,
    response: Uint8Array,
    nowMs: number,
    requestBytes: number = request.length,
  ): number {
    const result = this.#dispatch(request, response, nowMs, requestBytes);
    if (result !== BAD_DATAGRAM) return result;
    this.#counters.badDatagrams += 1;
    return NO_ANSWER;
  }

  /** The host to call now, for a program that has the shard within it. */
  pick(key: RouteKey, nowMs: number): PickOutcome {
    this.#counters.requests += 1;
    const entry = this.#ask(key, nowMs);
    const balancer = entry?.balancer;
    const slot = balancer?.pick(nowMs) ?? NO_HOST;
    this.#countAnswer(entry, slot);
    if (entry !== undefined) this.#routes.refresh(entry, nowMs);
    if (balancer === undefined) return { state: "no_route" };
    if (slot === NO_HOST) return { state: "overloaded" };
    return { state: "found", host: balancer.hosts.address(slot) };
  }

  /** Takes how a call went, of a host that pick() gave; false if the route has no such host. */
  report(key: RouteKey, call: CallReport, nowMs: number): boolean {
    this.#counters.reports += 1;
    const entry = this.#routes.get(key);
    // Keys of addresses are exact only for addresses that can be.
    const counted = isValidAddress(call) &&
      entry?.balancer?.report(call, nowMs);
    if (entry === undefined || !counted) {
      this.#counters.unknownReports += 1;
      return false;
    }
    if (!call.unused) this.#news.add(entry);
    return true;
  }

  /** Every host of a route with its counters; none for an unknown route. */
  list(key: RouteKey, nowMs: number): RouteStatus {
    this.#counters.routeRequests += 1;
    const entry = this.#ask(key, nowMs);
    const hosts = entry?.balancer?.status() ?? [];
    if (entry !== undefined) this.#routes.refresh(entry, nowMs);
    return { modId: key.modId, cmdId: key.cmdId, hosts };
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
    this.#policies.tick(nowMs);
    this.#routes.tick(nowMs);
  }

  /** Takes whether a host that was to be checked accepts connections. */
  checked(
    key: RouteKey,
    { host, alive }: { host: HostAddress; alive: boolean },
    nowMs: number,
  ): void {
    this.#routes.get(key)?.balancer?.checked(host, alive, nowMs);
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
    request: Uint8Array,
    response: Uint8Array,
    nowMs: number,
    requestBytes: number,
  ): number | undefined {
    if (requestBytes < HEADER_BYTES) return BAD_DATAGRAM;
    if (readInt32(request, 4) + HEADER_BYTES !== requestBytes) {
      return BAD_DATAGRAM;
    }
    switch (readInt32(request, 0)) {
      case MessageId.getHostRequest:
        return this.#request.readGetHost(request, requestBytes)
          ? this.#getHost(response, nowMs)
          : BAD_DATAGRAM;
      case MessageId.reportRequest:
        return this.#request.readReport(request, requestBytes)
          ? this.#report(nowMs)
          : BAD_DATAGRAM;
      case MessageId.apiGetRouteRequest:
        return this.#getRoute(
          request.subarray(HEADER_BYTES, requestBytes),
          response,
          nowMs,
        );
      default:
        return BAD_DATAGRAM;
    }
  }

  #getHost(response: Uint8Array, nowMs: number): number {
    const request = this.#request;
    const elsewhere = this.#elsewhere(request);
    if (elsewhere < 0) return elsewhere;

    this.#takeResults(nowMs);
    const entry = this.#ask(request, nowMs);
    const answer = this.#answer;
    answer.start(response, request);
    const count = Math.min(Math.max(request.count, 1), COUNT_MAX);
    for (let asked = 0; asked < count; asked++) {
      this.#counters.requests += 1;
      const slot = entry?.balancer?.pick(nowMs) ?? NO_HOST;
      const returnCode = this.#countAnswer(entry, slot);
      // Callers that find no host learn why from an answer of their own.
      if (asked === 0) answer.returnCode(returnCode);
      if (slot === NO_HOST) break;
      const { ip, port } = entry!.balancer!.hosts;
      answer.host(ip[slot]!, port[slot]!);
    }
    if (entry !== undefined) this.#routes.refresh(entry, nowMs);
    return answer.finish(request.count === 0 ? 0 : HOST_USE_MS);
  }

  #countAnswer(entry: RouteEntry | undefined, slot: number): ReturnCode {
    if (slot !== NO_HOST) {
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

  #report(nowMs: number): number {
    const elsewhere = this.#elsewhere(this.#request);
    if (elsewhere < 0) return elsewhere;
    this.#takeResults(nowMs);
    return NO_ANSWER;
  }

  #takeResults(nowMs: number): void {
    const { results, resultCount } = this.#request;
    for (let index = 0; index < resultCount; index++) {
      this.report(this.#request, results[index]!, nowMs);
    }
  }

  #getRoute(
    body: Uint8Array,
    response: Uint8Array,
    nowMs: number,
  ): number | undefined {
    const request = decodeGetRouteRequest(body);
    if (request === undefined) return BAD_DATAGRAM;
    const key = { modId: request.modid, cmdId: request.cmdid };
    const elsewhere = this.#elsewhere(key);
    if (elsewhere < 0) return elsewhere;

    const { length, cut } = writeGetRouteResponse(
      { ...this.list(key, nowMs), withState: request.with_state },
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

  #policyOutbox(): PolicyOutbox {
    return {
      check: (key, host) => this.#outbox.check(key, host),
      decided: () => {},
    };
  }

  #sendStatus(entry: RouteEntry): void {
    this.#news.delete(entry);
    if (entry.balancer === undefined) return;
    this.#counters.statuses += 1;
    this.#outbox.status({ ...entry.key, hosts: entry.balancer.status() });
  }
}

function readInt32(bytes: Uint8Array, at: number): number {
  return bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16 |
    bytes[at + 3]! << 24;
}
