import { ProgramAdminStore } from "../admin/admin_store.ts";
import type { AdminStore } from "../admin/types.ts";
import {
  type LeaseEngine,
  ProgramLeaseStore,
} from "../instances/lease_store.ts";
import type { LeaseStore } from "../instances/types.ts";
import { type Program, runProgram } from "../steps.ts";
import type { RouteEdit } from "../types.ts";
import { applyEdit } from "./route_store.ts";
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
    new ProgramAdminStore(new SqliteEngine(options, "administration"))
  );
}

/**
 * Opens what agents register, likewise.
 *
 * @throws {StoreError} As {@linkcode StoreFile}.
 */
export function openSqliteLeaseStore(
  options: SqliteOptions,
): Promise<LeaseStore> {
  return Promise.resolve().then(() =>
    new ProgramLeaseStore(new SqliteEngine(options, "instances"))
  );
}

class SqliteEngine implements LeaseEngine {
  readonly #options: SqliteOptions;
  readonly #what: string;
  readonly #file: StoreFile;

  constructor(options: SqliteOptions, what: string) {
    this.#options = options;
    this.#what = what;
    this.#file = new StoreFile(options);
  }

  wallSeconds(): number {
    return this.#options.clock.wallSeconds();
  }

  isKept(): Promise<boolean> {
    return Promise.resolve(true);
  }

  read<Result>(program: () => Program<Result>): Promise<Result> {
    return Promise.resolve().then(() =>
      this.#file.read(
        `read ${this.#what} of store`,
        (connection) => runProgram(program(), stepsOf(connection)),
      )
    );
  }

  write<Result>(program: () => Program<Result>): Promise<Result> {
    return Promise.resolve().then(() => {
      const nowSeconds = this.wallSeconds();
      return this.#file.edit(`write ${this.#what} of store`, (connection) => {
        const apply = (edit: RouteEdit) =>
          applyEdit(connection, { edit, nowSeconds });
        return runProgram(program(), stepsOf(connection, apply));
      });
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#file[Symbol.dispose]();
    return Promise.resolve();
  }
}
