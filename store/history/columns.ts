import { COUNT_MAX, type PeriodTable } from "./tables.ts";
import {
  type CallColumns,
  type HistoryBatch,
  type HostColumns,
  LATENCY_COUNTS,
  type RouteColumns,
} from "./types.ts";

/** Columns of a batch that one table takes its rows from. */
export type BatchColumns = HostColumns | RouteColumns;

/** The columns of a batch that go into a table. */
export function columnsFor(
  { hosts, routes }: HistoryBatch,
  { key }: PeriodTable,
): BatchColumns {
  return key.includes("ip") ? hosts : routes;
}

/** The agents that are new in a period of a table. */
export function callersFor(
  columns: CallColumns,
  { period }: PeriodTable,
): ArrayLike<number> {
  return period === "minute" ? columns.minuteCallers : columns.longCallers;
}

/**
 * A row of a batch, in the order of the columns of its tables: key, calls with
 * callers, counts by duration. Values are at most those that the table holds.
 */
export function valuesAt(
  columns: BatchColumns,
  row: number,
  { callers, max }: { callers: ArrayLike<number>; max: number },
): number[] {
  const values = [columns.modId[row]!, columns.cmdId[row]!];
  if ("ip" in columns) values.push(columns.ip[row]!, columns.port[row]!);
  values.push(
    Math.min(columns.calls[row]!, max),
    Math.min(columns.failed[row]!, max),
    Math.min(columns.timed[row]!, max),
    columns.sumUs[row]!,
    Math.min(columns.maxUs[row]!, COUNT_MAX),
    Math.min(callers[row]!, COUNT_MAX),
  );
  if ("latency" in columns) {
    const from = row * LATENCY_COUNTS;
    for (let index = from; index < from + LATENCY_COUNTS; index += 1) {
      values.push(Math.min(columns.latency[index]!, max));
    }
  }
  return values;
}

/** Numbers of the rows, ordered by key, in which databases write them fastest. */
export function keyOrder(columns: BatchColumns): Uint32Array {
  const order = Uint32Array.from({ length: columns.modId.length }, (_, i) => i);
  const compare = comparison(columns);
  for (let row = 1; row < order.length; row += 1) {
    if (compare(row - 1, row) > 0) return order.sort(compare);
  }
  return order;
}

function comparison(
  columns: BatchColumns,
): (a: number, b: number) => number {
  const { modId, cmdId } = columns;
  const compareRoutes = (a: number, b: number) =>
    modId[a]! - modId[b]! || cmdId[a]! - cmdId[b]!;
  if (!("ip" in columns)) return compareRoutes;
  const { ip, port } = columns;
  return (a, b) =>
    compareRoutes(a, b) || ip[a]! - ip[b]! || port[a]! - port[b]!;
}
