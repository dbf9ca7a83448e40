import type { LarsClient } from "../../api/mod.ts";
import { formatAddress } from "../../proto/mod.ts";
import { keyText } from "../support/ledger.ts";
import { nowMs, sleep } from "../support/wait.ts";
import type { Oracle } from "./oracle/oracle.ts";
import type { ChaosStore, StoredRoutes } from "./system/store.ts";
import type { ChaosRoute } from "./system/routes.ts";

/** Time after the last fault and edit for all to agree. */
const SETTLED_MS_MAX = 45_000;

/** Pause between two looks. */
const LOOK_MS = 200;

/** Differences that are named. */
const NAMED_MAX = 6;

export interface Parties {
  oracle: Oracle;
  store: ChaosStore;
  routes: readonly ChaosRoute[];
  /** A client of each agent. */
  clients: readonly LarsClient[];
}

/**
 * Waits until the store has what was acknowledged, every agent has what the store
 * has, and calls are counted in it again; says so to the oracle, or what differs.
 *
 * @returns The time that took in milliseconds; undefined if it did not come to that.
 */
export async function settle(parties: Parties): Promise<number | undefined> {
  const { oracle, store } = parties;
  const startMs = nowMs();
  let before: number | undefined;
  for (;;) {
    const lookedMs = nowMs();
    let missing: string[];
    try {
      const stored = await store.routes();
      const statuses = await store.statuses();
      // Statuses come each minute, totals a little later than calls.
      const calls = statuses.reduce((sum, each) => sum + each.calls, 0) +
        await store.totals();
      before ??= calls;
      missing = await differences(parties, stored);
      if (before === calls) missing.push("no call is counted in the store");
      if (missing.length === 0) {
        for (const text of inventions(parties, statuses)) {
          oracle.fail("invented status", text);
        }
        oracle.agree(stored, lookedMs);
        return nowMs() - startMs;
      }
    } catch (error) {
      missing = [`the store cannot be read: ${error}`];
    }
    if (nowMs() - startMs > SETTLED_MS_MAX) {
      const some = missing.slice(0, NAMED_MAX).join("\n  ");
      oracle.fail(
        "no agreement",
        `${missing.length} differences ${SETTLED_MS_MAX} ms after the last fault:\n  ${some}`,
      );
      return undefined;
    }
    await sleep(LOOK_MS);
  }
}

async function differences(
  { oracle, routes, clients }: Parties,
  stored: StoredRoutes,
): Promise<string[]> {
  const found: string[] = [];
  for (const route of routes) {
    const hosts = stored.get(keyText(route)) ?? new Map();
    found.push(
      ...oracle.lostEdits(route, hosts).map((each) => `store: ${each}`),
    );
  }
  for (const [agent, client] of clients.entries()) {
    for (const route of routes) {
      const expected = [...stored.get(keyText(route))?.keys() ?? []].sort()
        .join(" ");
      const outcome = await client.getRoute(route.modId, route.cmdId);
      const has = outcome.state === "found"
        ? outcome.hosts.map(formatAddress).sort().join(" ")
        : outcome.state === "no_route"
        ? ""
        : outcome.state;
      if (has === expected) continue;
      found.push(
        `agent ${agent}: (${keyText(route)}) is "${has}", not "${expected}"`,
      );
    }
  }
  return found;
}

/** Statuses of hosts that no route ever had. */
function inventions(
  { routes }: Parties,
  statuses: readonly { key: string; address: string }[],
): string[] {
  const pools = new Map(routes.map((route) => [keyText(route), route.pool]));
  const invented = statuses.filter(({ key, address }) =>
    !pools.get(key)?.includes(address)
  );
  if (invented.length === 0) return [];
  const { key, address } = invented[0]!;
  return [
    `${invented.length} statuses of hosts that no route has, such as ${address} of (${key})`,
  ];
}
