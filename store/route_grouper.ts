import {
  addressKey,
  type HostAddress,
  isValidAddress,
  isValidKey,
  isValidName,
  isValidWeight,
  NAME_LENGTH_MAX,
  type Route,
  type RouteKey,
  WEIGHT_MAX,
} from "../proto/mod.ts";
import type {
  HostChange,
  RouteEdit,
  RouteRow,
  SettingsChange,
  StatusRow,
} from "./types.ts";

const UNSIGNED_MAX = 0xffff_ffff;
const SIGNED_MIN = -2_147_483_648;
const SIGNED_MAX = 2_147_483_647;

/**
 * Checks an edit before anything of it is written.
 *
 * @throws {RangeError} If no route can have the key or the settings, or no host
 * the address, the weight or the zone.
 */
export function checkEdit(
  { add = [], remove = [], set = [], settings = [] }: RouteEdit,
): void {
  for (const row of remove) checkRow(row);
  for (const row of [...add, ...set]) {
    checkRow(row);
    checkTraits(row);
  }
  for (const change of settings) checkSettings(change);
}

function checkTraits(row: HostChange): void {
  const { weight, zone } = row;
  if (weight != null && !isValidWeight(weight)) {
    throw wrongEdit(`weight must be 1 to ${WEIGHT_MAX}`, row);
  }
  if (zone != null && !isValidName(zone)) {
    throw wrongEdit(`zone must be ${NAME_FORM}`, row);
  }
}

function checkSettings(change: SettingsChange): void {
  if (!isValidKey(change)) {
    throw wrongEdit(`modid and cmdid must be 0 to ${SIGNED_MAX}`, change);
  }
  if (change.policy != null && !isValidName(change.policy)) {
    throw wrongEdit(`policy must be ${NAME_FORM}`, change);
  }
}

const NAME_FORM = `1 to ${NAME_LENGTH_MAX} letters, digits, ".", "_" and "-"`;

function wrongEdit(what: string, row: RouteKey): RangeError {
  return new RangeError(
    `Cannot edit route as ${what}: current row is ${JSON.stringify(row)}`,
  );
}

function checkRow(row: RouteRow): void {
  if (isValidRow(row)) return;
  throw wrongEdit(
    `modid and cmdid must be 0 to ${SIGNED_MAX}, ip 1 to ${UNSIGNED_MAX} and port 1 to 65535`,
    row,
  );
}

function isValidRow(row: RouteRow): boolean {
  return isValidKey(row) && isValidAddress(row);
}

/**
 * Checks statuses before any is written, so that one that no database takes
 * cannot fail a batch again and again.
 *
 * @throws {RangeError} If a value does not fit its column.
 */
export function checkStatuses(rows: readonly StatusRow[]): void {
  for (const row of rows) {
    const fits = isSigned(row.modId) && isSigned(row.cmdId) &&
      isUnsigned(row.ip) && isUnsigned(row.port) && isUnsigned(row.caller) &&
      isUnsigned(row.succ) && isUnsigned(row.err) &&
      Number.isSafeInteger(row.ts) && row.ts >= 0;
    if (fits) continue;
    throw new RangeError(
      `Cannot write status as ids must be int32 and the other values uint32: current row is ${
        JSON.stringify(row)
      }`,
    );
  }
}

function isUnsigned(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= UNSIGNED_MAX;
}

function isSigned(value: number): boolean {
  return Number.isInteger(value) && value >= SIGNED_MIN && value <= SIGNED_MAX;
}

/** Key order: modid, then cmdid. */
export function compareKeys(a: RouteKey, b: RouteKey): number {
  return a.modId - b.modId || a.cmdId - b.cmdId;
}

/** The order of ServerCallStatus' primary key. */
export function compareStatuses(a: StatusRow, b: StatusRow): number {
  return compareKeys(a, b) || a.ip - b.ip || a.port - b.port ||
    a.caller - b.caller;
}

/** A row of ServerCallStatus as databases give it. */
export function toStatusRow(row: Record<string, unknown>): StatusRow {
  return {
    modId: Number(row.modid),
    cmdId: Number(row.cmdid),
    ip: Number(row.ip),
    port: Number(row.port),
    caller: Number(row.caller),
    succ: Number(row.succ_cnt),
    err: Number(row.err_cnt),
    ts: Number(row.ts),
    overload: row.overload === "1",
  };
}

/** The hosts among rows of one route, each once; rows that no route can have are left out. */
export function hostsOf(rows: Iterable<HostAddress>): HostAddress[] {
  const hosts = new Map<number, HostAddress>();
  for (const { ip, port } of rows) {
    if (isValidAddress({ ip, port })) {
      hosts.set(addressKey({ ip, port }), { ip, port });
    }
  }
  return [...hosts.values()];
}

/** Makes routes of rows that come ordered by modid, cmdid, ip and port. */
export class RouteGrouper {
  #route: { modId: number; cmdId: number; hosts: HostAddress[] } | undefined;
  #skippedRows = 0;

  /** Rows left out so far, as no route can have them. */
  get skippedRows(): number {
    return this.#skippedRows;
  }

  /** Takes the next row; returns the route before it, when this one begins another. */
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

  /** The last route, or undefined if there was none. */
  finish(): Route | undefined {
    return this.#route;
  }
}
