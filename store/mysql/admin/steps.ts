import type { Step, Value } from "../../steps.ts";
import type { EditResult, RouteEdit } from "../../types.ts";
import type { AttributeReader } from "../attributes.ts";
import { readRoutes } from "../routes.ts";
import { chunks, formatKey } from "../rows.ts";
import type { Row, Session } from "../session.ts";

/** Most rows that one upsert writes. */
const UPSERTS_PER_STATEMENT = 250;

/** What steps on a session need beside it. */
export interface StepsOptions {
  reader: AttributeReader;
  /** Applies an edit inside the same transaction. */
  edit?: (edit: RouteEdit) => Promise<EditResult>;
}

/** Makes the steps of a program on a session, inside the caller's transaction. */
export function stepsOn(
  session: Session,
  { reader, edit }: StepsOptions,
): (step: Step) => Promise<unknown> {
  return async (step) => {
    switch (step.kind) {
      case "lock":
        return await session.rows(
          "SELECT version FROM RouteVersion WHERE id = 1 FOR UPDATE",
        );
      case "rows":
        return await session.rows(step.sql, [...step.values]);
      case "change":
        return await session.change(step.sql, [...step.values]);
      case "insert":
        await insert(session, { table: step.table, rows: [step.row] });
        return await lastId(session);
      case "insertAll":
        for (const rows of chunks(step.rows)) {
          await insert(session, { table: step.table, rows });
        }
        return undefined;
      case "upsert": {
        const { table, rows } = step;
        const changes = step.changes
          .map((column) => `${column} = VALUES(${column})`);
        const end = ` ON DUPLICATE KEY UPDATE ${changes}`;
        for (const some of chunks(rows, UPSERTS_PER_STATEMENT)) {
          await insert(session, { table, rows: some, end });
        }
        return undefined;
      }
      case "rowsOf":
        return await rowsOf(session, step);
      case "deleteOf":
        for (const keys of chunks(step.keys)) {
          await session.change(
            `DELETE FROM ${step.table} WHERE (modid, cmdid) IN (${
              keys.map(formatKey).join()
            })`,
          );
        }
        return undefined;
      case "read":
        return await readRoutes(session, { keys: step.keys, reader });
      case "drains":
        return await reader.drains(session);
      case "edit":
        return await edit?.(step.edit);
    }
  };
}

async function insert(
  session: Session,
  { table, rows, end = "" }: {
    table: string;
    rows: readonly Readonly<Record<string, Value>>[];
    end?: string;
  },
): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const places = `(${columns.map(() => "?").join()})`;
  await session.change(
    `INSERT INTO ${table} (${columns.join()}) VALUES ${
      rows.map(() => places).join()
    }${end}`,
    rows.flatMap((row) => Object.values(row)),
  );
}

async function lastId(session: Session): Promise<number> {
  const [row] = await session.rows("SELECT LAST_INSERT_ID() AS id");
  return Number(row?.id);
}

async function rowsOf(
  session: Session,
  { select, keys, groupBy }: Extract<Step, { kind: "rowsOf" }>,
): Promise<Row[]> {
  const group = groupBy === undefined ? "" : ` GROUP BY ${groupBy}`;
  const found: Row[] = [];
  for (const some of chunks(keys)) {
    found.push(
      ...await session.rows(
        `${select} WHERE (modid, cmdid) IN (${
          some.map(formatKey).join()
        })${group}`,
      ),
    );
  }
  return found;
}
