import { type Endpoint, formatAddress } from "../../proto/mod.ts";
import { ensureSchema } from "../../store/mysql/schema.ts";
import { ADMIN } from "./cluster.ts";
import { hostsText, keyText } from "../support/ledger.ts";
import { type Account, Session } from "../support/session.ts";
import { storeOptions } from "./store_editor.ts";

/** Whom Lars and the editors are for the database: no more than they need. */
export const LARS: Account = {
  user: "lars",
  password: "loopback-only",
  database: "lars_dns",
};

/** Makes the tables, and the user that may use them. */
export async function prepareDatabase(node: Endpoint): Promise<void> {
  await ensureSchema(storeOptions([node], ADMIN), { apply: true });
  using admin = new Session(node, ADMIN);
  await admin.sql(
    `CREATE USER '${LARS.user}'@'%' IDENTIFIED BY '${LARS.password}'`,
  );
  await admin.sql(
    `GRANT SELECT, INSERT, UPDATE, DELETE ON lars_dns.* TO '${LARS.user}'@'%'`,
  );
}

/** RouteData as a node has it: the hosts of each route, by {@linkcode keyText}. */
export async function readRouteData(
  session: Session,
): Promise<Map<string, string>> {
  const rows = await session.sql(
    "SELECT modid, cmdid, serverip, serverport FROM RouteData",
  );
  const hosts = new Map<string, { ip: number; port: number }[]>();
  for (const row of rows) {
    const key = keyText({ modId: Number(row.modid), cmdId: Number(row.cmdid) });
    const host = { ip: Number(row.serverip), port: Number(row.serverport) };
    hosts.set(key, [...hosts.get(key) ?? [], host]);
  }
  return new Map([...hosts].map(([key, list]) => [key, hostsText(list)]));
}

/** Successes in ServerCallStatus as a node has it, by route and host. */
export async function readStatuses(
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
