import { type Endpoint, formatIp, parseIp } from "../../../proto/mod.ts";

/** Bytes of struct sockaddr_in: family, port, address, padding. */
export const SOCKET_ADDRESS_BYTES = 16;

/** AF_INET of Linux. */
export const AF_INET = 2;

const PORT_OFFSET = 2;
const IP_OFFSET = 4;

/**
 * Encodes an endpoint as struct sockaddr_in.
 *
 * @throws {SyntaxError} If the hostname is not an IPv4 address.
 */
export function encodeSocketAddress(
  { hostname, port }: Endpoint,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(SOCKET_ADDRESS_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, AF_INET, true);
  view.setUint16(PORT_OFFSET, port);
  view.setUint32(IP_OFFSET, parseIp(hostname));
  return bytes;
}

/** The endpoint in a struct sockaddr_in. */
export function decodeSocketAddress(bytes: Uint8Array): Endpoint {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return {
    hostname: formatIp(view.getUint32(IP_OFFSET)),
    port: view.getUint16(PORT_OFFSET),
  };
}
