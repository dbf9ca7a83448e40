import { type Connection, createConnection } from "mysql2/promise";
import { DatabaseSync } from "node:sqlite";
import { whyNoMariadb } from "../../store/testing/mariadb.ts";
import type { LocalDatabase, LocalLars } from "../../tasks/local/local_lars.ts";
import { LARS, startDatabase } from "../mariadb/database.ts";

/** A kind of store that Lars runs on, for one test. */
export interface TestStore extends AsyncDisposable {
  readonly kind: "sqlite" | "mysql";
  /** For LocalLars; undefined: the embedded store. */
  readonly database: LocalDatabase | undefined;
  /** The largest counter that its ServerCallStatus keeps. */
  readonly countMax: number;
  /** Opens the store of `lars` as somebody does who has his own tools. */
  openByHand(lars: LocalLars, options?: HandOptions): Promise<Hand>;
}

/** How somebody works by hand. */
export interface HandOptions {
  /** The time that NOW() stands still at, in Unix seconds. */
  atSeconds?: number;
}

/** Somebody's connection to a store: SQL as it is. */
export interface Hand extends AsyncDisposable {
  /** Runs one statement; returns its rows. */
  sql(statement: string): Promise<Record<string, unknown>[]>;
}

const noMariadb = await whyNoMariadb();

const STORES: {
  name: string;
  missing: string | undefined;
  open: () => Promise<TestStore>;
}[] = [
  { name: "SQLite", missing: undefined, open: openSqlite },
  { name: "MariaDB", missing: noMariadb, open: openMariadb },
];

/** A test that runs on each kind of store; skipped, with the reason in its name, where there is none. */
export function testOnStores(
  name: string,
  body: (test: Deno.TestContext, store: TestStore) => Promise<void>,
): void {
  for (const { name: kind, missing, open } of STORES) {
    const skipped = missing === undefined ? "" : ` (skipped: ${missing})`;
    Deno.test({
      name: `${name}, on ${kind}${skipped}`,
      ignore: missing !== undefined,
      async fn(test) {
        await using store = await open();
        await body(test, store);
      },
    });
  }
}

/** The options of the `lars` command that name the store of `lars`. */
export function storeArguments({ folder }: LocalLars): string[] {
  return ["--conf", `${folder}/dns.conf`, "--data", folder];
}

/** Rows of ServerCallStatus. */
export async function readStatuses(
  store: TestStore,
  lars: LocalLars,
): Promise<Record<string, unknown>[]> {
  await using hand = await store.openByHand(lars);
  return await hand.sql("SELECT * FROM ServerCallStatus");
}

function openSqlite(): Promise<TestStore> {
  return Promise.resolve({
    kind: "sqlite" as const,
    database: undefined,
    countMax: 4_294_967_295,
    openByHand: ({ folder }, { atSeconds } = {}) =>
      Promise.resolve(new SqliteHand(folder, atSeconds)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}

async function openMariadb(): Promise<TestStore> {
  const server = await startDatabase();
  const { port } = server;
  return {
    kind: "mysql",
    database: { port, user: LARS.user, password: LARS.password },
    countMax: 2_147_483_647,
    async openByHand(_, { atSeconds } = {}) {
      const hand = new MariadbHand(
        await createConnection({ host: "127.0.0.1", port, ...LARS }),
      );
      if (atSeconds !== undefined) await hand.sql(`SET TIMESTAMP=${atSeconds}`);
      return hand;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** MySQL's functions are his own there. */
class SqliteHand implements Hand {
  readonly #database: DatabaseSync;

  constructor(folder: string, atSeconds: number | undefined) {
    this.#database = new DatabaseSync(`${folder}/lars.db`, { timeout: 1_000 });
    const seconds = () => atSeconds ?? Math.floor(Date.now() / 1000);
    this.#database.function("NOW", seconds);
    this.#database.function("UNIX_TIMESTAMP", (_time) => seconds());
  }

  sql(statement: string): Promise<Record<string, unknown>[]> {
    const rows = this.#database.prepare(statement).all();
    return Promise.resolve(rows.map((row) => ({ ...row })));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#database.close();
    return Promise.resolve();
  }
}

class MariadbHand implements Hand {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async sql(statement: string): Promise<Record<string, unknown>[]> {
    const [rows] = await this.#connection.query(statement);
    return Array.isArray(rows) ? rows.map((row) => ({ ...row })) : [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.end();
  }
}
