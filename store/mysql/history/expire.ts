import {
  AGENTS_KEPT,
  EVENT_MINUTES_KEPT,
  EVENTS_KEPT,
  EXPIRE_ROWS_MAX,
  PERIOD_TABLES,
  type PeriodTable,
} from "../../history/tables.ts";
import { formatText } from "../rows.ts";
import type { Session } from "../session.ts";

/** Tables that are removed by period, in the order of their columns' names. */
const BY_PERIOD = [
  ...Object.values<PeriodTable>(PERIOD_TABLES).map((table) => ({
    name: table.name as string,
    period: table.period as string,
    order: table.key.join(", "),
    kept: table.kept,
  })),
  {
    name: "HostEvent",
    period: "minute",
    order: "id",
    kept: EVENT_MINUTES_KEPT,
  },
];

/** Removes at most {@linkcode EXPIRE_ROWS_MAX} rows; returns whether there may be more. */
export async function expireSome(session: Session): Promise<boolean> {
  for (const table of BY_PERIOD) {
    const oldest = await oldestPeriod(session, table);
    if (oldest === undefined) continue;
    await session.transaction(
      "edit",
      () => removePeriod(session, table, oldest),
    );
    return true;
  }
  return await expireEvents(session) || await expireAgents(session);
}

/** The oldest period of a table that has more than are kept. */
async function oldestPeriod(
  session: Session,
  { name, kept }: { name: string; kept: number },
): Promise<number | undefined> {
  const which = `FROM HistoryPeriod WHERE name = '${name}'`;
  const [surplus] = await session.rows(
    `SELECT period ${which} ORDER BY period DESC LIMIT 1 OFFSET ${kept}`,
  );
  if (surplus === undefined) return undefined;
  const [oldest] = await session.rows(`SELECT MIN(period) AS period ${which}`);
  return Number(oldest?.period);
}

async function removePeriod(
  session: Session,
  { name, period, order }: { name: string; period: string; order: string },
  oldest: number,
): Promise<void> {
  const which =
    `FROM HistoryPeriod WHERE name = '${name}' AND period = ${oldest}`;
  // Who adds to this period holds its row until COMMIT: nothing is left behind.
  await session.rows(`SELECT period ${which} FOR UPDATE`);
  const removed = await session.change(
    `DELETE FROM ${name} WHERE ${period} = ${oldest}
     ORDER BY ${order} LIMIT ${EXPIRE_ROWS_MAX}`,
  );
  if (removed < EXPIRE_ROWS_MAX) await session.change(`DELETE ${which}`);
}

async function expireEvents(session: Session): Promise<boolean> {
  const [row] = await session.rows("SELECT MAX(id) AS id FROM HostEvent");
  const first = Number(row?.id ?? 0) - EVENTS_KEPT;
  if (first <= 0) return false;
  const removed = await session.change(
    `DELETE FROM HostEvent WHERE id <= ${first}
     ORDER BY id LIMIT ${EXPIRE_ROWS_MAX}`,
  );
  return removed > 0;
}

async function expireAgents(session: Session): Promise<boolean> {
  const [row] = await session.rows("SELECT COUNT(*) AS agents FROM Agent");
  const surplus = Math.min(Number(row?.agents) - AGENTS_KEPT, EXPIRE_ROWS_MAX);
  if (surplus <= 0) return false;
  const rows = await session.rows(
    `SELECT agent FROM Agent ORDER BY beat, agent LIMIT ${surplus}`,
  );
  const agents = rows.map(({ agent }) => formatText(String(agent))).join();
  await session.change(`DELETE FROM HostState WHERE agent IN (${agents})`);
  await session.change(`DELETE FROM Agent WHERE agent IN (${agents})`);
  return true;
}
