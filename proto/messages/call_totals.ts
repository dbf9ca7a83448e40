import type { HostAddress } from "../address.ts";
import { BODY_BYTES_MAX } from "../frame.ts";
import { lars } from "../generated/lars.js";
import type { RouteKey } from "../route.ts";
import { NO_TAG, WireReader } from "../wire/reader.ts";
import { WireWriter } from "../wire/writer.ts";
import { decodeBody } from "./decode.ts";
import { CallTotalsTag, HostTotalsTag, RouteTotalsTag } from "./tags.ts";

/**
 * Upper bounds of the durations that each count of `latency` is for, in
 * microseconds, inclusive: a call counts at the first that is not below its duration.
 */
export const LATENCY_BOUNDS_US: readonly number[] = [
  500,
  1_000,
  2_000,
  5_000,
  10_000,
  20_000,
  50_000,
  100_000,
  300_000,
  1_000_000,
  3_000_000,
  Infinity,
];

/** Counts of `latency`. */
export const LATENCY_COUNTS: number = LATENCY_BOUNDS_US.length;

/** Most bytes of `seq` with its tag. */
const SEQ_BYTES_MAX = 6;

/** Most bytes of a host's totals, and of a route's without its hosts, with tag and length. */
const HOST_BYTES_MAX = 64;
const ROUTE_BYTES_MAX = 96;

/** Bytes from which a body takes no further host. */
const BODY_BYTES_FULL = BODY_BYTES_MAX - SEQ_BYTES_MAX - HOST_BYTES_MAX;

/** Most routes, and most hosts, that any body holds: tag and length alone are two bytes. */
const ROWS_MAX = Math.floor(BODY_BYTES_MAX / 2);

/** Calls of a host since its last totals. */
export interface HostTotals extends HostAddress {
  /** All calls. */
  calls: number;
  /** Those that failed. */
  failures: number;
  /** Those that have a duration. */
  timed: number;
  /** Sum of the durations, in microseconds. */
  durationUs: number;
  /** Longest duration, in microseconds. */
  maxUs: number;
}

/**
 * Encodes totals of routes into bodies of CallTotals that lack their `seq`, which
 * {@linkcode numberCallTotals} adds.
 */
export class CallTotalsEncoder {
  readonly #bytes = new Uint8Array(BODY_BYTES_MAX + ROUTE_BYTES_MAX);
  readonly #writer = new WireWriter();
  #full: Uint8Array[] = [];
  #key: RouteKey = { modId: 0, cmdId: 0 };
  /** Where the route under way began; 0: there is none. */
  #routeStart = 0;

  constructor() {
    this.#writer.start(this.#bytes, 0);
  }

  /** Number of bodies that are full. */
  get fullBodies(): number {
    return this.#full.length;
  }

  /** Begins a route: its key, and {@linkcode LATENCY_COUNTS} counts from `at` on in `counts`. */
  route(key: RouteKey, counts: ArrayLike<number>, at: number): void {
    this.#endRoute();
    if (this.#writer.at + ROUTE_BYTES_MAX > BODY_BYTES_FULL) this.#endBody();
    this.#beginRoute(key);
    this.#writeLatency(counts, at);
  }

  /** Adds a host to the route that was begun last; one that no frame holds goes on in the next body. */
  host(host: HostTotals): void {
    if (this.#writer.at > BODY_BYTES_FULL) {
      this.#endBody();
      this.#beginRoute(this.#key);
    }
    const writer = this.#writer;
    const start = writer.open(RouteTotalsTag.host);
    writer.int32(HostTotalsTag.ip, host.ip | 0);
    writer.int32(HostTotalsTag.port, host.port);
    writer.uint32(HostTotalsTag.calls, host.calls);
    writer.uint32(HostTotalsTag.failures, host.failures);
    writer.uint64(HostTotalsTag.duration_us, host.durationUs);
    writer.uint32(HostTotalsTag.max_us, host.maxUs);
    writer.uint32(HostTotalsTag.timed, host.timed);
    writer.close(start);
  }

  /** Takes out all bodies, none if there was no route. */
  take(): Uint8Array[] {
    if (this.#writer.at > 0) this.#endBody();
    const bodies = this.#full;
    this.#full = [];
    return bodies;
  }

  #beginRoute(key: RouteKey): void {
    const writer = this.#writer;
    this.#key = key;
    this.#routeStart = writer.open(CallTotalsTag.route);
    writer.int32(RouteTotalsTag.modid, key.modId);
    writer.int32(RouteTotalsTag.cmdid, key.cmdId);
  }

  #writeLatency(counts: ArrayLike<number>, at: number): void {
    let any = 0;
    for (let index = 0; index < LATENCY_COUNTS; index++) {
      any |= counts[at + index]!;
    }
    if (any === 0) return;
    const writer = this.#writer;
    const start = writer.open(RouteTotalsTag.latency);
    for (let index = 0; index < LATENCY_COUNTS; index++) {
      writer.packed(counts[at + index]!);
    }
    writer.close(start);
  }

  #endRoute(): void {
    if (this.#routeStart > 0) this.#writer.closeLong(this.#routeStart);
    this.#routeStart = 0;
  }

  #endBody(): void {
    this.#endRoute();
    this.#full.push(this.#bytes.slice(0, this.#writer.at));
    this.#writer.start(this.#bytes, 0);
  }
}

/** The body of a CallTotals: one of {@linkcode CallTotalsEncoder} with its `seq`, from 1 to 2³² − 1. */
export function numberCallTotals(seq: number, routes: Uint8Array): Uint8Array {
  const body = new Uint8Array(SEQ_BYTES_MAX + routes.length);
  const writer = new WireWriter();
  writer.start(body, 0);
  writer.uint32(CallTotalsTag.seq, seq);
  body.set(routes, writer.at);
  return body.subarray(0, writer.at + routes.length);
}

/**
 * Decodes CallTotals into columns, one body after another and without an object
 * for each route or host. Keys and addresses are as sent, valid or not.
 */
export class CallTotalsDecoder {
  /** Number of the frame in its epoch. */
  seq = 0;
  /** Routes in the body; one may come more than once. */
  routeCount = 0;
  /** Hosts of all of them. */
  hostCount = 0;
  /** By route. */
  readonly modId: Int32Array<ArrayBuffer> = new Int32Array(ROWS_MAX);
  /** By route. */
  readonly cmdId: Int32Array<ArrayBuffer> = new Int32Array(ROWS_MAX);
  /** By route: its first host. Its last is before that of the next route, which stands at `routeCount` after the last. */
  readonly firstHost: Uint32Array<ArrayBuffer> = new Uint32Array(ROWS_MAX + 1);
  /** {@linkcode LATENCY_COUNTS} for each route. */
  readonly latency: Uint32Array<ArrayBuffer> = new Uint32Array(
    ROWS_MAX * LATENCY_COUNTS,
  );
  /** By host, unsigned as all but ports. */
  readonly ip: Uint32Array<ArrayBuffer> = new Uint32Array(ROWS_MAX);
  /** As the wire has it: not always a port. */
  readonly port: Int32Array<ArrayBuffer> = new Int32Array(ROWS_MAX);
  /** As in {@linkcode HostTotals}, like those that follow. */
  readonly calls: Uint32Array<ArrayBuffer> = new Uint32Array(ROWS_MAX);
  /** Calls that failed. */
  readonly failures: Uint32Array<ArrayBuffer> = new Uint32Array(ROWS_MAX);
  /** Calls that have a duration. */
  readonly timed: Uint32Array<ArrayBuffer> = new Uint32Array(ROWS_MAX);
  /** An integer up to 2⁵³ − 1: more counts as that. */
  readonly durationUs: Float64Array<ArrayBuffer> = new Float64Array(ROWS_MAX);
  /** Longest duration. */
  readonly maxUs: Uint32Array<ArrayBuffer> = new Uint32Array(ROWS_MAX);
  readonly #reader = new WireReader();

  /**
   * Decodes a body of at most {@linkcode BODY_BYTES_MAX} bytes.
   *
   * @throws {ProtocolError} If the bytes are no such message.
   */
  decode(body: Uint8Array): void {
    const reader = this.#reader;
    this.#clear();
    reader.start(body, { at: 0, end: body.length });
    for (let tag = reader.tag(); tag !== NO_TAG; tag = reader.tag()) {
      if (tag === CallTotalsTag.route) this.#readRoute();
      else if (tag === CallTotalsTag.seq) this.seq = reader.uint32();
      else reader.unusual = true;
    }
    if (reader.unusual) this.#decodeUnusual(body);
    this.firstHost[this.routeCount] = this.hostCount;
  }

  #clear(): void {
    this.seq = this.routeCount = this.hostCount = 0;
  }

  #readRoute(): void {
    const reader = this.#reader;
    const route = this.#addRoute();
    const outerEnd = reader.enter();
    let hasLatency = false;
    for (let tag = reader.tag(); tag !== NO_TAG; tag = reader.tag()) {
      if (tag === RouteTotalsTag.host) this.#readHost();
      else if (tag === RouteTotalsTag.modid) {
        this.modId[route] = reader.int32();
      } else if (tag === RouteTotalsTag.cmdid) {
        this.cmdId[route] = reader.int32();
      } else if (tag === RouteTotalsTag.latency && !hasLatency) {
        hasLatency = true;
        this.#readLatency(route);
      } else reader.unusual = true;
    }
    reader.leave(outerEnd);
  }

  #readLatency(route: number): void {
    const reader = this.#reader;
    const first = route * LATENCY_COUNTS;
    const outerEnd = reader.enter();
    for (let index = 0; reader.more; index++) {
      const count = reader.uint32();
      if (index < LATENCY_COUNTS) this.latency[first + index] = count;
    }
    reader.leave(outerEnd);
  }

  #readHost(): void {
    const reader = this.#reader;
    const row = this.#addHost();
    const outerEnd = reader.enter();
    for (let tag = reader.tag(); tag !== NO_TAG; tag = reader.tag()) {
      if (tag === HostTotalsTag.ip) this.ip[row] = reader.uint32();
      else if (tag === HostTotalsTag.port) this.port[row] = reader.int32();
      else if (tag === HostTotalsTag.calls) this.calls[row] = reader.uint32();
      else if (tag === HostTotalsTag.failures) {
        this.failures[row] = reader.uint32();
      } else if (tag === HostTotalsTag.duration_us) {
        this.durationUs[row] = reader.uint64();
      } else if (tag === HostTotalsTag.max_us) {
        this.maxUs[row] = reader.uint32();
      } else if (tag === HostTotalsTag.timed) this.timed[row] = reader.uint32();
      else reader.unusual = true;
    }
    reader.leave(outerEnd);
  }

  #addRoute(): number {
    const route = this.routeCount++;
    this.modId[route] = this.cmdId[route] = 0;
    this.firstHost[route] = this.hostCount;
    const first = route * LATENCY_COUNTS;
    this.latency.fill(0, first, first + LATENCY_COUNTS);
    return route;
  }

  #addHost(): number {
    const row = this.hostCount++;
    this.ip[row] =
      this.port[row] =
      this.calls[row] =
      this.failures[row] =
      this.timed[row] =
      this.durationUs[row] =
      this.maxUs[row] =
        0;
    return row;
  }

  #decodeUnusual(body: Uint8Array): void {
    const message = decodeBody(lars.CallTotals, body);
    this.#clear();
    this.seq = message.seq;
    for (const { modid, cmdid, latency, host } of message.route) {
      const route = this.#addRoute();
      this.modId[route] = modid ?? 0;
      this.cmdId[route] = cmdid ?? 0;
      this.latency.set(
        latency?.slice(0, LATENCY_COUNTS) ?? [],
        route * LATENCY_COUNTS,
      );
      for (const each of host ?? []) {
        const row = this.#addHost();
        this.ip[row] = each.ip ?? 0;
        this.port[row] = each.port ?? 0;
        this.calls[row] = each.calls ?? 0;
        this.failures[row] = each.failures ?? 0;
        this.timed[row] = each.timed ?? 0;
        this.durationUs[row] = Math.min(
          Number(each.duration_us ?? 0),
          Number.MAX_SAFE_INTEGER,
        );
        this.maxUs[row] = each.max_us ?? 0;
      }
    }
  }
}

/** A reporter's word that totals are counted. */
export interface CallTotalsAck {
  /** As in the Hello of the agent. */
  epoch: number;
  /** All frames of that epoch up to this one are counted. */
  seq: number;
}

/** Encodes the body of a CallTotalsAck. */
export function encodeCallTotalsAck(ack: CallTotalsAck): Uint8Array {
  return lars.CallTotalsAck.encode(ack).finish();
}

/**
 * Decodes the body of a CallTotalsAck.
 *
 * @throws {ProtocolError} If the bytes are no such message.
 */
export function decodeCallTotalsAck(body: Uint8Array): CallTotalsAck {
  const { epoch, seq } = decodeBody(lars.CallTotalsAck, body);
  return { epoch: Number(epoch), seq };
}
