import { DatabaseSync } from "node:sqlite";
import { testOnMariadb } from "../../store/testing/mod.ts";
import type { LocalDatabase, LocalLars } from "../../tasks/local/local_lars.ts";
import { addressOf, LARS, startDatabase } from "./database.ts";
import { Session } from "./session.ts";

/** A kind of store that Lars runs on, for one test. */
export interface TestStore extends AsyncDisposable {
  readonly kind: "sqlite" | "mysql";
  /** For LocalLars; undefined: the embedded store. */
  readonly database: LocalDatabase | undefined;
  /** The largest counter that its ServerCallStatus keeps. */
  readonly countMax: number;
  /** Ends the database as an administrator would, and starts it again; of a file there is nothing to start. */
  restart(): Promise<void>;
  /** Opens the store of `lars` past its own tools. */
  openByHand(lars: LocalLars, options?: HandOptions): Promise<Hand>;
}

/** Options of {@linkcode TestStore.openByHand}. */
export interface HandOptions {
  /** Time at which NOW() stands still, in Unix seconds. */
  atSeconds?: number;
}

/** Connection to a store that takes SQL as it is. */
export interface Hand extends Disposable {
  /** Runs one statement; returns its rows. */
  sql(statement: string): Promise<Record<string, unknown>[]>;
}

/** Defines a test that runs on each kind of store. */
export function testOnStores(
  name: string,
  body: (test: Deno.TestContext, store: TestStore) => Promise<void>,
): void {
  const testOn =
    (open: () => Promise<TestStore>) => async (test: Deno.TestContext) => {
      await using store = await open();
      await body(test, store);
    };
  Deno.test(`${name}, on SQLite`, testOn(openSqlite));
  testOnMariadb(`${name}, on MariaDB`, testOn(openMariadb));
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
  using hand = await store.openByHand(lars);
  return await hand.sql("SELECT * FROM ServerCallStatus");
}

function openSqlite(): Promise<TestStore> {
  return Promise.resolve({
    kind: "sqlite" as const,
    database: undefined,
    countMax: 4_294_967_295,
    restart: () => Promise.resolve(),
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
    restart: () => server.restart(),
    async openByHand(_, { atSeconds } = {}) {
      const session = new Session(addressOf(server), LARS);
      if (atSeconds !== undefined) {
        await session.sql(`SET TIMESTAMP=${atSeconds}`);
      }
      return {
        async sql(statement) {
          const rows = await session.sql(statement);
          return Array.isArray(rows) ? rows.map((row) => ({ ...row })) : [];
        },
        [Symbol.dispose]: () => session[Symbol.dispose](),
      };
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** SQLite with the functions of MySQL that people use. */
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

  [Symbol.dispose](): void {
    this.#database.close();
  }
}
