import { fromWireAddress, type HostAddress } from "../address.ts";
import {
  BODY_BYTES_MAX,
  DATAGRAM_BYTES_MAX,
  HEADER_BYTES,
  writeHeader,
} from "../frame.ts";
import { lars } from "../generated/lars.js";
import { MessageId } from "../message_id.ts";
import {
  type HostStatus,
  isDrained,
  isValidName,
  isValidWeight,
  NAME_LENGTH_MAX,
  type Route,
  type RouteHost,
  type RouteKey,
  type RouteSettings,
  WEIGHT_DRAINED,
  WEIGHT_NORMAL,
} from "../route.ts";
import { NO_TAG, WireReader } from "../wire/reader.ts";
import { WireWriter } from "../wire/writer.ts";
import { decodeBody, decodeIfValid } from "./decode.ts";
import { GetRouteResponseTag, HostInfoTag } from "./tags.ts";

/** Values of `check` on the wire; 0 is unset. */
const CHECK_ON = 1;
const CHECK_OFF = 2;

/** The field `named` as it stands on the wire: its tag in two bytes, and true. */
const NAMED = new Uint8Array([
  GetRouteResponseTag.named & 0x7f | 0x80,
  GetRouteResponseTag.named >> 7,
  1,
]);

/** More bytes than a host and the settings take, as they are written before they are measured. */
const SLACK_BYTES = 512;

/** A request of a client to its agent, or of an agent to dns. */
export interface GetRouteRequest extends RouteKey {
  /** Whether a client wants to know which hosts are overloaded. */
  withState: boolean;
}

/** Encodes the body of a GetRouteRequest. */
export function encodeGetRouteRequest(
  { modId, cmdId, withState = false }:
    & RouteKey
    & Partial<GetRouteRequest>,
): Uint8Array {
  return lars.GetRouteRequest.encode({
    modid: modId,
    cmdid: cmdId,
    // Absent rather than false, for the bytes of an original client.
    ...(withState ? { with_state: true } : {}),
  }).finish();
}

/**
 * Decodes the body of a GetRouteRequest; its ids may be negative.
 *
 * @throws {ProtocolError} If the bytes are no such message.
 */
export function decodeGetRouteRequest(body: Uint8Array): GetRouteRequest {
  return toRequest(decodeBody(lars.GetRouteRequest, body));
}

/** As {@linkcode decodeGetRouteRequest}; undefined if the bytes are no such message. */
export function readGetRouteRequest(
  body: Uint8Array,
): GetRouteRequest | undefined {
  const message = decodeIfValid(lars.GetRouteRequest, body);
  return message && toRequest(message);
}

function toRequest(
  { modid, cmdid, with_state }: lars.GetRouteRequest,
): GetRouteRequest {
  return { modId: modid, cmdId: cmdid, withState: with_state };
}

/**
 * Encodes GetRouteResponses of dns. Equal routes give equal bytes, in whatever
 * order their hosts are, so that bytes can be stored and compared in their place.
 */
export class RouteEncoder {
  /** Hosts that the last body had no room for. */
  hostsLeftOut = 0;
  readonly #bytes = new Uint8Array(BODY_BYTES_MAX + SLACK_BYTES);
  readonly #text = new TextEncoder();
  readonly #writer = new WireWriter();

  /**
   * Encodes a route; the body is a view, valid until the next call. Of more hosts
   * than a frame holds it has those with the lowest addresses. There is room for
   * {@linkcode markNamed} in it.
   */
  encode(route: Route): Uint8Array {
    const { hosts, settings = {} } = route;
    const writer = this.#writer;
    this.#begin(route);
    const bytesMax = BODY_BYTES_MAX - NAMED.length -
      this.#measureSettings(route);
    const sorted = isSorted(hosts) ? hosts : hosts.toSorted(compareHosts);
    let written = 0;
    for (; written < sorted.length; written++) {
      const start = writer.at;
      this.#writeHost(sorted[written]!);
      if (writer.at <= bytesMax) continue;
      writer.at = start;
      break;
    }
    this.hostsLeftOut = hosts.length - written;
    this.#writeSettings(settings);
    return this.#bytes.subarray(0, writer.at);
  }

  /** As {@linkcode encode}, for a route without hosts. Its ids may be negative. */
  encodeEmpty(key: RouteKey): Uint8Array {
    this.#begin(key);
    return this.#bytes.subarray(0, this.#writer.at);
  }

  #begin({ modId, cmdId }: RouteKey): void {
    const writer = this.#writer;
    writer.start(this.#bytes, 0);
    writer.int32(GetRouteResponseTag.modid, modId);
    writer.int32(GetRouteResponseTag.cmdid, cmdId);
  }

  #writeHost(host: RouteHost): void {
    const { ip, port, weight = WEIGHT_NORMAL, zone = "" } = host;
    const writer = this.#writer;
    const start = writer.open(GetRouteResponseTag.host);
    writer.int32(HostInfoTag.ip, ip | 0);
    writer.uint32(HostInfoTag.port, port);
    const getsNoCalls = isDrained(host);
    // What an agent that knows no drained hosts calls least.
    if (getsNoCalls) writer.uint32(HostInfoTag.weight, 1);
    else if (weight !== WEIGHT_NORMAL) {
      writer.uint32(HostInfoTag.weight, weight);
    }
    this.#writeName(HostInfoTag.zone, zone);
    if (getsNoCalls) writer.uint32(HostInfoTag.drained, 1);
    writer.close(start);
  }

  #writeSettings({ policy = "", check }: RouteSettings): void {
    this.#writeName(GetRouteResponseTag.policy, policy);
    if (check === undefined) return;
    this.#writer.uint32(
      GetRouteResponseTag.check,
      check ? CHECK_ON : CHECK_OFF,
    );
  }

  #measureSettings({ settings }: Route): number {
    if (settings === undefined) return 0;
    const { at } = this.#writer;
    this.#writeSettings(settings);
    const bytes = this.#writer.at - at;
    this.#writer.at = at;
    return bytes;
  }

  /** Writes a short string field, unless it is empty. */
  #writeName(tag: number, name: string): void {
    if (name === "") return;
    const writer = this.#writer;
    const start = writer.open(tag);
    const { written } = this.#text.encodeInto(
      name.slice(0, NAME_LENGTH_MAX),
      this.#bytes.subarray(start),
    );
    writer.at = start + written;
    writer.close(start);
  }
}

/** A copy of a body of {@linkcode RouteEncoder} that says that an edit named the route. */
export function markNamed(body: Uint8Array): Uint8Array {
  const marked = new Uint8Array(body.length + NAMED.length);
  marked.set(body);
  marked.set(NAMED, body.length);
  return marked;
}

function compareHosts(a: RouteHost, b: RouteHost): number {
  return a.ip - b.ip || a.port - b.port;
}

/** Whether hosts are sorted, as those of stores mostly are. */
function isSorted(hosts: readonly RouteHost[]): boolean {
  for (let index = 1; index < hosts.length; index++) {
    if (compareHosts(hosts[index - 1]!, hosts[index]!) > 0) return false;
  }
  return true;
}

/**
 * Decodes the body of a GetRouteResponse of dns, without attributes and settings
 * that are absent or invalid.
 *
 * @throws {ProtocolError} If the bytes are no such message.
 */
export function decodeRoute(body: Uint8Array): Route {
  const { modid, cmdid, host, policy, check } = decodeBody(
    lars.GetRouteResponse,
    body,
  );
  const route: Route = {
    modId: modid,
    cmdId: cmdid,
    hosts: host.map(toRouteHost),
  };
  const settings: RouteSettings = {};
  if (isValidName(policy)) settings.policy = policy;
  if (check === CHECK_ON || check === CHECK_OFF) {
    settings.check = check === CHECK_ON;
  }
  if (Object.keys(settings).length > 0) route.settings = settings;
  return route;
}

function toRouteHost(info: lars.HostInfo.$Properties): RouteHost {
  const host: RouteHost = fromWireAddress(info);
  const { weight, zone, drained } = info;
  if (drained) host.weight = WEIGHT_DRAINED;
  else if (weight && isValidWeight(weight)) host.weight = weight;
  if (zone && isValidName(zone)) host.zone = zone;
  return host;
}

/** What the hub of an agent needs to know of a route before a shard decodes it. */
export interface RouteHead extends RouteKey {
  /** Whether the route has any host. */
  hasHosts: boolean;
  /** How many it has. */
  hostCount: number;
  /** Name of the policy that the route asks for; empty if it asks for none. */
  policy: string;
  /** Whether an edit named the route and this is what it left. */
  named: boolean;
}

const reader = new WireReader();
const writer = new WireWriter();
const text = new TextDecoder();

/**
 * Reads the head of a GetRouteResponse of dns without an object for each host.
 * Refuses what {@linkcode decodeRoute} refuses.
 *
 * @throws {ProtocolError} If the bytes are no such message.
 */
export function readRouteHead(body: Uint8Array): RouteHead {
  const head = {
    modId: 0,
    cmdId: 0,
    hasHosts: false,
    hostCount: 0,
    policy: "",
    named: false,
  };
  reader.start(body, { at: 0, end: body.length });
  for (let tag = reader.tag(); tag !== NO_TAG; tag = reader.tag()) {
    if (tag === GetRouteResponseTag.modid) head.modId = reader.int32();
    else if (tag === GetRouteResponseTag.cmdid) head.cmdId = reader.int32();
    else if (tag === GetRouteResponseTag.host) {
      head.hasHosts = true;
      head.hostCount += 1;
      skipHost();
    } else if (tag === GetRouteResponseTag.policy) {
      const policy = text.decode(readAscii());
      head.policy = isValidName(policy) ? policy : "";
    } else if (tag === GetRouteResponseTag.check) reader.uint32();
    else if (tag === GetRouteResponseTag.named) head.named = reader.bool();
    else reader.unusual = true;
  }
  if (!reader.unusual) return head;
  const { modId, cmdId, hosts, settings } = decodeRoute(body);
  return {
    modId,
    cmdId,
    hasHosts: hosts.length > 0,
    hostCount: hosts.length,
    policy: settings?.policy ?? "",
    named: lars.GetRouteResponse.decode(body).named,
  };
}

/** A string of ASCII, as all names are; of any other protobufjs decides whether it is UTF-8. */
function readAscii(): Uint8Array {
  const bytes = reader.bytes();
  for (const byte of bytes) {
    if (byte > 0x7f) reader.unusual = true;
  }
  return bytes;
}

function skipHost(): void {
  const outerEnd = reader.enter();
  for (let tag = reader.tag(); tag !== NO_TAG; tag = reader.tag()) {
    if (
      tag === HostInfoTag.ip || tag === HostInfoTag.port ||
      tag === HostInfoTag.weight || tag === HostInfoTag.drained
    ) reader.uint32();
    else if (tag === HostInfoTag.zone) readAscii();
    else reader.unusual = true;
  }
  reader.leave(outerEnd);
}

/** A host in an agent's answer to a client. */
export interface ListedHost extends HostAddress {
  /** Whether it is overloaded; false unless `withState` was requested. */
  overload: boolean;
  /** Whether a person has taken it out, likewise. Absent: no. */
  drained?: true;
}

/** Decodes an agent's answer to a client; undefined if the bytes are no such message. */
export function readGetRouteResponse(
  body: Uint8Array,
): RouteKey & { hosts: ListedHost[] } | undefined {
  const message = decodeIfValid(lars.GetRouteResponse, body);
  return message && {
    modId: message.modid,
    cmdId: message.cmdid,
    hosts: message.host.map((info) => ({
      ...fromWireAddress(info),
      overload: info.overload ?? false,
      ...(info.drained && { drained: true }),
    })),
  };
}

/** An agent's answer to a client. */
export interface GetRouteAnswer extends RouteKey {
  /** All of its hosts. */
  hosts: readonly HostStatus[];
  /** Whether to tell which hosts are overloaded. */
  withState: boolean;
}

/**
 * Writes a GetRouteResponse datagram of an agent into `response`, with the first
 * hosts that fit. Returns its length in bytes, and whether hosts were left out.
 */
export function writeGetRouteResponse(
  { modId, cmdId, hosts, withState }: GetRouteAnswer,
  response: Uint8Array,
): { bytes: number; cut: boolean } {
  writer.start(response, HEADER_BYTES);
  writer.int32(GetRouteResponseTag.modid, modId);
  writer.int32(GetRouteResponseTag.cmdid, cmdId);
  let bytes = writer.at;
  let sent = 0;
  for (const { ip, port, overload, drained = false } of hosts) {
    const start = writer.open(GetRouteResponseTag.host);
    writer.int32(HostInfoTag.ip, ip | 0);
    writer.int32(HostInfoTag.port, port);
    writer.uint32(HostInfoTag.overload, Number(withState && overload));
    writer.uint32(HostInfoTag.drained, Number(withState && drained));
    writer.close(start);
    if (writer.at > DATAGRAM_BYTES_MAX) break;
    bytes = writer.at;
    sent += 1;
  }
  writeHeader(response, MessageId.apiGetRouteResponse, bytes - HEADER_BYTES);
  return { bytes, cut: sent < hosts.length };
}
