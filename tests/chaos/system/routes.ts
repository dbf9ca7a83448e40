import {
  formatAddress,
  parseAddress,
  type RouteKey,
} from "../../../proto/mod.ts";
import type { RouteRow } from "../../../store/mod.ts";

/** Programs that edit, each its own routes. */
export const EDITORS = 2;

/** Routes that each of them edits; of the last ones it may take every host. */
const EDITED = 8;
const EMPTIED = 2;

/** Routes that nobody edits: they must be the same at any time. */
const STILL = 100;

/** Hosts that an edited route has at the beginning, and may have. */
const HOSTS_FIRST = 3;
const HOSTS_MAX = 6;

/** A route of the run. */
export interface ChaosRoute extends RouteKey {
  /** Who edits it, or undefined. */
  editor: number | undefined;
  /** Whether its last host may be removed. */
  mayBeEmpty: boolean;
  /** Every host that it may have, as "ip:port". */
  pool: readonly string[];
  /** Those that it has at the beginning. */
  first: readonly string[];
}

/** All routes of a run, whose hosts have these ports in turn. */
export function makeRoutes(ports: readonly number[]): ChaosRoute[] {
  const routes: ChaosRoute[] = [];
  for (let editor = 0; editor < EDITORS; editor++) {
    for (let cmdId = 1; cmdId <= EDITED; cmdId++) {
      const key = { modId: editor + 1, cmdId };
      const pool = hosts(key, HOSTS_MAX, ports);
      const first = pool.slice(0, HOSTS_FIRST);
      const mayBeEmpty = cmdId > EDITED - EMPTIED;
      routes.push({ ...key, editor, mayBeEmpty, pool, first });
    }
  }
  for (let cmdId = 1; cmdId <= STILL; cmdId++) {
    const key = { modId: 9, cmdId };
    const pool = hosts(key, HOSTS_FIRST, ports);
    routes.push({
      ...key,
      editor: undefined,
      mayBeEmpty: false,
      pool,
      first: pool,
    });
  }
  return routes;
}

/** Rows of RouteData for a route as it begins. */
export function rowsOf(route: ChaosRoute): RouteRow[] {
  const { modId, cmdId, first } = route;
  return first.map((address) => ({ modId, cmdId, ...parseAddress(address) }));
}

/** Hosts that no other route has, all of them this machine. */
function hosts(
  { modId, cmdId }: RouteKey,
  count: number,
  ports: readonly number[],
): string[] {
  return Array.from({ length: count }, (_, index) =>
    formatAddress({
      ip: 127 * 2 ** 24 + modId * 2 ** 16 + cmdId * 2 ** 8 + index + 1,
      port: ports[index % ports.length]!,
    }));
}
