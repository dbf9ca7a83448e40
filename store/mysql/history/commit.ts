import {
  callersFor,
  columnsFor,
  keyOrder,
  valuesAt,
} from "../../history/columns.ts";
import { toProgress } from "../../history/rows.ts";
import {
  PERIOD_TABLES,
  periodAt,
  type PeriodTable,
} from "../../history/tables.ts";
import type {
  AgentCommit,
  AgentProgress,
  HistoryBatch,
} from "../../history/types.ts";
import { findConflicts } from "../../history/validation.ts";
import { formatText } from "../rows.ts";
import type { Session } from "../session.ts";

/** Most rows of one statement: 200 KB, which every server accepts. */
const ROWS_PER_STATEMENT = 2_000;

/**
 * Adds a batch and moves the progress of its agents, in a transaction. Agents,
 * periods and rows are written in order, so that two writers wait for each other
 * and do not meet in a deadlock.
 *
 * @returns Agents whose progress is another than expected; nothing is written then.
 */
export async function commitBatch(
  session: Session,
  batch: HistoryBatch,
): Promise<string[]> {
  await session.begin("edit");
  const agents = batch.agents.toSorted((a, b) => a.agent < b.agent ? -1 : 1);
  const conflicts = await lockAgents(session, agents);
  if (conflicts.length > 0) {
    await session.rollback();
    return conflicts;
  }
  if (agents.length > 0) {
    const rows = agents.map(({ agent, epoch, seq }) =>
      `(${formatText(agent)},${epoch},${seq})`
    );
    await session.change(
      `INSERT INTO Agent (agent, epoch, seq) VALUES ${rows.join()}
       ON DUPLICATE KEY UPDATE epoch = VALUES(epoch), seq = VALUES(seq)`,
    );
  }
  const tables = Object.values<PeriodTable>(PERIOD_TABLES)
    .filter((table) => columnsFor(batch, table).modId.length > 0);
  if (tables.length > 0) {
    const periods = tables.map((table) =>
      `('${table.name}',${periodAt(table, batch.minute)})`
    );
    await session.change(
      `INSERT IGNORE INTO HistoryPeriod (name, period) VALUES ${periods.sort().join()}`,
    );
  }
  for (const table of tables) await addCalls(session, table, batch);
  await session.commit();
  return [];
}

/** Reads which batches of agents are committed; `lock` ends the statement. */
export async function readProgress(
  session: Session,
  agents: readonly string[],
  lock = "",
): Promise<Map<string, AgentProgress>> {
  if (agents.length === 0) return new Map();
  const rows = await session.rows(
    `SELECT agent, epoch, seq FROM Agent
     WHERE agent IN (${agents.map(formatText)}) ORDER BY agent ${lock}`,
  );
  const found = new Map<string, AgentProgress>();
  for (const row of rows) {
    const progress = toProgress(row);
    if (progress !== undefined) found.set(String(row.agent), progress);
  }
  return found;
}

/** Locks the rows of agents; returns those whose progress is another than expected. */
async function lockAgents(
  session: Session,
  agents: readonly AgentCommit[],
): Promise<string[]> {
  const fresh = agents.filter(({ expected }) => expected === undefined);
  if (fresh.length > 0) {
    // A row that is not there cannot be locked.
    await session.change(
      `INSERT IGNORE INTO Agent (agent) VALUES ${
        fresh.map(({ agent }) => `(${formatText(agent)})`).join()
      }`,
    );
  }
  const names = agents.map(({ agent }) => agent);
  const progress = await readProgress(session, names, "FOR UPDATE");
  return findConflicts({ agents }, (agent) => progress.get(agent));
}

async function addCalls(
  session: Session,
  table: PeriodTable,
  batch: HistoryBatch,
): Promise<void> {
  const columns = columnsFor(batch, table);
  const callers = callersFor(columns, table);
  const { max } = table.calls[0]!;
  const period = periodAt(table, batch.minute);
  const { insert, update } = addStatement(table);
  const order = keyOrder(columns);
  for (let from = 0; from < order.length; from += ROWS_PER_STATEMENT) {
    const rows = Array.from(
      order.subarray(from, from + ROWS_PER_STATEMENT),
      (row) => `(${period},${valuesAt(columns, row, { callers, max }).join()})`,
    );
    await session.change(`${insert} ${rows.join()} ${update}`);
  }
}

function addStatement(
  { name, period, key, calls }: PeriodTable,
): { insert: string; update: string } {
  const names = [period, ...key, ...calls.map((column) => column.name)];
  const merged = calls.map(({ name, merge, max }) =>
    merge === "max"
      ? `${name} = GREATEST(${name}, VALUES(${name}))`
      : `${name} = LEAST(${name} + VALUES(${name}), ${max})`
  );
  return {
    insert: `INSERT INTO ${name} (${names.join(", ")}) VALUES`,
    update: `ON DUPLICATE KEY UPDATE ${merged.join(", ")}`,
  };
}
