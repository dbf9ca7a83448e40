import { DatabaseSync, type StatementSync } from "node:sqlite";
import { ADMIN_TABLES } from "../admin/tables.ts";
import { LEASE_TABLES } from "../instances/tables.ts";
import { sqliteStatements } from "../table_kinds.ts";

/** Who may do what, and leases, in memory: the tables of SQLite in a database without a file. */
export class MemoryAdminTables {
  readonly #database = new DatabaseSync(":memory:");

  constructor() {
    const tables = { ...ADMIN_TABLES, ...LEASE_TABLES };
    for (const statement of sqliteStatements(tables)) {
      this.#database.exec(statement);
    }
    this.#database.exec(
      "CREATE TABLE ModIDConfig (id INTEGER PRIMARY KEY, modid INTEGER, content TEXT)",
    );
  }

  /** Compiles a statement. */
  prepare(sql: string): StatementSync {
    return this.#database.prepare(sql);
  }

  /** Runs `body`, all or nothing. */
  transaction<Result>(body: () => Result): Result {
    this.#database.exec("BEGIN");
    try {
      const result = body();
      this.#database.exec("COMMIT");
      return result;
    } finally {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
    }
  }
}
