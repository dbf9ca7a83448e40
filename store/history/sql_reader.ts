import type { RouteKey } from "../../proto/mod.ts";
import {
  toAgentRow,
  toAlarmRow,
  toEventRow,
  toHostPeriodRow,
  toRoutePeriodRow,
  toStateRow,
} from "./rows.ts";
import { CallStatements, type Dialect } from "./statements.ts";
import { PERIOD_TABLES } from "./tables.ts";
import type {
  AgentRow,
  AlarmRow,
  EventQuery,
  HistoryStore,
  HostEventRow,
  HostFilter,
  HostHistoryQuery,
  HostPeriodRow,
  HostStateRow,
  HostTotalsQuery,
  RouteHistoryQuery,
  RoutePeriodRow,
  RouteTotalsQuery,
  WorstRoutesQuery,
} from "./types.ts";

const { HostMinute, HostTen, RouteMinute, RouteHour } = PERIOD_TABLES;

/** What every SQL engine reads of history in the same way. */
export abstract class SqlHistoryReader implements
  Pick<
    HistoryStore,
    | "agents"
    | "states"
    | "events"
    | "hostHistory"
    | "routeHistory"
    | "worstRoutes"
    | "routeTotals"
    | "hostTotals"
    | "newestMinute"
    | "alarms"
  > {
  readonly #statements: CallStatements;

  constructor(dialect: Dialect) {
    this.#statements = new CallStatements(dialect);
  }

  /** Reads rows; each "?" of the statement stands for one of the values. */
  protected abstract rows(
    sql: string,
    values?: readonly number[],
  ): Promise<Record<string, unknown>[]>;

  async agents(): Promise<AgentRow[]> {
    const rows = await this.rows("SELECT * FROM Agent ORDER BY agent");
    return rows.map(toAgentRow);
  }

  async states(filter: HostFilter = {}): Promise<HostStateRow[]> {
    const rows = await this.rows(
      `SELECT * FROM HostState WHERE ${conditionOf(filter)}
       ORDER BY modid, cmdid, ip, port, agent`,
      valuesOf(filter),
    );
    return rows.map(toStateRow);
  }

  async events(
    { before = Number.MAX_SAFE_INTEGER, limit, ...filter }: EventQuery,
  ): Promise<HostEventRow[]> {
    const rows = await this.rows(
      `SELECT * FROM HostEvent WHERE ${conditionOf(filter)} AND id < ?
       ORDER BY id DESC LIMIT ?`,
      [...valuesOf(filter), before, limit],
    );
    return rows.map(toEventRow);
  }

  async hostHistory(
    { tier, key, host, from, to }: HostHistoryQuery,
  ): Promise<HostPeriodRow[]> {
    const table = tier === "minute" ? HostMinute : HostTen;
    const rows = await this.rows(
      this.#statements.history(table, { host: host !== undefined }),
      [from, to, ...valuesOf({ key, host })],
    );
    return rows.map(toHostPeriodRow).sort((a, b) =>
      a.period - b.period || a.ip - b.ip || a.port - b.port
    );
  }

  async routeHistory(
    { tier, key, from, to }: RouteHistoryQuery,
  ): Promise<RoutePeriodRow[]> {
    const table = tier === "minute" ? RouteMinute : RouteHour;
    const rows = await this.rows(
      this.#statements.history(table),
      [from, to, ...valuesOf({ key })],
    );
    return rows.map(toRoutePeriodRow).sort((a, b) => a.period - b.period);
  }

  async worstRoutes(
    { from, to, limit }: WorstRoutesQuery,
  ): Promise<RoutePeriodRow[]> {
    const sql = this.#statements.worstRoutes();
    return (await this.rows(sql, [from, to, limit])).map(toRoutePeriodRow);
  }

  async routeTotals(
    { tier, from, to, after, limit }: RouteTotalsQuery,
  ): Promise<RoutePeriodRow[]> {
    const table = tier === "hour" ? RouteHour : RouteMinute;
    const rows = await this.rows(
      this.#statements.routeTotals(table, { after: after !== undefined }),
      [from, to, ...afterOf(after), limit],
    );
    return rows.map(toRoutePeriodRow);
  }

  async hostTotals(
    { from, to, key }: HostTotalsQuery,
  ): Promise<HostPeriodRow[]> {
    const rows = await this.rows(
      this.#statements.hostTotals({ key: key !== undefined }),
      [from, to, ...valuesOf({ key })],
    );
    return rows.map(toHostPeriodRow);
  }

  async newestMinute(upTo: number): Promise<number | undefined> {
    const [row] = await this.rows(
      `SELECT MAX(period) AS minute FROM HistoryPeriod
       WHERE name = 'RouteMinute' AND period <= ?`,
      [upTo],
    );
    return row?.minute == null ? undefined : Number(row.minute);
  }

  async alarms(): Promise<AlarmRow[]> {
    const rows = await this.rows("SELECT * FROM Alarm ORDER BY fingerprint");
    return rows.map(toAlarmRow);
  }
}

/** The condition that a row is asked for; its values are {@linkcode valuesOf}. */
function conditionOf({ key, host }: HostFilter): string {
  const conditions = [
    ...key === undefined ? [] : ["modid = ? AND cmdid = ?"],
    ...host === undefined ? [] : ["ip = ? AND port = ?"],
  ];
  return conditions.join(" AND ") || "true";
}

function valuesOf({ key, host }: HostFilter): number[] {
  return [
    ...key === undefined ? [] : [key.modId, key.cmdId],
    ...host === undefined ? [] : [host.ip, host.port],
  ];
}

function afterOf(key: RouteKey | undefined): number[] {
  return key === undefined ? [] : [key.modId, key.modId, key.cmdId];
}
