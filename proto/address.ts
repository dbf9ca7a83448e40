import { parseWhole } from "./text.ts";

/** Where a host listens. */
export interface HostAddress {
  /** IPv4 address in host order, unsigned: 192.168.1.177 is 3232235953. */
  ip: number;
  /** 1 to 65535. */
  port: number;
}

/** Highest port number. */
export const PORT_MAX = 65_535;

/** Highest IPv4 address, unsigned. */
export const IP_MAX = 0xffff_ffff;

/** Whether `text` is an IPv4 address: four numbers from 0 to 255. */
export function isIp(text: string): boolean {
  return !Number.isNaN(readIp(text));
}

const ZERO = 48;
const DOT = 46;

/** The number of an IPv4 address, NaN for what is none; agents read 1,000,000 when they start. */
function readIp(text: string): number {
  let ip = 0;
  let part = NaN;
  let dots = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === DOT) {
      ip = ip * 256 + part;
      part = NaN;
      dots += 1;
      continue;
    }
    const digit = code - ZERO;
    // With a zero in front some would read it as octal.
    if (digit < 0 || digit > 9 || part === 0) return NaN;
    part = Number.isNaN(part) ? digit : part * 10 + digit;
    if (part > 255) return NaN;
  }
  return dots === 3 ? ip * 256 + part : NaN;
}

/**
 * Parses "a.b.c.d" to the unsigned host-order number.
 *
 * @throws {SyntaxError} If `text` is not an IPv4 address.
 */
export function parseIp(text: string): number {
  const ip = readIp(text);
  if (Number.isNaN(ip)) {
    throw new SyntaxError(
      `Cannot parse IPv4 address as it must be four numbers from 0 to 255: current value is "${text}"`,
    );
  }
  return ip;
}

/** Prints an IPv4 address; takes the unsigned and the wire's signed form. */
export function formatIp(ip: number): string {
  return [ip >>> 24, ip >>> 16 & 255, ip >>> 8 & 255, ip & 255].join(".");
}

/**
 * Parses "IP:PORT".
 *
 * @throws {SyntaxError} If it is not an IPv4 address, a colon and a number.
 * @throws {RangeError} If no host can have that address.
 */
export function parseAddress(text: string): HostAddress {
  const colon = text.lastIndexOf(":");
  const port = parseWhole(text.slice(colon + 1));
  if (colon < 0 || port === undefined || port < 0) {
    throw new SyntaxError(
      `Cannot parse address as it must be IP:PORT: current value is "${text}"`,
    );
  }
  const address = { ip: parseIp(text.slice(0, colon)), port };
  if (!isValidAddress(address)) {
    throw new RangeError(
      `Cannot parse address as the ip must not be 0.0.0.0 and the port must be 1 to ${PORT_MAX}: current value is "${text}"`,
    );
  }
  return address;
}

/** Prints "IP:PORT". */
export function formatAddress(address: HostAddress): string {
  return `${formatIp(address.ip)}:${address.port}`;
}

/** Whether a host can have this address: an ip other than 0, a port from 1 to 65535. */
export function isValidAddress({ ip, port }: HostAddress): boolean {
  return Number.isInteger(ip) && ip > 0 && ip <= IP_MAX &&
    Number.isInteger(port) && port > 0 && port <= PORT_MAX;
}

/** The address as one exact number, for use as a key: ip × 65536 + port. */
export function addressKey({ ip, port }: HostAddress): number {
  return ip * 65_536 + port;
}

/** The unsigned address of a HostInfo or HostCallResult off the wire. */
export function fromWireAddress(
  host: { ip?: number | null; port?: number | null },
): HostAddress {
  return { ip: (host.ip ?? 0) >>> 0, port: host.port ?? 0 };
}

/** The address with the signed ip that the wire carries. */
export function toWireAddress({ ip, port }: HostAddress): WireAddress {
  return { ip: ip | 0, port };
}

/** An address as generated messages hold it: `ip` is an int32. */
export interface WireAddress {
  /** Signed: the address in host order as an int32. */
  ip: number;
  /** As it was sent, not always a port. */
  port: number;
}
