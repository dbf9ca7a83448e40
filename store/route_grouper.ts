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

/** Compares by modid and cmdid, then by address and port. */
export function compareRows(a: RouteRow, b: RouteRow): number {
  return compareKeys(a, b) || a.ip - b.ip || a.port - b.port;
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

/** Rows that people wrote and that were left out, as they cannot be. */
export interface Skipped {
  /** How many. */
  rows: number;
  /** The columns of the first that say where it is. */
  first?: string;
}

/** Reports of rows left out, each after every scan, also if there are none. */
export interface SkipOptions {
  /** Rows of RouteData. */
  onSkippedRows?: ((skipped: Skipped) => void) | undefined;
  /** Rows with weights, zones and settings. */
  onSkippedAttributes?: ((skipped: Skipped) => void) | undefined;
}

/** Groups rows into routes; the rows come ordered by modid, cmdid, ip and port. */
export class RouteGrouper {
  #route: { modId: number; cmdId: number; hosts: HostAddress[] } | undefined;
  /** Invalid rows left out so far. */
  readonly skipped: Skipped = { rows: 0 };

  /** Takes the next row; returns the previous route when this row begins another. */
  push(row: RouteRow): Route | undefined {
    const { modId, cmdId, ip, port } = row;
    if (!isValidRow(row)) {
      this.skipped.rows += 1;
      this.skipped.first ??=
        `RouteData: modid = ${modId}, cmdid = ${cmdId}, serverip = ${ip}, serverport = ${port}`;
      return undefined;
    }
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
