import { isIP } from "node:net";
import type { Endpoint } from "../../proto/mod.ts";
import type { StoreClock } from "../types.ts";

/** Address of a database that speaks the MySQL protocol, and limits. */
export interface MysqlOptions {
  /** Servers of one cluster, the preferred one first; at least one. */
  hosts: readonly Endpoint[];
  user: string;
  password: string;
  database: string;
  /**
   * Encryption, and verification of the server's certificate and name: "verify"
   * needs hosts by name, as an address would be taken for "localhost".
   */
  tls: "off" | "required" | "verify";
  /** Authority to trust, as PEM text; by default those that the system trusts. */
  tlsCaPem?: string | undefined;
  /** Time for one host to accept; then the next is tried. */
  connectTimeoutMs: number;
  /** Time for one statement; then its connection is closed. */
  queryTimeoutMs: number;
  /** Most connections; each costs the database memory. */
  connectionsMax: number;
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
