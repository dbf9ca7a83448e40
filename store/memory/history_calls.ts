import {
  callersFor,
  columnsFor,
  keyOrder,
  valuesAt,
} from "../history/columns.ts";
import {
  isMostOfPeriods,
  PERIOD_TABLES,
  periodAt,
  type PeriodTable,
} from "../history/tables.ts";
import type { HistoryBatch, PeriodRange } from "../history/types.ts";

/** Rows of a table of calls, by period and key, each as its calls. */
type PeriodRows = Map<number, Map<string, number[]>>;

/** The tables of calls. */
export type CallTables = ReadonlyMap<PeriodTable, PeriodRows>;

/** Makes them, without rows. */
export function emptyCalls(): CallTables {
  return new Map(
    Object.values(PERIOD_TABLES).map((table) => [table, new Map()]),
  );
}

/** Adds the calls of a batch to each table. */
export function addBatch(tables: CallTables, batch: HistoryBatch): void {
  for (const [table, rows] of tables) addCalls(table, rows, batch);
}

function addCalls(
  table: PeriodTable,
  rows: PeriodRows,
  batch: HistoryBatch,
): void {
  const columns = columnsFor(batch, table);
  const { max } = table.calls[0]!;
  const callers = callersFor(columns, table);
  for (const row of keyOrder(columns)) {
    const period = periodAt(table, batch.minute);
    const values = valuesAt(columns, row, { callers, max });
    const key = values.slice(0, table.key.length).join();
    const calls = values.slice(table.key.length);
    const inPeriod = rows.get(period) ?? new Map<string, number[]>();
    rows.set(period, inPeriod);
    const earlier = inPeriod.get(key);
    inPeriod.set(
      key,
      earlier === undefined ? calls : mergeCalls(table, earlier, calls),
    );
  }
}

function mergeCalls(
  { calls }: PeriodTable,
  earlier: readonly number[],
  more: readonly number[],
): number[] {
  return calls.map(({ merge, max }, index) => {
    const [a, b] = [earlier[index]!, more[index]!];
    return merge === "max" ? Math.max(a, b) : Math.min(a + b, max);
  });
}

/** Rows of a table in some periods, as databases return them. */
export function readCalls(
  tables: CallTables,
  table: PeriodTable,
  { from, to }: PeriodRange,
): Record<string, number>[] {
  const columns = [...table.key, ...table.calls.map(({ name }) => name)];
  return [...tables.get(table)!]
    .filter(([period]) => period >= from && period <= to)
    .flatMap(([period, rows]) =>
      [...rows].map(([key, values]) => {
        const all = [...key.split(",").map(Number), ...values];
        const entries = columns.map((name, index) => [name, all[index]!]);
        return { ...Object.fromEntries(entries), period };
      })
    );
}

/** Adds up rows of some minutes by their keys. */
export function sumPeriods(
  tables: CallTables,
  table: PeriodTable,
  range: PeriodRange,
): Record<string, number>[] {
  const rows = Map.groupBy(
    readCalls(tables, table, range),
    (row) => table.key.map((name) => row[name]).join(),
  );
  return [...rows.values()].map((same) =>
    same.reduce((total, row) => {
      const sum: Record<string, number> = { ...total };
      sum.period = Math.max(total.period!, row.period!);
      for (const column of table.calls) {
        const { name } = column;
        const [a, b] = [total[name]!, row[name]!];
        sum[name] = isMostOfPeriods(column) ? Math.max(a, b) : a + b;
      }
      return sum;
    })
  );
}

/** Removes all periods but the newest. */
export function keepNewest(periods: Map<number, unknown>, kept: number): void {
  const old = [...periods.keys()].sort((a, b) => a - b).slice(0, -kept);
  for (const period of old) periods.delete(period);
}
