import { lookup } from "node:dns/promises";
import { type Endpoint, isAddress, isIp } from "../../proto/mod.ts";

/**
 * The addresses of a name as the system has them now, in the order in which to
 * try them. An address is its own.
 *
 * @throws {Error} If there is none, or if this process may not ask.
 */
export async function addressesOf(hostname: string): Promise<string[]> {
  if (isAddress(hostname)) return [hostname];
  const found = await lookup(hostname, { all: true });
  return [...new Set(found.map(({ address }) => address))];
}

/**
 * Where to listen for an endpoint: at its address, or at the first IPv4 address
 * of its name, where the defaults of all others point; IPv6 if it has no other.
 *
 * @throws {Deno.errors.AddrNotAvailable} If there is no such name.
 */
export async function listenEndpoint(at: Endpoint): Promise<Endpoint> {
  let addresses: string[];
  try {
    addresses = await addressesOf(at.hostname);
  } catch (cause) {
    throw new Deno.errors.AddrNotAvailable(
      `the name has no address: ${
        cause instanceof Error ? cause.message : cause
      }`,
      { cause },
    );
  }
  const hostname = addresses.find(isIp) ?? addresses[0]!;
  return { hostname, port: at.port };
}
