import {
  CallTotalsDecoder,
  isValidAddress,
  isValidKey,
  NO_ROW,
} from "../../proto/mod.ts";
import {
  type CallColumns,
  type HostColumns,
  LATENCY_COUNTS,
  type RouteColumns,
  type RouteRow,
} from "../../store/mod.ts";
import type { CallerMarks } from "./caller_marks.ts";
import { SumTable } from "./sum_table.ts";

/** Most hosts, and most routes, of one batch. */
const ROWS_MAX = 500_000;

/** Minutes of the longer period of hosts, and of that of routes. */
const TEN = 10;
const HOUR = 60;

/** Columns of the tables. Of a route, counts by duration stand behind them. */
const Sum = {
  calls: 0,
  failed: 1,
  timed: 2,
  sumUs: 3,
  maxUs: 4,
  minuteCallers: 5,
  longCallers: 6,
} as const;

const SUMS = 7;

/** Sums of a batch, as the store takes them. */
export interface MergedTotals {
  hosts: HostColumns;
  routes: RouteColumns;
  /** Hosts left out, counted as often as they came: none can be such, or none is known, or there was no room. */
  refused: number;
}

/** Adds up the call totals of many agents, into one row for each host and one for each route. */
export class TotalsMerge {
  readonly #decoder = new CallTotalsDecoder();
  readonly #marks: CallerMarks;
  readonly #hosts = new SumTable({ keys: 4, sums: SUMS, rowsMax: ROWS_MAX });
  readonly #routes = new SumTable({
    keys: 2,
    sums: SUMS + LATENCY_COUNTS,
    rowsMax: ROWS_MAX,
  });
  /** The host at hand, the same object for each. */
  readonly #host: RouteRow = { modId: 0, cmdId: 0, ip: 0, port: 0 };
  #refused = 0;

  /** `marks` tells which agents are new as callers. */
  constructor(marks: CallerMarks) {
    this.#marks = marks;
  }

  /** Begins a batch, which counts for a minute. */
  begin(minute: number): void {
    this.#hosts.clear();
    this.#routes.clear();
    this.#refused = 0;
    this.#marks.begin(minute);
  }

  /**
   * The hosts that frames name, each as often as it stands there and all in one
   * object, without such as no route can have.
   */
  named(frames: readonly Uint8Array[]): Iterable<RouteRow> {
    return { [Symbol.iterator]: () => this.#named(frames) };
  }

  /** Adds frames of an agent, without hosts that are not known. */
  add(
    agent: string,
    { frames, isKnown }: {
      frames: readonly Uint8Array[];
      isKnown: (row: RouteRow) => boolean;
    },
  ): void {
    const decoder = this.#decoder;
    this.#marks.agent(agent);
    for (const frame of frames) {
      decoder.decode(frame);
      for (let route = 0; route < decoder.routeCount; route++) {
        let isAny = false;
        const end = decoder.firstHost[route + 1]!;
        for (let at = decoder.firstHost[route]!; at < end; at++) {
          const host = this.#hostAt(route, at);
          if (host !== undefined && isKnown(host) && this.#addHost(host, at)) {
            isAny = true;
          } else this.#refused += 1;
        }
        if (isAny) this.#addRoute(route);
      }
    }
  }

  /** The sums; valid until the next batch begins. */
  result(): MergedTotals {
    const [hosts, routes] = [this.#hosts, this.#routes];
    for (let host = 1; host <= hosts.size; host++) {
      const route = routes.row(hosts.keyAt(0, host), hosts.keyAt(1, host));
      for (const column of [Sum.calls, Sum.failed, Sum.timed, Sum.sumUs]) {
        routes.add(column, route, hosts.sumAt(column, host));
      }
      routes.max(Sum.maxUs, route, hosts.sumAt(Sum.maxUs, host));
    }
    const latency = new Float64Array(routes.size * LATENCY_COUNTS);
    for (let count = 0; count < LATENCY_COUNTS; count++) {
      for (const [route, value] of routes.sums(SUMS + count).entries()) {
        latency[route * LATENCY_COUNTS + count] = value;
      }
    }
    return {
      hosts: { ...columnsOf(hosts), ip: hosts.keys(2), port: hosts.keys(3) },
      routes: { ...columnsOf(routes), latency },
      refused: this.#refused,
    };
  }

  *#named(frames: readonly Uint8Array[]): Generator<RouteRow> {
    const decoder = this.#decoder;
    for (const frame of frames) {
      decoder.decode(frame);
      for (let route = 0; route < decoder.routeCount; route++) {
        const end = decoder.firstHost[route + 1]!;
        for (let at = decoder.firstHost[route]!; at < end; at++) {
          const host = this.#hostAt(route, at);
          if (host !== undefined) yield host;
        }
      }
    }
  }

  /** The host that stands in a row of the decoder; undefined if no route can have it. */
  #hostAt(route: number, at: number): RouteRow | undefined {
    const host = this.#host;
    host.modId = this.#decoder.modId[route]!;
    host.cmdId = this.#decoder.cmdId[route]!;
    host.ip = this.#decoder.ip[at]!;
    host.port = this.#decoder.port[at]!;
    return isValidKey(host) && isValidAddress(host) ? host : undefined;
  }

  /** False if there is no room. */
  #addHost(host: RouteRow, at: number): boolean {
    const hosts = this.#hosts;
    const decoder = this.#decoder;
    const row = hosts.row(host.modId, host.cmdId, host.ip, host.port);
    if (row === NO_ROW) return false;
    hosts.add(Sum.calls, row, decoder.calls[at]!);
    hosts.add(Sum.failed, row, decoder.failures[at]!);
    hosts.add(Sum.timed, row, decoder.timed[at]!);
    hosts.add(Sum.sumUs, row, decoder.durationUs[at]!);
    hosts.max(Sum.maxUs, row, decoder.maxUs[at]!);
    const { minute, long } = this.#marks.mark(host, TEN);
    hosts.add(Sum.minuteCallers, row, minute);
    hosts.add(Sum.longCallers, row, long);
    return true;
  }

  #addRoute(route: number): void {
    const routes = this.#routes;
    const decoder = this.#decoder;
    const key = { modId: decoder.modId[route]!, cmdId: decoder.cmdId[route]! };
    const row = routes.row(key.modId, key.cmdId);
    const { minute, long } = this.#marks.mark({ ...key, ip: 0, port: 0 }, HOUR);
    routes.add(Sum.minuteCallers, row, minute);
    routes.add(Sum.longCallers, row, long);
    for (let count = 0; count < LATENCY_COUNTS; count++) {
      const value = decoder.latency[route * LATENCY_COUNTS + count]!;
      routes.add(SUMS + count, row, value);
    }
  }
}

function columnsOf(table: SumTable): CallColumns {
  return {
    modId: table.keys(0),
    cmdId: table.keys(1),
    calls: table.sums(Sum.calls),
    failed: table.sums(Sum.failed),
    timed: table.sums(Sum.timed),
    sumUs: table.sums(Sum.sumUs),
    maxUs: table.sums(Sum.maxUs),
    minuteCallers: table.sums(Sum.minuteCallers),
    longCallers: table.sums(Sum.longCallers),
  };
}
