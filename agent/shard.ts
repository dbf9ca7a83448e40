import {
  HEADER_BYTES,
  isValidKey,
  MessageId,
  ownerOf,
  ReturnCode,
  type RouteKey,
} from "../proto/mod.ts";
import { NO_HOST } from "./balancer.ts";
import type { RouteEntry } from "./route_entry.ts";
import { COUNT_MAX, GetHostAnswer, ShardRequest } from "./shard_codec.ts";
import { ShardCore, type ShardCoreOptions } from "./shard_core.ts";
import { decodeExplainRequest, writeExplainResponse } from "./shard_explain.ts";
import {
  decodeGetRouteRequest,
  writeGetRouteResponse,
} from "./shard_get_route.ts";

export type { ShardCounters } from "./shard_counters.ts";

/**
 * How long a client may use hosts that it asked for several at a time. It asks
 * for no more than it has callers waiting, so few are ever kept that long.
 */
export const HOST_USE_MS = 20;

const NO_ANSWER = 0;

/** Not a datagram that anybody sends to an agent. */
const BAD_DATAGRAM = undefined;

/** What a shard needs to know from the start. */
export interface ShardOptions extends ShardCoreOptions {
  /** Which of the shards this is, from 0. */
  index: number;
  /** How many shards there are: 3 in an agent, 1 in a program that embeds one. */
  shards: number;
}

/**
 * The routes that one UDP server owns, as datagrams ask for them. Like its core
 * it knows no socket, no clock and no thread: bytes and times come in, answers
 * and messages go out.
 */
export class Shard extends ShardCore {
  readonly #index: number;
  readonly #shards: number;
  /** Used again for each datagram. */
  readonly #request = new ShardRequest();
  readonly #answer = new GetHostAnswer();

  /** @throws {RangeError} If no policy has that name. */
  constructor(options: ShardOptions) {
    super(options);
    this.#index = options.index;
    this.#shards = options.shards;
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
    this.counters.badDatagrams += 1;
    return NO_ANSWER;
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
      case MessageId.explainRequest:
        return this.#explainRoute(
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
    const entry = this.ask(request, nowMs);
    const answer = this.#answer;
    answer.start(response, request);
    const count = Math.min(Math.max(request.count, 1), COUNT_MAX);
    for (let asked = 0; asked < count; asked++) {
      const slot = this.pickSlot(entry, nowMs);
      if (slot === NO_HOST) {
        // Callers that get no host learn why from an answer of their own.
        if (asked === 0) answer.returnCode(returnCodeOf(entry));
        break;
      }
      const { ip, port } = entry!.balancer!.hosts;
      answer.host(ip[slot]!, port[slot]!);
    }
    this.refresh(entry, nowMs);
    return answer.finish(request.count === 0 ? 0 : HOST_USE_MS);
  }

  #report(nowMs: number): number {
    const elsewhere = this.#elsewhere(this.#request);
    if (elsewhere < 0) return elsewhere;
    const { results, resultCount } = this.#request;
    const { ip, port } = results[0]!;
    // Who has only further results leaves out the report's own host.
    const skipped = resultCount > 1 && ip === 0 && port === 0 ? 1 : 0;
    this.#takeResults(nowMs, skipped);
    return NO_ANSWER;
  }

  /** Takes the results of a datagram but for the first `skipped`. */
  #takeResults(nowMs: number, skipped: number = 0): void {
    const { results, resultCount } = this.#request;
    for (let index = skipped; index < resultCount; index++) {
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
    if (cut) this.counters.cutAnswers += 1;
    return length;
  }

  #explainRoute(
    body: Uint8Array,
    response: Uint8Array,
    nowMs: number,
  ): number | undefined {
    const request = decodeExplainRequest(body);
    if (request === undefined) return BAD_DATAGRAM;
    const key = { modId: request.modid, cmdId: request.cmdid };
    const elsewhere = this.#elsewhere(key);
    if (elsewhere < 0) return elsewhere;

    const explanation = this.explain(key, {
      nowMs,
      afterDecision: request.after_decision,
      afterCall: request.after_call,
      recordCalls: request.with_calls,
    });
    return writeExplainResponse(
      { ...key, ...explanation, seq: request.seq, nowMs },
      response,
    );
  }

  /** −(owner + 1) if another shard owns the route; a key that cannot be belongs here. */
  #elsewhere(key: RouteKey): number {
    if (!isValidKey(key)) return 0;
    const owner = ownerOf(key, this.#shards);
    return owner === this.#index ? 0 : -(owner + 1);
  }
}

/** Why there is no host. */
function returnCodeOf(entry: RouteEntry | undefined): ReturnCode {
  return entry?.balancer === undefined
    ? ReturnCode.noSuchRoute
    : ReturnCode.overload;
}

function readInt32(bytes: Uint8Array, at: number): number {
  return bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16 |
    bytes[at + 3]! << 24;
}
