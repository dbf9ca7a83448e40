import {
  isValidAddress,
  isValidKey,
  isValidName,
  isValidWeight,
  NAME_LENGTH_MAX,
  type RouteKey,
  WEIGHT_DRAINED,
  WEIGHT_MAX,
} from "../proto/mod.ts";
import {
  type DrainTarget,
  type HostChange,
  type HostDrain,
  REASON_LENGTH_MAX,
  type RouteEdit,
  type RouteRow,
  type SettingsChange,
  type StatusRow,
  WHO_LENGTH_MAX,
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
  { add = [], remove = [], set = [], settings = [], drain = [], undrain = [] }:
    RouteEdit,
): void {
  for (const row of remove) checkRow(row);
  for (const row of [...add, ...set]) {
    checkRow(row);
    checkAttributes(row);
  }
  for (const change of settings) checkSettings(change);
  for (const target of [...undrain, ...drain]) checkTarget(target);
  for (const each of drain) checkDrain(each);
}

function checkAttributes(row: HostChange): void {
  const { weight, zone } = row;
  if (weight != null && !isValidWeight(weight)) {
    throw wrongEdit(`weight must be ${WEIGHT_DRAINED} to ${WEIGHT_MAX}`, row);
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

function checkTarget(target: DrainTarget): void {
  const { ip, port, route } = target;
  const isValid = isValidAddress({ ip, port: port ?? 1 }) &&
    (route === undefined || isValidKey(route));
  if (isValid) return;
  throw wrongDrain(
    `modid and cmdid must be 0 to ${SIGNED_MAX}, ip 1 to ${UNSIGNED_MAX} and port 1 to 65535`,
    target,
  );
}

function checkDrain(drain: Omit<HostDrain, "since">): void {
  const { who, reason, until } = drain;
  if (!isText(who, WHO_LENGTH_MAX)) {
    throw wrongDrain(
      `who must be 1 to ${WHO_LENGTH_MAX} characters of one line`,
      drain,
    );
  }
  if (!isText(reason, REASON_LENGTH_MAX)) {
    throw wrongDrain(
      `reason must be 1 to ${REASON_LENGTH_MAX} characters of one line`,
      drain,
    );
  }
  if (until === undefined || Number.isSafeInteger(until) && until >= 0) return;
  throw wrongDrain("until must be Unix seconds", drain);
}

/** Whether a text says something, fits its column, and is no trouble to a terminal. */
function isText(text: string, lengthMax: number): boolean {
  return text.trim() !== "" && text.length <= lengthMax &&
    text.isWellFormed() && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text);
}

function wrongDrain(what: string, target: DrainTarget): RangeError {
  return new RangeError(
    `Cannot drain hosts as ${what}: current value is ${JSON.stringify(target)}`,
  );
}

function checkRow(row: RouteRow): void {
  if (isValidRow(row)) return;
  throw wrongEdit(
    `modid and cmdid must be 0 to ${SIGNED_MAX}, ip 1 to ${UNSIGNED_MAX} and port 1 to 65535`,
    row,
  );
}

/** True if a route can have this row. */
export function isValidRow(row: RouteRow): boolean {
  return isValidKey(row) && isValidAddress(row);
}

/**
 * Checks statuses before any is written, as one that no database takes would
 * fail its batch again and again.
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
