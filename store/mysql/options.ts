import { isIP } from "node:net";
import type { Endpoint } from "../../proto/mod.ts";
import type { StoreClock } from "../types.ts";

/** Where a MySQL-protocol database is, and how to reach it. */
export interface MysqlOptions {
  /** Servers of one cluster, the preferred one first; at least one. */
  hosts: readonly Endpoint[];
  user: string;
  password: string;
  database: string;
  /**
   * Whether to encrypt, and to check the server's certificate and name: "verify"
   * needs hosts by name, as an address would be taken for "localhost".
   */
  tls: "off" | "required" | "verify";
  /** Authority to trust, as PEM text; without it those that the system trusts. */
  tlsCaPem?: string | undefined;
  /** How long one host may take to accept; then the next is tried. */
  connectTimeoutMs: number;
  /** How long one statement may take; the connection is given up then. */
  queryTimeoutMs: number;
  /** Most connections at a time; each costs the database memory. */
  connectionsMax: number;
  clock: StoreClock;
}

/**
 * Checks what no server needs to be asked for.
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

/** What mysql2 opens a connection to `host` with; no database. */
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
