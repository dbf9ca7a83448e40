import { DatabaseSync } from "node:sqlite";
import { SystemClock } from "../../../net/mod.ts";
import { formatAddress } from "../../../proto/mod.ts";
import {
  createStore,
  openRouteStore,
  type RouteRow,
} from "../../../store/mod.ts";
import type { Mariadb } from "../../../store/testing/mod.ts";
import {
  addressOf,
  ADMIN,
  LARS,
  startDatabase,
  storeOptions,
} from "../../support/database.ts";
import { keyText } from "../../support/ledger.ts";
import { Session } from "../../support/session.ts";
import type { HostValue } from "../oracle/host_history.ts";

type Row = Record<string, unknown>;

/** Hosts of each route, by their texts; a host that is not there is absent. */
export type StoredRoutes = ReadonlyMap<string, ReadonlyMap<string, HostValue>>;

/** Calls that a store counts of hosts. */
export interface StoredStatus {
  key: string;
  address: string;
  calls: number;
}

/** The store of a run, as its services are told of it and as a person sees it. */
export abstract class ChaosStore implements AsyncDisposable {
  /** Sections of a service's configuration that name it. */
  abstract readonly conf: string;

  /** Runs one statement past Lars. */
  abstract sql(statement: string): Promise<Row[]>;

  abstract [Symbol.asyncDispose](): PromiseLike<void>;

  /** Fills it, before services start. */
  abstract seed(rows: readonly RouteRow[]): Promise<void>;

  /** Reads all routes from its tables. */
  async routes(): Promise<StoredRoutes> {
    const drained = new Set(
      (await this.sql("SELECT * FROM RouteHostConfig WHERE weight = 0"))
        .map((row) => `${keyOf(row)} ${hostOf(row, "server")}`),
    );
    const routes = new Map<string, Map<string, HostValue>>();
    for (const row of await this.sql("SELECT * FROM RouteData")) {
      const key = keyOf(row);
      const address = hostOf(row, "server");
      const hosts = routes.get(key) ?? new Map<string, HostValue>();
      hosts.set(address, drained.has(`${key} ${address}`) ? "drained" : "open");
      routes.set(key, hosts);
    }
    return routes;
  }

  /** Reads all statuses. */
  async statuses(): Promise<StoredStatus[]> {
    return (await this.sql("SELECT * FROM ServerCallStatus")).map((row) => ({
      key: keyOf(row),
      address: hostOf(row, ""),
      calls: Number(row.succ_cnt) + Number(row.err_cnt),
    }));
  }

  /** Calls that are counted of all routes. */
  async totals(): Promise<number> {
    const [row] = await this.sql("SELECT SUM(calls) AS calls FROM RouteMinute");
    return Number(row?.calls ?? 0);
  }
}

function keyOf({ modid, cmdid }: Row): string {
  return keyText({ modId: Number(modid), cmdId: Number(cmdid) });
}

function hostOf(row: Row, prefix: string): string {
  return formatAddress({
    ip: Number(row[`${prefix}ip`]),
    port: Number(row[`${prefix}port`]),
  });
}

/** An embedded store in a folder. */
export class SqliteStore extends ChaosStore {
  readonly conf = "[store]\nkind = sqlite\n";
  /** Its file. */
  readonly path: string;
  readonly #folder: string;

  constructor(folder: string) {
    super();
    this.#folder = folder;
    this.path = `${folder}/lars.db`;
  }

  async seed(rows: readonly RouteRow[]): Promise<void> {
    const place = { dataDir: this.#folder, clock: new SystemClock() };
    await createStore({ kind: "sqlite" }, place);
    await using store = await openRouteStore({ kind: "sqlite" }, place);
    await store.edit({ add: rows });
  }

  sql(statement: string): Promise<Row[]> {
    using database = new DatabaseSync(this.path, { timeout: 5_000 });
    const rows = database.prepare(statement).all();
    // As an edit by "lars sql": what is in the -wal alone goes with that file.
    if (!/^SELECT/.test(statement)) {
      database.exec("PRAGMA wal_checkpoint(PASSIVE)");
    }
    return Promise.resolve(rows.map((row) => ({ ...row })));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

/** A private MariaDB. */
export class MariadbStore extends ChaosStore {
  readonly conf: string;
  readonly server: Mariadb;
  private constructor(server: Mariadb) {
    super();
    this.server = server;
    this.conf = `[store]
kind = mysql
[mysql]
db_port = ${server.port}
db_user = ${LARS.user}
db_passwd = ${LARS.password}
`;
  }

  static async start(): Promise<MariadbStore> {
    return new MariadbStore(await startDatabase());
  }

  /** Process id of the server, while it runs. */
  get pid(): number {
    return Number(Deno.readTextFileSync(`${this.server.folder}/pid`));
  }

  async seed(add: readonly RouteRow[]): Promise<void> {
    const { clock, ...mysql } = storeOptions(
      [addressOf(this.server)],
      LARS,
    );
    const location = {
      kind: "mysql" as const,
      mysql: { ...mysql, tls: "off" as const, tlsCaPath: undefined },
    };
    await using store = await openRouteStore(location, { dataDir: "", clock });
    await store.edit({ add });
  }

  async sql(statement: string): Promise<Row[]> {
    // Each on a connection of its own: faults end those that are open.
    const account = { ...ADMIN, database: LARS.database! };
    using admin = new Session(addressOf(this.server), account);
    const rows = await admin.sql(statement);
    return Array.isArray(rows) ? rows.map((row) => ({ ...row })) : [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }
}
