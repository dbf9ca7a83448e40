import { PORT_MAX } from "../address.ts";
import { lars } from "../generated/lars.js";
import { isValidName } from "../route.ts";
import {
  decodeBody,
  fromIdentity,
  IDENTITY_BYTES,
  toIdentity,
} from "./decode.ts";

/**
 * Store of a HelloAck from a dns that has met another store and has not compared
 * all routes with that yet: what it serves is not all of either.
 */
export const BETWEEN_STORES: string = "0".repeat(2 * IDENTITY_BYTES);

/** Bit of a reporter's `features`: it takes HostEvents, CallTotals and HostStates. */
export const FEATURE_HISTORY = 1;

/** Bit of a dns's `features`: it takes LeaseSync. */
export const FEATURE_LEASES = 2;

/** Longest name and version of an agent that is kept, in UTF-16 units. */
const TEXT_LENGTH_MAX = 64;

/** Who an agent is: the first frame of its connections to dns and reporter. */
export interface Hello {
  /**
   * Identity of the agent, made once and kept: 32 hexadecimal digits in lower
   * case. Empty if the peer sent none that is valid.
   */
  agentId: string;
  /** Random at each start of the agent: an integer from 0 up and below 2⁵³. */
  epoch: number;
  /** What people call the agent; empty is none. */
  name: string;
  /** Version of its program. */
  version: string;
  /** Zone it stands in; empty is none. */
  zone: string;
  /** Port of its page of metrics, at the address of the connection; absent: none that others reach. */
  metricsPort?: number;
}

/** Encodes the body of a Hello. */
export function encodeHello(
  { agentId, metricsPort = 0, ...rest }: Hello,
): Uint8Array {
  return lars.Hello.encode({
    ...rest,
    agent_id: fromIdentity(agentId),
    metrics_port: metricsPort,
  }).finish();
}

/**
 * Decodes the body of a Hello. What is invalid in it is left empty, and texts are
 * cut to 64 characters.
 *
 * @throws {ProtocolError} If the bytes are no such message.
 */
export function decodeHello(body: Uint8Array): Hello {
  const { agent_id, epoch, name, version, zone, metrics_port } = decodeBody(
    lars.Hello,
    body,
  );
  return {
    agentId: toIdentity(agent_id),
    epoch: Number(epoch),
    name: name.slice(0, TEXT_LENGTH_MAX),
    version: version.slice(0, TEXT_LENGTH_MAX),
    zone: isValidName(zone) ? zone : "",
    ...metrics_port > 0 && metrics_port <= PORT_MAX &&
      { metricsPort: metrics_port },
  };
}

/** Who answers: the first frame that dns and reporter send to an agent that said Hello. */
export interface HelloAck {
  /** Version of the server's program. */
  version: string;
  /** Bits of what the server can do beyond this version of the messages. */
  features: number;
  /**
   * Identity of the store of a dns, 32 hexadecimal digits in lower case, or
   * {@linkcode BETWEEN_STORES}; empty if it has none, and from a reporter.
   */
  store: string;
  /**
   * How many times a person has declared the routes of that store to be right, as
   * {@linkcode isAcceptedSince} counts.
   */
  accepted: number;
  /** Routes that a dns keeps hosts of which its store has lost. */
  held: number;
  /**
   * From dns, in its first one on a connection: what the agent signs LeaseSyncs of
   * that connection with, 32 hexadecimal digits in lower case.
   */
  nonce?: string;
}

/** Whether a person has accepted a store between two counts, which begin again at 0 after 2³²−1. */
export function isAcceptedSince(before: number, now: number): boolean {
  const grown = (now - before) >>> 0;
  return grown > 0 && grown < 2 ** 31;
}

/** Encodes the body of a HelloAck. */
export function encodeHelloAck(
  { store, nonce = "", ...rest }: HelloAck,
): Uint8Array {
  return lars.HelloAck.encode({
    ...rest,
    store: fromIdentity(store),
    nonce: fromIdentity(nonce),
  }).finish();
}

/**
 * Decodes the body of a HelloAck. What is invalid in it is left empty.
 *
 * @throws {ProtocolError} If the bytes are no such message.
 */
export function decodeHelloAck(body: Uint8Array): HelloAck {
  const { version, features, store, accepted, held, nonce } = decodeBody(
    lars.HelloAck,
    body,
  );
  const validNonce = toIdentity(nonce);
  return {
    version: version.slice(0, TEXT_LENGTH_MAX),
    features: Number(features),
    store: toIdentity(store),
    accepted: Number(accepted),
    held: Number(held),
    ...validNonce !== "" && { nonce: validNonce },
  };
}
