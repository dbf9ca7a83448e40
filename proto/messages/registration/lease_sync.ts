import { ProtocolError } from "../../frame.ts";
import { lars } from "../../generated/lars.js";
import { decodeBody } from "../decode.ts";
import {
  fromWireLeaseHost,
  LEASE_HOSTS_MAX,
  type LeaseHost,
  toWireLeaseHost,
} from "./lease_host.ts";

/** An agent's renewal of its lease, and what changed of its instances. */
export interface LeaseSync {
  /** Grows with each LeaseSync of one start of the agent: an integer below 2⁵³. */
  renewal: number;
  /** Without a renewal for that time the lease is overdue, in milliseconds. */
  ttlMs: number;
  /** {@linkcode leaseHash} of the whole set. */
  hash: number;
  /** `hosts` is the whole set, without any that is gone; else what changed. */
  all: boolean;
  /** Up to {@linkcode LEASE_HOSTS_MAX}, each address of a route once. */
  hosts: readonly LeaseHost[];
}

/**
 * Encodes the body of a LeaseSync.
 *
 * @throws {RangeError} If there are too many hosts.
 */
export function encodeLeaseSync(
  { renewal, ttlMs, hash, all, hosts }: LeaseSync,
): Uint8Array {
  if (hosts.length > LEASE_HOSTS_MAX) {
    throw new RangeError(
      `Cannot encode a LeaseSync as it must have at most ${LEASE_HOSTS_MAX} hosts: current number is ${hosts.length}`,
    );
  }
  return lars.LeaseSync.encode({
    renewal,
    ttl_ms: ttlMs,
    hash,
    all,
    instance: hosts.map(toWireLeaseHost),
  }).finish();
}

/**
 * Decodes the body of a LeaseSync.
 *
 * @throws {ProtocolError} If the bytes are no such message, or it holds more hosts
 * than an agent may have, one that cannot be, or one that is gone in a whole set.
 */
export function decodeLeaseSync(body: Uint8Array): LeaseSync {
  const { renewal, ttl_ms, hash, all, instance } = decodeBody(
    lars.LeaseSync,
    body,
  );
  if (instance.length > LEASE_HOSTS_MAX) {
    throw new ProtocolError(
      `Cannot take a LeaseSync as it must have at most ${LEASE_HOSTS_MAX} hosts: current number is ${instance.length}`,
    );
  }
  const hosts = instance.map(fromWireLeaseHost);
  if (all && hosts.some(({ gone }) => gone)) {
    throw new ProtocolError(
      "Cannot take a LeaseSync as a whole set must not hold hosts that are gone",
    );
  }
  return {
    renewal: Number(renewal),
    ttlMs: ttl_ms,
    hash: Number(hash),
    all,
    hosts,
  };
}
