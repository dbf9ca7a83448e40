import {
  isMostOfPeriods,
  PERIOD_TABLES,
  type PeriodTable,
  SUM_MAX,
} from "./tables.ts";

const { HostMinute, RouteMinute } = PERIOD_TABLES;

/** How an engine writes what engines write differently. */
export interface Dialect {
  /** Joins two tables, the left one read first. */
  join: string;
  /** Name of the function that returns the least of two numbers. */
  least: string;
}

/** What a statement reads besides its parameters. */
interface Selection {
  /** Whether one host is asked for. */
  host?: boolean;
  /** Whether one route is. */
  key?: boolean;
  /** Whether those after a key are. */
  after?: boolean;
}

/**
 * The statements that read calls, as every SQL engine runs them. Their parameters
 * are the first and the last period, then those that the selection names, then the
 * limit.
 */
export class CallStatements {
  readonly #dialect: Dialect;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /**
   * Reads rows of one route, or of one of its hosts. Looks each period up, as one
   * range over the periods would read the rows of all routes. They come in order
   * by themselves, which not every engine knows: it would sort them.
   */
  history(table: PeriodTable, { host = false }: Selection = {}): string {
    const { key, calls } = table;
    const columns = [...key, ...calls.map((column) => column.name)];
    return `SELECT HistoryPeriod.period, ${columns.join(", ")}
      FROM ${this.#periods(table, { host })}`;
  }

  /** Adds up minutes for each host of a route, or of all. */
  hostTotals({ key = false }: Selection = {}): string {
    const from = key
      ? this.#periods(HostMinute, {})
      : "HostMinute WHERE HostMinute.minute BETWEEN ? AND ?";
    return `${this.#totals(HostMinute)} FROM ${from} ${groupBy(HostMinute)}`;
  }

  /** Adds up the periods of a table for each route after one, or for all. */
  routeTotals(
    table: PeriodTable,
    { after = false }: Selection = {},
  ): string {
    const rest = after ? "AND (modid > ? OR (modid = ? AND cmdid > ?))" : "";
    return `${this.#totals(table)} FROM ${table.name}
      WHERE ${table.period} BETWEEN ? AND ? ${rest} ${groupBy(table)} LIMIT ?`;
  }

  /** Adds up minutes for the routes with most failed calls. */
  worstRoutes(): string {
    return `${this.#totals(RouteMinute)} FROM RouteMinute
      WHERE minute BETWEEN ? AND ? GROUP BY modid, cmdid
      HAVING SUM(RouteMinute.failed) > 0
      ORDER BY SUM(RouteMinute.failed) DESC, modid, cmdid LIMIT ?`;
  }

  #periods({ name, period }: PeriodTable, { host = false }: Selection): string {
    return `HistoryPeriod ${this.#dialect.join} ${name}
      ON ${name}.${period} = HistoryPeriod.period
      WHERE HistoryPeriod.name = '${name}'
      AND HistoryPeriod.period BETWEEN ? AND ?
      AND ${name}.modid = ? AND ${name}.cmdid = ?
      ${host ? `AND ${name}.ip = ? AND ${name}.port = ?` : ""}`;
  }

  #totals({ name, period, key, calls }: PeriodTable): string {
    const sums = calls.map((column) => {
      const value = `${name}.${column.name}`;
      const total = isMostOfPeriods(column)
        ? `MAX(${value})`
        : `${this.#dialect.least}(SUM(${value}), ${SUM_MAX})`;
      return `${total} AS ${column.name}`;
    });
    return `SELECT MAX(${name}.${period}) AS period, ${
      [...key, ...sums].join(", ")
    }`;
  }
}

function groupBy({ key }: PeriodTable): string {
  return `GROUP BY ${key.join(", ")} ORDER BY ${key.join(", ")}`;
}
