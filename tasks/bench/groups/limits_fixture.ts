import { DatabaseSync } from "node:sqlite";
import type { Mariadb } from "../../../store/testing/mariadb.ts";
import { freeTcpPort } from "../../local/free_ports.ts";
import { ServiceProcess } from "../../local/service_process.ts";
import { serviceArguments, type ServiceName } from "../../local/services.ts";
import {
  mysqlConf,
  printErrors,
  type SqlConnection,
  startMysql,
} from "./services_fixture.ts";

/** The store that a service is measured on. */
export type StoreKind = "sqlite" | "mysql";

/** One service on a private database, with its process id and its metrics. */
export class LimitsFixture implements AsyncDisposable {
  /** Where the service accepts connections, once started. */
  at = { hostname: "127.0.0.1", port: 0 };
  readonly #folder: string;
  readonly #mariadb: Mariadb | undefined;
  readonly #sql: SqlConnection | undefined;
  readonly #metricsPort = freeTcpPort();
  #service: ServiceProcess | undefined;

  private constructor(
    folder: string,
    server?: { mariadb: Mariadb; sql: SqlConnection },
  ) {
    this.#folder = folder;
    this.#mariadb = server?.mariadb;
    this.#sql = server?.sql;
  }

  static async start(kind: StoreKind): Promise<LimitsFixture> {
    const folder = await Deno.makeTempDir({ prefix: "lars-limits-" });
    if (kind === "sqlite") return new LimitsFixture(folder);
    return new LimitsFixture(folder, await startMysql());
  }

  /** Process id of the service. */
  get pid(): number {
    return this.#service?.pid ?? 0;
  }

  /** Starts the service with `conf` added to its file: milliseconds until it accepts. */
  async startService(name: ServiceName, conf = ""): Promise<number> {
    const text = `[reactor]
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
      print: printErrors,
    });
    const [hostname = "", port] = (await this.#service.ready()).split(":");
    this.at = { hostname, port: Number(port) };
    return performance.now() - startedMs;
  }

  async stopService(): Promise<void> {
    await this.#service?.stop();
    this.#service = undefined;
  }

  /** Runs statements that both kinds of database understand; returns the first value of the last. */
  async run(statement: string): Promise<unknown> {
    if (this.#sql !== undefined) {
      if (/^SELECT/.test(statement)) return await this.#sql.value(statement);
      await this.#sql.run(statement);
      return undefined;
    }
    using database = new DatabaseSync(`${this.#folder}/lars.db`, {
      timeout: 10_000,
    });
    const row = database.prepare(statement).get();
    return Object.values(row ?? {})[0];
  }

  /** The values of metrics of the service, in the order of their names. */
  async metrics(...names: string[]): Promise<number[]> {
    const response = await fetch(
      `http://127.0.0.1:${this.#metricsPort}/metrics`,
    );
    const text = await response.text();
    return names.map((name) =>
      Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1] ?? 0)
    );
  }

  get #storeConf(): string {
    if (this.#mariadb === undefined) return "[store]\nkind = sqlite\n";
    return mysqlConf(this.#mariadb.port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopService();
    await this.#sql?.[Symbol.asyncDispose]();
    await this.#mariadb?.[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }
}
