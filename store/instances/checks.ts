import { isValidName, isValidWeight } from "../../proto/mod.ts";
import { isValidRow } from "../validation.ts";
import { placeKey } from "./rows.ts";
import type { AgentSet, LeaseRenewal, Registration } from "./types.ts";

/** Longest name, address and version that is kept, in UTF-16 units. */
const TEXT_LENGTH_MAX = 64;

/**
 * Checks renewals before any is written.
 *
 * @throws {RangeError} If a value fits no column.
 */
export function checkLeases(leases: readonly LeaseRenewal[]): void {
  for (const lease of leases) {
    const { agent, epoch, renewal, ttlMs, name, address, dns } = lease;
    const fits = /^[0-9a-f]{32}$/.test(agent) &&
      [epoch, renewal, ttlMs].every(isWhole) &&
      [name, address, dns].every((text) => text.length <= TEXT_LENGTH_MAX);
    if (!fits) {
      throw wrong("lease must have values that fit its columns", lease);
    }
  }
}

/**
 * Checks sets likewise.
 *
 * @throws {RangeError} If a value fits no column, or an agent or a host is named twice.
 */
export function checkSets(sets: readonly AgentSet[]): void {
  checkLeases(sets.map(({ lease }) => lease));
  if (new Set(sets.map(({ lease }) => lease.agent)).size < sets.length) {
    throw new RangeError("Cannot register instances of an agent twice");
  }
  for (const { lease, hash, hosts } of sets) {
    if (!isWhole(hash)) throw wrong("hash must be a whole number", lease);
    for (const host of hosts) checkHost(host);
    if (new Set(hosts.map(placeKey)).size < hosts.length) {
      throw wrong("each host must be named once", lease);
    }
  }
}

function checkHost(host: Registration): void {
  const { weight, zone, version } = host;
  const fits = isValidRow(host) &&
    (weight === undefined || isValidWeight(weight) && weight > 0) &&
    (zone === undefined || isValidName(zone)) &&
    version.length <= TEXT_LENGTH_MAX;
  if (!fits) throw wrong("no route can have this host", host);
}

function isWhole(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function wrong(what: string, value: unknown): RangeError {
  return new RangeError(
    `Cannot register instances as ${what}: current value is ${
      JSON.stringify(value)
    }`,
  );
}
