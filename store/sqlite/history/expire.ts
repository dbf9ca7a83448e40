import {
  AGENTS_KEPT,
  EVENT_MINUTES_KEPT,
  EVENTS_KEPT,
  EXPIRE_ROWS_MAX,
  PERIOD_TABLES,
  type PeriodTable,
} from "../../history/tables.ts";
import type { Connection } from "../connection.ts";

/** A step of retention: whether there is something to remove, and its removal. */
interface Step {
  isDue(connection: Connection): boolean;
  run(connection: Connection): void;
}

/** Steps of retention; the caller runs one that is due in a transaction. */
export const EXPIRE_STEPS: readonly Step[] = [
  ...Object.values(PERIOD_TABLES).map(periodStep),
  {
    isDue: (connection) =>
      oldestPeriod(connection, "HostEvent", EVENT_MINUTES_KEPT) !== undefined,
    run(connection) {
      const minute = oldestPeriod(connection, "HostEvent", EVENT_MINUTES_KEPT);
      if (minute === undefined) return;
      const { changes } = connection.prepare(
        `DELETE FROM HostEvent WHERE id IN
         (SELECT id FROM HostEvent WHERE minute = ? LIMIT ${EXPIRE_ROWS_MAX})`,
      ).run(minute);
      if (changes === 0) forgetPeriod(connection, "HostEvent", minute);
    },
  },
  {
    isDue: (connection) =>
      Number(connection.value(
        "SELECT max(id) - min(id) >= ? FROM HostEvent",
        EVENTS_KEPT,
      )) === 1,
    run(connection) {
      connection.prepare(
        `DELETE FROM HostEvent WHERE id IN (SELECT id FROM HostEvent
         WHERE id <= (SELECT max(id) FROM HostEvent) - ?
         ORDER BY id LIMIT ${EXPIRE_ROWS_MAX})`,
      ).run(EVENTS_KEPT);
    },
  },
  {
    isDue: (connection) => surplusAgents(connection) > 0,
    run(connection) {
      const limit = Math.min(surplusAgents(connection), EXPIRE_ROWS_MAX);
      const gone = "SELECT agent FROM Agent ORDER BY beat, agent LIMIT ?";
      connection.prepare(`DELETE FROM HostState WHERE agent IN (${gone})`)
        .run(limit);
      connection.prepare(`DELETE FROM Agent WHERE agent IN (${gone})`)
        .run(limit);
    },
  },
];

function periodStep(table: PeriodTable): Step {
  const { name, period, key, kept } = table;
  const columns = key.join(", ");
  return {
    isDue: (connection) => oldestPeriod(connection, name, kept) !== undefined,
    run(connection) {
      const oldest = oldestPeriod(connection, name, kept);
      if (oldest === undefined) return;
      const last = connection.prepare(
        `SELECT ${columns} FROM ${name} WHERE ${period} = ?
         ORDER BY ${columns} LIMIT 1 OFFSET ${EXPIRE_ROWS_MAX}`,
      ).get(oldest);
      if (last !== undefined) {
        connection.prepare(
          `DELETE FROM ${name} WHERE ${period} = ?
           AND (${columns}) < (${key.map(() => "?").join()})`,
        ).run(oldest, ...key.map((column) => Number(last[column])));
        return;
      }
      connection.prepare(`DELETE FROM ${name} WHERE ${period} = ?`).run(oldest);
      forgetPeriod(connection, name, oldest);
    },
  };
}

/** The oldest period of a table that has more than are kept. */
function oldestPeriod(
  connection: Connection,
  name: string,
  kept: number,
): number | undefined {
  const surplus = connection.value(
    `SELECT period FROM HistoryPeriod WHERE name = ?
     ORDER BY period DESC LIMIT 1 OFFSET ?`,
    name,
    kept,
  );
  if (surplus === undefined) return undefined;
  return Number(connection.value(
    "SELECT min(period) FROM HistoryPeriod WHERE name = ?",
    name,
  ));
}

function forgetPeriod(
  connection: Connection,
  name: string,
  period: number,
): void {
  connection.prepare("DELETE FROM HistoryPeriod WHERE name = ? AND period = ?")
    .run(name, period);
}

function surplusAgents(connection: Connection): number {
  const agents = connection.value("SELECT count(*) FROM Agent");
  return Number(agents) - AGENTS_KEPT;
}
