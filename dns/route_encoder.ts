import type { Logger } from "../net/mod.ts";
import {
  BODY_BYTES_MAX,
  type HostAddress,
  lars,
  type Route,
  toWireAddress,
} from "../proto/mod.ts";

/** Encoded routes kept, in bytes: those of the last push are asked for by every subscriber. */
const CACHE_BYTES_MAX = 4 * 1024 * 1024;

/** What an entry of the cache costs besides its bytes, about. */
const CACHE_ENTRY_BYTES = 128;

/** Longest modid and cmdid with their tags: the ids of answers may be negative. */
const KEY_BYTES_MAX = 22;

/** Longest HostInfo with its tag: 10 bytes of ip, since an int32 may be negative. */
const HOST_BYTES_MAX = 17;

/** This many hosts fit a frame, whatever their addresses. */
const HOSTS_FIT = Math.floor((BODY_BYTES_MAX - KEY_BYTES_MAX) / HOST_BYTES_MAX);

/** Encodes a GetRouteResponse once for all who get it. */
export class RouteEncoder {
  /** What happened so far. */
  readonly counters = { encoded: 0, cutRoutes: 0 };
  readonly #logger: Logger;
  /** By identity: a table replaces a route that changes by another object. */
  readonly #cache = new Map<Route, Uint8Array>();
  #cacheBytes = 0;

  constructor(options: { logger: Logger }) {
    this.#logger = options.logger;
  }

  /**
   * The body of a GetRouteResponse. Of a route with more hosts than a frame
   * holds, the first that fit.
   */
  encode(route: Route): Uint8Array {
    const known = this.#cache.get(route);
    if (known !== undefined) return known;
    const body = this.#encode(route);
    // Nothing is gained by keeping that nobody else will be sent.
    if (route.hosts.length > 0) this.#keep(route, body);
    return body;
  }

  #encode(route: Route): Uint8Array {
    const { modId, cmdId, hosts } = route;
    const count = countFitting(hosts);
    if (count < hosts.length) {
      this.counters.cutRoutes += 1;
      if (this.counters.cutRoutes === 1) {
        this.#logger.warn("route cut: it has more hosts than a frame holds", {
          modId,
          cmdId,
          hosts: hosts.length,
          sent: count,
        });
      }
    }
    this.counters.encoded += 1;
    return lars.GetRouteResponse.encode({
      modid: modId,
      cmdid: cmdId,
      host: hosts.slice(0, count).map(toWireAddress),
    }).finish();
  }

  #keep(route: Route, body: Uint8Array): void {
    const bytes = body.length + CACHE_ENTRY_BYTES;
    if (this.#cacheBytes + bytes > CACHE_BYTES_MAX) {
      this.#cache.clear();
      this.#cacheBytes = 0;
    }
    this.#cache.set(route, body);
    this.#cacheBytes += bytes;
  }
}

function countFitting(hosts: readonly HostAddress[]): number {
  if (hosts.length <= HOSTS_FIT) return hosts.length;
  let bytes = KEY_BYTES_MAX;
  for (const [index, host] of hosts.entries()) {
    bytes += hostBytes(host);
    if (bytes > BODY_BYTES_MAX) return index;
  }
  return hosts.length;
}

/** Length of a HostInfo in a GetRouteResponse: tag, length, then tag and varint of each field. */
function hostBytes({ ip, port }: HostAddress): number {
  return 4 + varintBytes(ip | 0) + varintBytes(port);
}

function varintBytes(value: number): number {
  if (value < 0) return 10;
  let bytes = 1;
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes += 1;
  return bytes;
}
