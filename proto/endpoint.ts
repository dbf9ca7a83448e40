import { formatIp, isIp, PORT_MAX } from "./address.ts";
import { parseWhole } from "./text.ts";

/** An endpoint of a socket. */
export interface Endpoint {
  /** An IPv4 or IPv6 address, or a name where one is resolved. */
  hostname: string;
  /** 1 to 65535; 0 where a listener takes any free port. */
  port: number;
}

/** Prints "hostname:port", an IPv6 address in brackets. */
export function formatEndpoint({ hostname, port }: Endpoint): string {
  return hostname.includes(":")
    ? `[${hostname}]:${port}`
    : `${hostname}:${port}`;
}

/** An endpoint whose port may be left out. */
export interface PartialEndpoint {
  /** An IPv4 or IPv6 address, or a name. */
  hostname: string;
  /** 1 to 65535; undefined if the text had none. */
  port: number | undefined;
}

/**
 * Parses "HOST:PORT" or "[IPV6]:PORT", or either without the port, when an IPv6
 * address may stand without brackets. Undefined if it is none of them.
 */
export function parseEndpoint(text: string): PartialEndpoint | undefined {
  const match = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(text);
  const [, bracketed, plain, portText] = match ?? [];
  const hostname = bracketed ?? plain ?? text;
  const isKnown = plain === undefined ? isIpv6(hostname) : isHostname(plain);
  const port = portText === undefined ? undefined : parseWhole(portText);
  const isPort = portText === undefined ||
    (port !== undefined && port > 0 && port <= PORT_MAX);
  return isKnown && isPort ? { hostname, port } : undefined;
}

/** Longest name of a machine, and longest part of one between dots. */
const HOSTNAME_LENGTH_MAX = 253;
const LABEL = /^(?!-)[\w-]{1,63}(?<!-)$/;

/** Whether `text` is an IPv4 or IPv6 address or a name of a machine. */
export function isHostname(text: string): boolean {
  if (isAddress(text)) return true;
  const labels = text.replace(/\.$/, "").split(".");
  // The system would read a last label of digits as an address of its own kind.
  return text.length <= HOSTNAME_LENGTH_MAX &&
    labels.every((label) => LABEL.test(label)) &&
    !/^(\d+|0x[\da-f]*)$/i.test(labels.at(-1)!);
}

/** Whether `hostname` is what a server listens at that takes all addresses of its machine. */
export function isUnspecified(hostname: string): boolean {
  return hostname === "0.0.0.0" || hostname === "::";
}

/** Whether only programs on the same machine reach `hostname`. */
export function isLoopback(hostname: string): boolean {
  return /^(127\.|::1$|localhost$)/.test(hostname);
}

/** Whether `hostname` is an address, of either family, and no name. */
export function isAddress(hostname: string): boolean {
  return isIp(hostname) || isIpv6(hostname);
}

/** Whether `text` is an IPv6 address, without brackets or a zone. */
export function isIpv6(text: string): boolean {
  return parseIpv6(text) !== undefined;
}

/** The eight numbers of an IPv6 address; undefined if `text` is none. */
export function parseIpv6(text: string): number[] | undefined {
  if (!/^[\da-f:.]*:[\da-f:.]*$/i.test(text)) return undefined;
  const url = URL.parse(`http://[${text}]`);
  if (url === null) return undefined;
  // Written in hexadecimal now, with "::" for the longest run of zeros.
  const [head = "", tail] = url.hostname.slice(1, -1).split("::");
  const [before, after] = [head, tail ?? ""].map((part) =>
    part === "" ? [] : part.split(":").map((group) => parseInt(group, 16))
  );
  const zeros = new Array<number>(8 - before!.length - after!.length).fill(0);
  return [...before!, ...zeros, ...after!];
}

/** Prints an IPv6 address of eight numbers as RFC 5952 has it. */
export function formatIpv6(groups: readonly number[]): string {
  const text = groups.map((group) => group.toString(16)).join(":");
  return new URL(`http://[${text}]`).hostname.slice(1, -1);
}

/** The IPv4 address in an IPv6 address that stands for one; other text as it is. */
export function unmapIpv4(hostname: string): string {
  const groups = hostname.includes(":") ? parseIpv6(hostname) : undefined;
  if (groups === undefined || groups[5] !== 0xffff) return hostname;
  if (groups.slice(0, 5).some((group) => group !== 0)) return hostname;
  return formatIp((groups[6]! << 16 | groups[7]!) >>> 0);
}
