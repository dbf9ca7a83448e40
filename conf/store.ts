import { z } from "zod";
import {
  choice,
  databaseHosts,
  type Endpoint,
  integer,
  name,
  port,
  text,
} from "./fields.ts";
import type { IniFile } from "./ini_file.ts";

/** Where routes and statuses are kept. */
export type StoreConfig =
  /** In the embedded store: a file in the data folder. */
  | { kind: "sqlite" }
  /** In a database that speaks the MySQL protocol. */
  | { kind: "mysql"; mysql: MysqlConfig };

/** Section [mysql]. */
export interface MysqlConfig {
  /** Tried in this order; at least one. */
  hosts: Endpoint[];
  user: string;
  password: string;
  database: string;
  /** Whether to encrypt, and to check the server's certificate and name. */
  tls: "off" | "required" | "verify";
  /** PEM file of the authority to trust; undefined: those the system trusts. */
  tlsCaPath: string | undefined;
  connectTimeoutMs: number;
  queryTimeoutMs: number;
  /** Most connections at a time; each costs the database memory. */
  connectionsMax: number;
}

/** Sections [store] and [mysql]. */
export const storeSections = {
  store: z.object({ kind: choice("sqlite", ["sqlite", "mysql"]) }),
  mysql: z.object({
    db_host: databaseHosts("127.0.0.1"),
    db_port: port("3306"),
    db_user: name("root"),
    db_passwd: text(""),
    db_name: name("lars_dns"),
    db_tls: choice("off", ["off", "required", "verify"]),
    db_tls_ca: text(""),
    db_connect_timeout_ms: integer("2000", { min: 1 }),
    db_query_timeout_ms: integer("10000", { min: 1 }),
    db_pool_size: integer("5", { min: 1 }),
  }),
};

/**
 * The store that a file chooses. An original file has a section [mysql] and
 * knows no [store]: that means mysql.
 */
export function storeConfig(
  { store, mysql }: {
    store: z.output<typeof storeSections.store>;
    mysql: z.output<typeof storeSections.mysql>;
  },
  { sections }: IniFile,
): StoreConfig {
  const chosen = sections.has("store") ? store.kind : undefined;
  const implied = sections.has("mysql") ? "mysql" : "sqlite";
  if ((chosen ?? implied) === "sqlite") return { kind: "sqlite" };
  return {
    kind: "mysql",
    mysql: {
      hosts: mysql.db_host.map(({ hostname, port = mysql.db_port }) => ({
        hostname,
        port,
      })),
      user: mysql.db_user,
      password: mysql.db_passwd,
      database: mysql.db_name,
      tls: mysql.db_tls,
      tlsCaPath: mysql.db_tls_ca === "" ? undefined : mysql.db_tls_ca,
      connectTimeoutMs: mysql.db_connect_timeout_ms,
      queryTimeoutMs: mysql.db_query_timeout_ms,
      connectionsMax: mysql.db_pool_size,
    },
  };
}
