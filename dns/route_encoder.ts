import type { Logger } from "../net/mod.ts";
import {
  BODY_BYTES_MAX,
  lars,
  NAME_LENGTH_MAX,
  type Route,
  type RouteHost,
  type RouteKey,
  WEIGHT_NORMAL,
  WireWriter,
} from "../proto/mod.ts";

/** Tags of what is written here, as proto/lars.proto numbers the fields. */
const TAG = {
  modId: 1 << 3,
  cmdId: 2 << 3,
  host: 3 << 3 | 2,
  policy: 16 << 3 | 2,
  check: 17 << 3,
  hostIp: 1 << 3,
  hostPort: 2 << 3,
  hostWeight: 17 << 3,
  hostZone: 18 << 3 | 2,
};

/** How a tri-state `check` stands on the wire; 0 is not told. */
const CHECK_YES = 1;
const CHECK_NO = 2;

/** More than a host and the settings take, so that the last one fits to be measured. */
const SLACK_BYTES = 512;

/**
 * Encodes GetRouteResponses. Equal routes give equal bytes, whatever the order
 * of their hosts: so bytes can be kept, and compared, in place of routes.
 */
export class RouteEncoder {
  /** What happened so far. */
  readonly counters = { encoded: 0, cutRoutes: 0 };
  readonly #logger: Logger;
  readonly #bytes = new Uint8Array(BODY_BYTES_MAX + SLACK_BYTES);
  readonly #text = new TextEncoder();
  readonly #writer = new WireWriter();
  /** Hosts in the last body. */
  #sent = 0;

  constructor(options: { logger: Logger }) {
    this.#logger = options.logger;
  }

  /**
   * The body of a GetRouteResponse: a view, good until the next call. Of a route
   * with more hosts than a frame holds, those with the lowest addresses.
   */
  encode(route: Route): Uint8Array {
    const { hosts, settings = {} } = route;
    const writer = this.#writer;
    this.#begin(route);
    const bytesMax = BODY_BYTES_MAX - this.#measureSettings(route);
    const sorted = isSorted(hosts) ? hosts : hosts.toSorted(compareHosts);
    for (this.#sent = 0; this.#sent < sorted.length; this.#sent++) {
      const start = writer.at;
      this.#writeHost(sorted[this.#sent]!);
      if (writer.at <= bytesMax) continue;
      writer.at = start;
      break;
    }
    this.#writeSettings(settings);
    return this.#bytes.subarray(0, writer.at);
  }

  /** Counts the route encoded last, as its body is kept, and says when hosts were left out. */
  count({ modId, cmdId, hosts }: Route): void {
    this.counters.encoded += 1;
    if (this.#sent === hosts.length) return;
    this.counters.cutRoutes += 1;
    if (this.counters.cutRoutes > 1) return;
    this.#logger.warn("route cut: it has more hosts than a frame holds", {
      modId,
      cmdId,
      hosts: hosts.length,
      sent: this.#sent,
    });
  }

  /** The answer for a route without hosts; its ids may be negative. Good until the next call. */
  encodeEmpty(key: RouteKey): Uint8Array {
    this.#begin(key);
    return this.#bytes.subarray(0, this.#writer.at);
  }

  #begin({ modId, cmdId }: RouteKey): void {
    const writer = this.#writer;
    writer.start(this.#bytes, 0);
    writer.int32(TAG.modId, modId);
    writer.int32(TAG.cmdId, cmdId);
  }

  #writeHost({ ip, port, weight = WEIGHT_NORMAL, zone = "" }: RouteHost): void {
    const writer = this.#writer;
    const host = writer.open(TAG.host);
    writer.int32(TAG.hostIp, ip | 0);
    writer.uint32(TAG.hostPort, port);
    if (weight !== WEIGHT_NORMAL) writer.uint32(TAG.hostWeight, weight);
    this.#writeName(TAG.hostZone, zone);
    writer.close(host);
  }

  #writeSettings({ policy = "", check }: Route["settings"] & object): void {
    this.#writeName(TAG.policy, policy);
    if (check === undefined) return;
    this.#writer.uint32(TAG.check, check ? CHECK_YES : CHECK_NO);
  }

  #measureSettings({ settings }: Route): number {
    if (settings === undefined) return 0;
    const { at } = this.#writer;
    this.#writeSettings(settings);
    const bytes = this.#writer.at - at;
    this.#writer.at = at;
    return bytes;
  }

  /** A short string field, unless it is empty. */
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

/** The route in the body of a GetRouteResponse from dns. */
export function decodeRoute(body: Uint8Array): Route {
  const { modid, cmdid, host, policy, check } = lars.GetRouteResponse
    .decode(body);
  const hosts = host.map(({ ip, port, weight, zone }) => ({
    ip: (ip ?? 0) >>> 0,
    port: port ?? 0,
    ...(weight ? { weight } : {}),
    ...(zone ? { zone } : {}),
  }));
  const settings = {
    ...(policy ? { policy } : {}),
    ...(check ? { check: check === CHECK_YES } : {}),
  };
  return {
    modId: modid,
    cmdId: cmdid,
    hosts,
    ...(Object.keys(settings).length > 0 ? { settings } : {}),
  };
}

function compareHosts(a: RouteHost, b: RouteHost): number {
  return a.ip - b.ip || a.port - b.port;
}

/** Stores sort hosts, mostly. */
function isSorted(hosts: readonly RouteHost[]): boolean {
  for (let index = 1; index < hosts.length; index++) {
    if (compareHosts(hosts[index - 1]!, hosts[index]!) > 0) return false;
  }
  return true;
}
