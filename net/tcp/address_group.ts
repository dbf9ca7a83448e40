import { parseIpv6, unmapIpv4 } from "../../proto/mod.ts";

/** Groups of 16 bits of an IPv6 address that name a network. */
const NETWORK_GROUPS = 4;

/**
 * Whom to count an address to: an IPv4 address to itself, an IPv6 address to its
 * network of 64 bits, as a machine has as many addresses in there as it likes.
 */
export function addressGroup(hostname: string): string {
  const address = unmapIpv4(hostname.replace(/%.*$/, ""));
  const groups = address.includes(":") ? parseIpv6(address) : undefined;
  if (groups === undefined) return address;
  const network = groups.slice(0, NETWORK_GROUPS);
  return `${network.map((group) => group.toString(16)).join(":")}::/64`;
}
