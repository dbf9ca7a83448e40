import { z } from "zod";
import { type Endpoint, formatEndpoint } from "../proto/mod.ts";
import {
  choice,
  databaseHosts,
  integer,
  milliseconds,
  name,
  path,
  port,
  text,
} from "./fields.ts";
import type { Sections } from "./ini_file.ts";

/** Sections [store] and [mysql]. */
export const storeSections = {
  store: z.object({ kind: choice(["sqlite", "mysql"]).prefault("sqlite") }),
  mysql: z.object({
    hosts: databaseHosts({ key: "db_host" }).prefault("127.0.0.1"),
    port: port({ key: "db_port" }).prefault("3306"),
    user: name({ key: "db_user" }).prefault("root"),
    password: text({ key: "db_passwd" }).prefault(""),
    database: name({ key: "db_name" }).prefault("lars_dns"),
    tls: choice(["off", "required", "verify"], { key: "db_tls" })
      .prefault("off"),
    tlsCaPath: path({ key: "db_tls_ca" }).prefault(""),
    connectTimeoutMs: milliseconds("db_connect_timeout_ms").prefault("2000"),
    queryTimeoutMs: milliseconds("db_query_timeout_ms").prefault("10000"),
    connectionsMax: integer({
      key: "db_pool_size",
      min: 1,
      unit: "connections",
    }).prefault("5"),
  }),
};

/**
 * Where routes and statuses are kept: in a file of the data folder, or in a
 * database that speaks the MySQL protocol.
 *
 * @internal Inferred.
 */
export type StoreConfig = ReturnType<typeof storeConfig>;

/**
 * The store that a file chooses. An original file has a section [mysql] and
 * knows no [store]: that means mysql.
 */
export function storeConfig(
  { store, mysql }: {
    store: z.output<typeof storeSections.store>;
    mysql: z.output<typeof storeSections.mysql>;
  },
  sections: Sections,
) {
  const chosen = sections.has("store") ? store.kind : undefined;
  const implied = sections.has("mysql") ? "mysql" : "sqlite";
  if ((chosen ?? implied) === "sqlite") return { kind: "sqlite" as const };
  const { hosts, port: defaultPort, tlsCaPath, ...rest } = mysql;
  return {
    kind: "mysql" as const,
    mysql: {
      ...rest,
      /** Tried in this order; at least one. */
      hosts: hosts.map(({ hostname, port = defaultPort }) => ({
        hostname,
        port,
      })),
      /** PEM file of the authority to trust; undefined: those the system trusts. */
      tlsCaPath: tlsCaPath === "" ? undefined : tlsCaPath,
    },
  };
}

/** Where a store is, for people: its file, or its database. */
export function describeStore(
  store:
    | { kind: "sqlite" }
    | {
      kind: "mysql";
      mysql: { database: string; hosts: readonly Endpoint[] };
    },
  dataDir: string,
): string {
  if (store.kind === "sqlite") return `${dataDir}/lars.db`;
  const { database, hosts } = store.mysql;
  return `${database} at ${hosts.map(formatEndpoint).join(", ")}`;
}
