import {
  formatAddress,
  fromWireAddress,
  type HostAddress,
  isValidAddress,
  toWireAddress,
} from "../../address.ts";
import { ProtocolError } from "../../frame.ts";
import type { lars } from "../../generated/lars.js";
import {
  isValidKey,
  isValidName,
  type RouteKey,
  WEIGHT_MAX,
} from "../../route.ts";
import { isPrintable, VERSION_LENGTH_MAX } from "./register.ts";

/**
 * Most addresses of all instances of an agent, each counted once for each of its
 * routes: a LeaseSync holds them all in one frame.
 */
export const LEASE_HOSTS_MAX = 400;

/** One address of an instance, in one route. */
export interface LeaseHost extends RouteKey, HostAddress {
  /** Relative capacity, 1 to {@linkcode WEIGHT_MAX}; 0 is unset. */
  weight: number;
  /** Zone it stands in; empty is none. */
  zone: string;
  /** Version of its program; empty is none. */
  version: string;
  /** It is to get no calls for now. */
  notReady: boolean;
  /** It has deregistered, or has not beaten for its time to live. */
  gone: boolean;
  /** How long its calls may take to end, in milliseconds. */
  drainMs: number;
  /** It deregisters, and its agent waits until its calls have ended; absent: no. No part of the hash. */
  leaving?: true;
}

/** The hash of no instance. */
export const LEASE_HASH_EMPTY = 0;

/**
 * Hash of a set of addresses, in any order and without those that are gone: an
 * integer below 2⁵³. Agents and dns compare their sets by it.
 */
export function leaseHash(hosts: Iterable<LeaseHost>): number {
  let high = 0;
  let low = 0;
  for (const host of hosts) {
    if (host.gone) continue;
    const text = hashedText(host);
    high ^= hash32(text, HIGH_SEED);
    low ^= hash32(text, LOW_SEED);
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}

const HIGH_SEED = 0x811c_9dc5;
const LOW_SEED = 0x9e37_79b9;

/** `version` last, as it alone may hold blanks. */
function hashedText(host: LeaseHost): string {
  const { modId, cmdId, ip, port, weight, zone, notReady, version } = host;
  return `${modId} ${cmdId} ${ip} ${port} ${weight} ${zone} ${
    notReady ? 1 : 0
  } ${version}`;
}

/** FNV-1a over ASCII, with the last mix of MurmurHash3: sets are joined by exclusive or. */
function hash32(text: string, seed: number): number {
  let hash = seed;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x0100_0193);
  }
  hash = Math.imul(hash ^ hash >>> 16, 0x85eb_ca6b);
  hash = Math.imul(hash ^ hash >>> 13, 0xc2b2_ae35);
  return hash ^ hash >>> 16;
}

/** As a LeaseSync carries it. */
export function toWireLeaseHost(
  host: LeaseHost,
): lars.LeaseHost.$Properties {
  return {
    modid: host.modId,
    cmdid: host.cmdId,
    ...toWireAddress(host),
    weight: host.weight,
    zone: host.zone,
    version: host.version,
    not_ready: host.notReady,
    gone: host.gone,
    drain_ms: host.drainMs,
    leaving: host.leaving ?? false,
  };
}

/**
 * The address off the wire.
 *
 * @throws {ProtocolError} If no agent can have such an instance.
 */
export function fromWireLeaseHost(
  message: lars.LeaseHost.$Properties,
): LeaseHost {
  const host: LeaseHost = {
    modId: message.modid ?? 0,
    cmdId: message.cmdid ?? 0,
    ...fromWireAddress(message),
    weight: message.weight ?? 0,
    zone: message.zone ?? "",
    version: message.version ?? "",
    notReady: message.not_ready ?? false,
    gone: message.gone ?? false,
    drainMs: message.drain_ms ?? 0,
    ...message.leaving && { leaving: true },
  };
  const wrong = wrongField(host);
  if (wrong !== undefined) {
    throw new ProtocolError(
      `Cannot take ${
        formatAddress(host)
      } of route (${host.modId}, ${host.cmdId}) as an instance: its ${wrong} cannot be`,
    );
  }
  return host;
}

function wrongField(host: LeaseHost): string | undefined {
  if (!isValidKey(host)) return "route";
  if (!isValidAddress(host)) return "address";
  if (host.weight > WEIGHT_MAX) return "weight";
  if (host.zone !== "" && !isValidName(host.zone)) return "zone";
  return isPrintable(host.version, VERSION_LENGTH_MAX) ? undefined : "version";
}
