import { SqliteRouteStore } from "../sqlite/route_store.ts";
import { runStatement } from "../sqlite/statement.ts";
import { SqliteStatusStore } from "../sqlite/status_store.ts";

/** What its clock says. */
export const NOW_SECONDS = 1_700_000_000;

/** For tests: a folder of its own for each test, with the path of a file that is not there yet. */
export class TemporaryStore implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync({ prefix: "lars_store_" });
  readonly options = {
    path: `${this.folder}/lars.db`,
    wallSeconds: () => NOW_SECONDS,
  };

  openRoutes(): Promise<SqliteRouteStore> {
    return SqliteRouteStore.open(this.options);
  }

  openStatuses(): Promise<SqliteStatusStore> {
    return SqliteStatusStore.open(this.options);
  }

  /** Runs statements by hand. */
  async sql(text: string) {
    return await runStatement(this.options.path, text, this.options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}
