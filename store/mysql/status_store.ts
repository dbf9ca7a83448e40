import {
  compareStatuses,
  STATUS_KEY_COLUMNS,
  statusKeyOf,
  toStatusRow,
} from "../status_rows.ts";
import { expectIdentity } from "../identity.ts";
import { checkStatuses } from "../validation.ts";
import type { RouteKey } from "../../proto/mod.ts";
import { readIdentity } from "./changes.ts";
import { Database } from "./database.ts";
import type { MysqlOptions } from "./options.ts";
import { chunks, formatAnyOf } from "./rows.ts";
import type { Session } from "./session.ts";
import type {
  StatusKey,
  StatusRow,
  StatusStore,
  StatusWriteOptions,
} from "../types.ts";

/** Most rows of one statement: 150 KB, which every server accepts. */
const ROWS_PER_STATEMENT = 2_000;

/** Most rows removed by one statement. */
const KEYS_PER_STATEMENT = 200;

const KEY_COLUMNS = STATUS_KEY_COLUMNS.split(", ");

/** Largest value of the original's signed counters, at which ours stop. */
const COUNT_MAX = 2_147_483_647;

/** Call results in a database that speaks the MySQL protocol. */
export class MysqlStatusStore implements StatusStore {
  readonly #database: Database;

  private constructor(options: MysqlOptions) {
    this.#database = new Database(options, {
      needed: ["ServerCallStatus"],
    });
  }

  /** Opens the store; connects at the first use. */
  static open(options: MysqlOptions): Promise<MysqlStatusStore> {
    return Promise.resolve().then(() => new MysqlStatusStore(options));
  }

  async write(
    rows: readonly StatusRow[],
    { onlyIn }: StatusWriteOptions = {},
  ): Promise<void> {
    checkStatuses(rows);
    if (rows.length === 0) return;
    // In key order, so that two writers lock rows in the same order. The sort
    // is stable: of equal keys the newest wins.
    const sorted = rows.toSorted(compareStatuses);
    const action = "write statuses";
    await this.#database.use(action, (session) => {
      const isOne = sorted.length <= ROWS_PER_STATEMENT;
      if (isOne && onlyIn === undefined) return writeRows(session, sorted);
      return session.transaction("edit", async () => {
        if (onlyIn !== undefined) {
          const { presence } = this.#database;
          const identity = await readIdentity(session, presence);
          expectIdentity(action, { onlyIn, identity });
        }
        await writeRows(session, sorted);
      });
    });
  }

  async list(key?: RouteKey): Promise<StatusRow[]> {
    const order = `ORDER BY ${STATUS_KEY_COLUMNS}`;
    const rows = await this.#database.use(
      "list statuses",
      (session) =>
        key === undefined
          ? session.rows(`SELECT * FROM ServerCallStatus ${order}`)
          : session.rows(
            `SELECT * FROM ServerCallStatus WHERE modid = ? AND cmdid = ? ${order}`,
            [key.modId, key.cmdId],
          ),
    );
    return rows.map(toStatusRow);
  }

  async page(
    { after, limit }: { after?: StatusKey | undefined; limit: number },
  ): Promise<StatusRow[]> {
    const where = after === undefined ? "" : `WHERE ${formatAfter(after)}`;
    const rows = await this.#database.use(
      "list statuses",
      (session) =>
        session.rows(
          `SELECT * FROM ServerCallStatus ${where}
           ORDER BY ${STATUS_KEY_COLUMNS} LIMIT ${limit}`,
        ),
    );
    return rows.map(toStatusRow);
  }

  async remove(keys: readonly StatusKey[]): Promise<void> {
    if (keys.length === 0) return;
    const sorted = keys.toSorted(compareStatuses);
    await this.#database.use(
      "remove statuses",
      (session) =>
        session.transaction("edit", async () => {
          for (const some of chunks(sorted, KEYS_PER_STATEMENT)) {
            const keys = formatAnyOf(KEY_COLUMNS, some.map(statusKeyOf));
            await session.change(
              `DELETE FROM ServerCallStatus WHERE ${keys}`,
            );
          }
        }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database[Symbol.asyncDispose]();
  }
}

async function writeRows(
  session: Session,
  rows: readonly StatusRow[],
): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    const values = rows.slice(start, start + ROWS_PER_STATEMENT).map(formatRow);
    // Written out: numbers need no escaping, and a statement of this length is
    // not prepared.
    await session.change(
      `INSERT INTO ServerCallStatus
       (modid, cmdid, ip, port, caller, succ_cnt, err_cnt, ts, overload)
       VALUES ${values.join()} ON DUPLICATE KEY UPDATE
       succ_cnt = VALUES(succ_cnt), err_cnt = VALUES(err_cnt),
       ts = VALUES(ts), overload = VALUES(overload)`,
    );
  }
}

function formatRow(row: StatusRow): string {
  const { modId, cmdId, ip, port, caller, ts } = row;
  const succ = Math.min(row.succ, COUNT_MAX);
  const err = Math.min(row.err, COUNT_MAX);
  const overload = row.overload ? 1 : 0;
  return `(${modId},${cmdId},${ip},${port},${caller},${succ},${err},${ts},'${overload}')`;
}

/** The condition that a row comes after this key, written out as {@linkcode formatAnyOf}. */
function formatAfter(key: StatusKey): string {
  const values = statusKeyOf(key);
  return KEY_COLUMNS.toReversed().reduce((rest, column) => {
    const value = values[KEY_COLUMNS.indexOf(column)];
    const more = `${column} > ${value}`;
    return rest === ""
      ? more
      : `(${more} OR (${column} = ${value} AND ${rest}))`;
  }, "");
}
