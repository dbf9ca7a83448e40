import {
  type AdminEngine,
  ProgramAdminStore,
} from "../../admin/admin_store.ts";
import { awaitProgram, type Program } from "../../steps.ts";
import { ADMIN_TABLE_NAMES } from "../../admin/tables.ts";
import { ATTRIBUTE_TABLE_NAMES } from "../../attribute_tables.ts";
import type { AdminStore } from "../../admin/types.ts";
import { StoreError } from "../../types.ts";
import { AttributeReader } from "../attributes.ts";
import { Database } from "../database.ts";
import type { MysqlOptions } from "../options.ts";
import { missingMessage } from "../presence.ts";
import type { Session } from "../session.ts";
import { stepsOn } from "./steps.ts";

/**
 * Opens who may do what, in a database that speaks the MySQL protocol; it
 * connects at its first use.
 *
 * @throws {RangeError} If the options cannot be right.
 */
export function openMysqlAdminStore(
  options: MysqlOptions,
): Promise<AdminStore> {
  return Promise.resolve().then(() =>
    new ProgramAdminStore(new MysqlEngine(options))
  );
}

class MysqlEngine implements AdminEngine {
  readonly #options: MysqlOptions;
  readonly #database: Database;
  readonly #reader: AttributeReader;

  constructor(options: MysqlOptions) {
    this.#options = options;
    this.#database = new Database(options, {
      needed: ["RouteData", "RouteVersion", "RouteChange"],
      wanted: ATTRIBUTE_TABLE_NAMES,
      part: "admin",
    });
    this.#reader = new AttributeReader(this.#database.presence);
  }

  wallSeconds(): number {
    return this.#options.clock.wallSeconds();
  }

  read<Result>(program: () => Program<Result>): Promise<Result> {
    return this.#run("snapshot", program);
  }

  write<Result>(program: () => Program<Result>): Promise<Result> {
    return this.#run("edit", program);
  }

  async #run<Result>(
    kind: "snapshot" | "edit",
    program: () => Program<Result>,
  ): Promise<Result> {
    return await this.#database.use("use administration", async (session) => {
      await this.#checkTables(session);
      const steps = stepsOn(session, { reader: this.#reader });
      return await session.transaction(
        kind,
        () => awaitProgram(program(), steps),
      );
    });
  }

  async #checkTables(session: Session): Promise<void> {
    const { presence } = this.#database;
    const there = await presence.look(session, ADMIN_TABLE_NAMES);
    if (there.length === ADMIN_TABLE_NAMES.length) return;
    const missing = ADMIN_TABLE_NAMES.filter((name) => !there.includes(name));
    throw new StoreError(missingMessage("use administration", missing), {
      retry: true,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database[Symbol.asyncDispose]();
  }
}
