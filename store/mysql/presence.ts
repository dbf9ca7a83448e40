import { checkFloor, SCHEMA_FLOOR, SCHEMA_LEVEL } from "../schema_level.ts";
import { newIdentity } from "../identity.ts";
import { StoreError } from "../types.ts";
import {
  classify,
  isReadOnly,
  isUnknownDatabase,
  isUnknownTable,
} from "./error.ts";
import type { Session } from "./session.ts";
import {
  addColumnsStatement,
  ADDED_TABLES,
  type AddedTable,
  columnsOf,
  createStatement,
  TABLE_NAMES,
  type TableName,
  type TablePart,
} from "./tables.ts";

/** Tables that a store uses. */
export interface TablesOfStore {
  /** Tables without which the store does not work. */
  needed: readonly TableName[];
  /** Tables that a database of the original has not: without them the store does less. */
  wanted?: readonly TableName[];
  /** Which of the {@linkcode ADDED_TABLES} it uses; those of routes by default. */
  part?: TablePart;
  /** Called once with the missing tables of `wanted` and of its part, if any. */
  onMissing?: ((tables: readonly TableName[]) => void) | undefined;
}

/**
 * Which tables are there. One that was there is never taken for absent: a
 * statement on it fails until it is back.
 */
export class Presence {
  readonly #seen = new Set<TableName>();

  /** Whether the table has been seen. */
  has(table: TableName): boolean {
    return this.#seen.has(table);
  }

  /** Notes that a table is there. */
  add(table: TableName): void {
    this.#seen.add(table);
  }

  /** Looks for those tables that have not been seen yet; returns all that have. */
  async look<Name extends TableName>(
    session: Session,
    tables: readonly Name[],
  ): Promise<Name[]> {
    const unseen = tables.filter((table) => !this.#seen.has(table));
    if (unseen.length > 0) {
      const names = unseen.map((table) => `'${table.toLowerCase()}'`);
      const rows = await session.rows(
        `SELECT LOWER(table_name) AS name FROM information_schema.tables
         WHERE table_schema = DATABASE() AND LOWER(table_name) IN (${names})`,
      );
      const found = new Set(rows.map(({ name }) => String(name)));
      for (const table of unseen) {
        if (found.has(table.toLowerCase())) this.#seen.add(table);
      }
    }
    return tables.filter((table) => this.#seen.has(table));
  }
}

/**
 * Checks the tables of a store before its first use. One of an earlier Lars gets
 * here what has come since, if this user may add it; no other table is made.
 *
 * @throws {StoreError} If a table is not as it must be.
 */
export async function openTables(
  session: Session,
  { needed, wanted = [], part = "routes", onMissing, presence, where }:
    & TablesOfStore
    & {
      presence: Presence;
      /** Database and hosts, for error messages. */
      where: string;
    },
): Promise<void> {
  const check = new Check(session, { presence, where });
  const level = await check.readLevel();
  for (const table of needed) {
    if (await check.find(table)) continue;
    throw level === undefined && !(await check.hasAny())
      ? check.noStore()
      : check.gone(table);
  }
  const missing: TableName[] = [];
  for (const table of wanted) {
    if (await check.find(table)) continue;
    if (level !== undefined && level >= SCHEMA_FLOOR) throw check.gone(table);
    missing.push(table);
  }
  if (wanted.length > 0) {
    missing.push(
      ...await check.ensureAdded(level, {
        isWhole: missing.length === 0,
        part,
      }),
    );
  }
  if (missing.length > 0) onMissing?.(missing);
}

/**
 * Whether a table is there, with all its columns. Asked of the table itself, as
 * information_schema shows nothing of a table that this user may not read.
 *
 * @throws {StoreError} If this user may not read it, or columns are missing.
 */
export async function findTable(
  session: Session,
  { table, named, where }: {
    table: TableName;
    /** The table as statements name it. */
    named: string;
    where: string;
  },
): Promise<boolean> {
  let columns: string[];
  try {
    columns = await session.columns(named);
  } catch (cause) {
    if (isUnknownTable(cause) || isUnknownDatabase(cause)) return false;
    if (classify(cause) !== "denied") throw cause;
    throw new StoreError(
      `Cannot open store ${where} as this user may not read its table ${table}, or there is none: GRANT SELECT, INSERT, UPDATE, DELETE on it to db_user`,
      { retry: false, cause },
    );
  }
  const found = columns.map((column) => column.toLowerCase());
  const lacking = columnsOf(table).filter((each) => !found.includes(each));
  if (lacking.length === 0) return true;
  throw new StoreError(
    `Cannot open store ${where} as its table ${table} lacks ${
      lacking.join(", ")
    }: add what is missing with "${addColumnsStatement(table, lacking)}"`,
    { retry: false },
  );
}

/**
 * Statements that write the rows that tables begin with; what is there stays.
 * `prefix` begins the names of tables. LarsSchema comes last: it says that the
 * others are there.
 */
export function fillStatements(
  { level, prefix }: { level: number; prefix: string },
): string[] {
  return [
    `INSERT IGNORE INTO ${prefix}StoreIdentity (id, identity, accepted)
     VALUES (1, '${newIdentity()}', 0)`,
    `INSERT INTO ${prefix}LarsSchema (id, level, floor)
     VALUES (1, ${level}, ${SCHEMA_FLOOR})
     ON DUPLICATE KEY UPDATE level = GREATEST(level, ${level})`,
  ];
}

/** Says that tables are missing, which this user may perhaps not make. */
export function missingMessage(
  action: string,
  tables: readonly TableName[],
): string {
  const [are, them] = tables.length === 1
    ? [`table ${tables[0]} is`, "it"]
    : [`tables ${tables.join(", ")} are`, "them"];
  return `Cannot ${action} as ${are} missing, run "lars store schema --apply" as a user who may create ${them}`;
}

/** Refusal of an edit for which a table is missing. */
export function missingTable(table: TableName): StoreError {
  return new StoreError(missingMessage("edit routes", [table]), {
    retry: false,
  });
}

class Check {
  readonly #session: Session;
  readonly #presence: Presence;
  readonly #where: string;

  constructor(
    session: Session,
    options: { presence: Presence; where: string },
  ) {
    this.#session = session;
    this.#presence = options.presence;
    this.#where = options.where;
  }

  /** Level of the schema; undefined if no Lars has noted it. */
  async readLevel(): Promise<number | undefined> {
    if (!(await this.find("LarsSchema"))) return undefined;
    const [row] = await this.#session.rows(
      "SELECT level, floor FROM LarsSchema WHERE id = 1",
    );
    if (row === undefined) return undefined;
    checkFloor(Number(row.floor), this.#where);
    return Number(row.level);
  }

  /** Whether the table is there; it has all columns then. */
  async find(table: TableName): Promise<boolean> {
    const found = await findTable(this.#session, {
      table,
      named: table,
      where: this.#where,
    });
    if (found) this.#presence.add(table);
    return found;
  }

  /** Whether any table of Lars is there. */
  async hasAny(): Promise<boolean> {
    for (const table of TABLE_NAMES) if (await this.find(table)) return true;
    return false;
  }

  /**
   * Adds what a store of an earlier Lars has not; returns those tables of `part`
   * that must not be added. `isWhole`: it has the tables of {@linkcode SCHEMA_FLOOR},
   * as it must for those of higher levels.
   */
  async ensureAdded(
    noted: number | undefined,
    { isWhole, part }: { isWhole: boolean; part: TablePart },
  ): Promise<readonly TableName[]> {
    const lacking: AddedTable[] = [];
    for (const added of ADDED_TABLES) {
      const isNoted = noted !== undefined && noted >= added.level;
      // How the tables of others are is no concern of this store.
      if (added.part === part) {
        if (await this.find(added.table)) continue;
        if (isNoted) throw this.gone(added.table);
      }
      if (!isNoted) lacking.push(added);
    }
    const ours = lacking.filter((added) => added.part === part)
      .map(({ table }) => table);
    if (lacking.length === 0) return [];
    if (noted !== undefined && !isWhole) return ours;
    // No table that is noted: it may come back.
    const added = lacking.filter(({ level }) => isWhole || level === 1)
      .map(({ table }) => table);
    try {
      for (const table of added) {
        await this.#session.change(createStatement(table, table));
      }
      const rows = { level: isWhole ? SCHEMA_LEVEL : 1, prefix: "" };
      for (const statement of fillStatements(rows)) {
        await this.#session.change(statement);
      }
    } catch (cause) {
      // A server that can be read is enough for who needs no more.
      if (classify(cause) !== "denied" && !isReadOnly(cause)) throw cause;
      return ours;
    }
    for (const table of ours) {
      if (added.includes(table)) this.#presence.add(table);
    }
    return ours.filter((table) => !added.includes(table));
  }

  noStore(): StoreError {
    return new StoreError(
      `Cannot open store ${this.#where} as it has no tables of Lars: name another database with [mysql] db_name, or make a store there with "lars store create" or "lars store schema --apply"`,
      { retry: false },
    );
  }

  gone(table: TableName): StoreError {
    return new StoreError(
      `Cannot open store ${this.#where} as its table ${table} is gone: bring it back, or make an empty one with "lars store schema --apply"`,
      { retry: true },
    );
  }
}
