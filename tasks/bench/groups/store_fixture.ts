import { printError } from "../../../net/client.ts";
import {
  type Connection,
  createConnection,
  type RowDataPacket,
} from "mysql2/promise";
import { DatabaseSync } from "node:sqlite";
import { SystemClock } from "../../../net/mod.ts";
import {
  createStore,
  type HistoryStore,
  openHistoryStore,
  openRouteStore,
  type RouteRow,
} from "../../../store/mod.ts";
import { type Mariadb, startMariadb } from "../../../store/testing/mariadb.ts";
import { freeTcpPort } from "../../local/free_ports.ts";
import { ServiceProcess } from "../../local/service_process.ts";
import { serviceArguments, storeOf } from "../../local/services.ts";

/** The store that a service is measured on. */
export type StoreKind = "sqlite" | "mysql";

/** Interval at which a condition is checked. */
const POLL_MS = 2;

/** Longest time until a condition holds. */
const POLL_MS_MAX = 60_000;

/** The first host of each route of {@linkcode StoreFixture.addRoutes}, and the port of all. */
export const FIRST_IP = 0x0b00_0000;
export const PORT = 7777;

/** A private store, and dns, the reporter or web on it with its process id and its metrics. */
export class StoreFixture implements AsyncDisposable {
  /** Where the service accepts connections, once started. */
  at = { hostname: "127.0.0.1", port: 0 };
  readonly #folder: string;
  readonly #mariadb: Mariadb | undefined;
  readonly #connection: Connection | undefined;
  readonly #metricsPort = freeTcpPort();
  #service: ServiceProcess | undefined;

  private constructor(
    folder: string,
    server?: { mariadb: Mariadb; connection: Connection },
  ) {
    this.#folder = folder;
    this.#mariadb = server?.mariadb;
    this.#connection = server?.connection;
  }

  static async start(kind: StoreKind): Promise<StoreFixture> {
    const folder = await Deno.makeTempDir({ prefix: "lars-bench-" });
    if (kind === "sqlite") return await new StoreFixture(folder).#create();
    const mariadb = await startMariadb();
    const { port } = mariadb;
    const connection = await createConnection({
      host: "127.0.0.1",
      port,
      user: "root",
    });
    await connection.query("CREATE DATABASE lars_dns");
    await connection.query("USE lars_dns");
    return await new StoreFixture(folder, { mariadb, connection }).#create();
  }

  /** Makes the store's file or tables, as no service does. */
  async #create(): Promise<this> {
    await Deno.writeTextFile(`${this.#folder}/dns.conf`, this.#storeConf);
    await createStore(await storeOf(this.#folder), this.#place);
    return this;
  }

  get #place() {
    return { dataDir: this.#folder, clock: new SystemClock() };
  }

  /** Its configuration and its data. */
  get folder(): string {
    return this.#folder;
  }

  /** Process id of the service. */
  get pid(): number {
    return this.#service?.pid ?? 0;
  }

  /** Process ids of the database. */
  get storePids(): number[] {
    const folder = this.#mariadb?.folder;
    return folder === undefined
      ? []
      : [Number(Deno.readTextFileSync(`${folder}/pid`))];
  }

  /** Starts a service with `conf` added to its file: milliseconds until it accepts. */
  async startService(
    name: "dns" | "reporter" | "web",
    conf = "",
  ): Promise<number> {
    // Whoever asks web may say of which address he is.
    const own = name === "web" ? "[web]\nproxies = 127.0.0.1" : "[reactor]";
    const text = `${own}
port = 0
[metrics]
port = ${this.#metricsPort}
${conf}
${this.#storeConf}`;
    await Deno.writeTextFile(`${this.#folder}/${name}.conf`, text);
    const folders = { conf: this.#folder, data: this.#folder };
    const serviceArgs = await serviceArguments(name, folders);
    const startedMs = performance.now();
    this.#service = new ServiceProcess({
      name,
      arguments: serviceArgs,
      print: (line) => {
        if (/ (error|fatal) |^error/.test(line)) printError(line);
      },
    });
    const [hostname = "", port] = (await this.#service.ready()).split(":");
    this.at = { hostname, port: Number(port) };
    return performance.now() - startedMs;
  }

  async stopService(): Promise<void> {
    await this.#service?.stop();
    this.#service = undefined;
  }

  /** Runs a statement that both kinds of store understand: the first value of its first row. */
  async run(statement: string): Promise<unknown> {
    if (this.#connection !== undefined) {
      const [rows] = await this.#connection.query<RowDataPacket[]>(statement);
      return Object.values(rows[0] ?? {})[0];
    }
    using database = new DatabaseSync(`${this.#folder}/lars.db`, {
      timeout: 10_000,
    });
    const row = database.prepare(statement).get();
    return Object.values(row ?? {})[0];
  }

  /** Adds routes: some commands of each module, all with as many hosts. */
  async addRoutes(
    { modules, commands, hosts }: {
      modules: number;
      commands: number;
      hosts: number;
    },
  ): Promise<void> {
    const location = await storeOf(this.#folder);
    await using store = await openRouteStore(location, this.#place);
    for (let modId = 0; modId < modules; modId++) {
      const add = Array.from({ length: commands * hosts }, (_, index) => ({
        modId,
        cmdId: Math.floor(index / hosts),
        ip: FIRST_IP + index % hosts,
        port: PORT,
      }));
      await store.edit({ add });
    }
  }

  /** Opens the history of the store. */
  async openHistory(): Promise<HistoryStore> {
    return await openHistoryStore(await storeOf(this.#folder), this.#place);
  }

  /** Size of the store. */
  async bytes(): Promise<number> {
    if (this.#connection === undefined) {
      const pages = await this.run("PRAGMA page_count");
      return Number(pages) * Number(await this.run("PRAGMA page_size"));
    }
    return Number(
      await this.run(
        `SELECT SUM(file_size) FROM information_schema.innodb_sys_tablespaces
         WHERE name LIKE 'lars_dns/%'`,
      ),
    );
  }

  /** Adds a host to MySQL with the three statements of an edit by hand. */
  async addHost({ modId, cmdId, ip, port }: RouteRow): Promise<void> {
    await this.run(
      `INSERT INTO RouteData(modid, cmdid, serverip, serverport) VALUES(${modId}, ${cmdId}, ${ip}, ${port})`,
    );
    await this.run(
      "UPDATE RouteVersion SET version = UNIX_TIMESTAMP(NOW()) WHERE id = 1",
    );
    await this.run(
      `INSERT INTO RouteChange(modid, cmdid, version) VALUES(${modId}, ${cmdId}, UNIX_TIMESTAMP(NOW()))`,
    );
  }

  /** Values of the service's metrics, in the order of their names. */
  async metrics(...names: string[]): Promise<number[]> {
    const response = await fetch(
      `http://127.0.0.1:${this.#metricsPort}/metrics`,
    );
    const text = await response.text();
    return names.map((name) =>
      Number(
        new RegExp(`^${RegExp.escape(name)} (\\S+)$`, "m").exec(text)?.[1] ?? 0,
      )
    );
  }

  get #storeConf(): string {
    return this.#mariadb === undefined
      ? "[store]\nkind = sqlite\n"
      : `[mysql]\ndb_host = 127.0.0.1:${this.#mariadb.port}\n`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopService();
    await this.#connection?.end();
    await this.#mariadb?.[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/**
 * Waits until `condition` holds.
 *
 * @throws {Error} After {@linkcode POLL_MS_MAX}.
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const endMs = performance.now() + POLL_MS_MAX;
  while (!await condition()) {
    if (performance.now() > endMs) {
      throw new Error(
        `Cannot measure as a condition does not hold after ${POLL_MS_MAX} ms`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
