import { ProgramAdminStore } from "../../admin/admin_store.ts";
import { ADMIN_TABLE_NAMES } from "../../admin/tables.ts";
import type { AdminStore } from "../../admin/types.ts";
import { ATTRIBUTE_TABLE_NAMES } from "../../attribute_tables.ts";
import {
  type LeaseEngine,
  ProgramLeaseStore,
} from "../../instances/lease_store.ts";
import { LEASE_TABLE_NAMES } from "../../instances/tables.ts";
import { LeasesOffError, type LeaseStore } from "../../instances/types.ts";
import { awaitProgram, type Program } from "../../steps.ts";
import { type RouteEdit, StoreError } from "../../types.ts";
import { AttributeReader } from "../attributes.ts";
import { Database } from "../database.ts";
import type { MysqlOptions } from "../options.ts";
import { missingMessage } from "../presence.ts";
import { applyEdit } from "../route_store.ts";
import type { Session } from "../session.ts";
import type { TableName, TablePart } from "../tables.ts";
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
  const action = "use administration";
  return Promise.resolve().then(() =>
    new ProgramAdminStore(
      new MysqlEngine(options, {
        part: "admin",
        action,
        needed: ADMIN_TABLE_NAMES,
        missing: (tables) =>
          new StoreError(missingMessage(action, tables), { retry: true }),
      }),
    )
  );
}

/**
 * Opens what agents register, likewise.
 *
 * @throws {RangeError} If the options cannot be right.
 */
export function openMysqlLeaseStore(
  options: MysqlOptions,
): Promise<LeaseStore> {
  const action = "use instances";
  return Promise.resolve().then(() =>
    new ProgramLeaseStore(
      new MysqlEngine(options, {
        part: "leases",
        action,
        needed: [...LEASE_TABLE_NAMES, "HostDrain"],
        missing: (tables) => new LeasesOffError(missingMessage(action, tables)),
      }),
    )
  );
}

/** What a store of this folder is for. */
interface Purpose {
  part: TablePart;
  /** What is done with it, for messages. */
  action: string;
  /** Tables without which it does nothing. */
  needed: readonly TableName[];
  /** What it throws when some of them are missing. */
  missing: (tables: readonly TableName[]) => StoreError;
}

class MysqlEngine implements LeaseEngine {
  readonly #options: MysqlOptions;
  readonly #purpose: Purpose;
  readonly #database: Database;
  readonly #reader: AttributeReader;

  constructor(options: MysqlOptions, purpose: Purpose) {
    this.#options = options;
    this.#purpose = purpose;
    this.#database = new Database(options, {
      needed: ["RouteData", "RouteVersion", "RouteChange"],
      wanted: ATTRIBUTE_TABLE_NAMES,
      part: purpose.part,
    });
    this.#reader = new AttributeReader(this.#database.presence);
  }

  wallSeconds(): number {
    return this.#options.clock.wallSeconds();
  }

  isKept(): Promise<boolean> {
    return this.#database.use(this.#purpose.action, async (session) => {
      const missing = await this.#missing(session, ADMIN_TABLE_NAMES);
      return missing.length === 0;
    });
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
    const reader = this.#reader;
    const { action, needed } = this.#purpose;
    return await this.#database.use(action, async (session) => {
      const missing = await this.#missing(session, needed);
      if (missing.length > 0) throw this.#purpose.missing(missing);
      const edit = (edit: RouteEdit) => applyEdit(session, { edit, reader });
      const steps = stepsOn(session, { reader, edit });
      return await session.transaction(
        kind,
        () => awaitProgram(program(), steps),
      );
    });
  }

  async #missing(
    session: Session,
    tables: readonly TableName[],
  ): Promise<TableName[]> {
    const there = await this.#database.presence.look(session, tables);
    return tables.filter((table) => !there.includes(table));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database[Symbol.asyncDispose]();
  }
}
