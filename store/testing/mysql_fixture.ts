import { type Connection, createConnection } from "mysql2/promise";
import { MysqlHistoryStore } from "../mysql/history/store.ts";
import type { MysqlOptions } from "../mysql/options.ts";
import { MysqlRouteStore } from "../mysql/route_store.ts";
import { MysqlStatusStore } from "../mysql/status_store.ts";
import type { AdminStore } from "../admin/types.ts";
import {
  openMysqlAdminStore,
  openMysqlLeaseStore,
} from "../mysql/admin/store.ts";
import type { LeaseStore } from "../instances/types.ts";
import { StoreTestClock } from "./clock.ts";
import { sqlTables, type StoreFixture } from "./fixture.ts";
import { ensureSchema } from "../mysql/schema.ts";

let databases = 0;

/** Database of one test on the server at `port` of this machine. */
export class MysqlFixture implements StoreFixture {
  readonly clock = new StoreTestClock();
  readonly options: MysqlOptions;
  readonly tables = sqlTables((statement) => this.sql(statement));
  readonly #connection: Connection;
  readonly #others: Connection[] = [];

  private constructor(connection: Connection, options: MysqlOptions) {
    this.#connection = connection;
    this.options = { ...options, clock: this.clock };
  }

  static async open(
    port: number,
    { schema = true }: { schema?: boolean } = {},
  ): Promise<MysqlFixture> {
    const database = `lars_test_${databases += 1}`;
    const connection = await createConnection({
      host: "127.0.0.1",
      port,
      user: "root",
    });
    const fixture = new MysqlFixture(connection, {
      hosts: [{ hostname: "127.0.0.1", port }],
      user: "root",
      password: "",
      database,
      tls: "off",
      connectTimeoutMs: 2_000,
      queryTimeoutMs: 10_000,
      connectionsMax: 4,
      clock: new StoreTestClock(),
    });
    await fixture.sql(`CREATE DATABASE ${database}`);
    await fixture.sql(`USE ${database}`);
    if (schema) await ensureSchema(fixture.options, { apply: true });
    return fixture;
  }

  openRoutes(): Promise<MysqlRouteStore> {
    return MysqlRouteStore.open(this.options);
  }

  openStatuses(): Promise<MysqlStatusStore> {
    return MysqlStatusStore.open(this.options);
  }

  openHistory(): Promise<MysqlHistoryStore> {
    return MysqlHistoryStore.open(this.options);
  }

  openAdmin(): Promise<AdminStore> {
    return openMysqlAdminStore(this.options);
  }

  openLeases(): Promise<LeaseStore> {
    return openMysqlLeaseStore(this.options);
  }

  /** Opens another connection to the database, for transactions by hand; closed with the fixture. */
  async connect(): Promise<Connection> {
    const { hosts, user, database } = this.options;
    const { hostname: host, port } = hosts[0]!;
    const connection = await createConnection({ host, port, user, database });
    this.#others.push(connection);
    return connection;
  }

  /** Runs one statement by hand. */
  async sql(text: string): Promise<Record<string, unknown>[]> {
    const [rows] = await this.#connection.query(text);
    return rows as Record<string, unknown>[];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A transaction that a failed test left open would lock the tables for ever.
    for (const connection of this.#others) await connection.end();
    await this.sql(`DROP DATABASE IF EXISTS ${this.options.database}`);
    await this.#connection.end();
  }
}
