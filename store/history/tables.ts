import type { Period } from "./types.ts";
import { LATENCY_COUNTS, PERIOD_SECONDS, PERIODS_KEPT } from "./types.ts";

/** Greatest value of a column of 32 bits, at which it stops. */
export const COUNT_MAX = 0xffff_ffff;

/** Greatest value of a column of 64 bits, at which it stops: what a number holds. */
export const SUM_MAX = Number.MAX_SAFE_INTEGER;

/** Most rows that one step of retention removes, so that writers wait for no more. */
export const EXPIRE_ROWS_MAX = 5_000;

/** Agents that are kept: those seen last. */
export const AGENTS_KEPT = 20_000;

/** Events that are kept: the newest. */
export const EVENTS_KEPT = 1_000_000;

/** Minutes with events that are kept: 30 days, if there is an event in each. */
export const EVENT_MINUTES_KEPT = 43_200;

/** How a column takes a new value. */
type Merge = "sum" | "max";

/** A column of calls. */
export interface CallColumn {
  /** Its name in the tables. */
  readonly name: string;
  readonly merge: Merge;
  /** Greatest value; larger ones become it. */
  readonly max: number;
}

/** Whether several periods have the most of one in a column, and not its sum: who calls in two is one caller. */
export function isMostOfPeriods({ name, merge }: CallColumn): boolean {
  return merge === "max" || name === "callers";
}

/** A table of calls by period. */
export interface PeriodTable {
  readonly name: "HostMinute" | "HostTen" | "RouteMinute" | "RouteHour";
  /** Its periods, and the name of the column with their number. */
  readonly period: Period;
  /** Columns that tell its rows apart within a period. */
  readonly key: readonly string[];
  readonly calls: readonly CallColumn[];
  /**
   * Periods that are kept: the newest that are there, so that no clock of one
   * machine that is wrong takes what the others have counted.
   */
  readonly kept: number;
}

const ROUTE_KEY = ["modid", "cmdid"];
const HOST_KEY = [...ROUTE_KEY, "ip", "port"];

function callColumns(max: number): CallColumn[] {
  return [
    ...["calls", "failed", "timed"].map((name) => sumOf(name, max)),
    sumOf("sum_us", SUM_MAX),
    { name: "max_us", merge: "max", max: COUNT_MAX },
    sumOf("callers", COUNT_MAX),
  ];
}

function latencyColumns(max: number): CallColumn[] {
  return LATENCY_COLUMNS.map((name) => sumOf(name, max));
}

function sumOf(name: string, max: number): CallColumn {
  return { name, merge: "sum", max };
}

/** Names of the columns of counts by duration. */
export const LATENCY_COLUMNS: readonly string[] = Array.from(
  { length: LATENCY_COUNTS },
  (_, index) => `l${index}`,
);

/** The tables of calls; README.md of store/ explains them. */
export const PERIOD_TABLES = {
  HostMinute: {
    name: "HostMinute",
    period: "minute",
    key: HOST_KEY,
    calls: callColumns(COUNT_MAX),
    kept: PERIODS_KEPT.HostMinute,
  },
  HostTen: {
    name: "HostTen",
    period: "ten",
    key: HOST_KEY,
    calls: callColumns(COUNT_MAX),
    kept: PERIODS_KEPT.HostTen,
  },
  RouteMinute: {
    name: "RouteMinute",
    period: "minute",
    key: ROUTE_KEY,
    calls: [...callColumns(COUNT_MAX), ...latencyColumns(COUNT_MAX)],
    kept: PERIODS_KEPT.RouteMinute,
  },
  RouteHour: {
    name: "RouteHour",
    period: "hour",
    key: ROUTE_KEY,
    calls: [...callColumns(SUM_MAX), ...latencyColumns(SUM_MAX)],
    kept: PERIODS_KEPT.RouteHour,
  },
} as const satisfies Record<string, PeriodTable>;

/** Number of the period of `table` in which a minute lies. */
export function periodAt({ period }: PeriodTable, minute: number): number {
  return Math.floor(minute * PERIOD_SECONDS.minute / PERIOD_SECONDS[period]);
}
