import { isIP } from "node:net";
import type { Endpoint } from "../../proto/mod.ts";
import type { MysqlLocation, StoreClock } from "../types.ts";

/** Options of a store that speaks the MySQL protocol. */
export interface MysqlOptions extends Omit<MysqlLocation, "tlsCaPath"> {
  /** PEM text of the authority to trust; by default those that the system trusts. */
  tlsCaPem?: string | undefined;
  clock: StoreClock;
}

/**
 * Checks options that need no server.
 *
 * @throws {RangeError} If there is no host, or one to verify has no name.
 */
export function checkOptions({ hosts, tls }: MysqlOptions): void {
  if (hosts.length === 0) {
    throw new RangeError("Cannot open database as it needs at least one host");
  }
  const address = hosts.find(({ hostname }) => isIP(hostname) !== 0);
  if (tls !== "verify" || address === undefined) return;
  throw new RangeError(
    `Cannot open database as tls "verify" needs hosts by name: current value is "${address.hostname}"`,
  );
}

/** Options with which mysql2 connects to `host`, without a database. */
export function connectionOptions(
  { hostname, port }: Endpoint,
  { user, password, connectTimeoutMs, tls, tlsCaPem }: MysqlOptions,
) {
  const ca = tlsCaPem === undefined ? {} : { ca: tlsCaPem };
  const verify = tls === "verify";
  const ssl = { ...ca, rejectUnauthorized: verify, verifyIdentity: verify };
  return {
    host: hostname,
    port,
    user,
    password,
    connectTimeout: connectTimeoutMs,
    supportBigNumbers: true,
    ...(tls === "off" ? {} : { ssl }),
  };
}
