import type { Route, RouteKey } from "../proto/mod.ts";
import type { EditResult, HostDrain, RouteEdit } from "./types.ts";

/** A value of a column. */
export type Value = number | string | null;

/** A row by the names of its columns, as a database gives it: people write what they like there. */
export type Row = Readonly<Record<string, unknown>>;

/** What a transaction asks of its engine; each engine does it in its own way. */
export type Step =
  /** Waits for other edits of routes, so that what is read stays true; answers with nothing. */
  | { kind: "lock" }
  /** Answers with rows. */
  | { kind: "rows"; sql: string; values: readonly Value[] }
  /** Answers with the number of rows that were changed. */
  | { kind: "change"; sql: string; values: readonly Value[] }
  /** Answers with the id of the row. */
  | { kind: "insert"; table: string; row: Readonly<Record<string, Value>> }
  /** Adds rows with the same columns; answers with nothing. */
  | {
    kind: "insertAll";
    table: string;
    rows: readonly Readonly<Record<string, Value>>[];
  }
  /**
   * Adds rows with the same columns, or writes those of `changes` where a row has
   * the same key; answers with nothing.
   */
  | {
    kind: "upsert";
    table: string;
    key: readonly string[];
    changes: readonly string[];
    rows: readonly Readonly<Record<string, Value>>[];
  }
  /** Answers with the rows of these routes. */
  | {
    kind: "rowsOf";
    select: string;
    keys: readonly RouteKey[];
    groupBy?: string;
  }
  /** Deletes the rows of these routes; answers with nothing. */
  | { kind: "deleteOf"; table: string; keys: readonly RouteKey[] }
  /** Answers with the routes. */
  | { kind: "read"; keys: readonly RouteKey[] }
  /** Answers with every drain. */
  | { kind: "drains" }
  /** Answers with an {@linkcode EditResult}. */
  | { kind: "edit"; edit: RouteEdit };

/**
 * A transaction that is the same in every engine: it yields what it needs, and
 * is resumed with the answer. An engine whose statements return at once runs it
 * without letting other work in between, any other awaits each answer.
 */
export type Program<Result> = Generator<Step, Result, unknown>;

/** Runs a program whose steps are done at once. */
export function runProgram<Result>(
  program: Program<Result>,
  perform: (step: Step) => unknown,
): Result {
  let state = program.next();
  while (!state.done) state = program.next(perform(state.value));
  return state.value;
}

/** Runs a program whose steps take time. */
export async function awaitProgram<Result>(
  program: Program<Result>,
  perform: (step: Step) => Promise<unknown>,
): Promise<Result> {
  let state = program.next();
  while (!state.done) state = program.next(await perform(state.value));
  return state.value;
}

/** Rows of a SELECT. */
export function* rows(sql: string, ...values: Value[]): Program<Row[]> {
  return (yield { kind: "rows", sql, values }) as Row[];
}

/** A LIMIT as every engine takes it: not each takes a parameter there. */
export function limitTo(rows: number): string {
  return `LIMIT ${Math.max(1, Math.floor(rows))}`;
}

/** The highest id of a table; 0 if it is empty. */
export function* newestId(table: string): Program<number> {
  const [row] = yield* rows(`SELECT MAX(id) AS id FROM ${table}`);
  return Number(row?.id ?? 0);
}

/** Changes rows; returns how many. */
export function* change(sql: string, ...values: Value[]): Program<number> {
  return (yield { kind: "change", sql, values }) as number;
}

/** Adds a row; returns its id. */
export function* insert(
  table: string,
  row: Readonly<Record<string, Value>>,
): Program<number> {
  return (yield { kind: "insert", table, row }) as number;
}

/** Adds rows. */
export function* insertAll(
  table: string,
  rows: readonly Readonly<Record<string, Value>>[],
): Program<void> {
  if (rows.length > 0) yield { kind: "insertAll", table, rows };
}

/** Adds rows, or writes their columns but `kept` where a row has the same key. */
export function* upsert(
  table: string,
  { key, rows, kept = [] }: {
    key: readonly string[];
    rows: readonly Readonly<Record<string, Value>>[];
    kept?: readonly string[];
  },
): Program<void> {
  const [first] = rows;
  if (first === undefined) return;
  const changes = Object.keys(first)
    .filter((column) => !key.includes(column) && !kept.includes(column));
  yield { kind: "upsert", table, key, changes, rows };
}

/** Rows of `select`, which ends before its WHERE, that belong to these routes. */
export function* rowsOf(
  select: string,
  keys: readonly RouteKey[],
  { groupBy }: { groupBy?: string } = {},
): Program<Row[]> {
  if (keys.length === 0) return [];
  const more = groupBy === undefined ? {} : { groupBy };
  return (yield { kind: "rowsOf", select, keys, ...more }) as Row[];
}

/** Deletes the rows of these routes. */
export function* deleteOf(
  table: string,
  keys: readonly RouteKey[],
): Program<void> {
  if (keys.length > 0) yield { kind: "deleteOf", table, keys };
}

/** Reads routes by their keys, in that order. */
export function* read(keys: readonly RouteKey[]): Program<Route[]> {
  return (yield { kind: "read", keys }) as Route[];
}

/** Reads every drain. */
export function* drains(): Program<HostDrain[]> {
  return (yield { kind: "drains" }) as HostDrain[];
}

/** Applies an edit that was checked. */
export function* apply(edit: RouteEdit): Program<EditResult> {
  return (yield { kind: "edit", edit }) as EditResult;
}
