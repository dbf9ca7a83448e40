import {
  type Endpoint,
  formatIp,
  formatIpv6,
  isIp,
  parseIp,
  parseIpv6,
} from "../../../proto/mod.ts";

/** A family of addresses as Linux numbers it, and the bytes of its struct. */
export interface SocketFamily {
  /** AF_INET or AF_INET6. */
  number: number;
  /** Bytes of struct sockaddr_in or sockaddr_in6. */
  bytes: number;
}

/** Family, port, address, padding. */
const IPV4: SocketFamily = { number: 2, bytes: 16 };

/** Family, port, flow, address, scope. */
const IPV6: SocketFamily = { number: 10, bytes: 28 };

const PORT_OFFSET = 2;
const IPV4_OFFSET = 4;
const IPV6_OFFSET = 8;

/** The family of a socket bound to this address. */
export function familyOf(hostname: string): SocketFamily {
  return hostname.includes(":") ? IPV6 : IPV4;
}

/**
 * Encodes an endpoint as a socket of this family takes it; an IPv4 address as the
 * IPv6 one that stands for it, if need be.
 *
 * @throws {SyntaxError} If the hostname is not an address that such a socket reaches.
 */
export function encodeSocketAddress(
  { hostname, port }: Endpoint,
  family: SocketFamily = familyOf(hostname),
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(family.bytes);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, family.number, true);
  view.setUint16(PORT_OFFSET, port);
  if (family === IPV4) {
    view.setUint32(IPV4_OFFSET, parseIp(hostname));
    return bytes;
  }
  const groups = parseIpv6(isIp(hostname) ? `::ffff:${hostname}` : hostname);
  if (groups === undefined) {
    throw new SyntaxError(
      `Cannot use address as it must be of IPv4 or IPv6: current value is "${hostname}"`,
    );
  }
  for (const [index, group] of groups.entries()) {
    view.setUint16(IPV6_OFFSET + 2 * index, group);
  }
  return bytes;
}

/** The endpoint in a struct of {@linkcode encodeSocketAddress}. */
export function decodeSocketAddress(bytes: Uint8Array): Endpoint {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const port = view.getUint16(PORT_OFFSET);
  if (view.getUint16(0, true) === IPV4.number) {
    return { hostname: formatIp(view.getUint32(IPV4_OFFSET)), port };
  }
  const groups = Array.from(
    { length: 8 },
    (_, index) => view.getUint16(IPV6_OFFSET + 2 * index),
  );
  return { hostname: formatIpv6(groups), port };
}
