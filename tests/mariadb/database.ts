import type { Endpoint } from "../../proto/mod.ts";
import { ensureSchema } from "../../store/mysql/schema.ts";
import {
  type Mariadb,
  startMariadb,
  whyNoMariadb,
} from "../../store/testing/mariadb.ts";
import { type Account, Session } from "../support/session.ts";
import { storeOptions } from "../galera/store_editor.ts";

/** Who may do anything; a private MariaDB knows it without a password. */
export const ADMIN: Account = { user: "root", password: "" };

/** Whom Lars and the editors are for the database: no more than they need. */
export const LARS: Account = {
  user: "lars",
  password: "loopback-only",
  database: "lars_dns",
};

const missing = await whyNoMariadb();

/** A test that needs MariaDB; skipped, with the reason in its name, where there is none. */
export function testOnMariadb(
  name: string,
  body: (test: Deno.TestContext) => Promise<void>,
): void {
  const skipped = missing === undefined ? "" : ` (skipped: ${missing})`;
  Deno.test({
    name: `${name}${skipped}`,
    ignore: missing !== undefined,
    fn: body,
  });
}

/** Where a private MariaDB accepts. */
export function addressOf({ port }: Mariadb): Endpoint {
  return { hostname: "127.0.0.1", port };
}

/** A private MariaDB with the tables of Lars and its user. */
export async function startDatabase(): Promise<Mariadb> {
  const server = await startMariadb();
  try {
    await ensureSchema(storeOptions([addressOf(server)], ADMIN), {
      apply: true,
    });
    await createUser(server);
    return server;
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

/** Makes the user of Lars, who may read and write rows. */
export async function createUser(server: Mariadb): Promise<void> {
  using admin = new Session(addressOf(server), ADMIN);
  const { user, password, database } = LARS;
  await admin.sql(`CREATE USER '${user}'@'%' IDENTIFIED BY '${password}'`);
  await admin.sql(
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ${database}.* TO '${user}'@'%'`,
  );
}
