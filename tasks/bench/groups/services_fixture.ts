import { createConnection } from "mysql2/promise";
import type {
  Connection,
  ResultSetHeader,
  RowDataPacket,
} from "mysql2/promise";
import { AGENT_SERVERS } from "../../../proto/mod.ts";
import { type Mariadb, startMariadb } from "../../../store/testing/mariadb.ts";
import { freeUdpPorts } from "../../local/free_ports.ts";
import { ServiceProcess } from "../../local/service_process.ts";
import { serviceArguments, type ServiceName } from "../../local/services.ts";

/** Interval at which a condition is checked. */
const POLL_MS = 2;

/** A private MariaDB, services on it as processes, and a connection for SQL. */
export class ServicesFixture implements AsyncDisposable {
  readonly sql: SqlConnection;
  /** The first of the agent's ports. */
  readonly agentPort = freeUdpPorts(AGENT_SERVERS);
  readonly #mariadb: Mariadb;
  readonly #folder: string;
  readonly #services = new Map<ServiceName, ServiceProcess>();

  private constructor(mariadb: Mariadb, folder: string, sql: SqlConnection) {
    this.#mariadb = mariadb;
    this.#folder = folder;
    this.sql = sql;
  }

  static async start(): Promise<ServicesFixture> {
    const { mariadb, sql } = await startMysql();
    const folder = await Deno.makeTempDir({ prefix: "lars-bench-" });
    return new ServicesFixture(mariadb, folder, sql);
  }

  /** Starts a service and waits until it accepts: its address, and the time that took. */
  async startService(
    name: ServiceName,
    conf: string,
  ): Promise<{ address: string; startMs: number }> {
    await Deno.writeTextFile(`${this.#folder}/${name}.conf`, conf);
    const folders = { conf: this.#folder, data: this.#folder };
    const serviceArgs = await serviceArguments(name, folders);
    const startedMs = performance.now();
    const service = new ServiceProcess({
      name,
      arguments: serviceArgs,
      print: printErrors,
    });
    this.#services.set(name, service);
    const address = await service.ready();
    return { address, startMs: performance.now() - startedMs };
  }

  async stopService(name: ServiceName): Promise<void> {
    await this.#services.get(name)?.stop();
    this.#services.delete(name);
  }

  /** The store section of a service's file. */
  get storeConf(): string {
    return mysqlConf(this.#mariadb.port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of [...this.#services.keys()].reverse()) {
      await this.stopService(name);
    }
    await this.sql[Symbol.asyncDispose]();
    await this.#mariadb[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** The store section of a service on the database that {@linkcode startMysql} creates. */
export function mysqlConf(port: number): string {
  return `[store]
kind = mysql
[mysql]
db_host = 127.0.0.1
db_port = ${port}
db_user = root
db_passwd =
db_name = lars_dns
`;
}

/** A private MariaDB with an empty database, and a connection to that. */
export async function startMysql(): Promise<
  { mariadb: Mariadb; sql: SqlConnection }
> {
  const mariadb = await startMariadb();
  await using admin = new SqlConnection(mariadb.port);
  await admin.run("CREATE DATABASE lars_dns");
  return { mariadb, sql: new SqlConnection(mariadb.port, "lars_dns") };
}

/** Prints a line of a service's log if it is an error. */
export function printErrors(line: string): void {
  if (/ (error|fatal) |^error/.test(line)) console.error(line);
}

/** A connection to the database, as an operator with a MySQL client has it. */
export class SqlConnection implements AsyncDisposable {
  readonly #connection: Promise<Connection>;

  constructor(port: number, database?: string) {
    this.#connection = createConnection({
      host: "127.0.0.1",
      port,
      user: "root",
      ...(database === undefined ? {} : { database }),
    });
  }

  async run(statement: string): Promise<ResultSetHeader> {
    const connection = await this.#connection;
    const [result] = await connection.query<ResultSetHeader>(statement);
    return result;
  }

  /** The first column of the first row. */
  async value(query: string): Promise<unknown> {
    const connection = await this.#connection;
    const [rows] = await connection.query<RowDataPacket[]>(query);
    return Object.values(rows[0] ?? {})[0];
  }

  /** Adds a host with the three statements of an edit by hand. */
  async addHost(
    row: { modId: number; cmdId: number; ip: number; port: number },
  ): Promise<void> {
    const { modId, cmdId, ip, port } = row;
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

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#connection).end();
  }
}

/** Waits until `done()` holds: the milliseconds that took. @throws {Error} After 60 s. */
export async function until(
  done: () => boolean | Promise<boolean>,
): Promise<number> {
  const startedMs = performance.now();
  while (!await done()) {
    if (performance.now() - startedMs > 60_000) {
      throw new Error("Cannot measure as a condition does not hold after 60 s");
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return performance.now() - startedMs;
}
