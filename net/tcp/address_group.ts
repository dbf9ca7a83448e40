/** 16-bit groups of an IPv6 address, and of the part of it that names a network. */
const GROUPS = 8;
const NETWORK_GROUPS = 4;

/** An IPv4 address in the form in which a socket for both families shows it. */
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * Whom to count an address to: an IPv4 address to itself, an IPv6 address to its
 * network of 64 bits, as a machine has as many addresses in there as it likes.
 */
export function addressGroup(hostname: string): string {
  const mapped = MAPPED.exec(hostname);
  if (mapped !== null) return mapped[1]!;
  if (!hostname.includes(":")) return hostname;
  const [start = "", end] = hostname.replace(/%.*$/, "").split("::");
  const first = groupsOf(start);
  const last = groupsOf(end ?? "");
  const zeros = new Array(Math.max(0, GROUPS - first.length - last.length))
    .fill("0");
  const groups = [...first, ...zeros, ...last];
  return `${groups.slice(0, NETWORK_GROUPS).join(":").toLowerCase()}::/64`;
}

function groupsOf(text: string): string[] {
  return text === "" ? [] : text.split(":");
}
