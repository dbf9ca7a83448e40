import { SystemClock } from "../../net/mod.ts";
import { type Endpoint, formatAddress } from "../../proto/mod.ts";
import type { MysqlOptions } from "../../store/mysql/options.ts";
import { ensureSchema } from "../../store/mysql/schema.ts";
import { type Mariadb, startMariadb } from "../../store/testing/mod.ts";
import { hostsText, keyText } from "./ledger.ts";
import { type Account, Session } from "./session.ts";

/** User with every right; a private MariaDB knows it without a password. */
export const ADMIN: Account = { user: "root", password: "" };

/** User of Lars and of the editors, with no more rights than they need. */
export const LARS: Account = {
  user: "lars",
  password: "loopback-only",
  database: "lars_dns",
};

/** Options of a store, as services read them from their configuration. */
export function storeOptions(
  hosts: readonly Endpoint[],
  { user, password }: Account,
): MysqlOptions {
  return {
    hosts,
    user,
    password,
    database: "lars_dns",
    tls: "off",
    connectTimeoutMs: 2_000,
    queryTimeoutMs: 10_000,
    connectionsMax: 2,
    clock: new SystemClock(),
  };
}

/** Address of a private MariaDB. */
export function addressOf({ port }: Mariadb): Endpoint {
  return { hostname: "127.0.0.1", port };
}

/** Starts a private MariaDB with the tables and the user of Lars. */
export async function startDatabase(): Promise<Mariadb> {
  const server = await startMariadb();
  try {
    await prepareDatabase(addressOf(server));
    return server;
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

/** Creates the tables, and the user of Lars. */
export async function prepareDatabase(at: Endpoint): Promise<void> {
  await ensureSchema(storeOptions([at], ADMIN), { apply: true });
  await createUser(at);
}

/** Creates the user of Lars, who may read and write rows. */
export async function createUser(at: Endpoint): Promise<void> {
  using admin = new Session(at, ADMIN);
  const { user, password, database } = LARS;
  await admin.sql(`CREATE USER '${user}'@'%' IDENTIFIED BY '${password}'`);
  await admin.sql(
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ${database}.* TO '${user}'@'%'`,
  );
}

/** Reads RouteData: the hosts of each route, by {@linkcode keyText}. */
export async function readRouteData(
  session: Session,
): Promise<Map<string, string>> {
  const rows = await session.sql(
    "SELECT modid, cmdid, serverip, serverport FROM RouteData",
  );
  const byKey = Map.groupBy(
    rows,
    (row) => keyText({ modId: Number(row.modid), cmdId: Number(row.cmdid) }),
  );
  return new Map([...byKey].map(([key, list]) => [
    key,
    hostsText(list.map((row) => ({
      ip: Number(row.serverip),
      port: Number(row.serverport),
    }))),
  ]));
}

/** Reads the successes in ServerCallStatus, by route and host. */
export async function readSuccesses(
  session: Session,
): Promise<Map<string, number>> {
  const rows = await session.sql(
    "SELECT modid, cmdid, ip, port, succ_cnt FROM ServerCallStatus",
  );
  return new Map(rows.map((row) => {
    const key = keyText({ modId: Number(row.modid), cmdId: Number(row.cmdid) });
    const host = { ip: Number(row.ip), port: Number(row.port) };
    return [`${key} ${formatAddress(host)}`, Number(row.succ_cnt)];
  }));
}
