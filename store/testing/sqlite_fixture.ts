import { createFile } from "../sqlite/create.ts";
import type { AdminStore } from "../admin/types.ts";
import type { LeaseStore } from "../instances/types.ts";
import {
  openSqliteAdminStore,
  openSqliteLeaseStore,
} from "../sqlite/programs.ts";
import { StoreTestClock } from "./clock.ts";
import { SqliteHistoryStore } from "../sqlite/history/store.ts";
import { SqliteRouteStore } from "../sqlite/route_store.ts";
import { runStatement } from "../sqlite/statement.ts";
import { SqliteStatusStore } from "../sqlite/status_store.ts";
import { sqlTables, type StoreFixture } from "./fixture.ts";

/** Time of the fixture's clock, in Unix seconds. */
export const NOW_SECONDS = 1_700_000_000;

/** Folder of one test, with the path of a file that is not there yet. */
export class SqliteFixture implements StoreFixture {
  readonly folder = Deno.makeTempDirSync({ prefix: "lars_store_" });
  readonly clock = new StoreTestClock();
  readonly options = { path: `${this.folder}/lars.db`, clock: this.clock };
  readonly tables = sqlTables((statement) => this.sql(statement));

  constructor() {
    this.clock.ms = NOW_SECONDS * 1_000;
  }

  /** Makes the file, unless it is there. */
  async create(): Promise<void> {
    await createFile(this.options.path);
  }

  async openRoutes(): Promise<SqliteRouteStore> {
    await this.create();
    return await SqliteRouteStore.open(this.options);
  }

  async openStatuses(): Promise<SqliteStatusStore> {
    await this.create();
    return await SqliteStatusStore.open(this.options);
  }

  async openHistory(): Promise<SqliteHistoryStore> {
    await this.create();
    return await SqliteHistoryStore.open(this.options);
  }

  async openAdmin(): Promise<AdminStore> {
    await this.create();
    return await openSqliteAdminStore(this.options);
  }

  async openLeases(): Promise<LeaseStore> {
    await this.create();
    return await openSqliteLeaseStore(this.options);
  }

  /** Runs statements by hand; returns the rows of the last. */
  async sql(text: string): Promise<Record<string, unknown>[]> {
    return (await runStatement(this.options.path, text, this.options)).rows;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}
