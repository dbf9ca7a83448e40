import { BlockList, isIP } from "node:net";
import { formatIp } from "../../proto/mod.ts";

/** Addresses in CIDR notation, of either family. */
export class Networks {
  readonly #list = new BlockList();

  /**
   * Takes networks as "10.0.0.0/8" or single addresses.
   *
   * @throws {RangeError} If one is none.
   */
  constructor(networks: readonly string[]) {
    for (const network of networks) {
      const [address = "", prefix] = network.split("/");
      const family = isIP(address) === 6 ? "ipv6" : "ipv4";
      const bits = family === "ipv6" ? 128 : 32;
      this.#list.addSubnet(address, Number(prefix ?? bits), family);
    }
  }

  /** Whether an address is in one of them. */
  has(address: string): boolean {
    const plain = plainAddress(address);
    const family = isIP(plain);
    return family !== 0 &&
      this.#list.check(plain, family === 6 ? "ipv6" : "ipv4");
  }
}

/** An address, of IPv4 also where a socket of IPv6 has it. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.[\d.]+$)/i, "");
}

/** Addresses of the machine itself. */
export const LOOPBACK = ["127.0.0.0/8", "::1"] as const;

const loopback = new Networks(LOOPBACK);

/** Networks, as {@linkcode Networks} takes them, that other machines may be in. */
export function beyondLoopback(networks: readonly string[]): string[] {
  return networks.filter((network) => {
    const [address = "", prefix] = network.split("/");
    const least = isIP(address) === 6 ? 128 : 8;
    return !loopback.has(address) || Number(prefix ?? least) < least;
  });
}

const impossible = new Networks(["0.0.0.0/8", "224.0.0.0/3"]);

/** Why no agent at an address may register a host; undefined: it may. */
export function wrongHost(ip: number, hostname: string): string | undefined {
  const host = formatIp(ip);
  if (impossible.has(host)) return "no host can have this address";
  return loopback.has(host) && !loopback.has(hostname)
    ? "a loopback address reaches nothing but its own machine"
    : undefined;
}
