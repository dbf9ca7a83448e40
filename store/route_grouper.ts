import {
  addressKey,
  type HostAddress,
  isValidAddress,
  type Route,
  type RouteKey,
} from "../proto/mod.ts";
import type { RouteRow } from "./types.ts";
import { isValidRow } from "./validation.ts";

/** Compares by modid, then cmdid. */
export function compareKeys(a: RouteKey, b: RouteKey): number {
  return a.modId - b.modId || a.cmdId - b.cmdId;
}

/** Collects the hosts of one route, each once, without invalid rows. */
export function hostsOf(rows: Iterable<HostAddress>): HostAddress[] {
  const hosts = new Map<number, HostAddress>();
  for (const { ip, port } of rows) {
    if (isValidAddress({ ip, port })) {
      hosts.set(addressKey({ ip, port }), { ip, port });
    }
  }
  return [...hosts.values()];
}

/** Reports of invalid rows, which people may write. */
export interface SkipOptions {
  /** Called after a scan with the number of invalid rows left out, if any. */
  onSkippedRows?: (rows: number) => void;
  /** Called after a scan with the number of invalid weights, zones and settings left out, if any. */
  onSkippedAttributes?: (rows: number) => void;
}

/** Groups rows into routes; the rows come ordered by modid, cmdid, ip and port. */
export class RouteGrouper {
  #route: { modId: number; cmdId: number; hosts: HostAddress[] } | undefined;
  #skippedRows = 0;

  /** Invalid rows left out so far. */
  get skippedRows(): number {
    return this.#skippedRows;
  }

  /** Takes the next row; returns the previous route when this row begins another. */
  push(row: RouteRow): Route | undefined {
    if (!isValidRow(row)) {
      this.#skippedRows += 1;
      return undefined;
    }
    const { modId, cmdId, ip, port } = row;
    const route = this.#route;
    if (route?.modId === modId && route.cmdId === cmdId) {
      const last = route.hosts.at(-1);
      if (last?.ip !== ip || last.port !== port) route.hosts.push({ ip, port });
      return undefined;
    }
    this.#route = { modId, cmdId, hosts: [{ ip, port }] };
    return route;
  }

  /** Takes rows as (modid, cmdid, ip, port); returns the routes that are complete. */
  pushAll(rows: readonly unknown[][]): Route[] {
    const routes: Route[] = [];
    for (const [modId, cmdId, ip, port] of rows) {
      const route = this.push({
        modId: Number(modId),
        cmdId: Number(cmdId),
        ip: Number(ip),
        port: Number(port),
      });
      if (route !== undefined) routes.push(route);
    }
    return routes;
  }

  /** Returns the last route, or undefined if there was none. */
  finish(): Route | undefined {
    return this.#route;
  }
}
