import {
  type BatchColumns,
  columnsFor,
  keyOrder,
  valuesAt,
} from "../../history/columns.ts";
import {
  PERIOD_TABLES,
  periodAt,
  type PeriodTable,
  SUM_MAX,
} from "../../history/tables.ts";
import { toProgress } from "../../history/rows.ts";
import type { AgentProgress, HistoryBatch } from "../../history/types.ts";
import { findConflicts } from "../../history/validation.ts";
import type { Connection } from "../connection.ts";

const { HostMinute, RouteMinute } = PERIOD_TABLES;

/** Tables of the connection that a batch is put into first. */
const STAGES = [
  { stage: "HostBatch", table: HostMinute },
  { stage: "RouteBatch", table: RouteMinute },
] as const;

/** Column of a stage: agents that are new in the longer period. */
const LONG_CALLERS = "long_callers";

/**
 * Puts the rows of a batch into tables of the connection alone, while others can
 * still write. Runs in a transaction that writes nothing else.
 */
export function stageBatch(connection: Connection, batch: HistoryBatch): void {
  connection.prepare("PRAGMA temp_store = MEMORY").run();
  for (const { stage, table } of STAGES) {
    const names = stageColumns(table);
    connection.prepare(
      `CREATE TEMP TABLE IF NOT EXISTS ${stage} (${names.join(", ")})`,
    ).run();
    connection.prepare(`DELETE FROM temp.${stage}`).run();
    const insertion = connection.prepare(
      `INSERT INTO temp.${stage} VALUES (${names.map(() => "?").join()})`,
    );
    const columns: BatchColumns = columnsFor(batch, table);
    const { minuteCallers: callers, longCallers } = columns;
    for (const row of keyOrder(columns)) {
      const values = valuesAt(columns, row, { callers, max: SUM_MAX });
      insertion.run(...values, longCallers[row]!);
    }
  }
}

function stageColumns({ key, calls }: PeriodTable): string[] {
  return [...key, ...calls.map(({ name }) => name), LONG_CALLERS];
}

/**
 * Adds what is staged and moves the progress of the agents, inside the caller's
 * transaction.
 *
 * @returns Agents whose progress is another than expected; nothing is written then.
 */
export function commitBatch(
  connection: Connection,
  { minute, agents, hosts, routes }: HistoryBatch,
): string[] {
  const conflicts = findConflicts(
    { agents },
    (agent) => readProgress(connection, agent),
  );
  if (conflicts.length > 0) return conflicts;
  const moving = connection.prepare(
    `INSERT INTO Agent (agent, epoch, seq) VALUES (?, ?, ?)
     ON CONFLICT (agent) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq`,
  );
  for (const { agent, epoch, seq } of agents) moving.run(agent, epoch, seq);
  const opening = connection.prepare(
    "INSERT OR IGNORE INTO HistoryPeriod (name, period) VALUES (?, ?)",
  );
  for (const table of Object.values<PeriodTable>(PERIOD_TABLES)) {
    const { modId } = columnsFor({ minute, agents, hosts, routes }, table);
    if (modId.length === 0) continue;
    const period = periodAt(table, minute);
    opening.run(table.name, period);
    connection.prepare(ADD_STATEMENTS.get(table.name)!).run(period);
  }
  return [];
}

/** Reads which batches of an agent are committed. */
export function readProgress(
  connection: Connection,
  agent: string,
): AgentProgress | undefined {
  const row = connection.prepare("SELECT epoch, seq FROM Agent WHERE agent = ?")
    .get(agent);
  return row === undefined ? undefined : toProgress(row);
}

/** Statements that add a stage to a table, by the name of the table. */
const ADD_STATEMENTS: ReadonlyMap<string, string> = new Map(
  Object.values(PERIOD_TABLES).map((
    table,
  ) => [table.name, addStatement(table)]),
);

function addStatement({ name, period, key, calls }: PeriodTable): string {
  const { stage } = STAGES.find(({ table }) =>
    table.key.length === key.length
  )!;
  const names = [period, ...key, ...calls.map((column) => column.name)];
  const values = calls.map((column) => {
    const isLong = column.name === "callers" && period !== "minute";
    return `min(${isLong ? LONG_CALLERS : column.name}, ${column.max})`;
  });
  const merged = calls.map(({ name, merge, max }) =>
    merge === "max"
      ? `${name} = max(${name}, excluded.${name})`
      : `${name} = min(${name} + excluded.${name}, ${max})`
  );
  // WHERE keeps the parser from taking ON CONFLICT for a join.
  return `INSERT INTO ${name} (${names.join(", ")})
    SELECT ?, ${key.join(", ")}, ${values.join(", ")}
    FROM temp.${stage} WHERE true
    ON CONFLICT (${[period, ...key].join(", ")})
    DO UPDATE SET ${merged.join(", ")}`;
}
