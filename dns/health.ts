import type { HealthCheck } from "../net/mod.ts";
import type { DnsServer } from "./dns_server.ts";

/**
 * Whether a dns can do its work: it has the routes of its store, and without the
 * store those that it had.
 */
export function dnsHealth(
  { feed, table }: Pick<DnsServer, "feed" | "table">,
): HealthCheck[] {
  const age = `${feed.lagSeconds.toFixed(1)} s ago`;
  if (!feed.storeAway) {
    const reason = `read ${age}, ${table.size} routes`;
    return [{ check: "store", ok: true, reason }];
  }
  const isServing = table.size > 0;
  const reason = isServing
    ? `away, serving ${table.size} routes as of ${age}`
    : `away, and no routes are known`;
  return [{ check: "store", ok: isServing, reason }];
}
