import {
  COUNT_MAX,
  type ExplainRequest,
  GetHostRequestDecoder,
  GetHostResponseEncoder,
  HEADER_BYTES,
  isValidKey,
  MessageId,
  ownerOf,
  readExplainRequest,
  readGetRouteRequest,
  ReportRequestDecoder,
  ReturnCode,
  type RouteKey,
  writeExplainResponse,
  writeGetRouteResponse,
} from "../../proto/mod.ts";
import { NO_HOST } from "../policies/balancer.ts";
import { ExplainBudget, EXPLAINED_HOSTS_MAX } from "./explain_budget.ts";
import type { Shard } from "./shard.ts";

/**
 * Time for which a client may use hosts that it asked for several at a time. It
 * asks for no more than it has callers waiting, so few are kept that long.
 */
export const HOST_USE_MS = 20;

/**
 * Most requests of programs that register in a second of one shard; more are
 * dropped. The instances of a machine beat 800 times a second at most.
 */
const REGISTRATIONS_MAX = 1_000;

const NO_ANSWER = 0;

/** What datagrams need beside a shard. */
export interface ShardDatagramsOptions {
  /** Which of the shards this is, from 0. */
  index: number;
  /** Number of shards: 3 in an agent. */
  shards: number;
  /**
   * Takes a datagram for a route that another shard owns, or for the hub, which is
   * number `shards`, unhandled: a view, valid until the call returns.
   */
  forward: (owner: number, datagram: Uint8Array) => void;
}

/**
 * The datagrams of a shard: requests in, answers out. Like the shard it knows no
 * socket, no clock and no thread.
 */
export class ShardDatagrams {
  readonly #shard: Shard;
  readonly #options: ShardDatagramsOptions;
  /** Decoders and encoder, used again for each datagram. */
  readonly #hostRequest = new GetHostRequestDecoder();
  readonly #hostResponse = new GetHostResponseEncoder();
  readonly #reportRequest = new ReportRequestDecoder();
  readonly #explainBudget = new ExplainBudget();
  /** Requests of programs that register in the second that began then. */
  #registrations = 0;
  #registrationsMs = -Infinity;

  /** Datagrams for the routes of `shard`. */
  constructor(shard: Shard, options: ShardDatagramsOptions) {
    this.#shard = shard;
    this.#options = options;
  }

  /**
   * Takes one datagram, the first `requestBytes` of `request`, and writes the
   * answer, header and body, into `response`, which has room for
   * DATAGRAM_BYTES_MAX bytes. Throws on no input.
   *
   * @returns The answer's bytes; 0 if there is none: after a report, a datagram
   * that was forwarded, or a bad one.
   */
  handle(
    request: Uint8Array,
    response: Uint8Array,
    nowMs: number,
    requestBytes: number = request.length,
  ): number {
    if (
      requestBytes < HEADER_BYTES ||
      readInt32(request, 4) + HEADER_BYTES !== requestBytes
    ) return this.#drop();
    switch (readInt32(request, 0)) {
      case MessageId.getHostRequest: {
        const message = this.#hostRequest;
        if (!message.decode(request, requestBytes)) return this.#drop();
        return this.#owns(message, request, requestBytes)
          ? this.#getHost(response, nowMs)
          : NO_ANSWER;
      }
      case MessageId.reportRequest: {
        const message = this.#reportRequest;
        if (!message.decode(request, requestBytes)) return this.#drop();
        if (this.#owns(message, request, requestBytes)) this.#report(nowMs);
        return NO_ANSWER;
      }
      case MessageId.apiGetRouteRequest: {
        const message = readGetRouteRequest(
          request.subarray(HEADER_BYTES, requestBytes),
        );
        if (message === undefined) return this.#drop();
        if (!this.#owns(message, request, requestBytes)) return NO_ANSWER;
        const { hosts } = this.#shard.list(message, nowMs);
        const answer = writeGetRouteResponse({ ...message, hosts }, response);
        if (answer.cut) this.#shard.counters.cutAnswers += 1;
        return answer.bytes;
      }
      case MessageId.explainRequest: {
        const message = readExplainRequest(
          request.subarray(HEADER_BYTES, requestBytes),
        );
        if (message === undefined) return this.#drop();
        if (!this.#owns(message, request, requestBytes)) return NO_ANSWER;
        return this.#explain(message, response, nowMs);
      }
      case MessageId.registerRequest:
      case MessageId.beatRequest:
      case MessageId.deregisterRequest:
        this.#toHub(request.subarray(0, requestBytes), nowMs);
        return NO_ANSWER;
      default:
        return this.#drop();
    }
  }

  /** Hands the request of a program that registers to the hub. */
  #toHub(datagram: Uint8Array, nowMs: number): void {
    if (nowMs - this.#registrationsMs >= 1_000) {
      this.#registrationsMs = nowMs;
      this.#registrations = 0;
    }
    this.#registrations += 1;
    if (this.#registrations > REGISTRATIONS_MAX) {
      this.#shard.counters.registrationsDropped += 1;
      return;
    }
    const { shards, forward } = this.#options;
    forward(shards, datagram);
  }

  /** Counts a datagram that is not for an agent. */
  #drop(): number {
    this.#shard.counters.badDatagrams += 1;
    return NO_ANSWER;
  }

  /** Whether this shard has the route; if another has it, its datagram goes there. */
  #owns(key: RouteKey, request: Uint8Array, requestBytes: number): boolean {
    const { index, shards, forward } = this.#options;
    // An invalid key belongs to the shard that is asked.
    const owner = isValidKey(key) ? ownerOf(key, shards) : index;
    if (owner === index) return true;
    forward(owner, request.subarray(0, requestBytes));
    return false;
  }

  #getHost(response: Uint8Array, nowMs: number): number {
    const request = this.#hostRequest;
    const shard = this.#shard;
    const { items, count: results } = request.results;
    for (let index = 0; index < results; index++) {
      shard.report(request, items[index]!, nowMs);
    }
    const entry = shard.ask(request, nowMs);
    const answer = this.#hostResponse;
    answer.start(response, request);
    const count = Math.min(Math.max(request.count, 1), COUNT_MAX);
    for (let asked = 0; asked < count; asked++) {
      const row = shard.pickRow(entry, nowMs);
      if (row === NO_HOST) {
        // Only an answer without hosts has room for the reason.
        if (asked === 0) {
          answer.returnCode(
            entry?.hosts === undefined
              ? ReturnCode.noSuchRoute
              : ReturnCode.overload,
          );
        }
        break;
      }
      const { ip, port } = shard.hosts;
      answer.host(ip[row]!, port[row]!);
    }
    shard.refresh(entry, nowMs);
    return answer.finish(request.count === 0 ? 0 : HOST_USE_MS);
  }

  #explain(
    request: ExplainRequest,
    response: Uint8Array,
    nowMs: number,
  ): number {
    const budget = this.#explainBudget;
    if (!budget.has(nowMs)) {
      this.#shard.counters.explainsDropped += 1;
      return NO_ANSWER;
    }
    const page = { after: request.afterHost, max: EXPLAINED_HOSTS_MAX };
    const explanation = this.#shard.explain(request, {
      ...request,
      page,
      nowMs,
    });
    budget.take(explanation);
    return writeExplainResponse({ ...request, ...explanation }, response);
  }

  #report(nowMs: number): void {
    const request = this.#reportRequest;
    const { items, count } = request.results;
    const { ip, port } = items[0]!;
    // A report with only further results leaves out its own host.
    let index = count > 1 && ip === 0 && port === 0 ? 1 : 0;
    for (; index < count; index++) {
      this.#shard.report(request, items[index]!, nowMs);
    }
  }
}

function readInt32(bytes: Uint8Array, at: number): number {
  return bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16 |
    bytes[at + 3]! << 24;
}
