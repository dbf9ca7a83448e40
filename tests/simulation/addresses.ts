import type { Endpoint } from "../../proto/mod.ts";

/** Address of a dns machine. */
export function dnsIp(index: number): string {
  return `10.0.0.${index + 1}`;
}

/** Address of a reporter machine. */
export function reporterIp(index: number): string {
  return `10.0.1.${index + 1}`;
}

/** Address of an agent machine. */
export function agentIp(index: number): string {
  return `10.0.2.${index + 1}`;
}

/** The same port on the first `count` machines of a kind. */
export function endpoints(
  count: number,
  ipOf: (index: number) => string,
  port: number,
): Endpoint[] {
  return Array.from({ length: count }, (_, index) => ({
    hostname: ipOf(index),
    port,
  }));
}
