import { type AdminEngine, ProgramAdminStore } from "../admin/admin_store.ts";
import { type Program, runProgram } from "../steps.ts";
import type { AdminStore } from "../admin/types.ts";
import { stepsOf } from "./steps.ts";
import { type SqliteOptions, StoreFile } from "./store_file.ts";

/**
 * Opens who may do what, in a SQLite file that is there.
 *
 * @throws {StoreError} As {@linkcode StoreFile}.
 */
export function openSqliteAdminStore(
  options: SqliteOptions,
): Promise<AdminStore> {
  return Promise.resolve().then(() =>
    new ProgramAdminStore(new SqliteEngine(options))
  );
}

class SqliteEngine implements AdminEngine {
  readonly #options: SqliteOptions;
  readonly #file: StoreFile;

  constructor(options: SqliteOptions) {
    this.#options = options;
    this.#file = new StoreFile(options);
  }

  wallSeconds(): number {
    return this.#options.clock.wallSeconds();
  }

  read<Result>(program: () => Program<Result>): Promise<Result> {
    return Promise.resolve().then(() =>
      this.#file.read(
        "read administration of store",
        (connection) => runProgram(program(), stepsOf(connection)),
      )
    );
  }

  write<Result>(program: () => Program<Result>): Promise<Result> {
    return Promise.resolve().then(() =>
      this.#file.write(
        "write administration of store",
        (connection) => runProgram(program(), stepsOf(connection)),
      )
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#file[Symbol.dispose]();
    return Promise.resolve();
  }
}
