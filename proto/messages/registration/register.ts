import { formatIp, PORT_MAX } from "../../address.ts";
import { lars } from "../../generated/lars.js";
import {
  isValidKey,
  isValidName,
  type RouteKey,
  WEIGHT_MAX,
} from "../../route.ts";
import { decodeIfValid, fromIdentity, toIdentity } from "../decode.ts";
import {
  INSTANCE_CHECK_NAMES,
  InstanceCheck,
  type InstanceStatus,
  REASON_LENGTH_MAX,
} from "./instance.ts";

/** Most routes of one instance. */
export const INSTANCE_ROUTES_MAX = 32;

/** Most tags of one instance, and the longest of them in characters. */
export const TAGS_MAX = 8;

/** Longest tag, in characters. */
export const TAG_LENGTH_MAX = 32;

/** Longest version of a program that registers, in characters. */
export const VERSION_LENGTH_MAX = 64;

/** Longest path of a check, in characters. */
export const CHECK_PATH_LENGTH_MAX = 256;

/** Time without a beat after which an instance is gone, in milliseconds, if it names none. */
export const INSTANCE_TTL_DEFAULT_MS = 15_000;

/** Shortest time to live that an instance may name, in milliseconds. */
export const INSTANCE_TTL_MIN_MS = 1_000;

/** Longest time to live that an instance may name, in milliseconds. */
export const INSTANCE_TTL_MAX_MS = 300_000;

/** Longest time that an instance may give its calls to end, in milliseconds. */
export const INSTANCE_DRAIN_MAX_MS = 3_600_000;

/** A program's word that it serves routes at a port. */
export interface RegisterRequest {
  /** Comes back in the answer; any uint32. */
  seq: number;
  /** Names the registration: 32 hexadecimal digits in lower case, made at random by the client. */
  instance: string;
  /** 1 to {@linkcode INSTANCE_ROUTES_MAX}. */
  routes: readonly RouteKey[];
  /** 1 to 65535. */
  port: number;
  /** IPv4 address in host order, unsigned; 0: the machine's own. */
  ip: number;
  /** Relative capacity, 1 to {@linkcode WEIGHT_MAX}; 0 is unset. */
  weight: number;
  /** Empty: the zone of the agent. */
  zone: string;
  /**
   * Without a beat for that time it is gone, in milliseconds:
   * {@linkcode INSTANCE_TTL_MIN_MS} to {@linkcode INSTANCE_TTL_MAX_MS}; 0 is
   * {@linkcode INSTANCE_TTL_DEFAULT_MS}.
   */
  ttlMs: number;
  /** An {@linkcode InstanceCheck}, or one that only a newer agent knows. */
  check: number;
  /** What checks http and https ask for, from "/" on; else empty. */
  path: string;
  /** Process that check pid looks at; else 0. */
  pid: number;
  /** How long calls may take to end once it gets no new ones, in milliseconds. */
  drainMs: number;
  /** Version of the program, printable ASCII; empty is none. */
  version: string;
  /** For people: up to {@linkcode TAGS_MAX}, printable ASCII. */
  tags: readonly string[];
  /** It is to get no calls yet. */
  notReady: boolean;
}

/** Encodes the body of a RegisterRequest. */
export function encodeRegisterRequest(request: RegisterRequest): Uint8Array {
  return lars.RegisterRequest.encode({
    seq: request.seq,
    instance: fromIdentity(request.instance),
    route: request.routes.map(({ modId, cmdId }) => ({
      modid: modId,
      cmdid: cmdId,
    })),
    port: request.port,
    ip: request.ip | 0,
    weight: request.weight,
    zone: request.zone,
    ttl_ms: request.ttlMs,
    check: request.check,
    path: request.path,
    pid: request.pid,
    drain_ms: request.drainMs,
    version: request.version,
    tags: [...request.tags],
    not_ready: request.notReady,
  }).finish();
}

/**
 * Decodes the body of a RegisterRequest; undefined if the bytes are no such
 * message, or name no instance. What else may be wrong says
 * {@linkcode wrongRegistration}.
 */
export function readRegisterRequest(
  body: Uint8Array,
): RegisterRequest | undefined {
  const message = decodeIfValid(lars.RegisterRequest, body);
  const instance = message && toIdentity(message.instance);
  if (!instance) return undefined;
  return {
    seq: message.seq,
    instance,
    routes: message.route.map(({ modid, cmdid }) => ({
      modId: modid ?? 0,
      cmdId: cmdid ?? 0,
    })),
    port: message.port,
    ip: message.ip >>> 0,
    weight: message.weight,
    zone: message.zone,
    ttlMs: message.ttl_ms,
    check: message.check,
    path: message.path,
    pid: message.pid,
    drainMs: message.drain_ms,
    version: message.version,
    tags: message.tags,
    notReady: message.not_ready,
  };
}

/**
 * What keeps a request from being accepted by any agent, as it follows "as":
 * `port must be 1 to 65535: current value is 0`; undefined if nothing does.
 */
export function wrongRegistration(
  request: RegisterRequest,
): string | undefined {
  return wrongAddress(request) ?? wrongCheck(request) ?? wrongText(request) ??
    wrongTime("ttl", request.ttlMs, {
      min: INSTANCE_TTL_MIN_MS,
      max: INSTANCE_TTL_MAX_MS,
    }) ??
    wrongTime("drain", request.drainMs, { min: 0, max: INSTANCE_DRAIN_MAX_MS });
}

function wrongAddress(
  { routes, port, ip, weight }: RegisterRequest,
): string | undefined {
  if (routes.length < 1 || routes.length > INSTANCE_ROUTES_MAX) {
    return `there must be 1 to ${INSTANCE_ROUTES_MAX} routes: current number is ${routes.length}`;
  }
  const wrong = routes.find((route) => !isValidKey(route));
  if (wrong !== undefined) {
    return `modid and cmdid of a route must be 0 to 2147483647: current values are ${wrong.modId} and ${wrong.cmdId}`;
  }
  if (new Set(routes.map(keyText)).size < routes.length) {
    return `each route must be named once: current routes are ${
      routes.map(keyText).join(", ")
    }`;
  }
  if (!isWhole(port, 1, PORT_MAX)) {
    return `port must be 1 to ${PORT_MAX}: current value is ${port}`;
  }
  if (!isWhole(ip, 0, 0xffff_ffff)) {
    return `ip must be an IPv4 address: current value is ${formatIp(ip)}`;
  }
  if (!isWhole(weight, 0, WEIGHT_MAX)) {
    return `weight must be 1 to ${WEIGHT_MAX}: current value is ${weight}`;
  }
  return undefined;
}

function keyText({ modId, cmdId }: RouteKey): string {
  return `${modId}/${cmdId}`;
}

function wrongCheck(
  { check, path, pid }: RegisterRequest,
): string | undefined {
  if (!isWhole(check, InstanceCheck.none, InstanceCheck.https)) {
    return `check must be none, tcp, http, pid or https: current value is ${check}`;
  }
  if (check === InstanceCheck.pid && !isWhole(pid, 1, 0xffff_ffff)) {
    return `check pid must name a process: current value is ${pid}`;
  }
  if (
    (check === InstanceCheck.http || check === InstanceCheck.https) &&
    !(/^\/[\x21-\x7e]*$/.test(path) && path.length <= CHECK_PATH_LENGTH_MAX)
  ) {
    return `path of check ${
      INSTANCE_CHECK_NAMES[check]
    } must begin with "/" and have up to ${CHECK_PATH_LENGTH_MAX} printable ASCII characters: current value is "${
      path.slice(0, CHECK_PATH_LENGTH_MAX)
    }"`;
  }
  return undefined;
}

function wrongText(
  { zone, version, tags }: RegisterRequest,
): string | undefined {
  if (zone !== "" && !isValidName(zone)) {
    return `zone must have up to 32 letters, digits, ".", "_" and "-": current value is "${
      zone.slice(0, VERSION_LENGTH_MAX)
    }"`;
  }
  if (!isPrintable(version, VERSION_LENGTH_MAX)) {
    return `version must have up to ${VERSION_LENGTH_MAX} printable ASCII characters: current value is "${
      version.slice(0, VERSION_LENGTH_MAX)
    }"`;
  }
  if (tags.length > TAGS_MAX) {
    return `there must be at most ${TAGS_MAX} tags: current number is ${tags.length}`;
  }
  const wrong = tags.find((tag) => !isPrintable(tag, TAG_LENGTH_MAX));
  return wrong === undefined
    ? undefined
    : `a tag must have up to ${TAG_LENGTH_MAX} printable ASCII characters: current value is "${
      wrong.slice(0, VERSION_LENGTH_MAX)
    }"`;
}

/** Whether a text is printable ASCII of at most so many characters. */
export function isPrintable(text: string, lengthMax: number): boolean {
  return text.length <= lengthMax && /^[\x20-\x7e]*$/.test(text);
}

function wrongTime(
  name: string,
  valueMs: number,
  { min, max }: { min: number; max: number },
): string | undefined {
  return valueMs === 0 || isWhole(valueMs, min, max)
    ? undefined
    : `${name} must be ${min} to ${max} ms: current value is ${valueMs}`;
}

function isWhole(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

/** Encodes the body of a RegisterResponse. */
export function encodeRegisterResponse(status: InstanceStatus): Uint8Array {
  return lars.RegisterResponse.encode(toWireStatus(status)).finish();
}

/** Decodes the body of a RegisterResponse; undefined if the bytes are no such message. */
export function readRegisterResponse(
  body: Uint8Array,
): InstanceStatus | undefined {
  const message = decodeIfValid(lars.RegisterResponse, body);
  return message && fromWireStatus(message);
}

/** As RegisterResponse and BeatResponse have it alike. */
export function toWireStatus(
  status: InstanceStatus,
): lars.BeatResponse.$Properties {
  return {
    seq: status.seq,
    instance: fromIdentity(status.instance),
    state: status.state,
    reason: status.reason.slice(0, REASON_LENGTH_MAX),
    heartbeat_ms: status.heartbeatMs,
  };
}

/** The status in a RegisterResponse or BeatResponse. */
export function fromWireStatus(
  message: lars.RegisterResponse | lars.BeatResponse,
): InstanceStatus {
  return {
    seq: message.seq,
    instance: toIdentity(message.instance),
    state: message.state,
    reason: message.reason.slice(0, REASON_LENGTH_MAX),
    heartbeatMs: message.heartbeat_ms,
  };
}
