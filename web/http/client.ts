import { unmapIpv4 } from "../../proto/mod.ts";
import type { Client } from "./env.ts";

/** Which proxies are believed, and what. */
export interface ProxyOptions {
  /** Their addresses. */
  proxies: readonly string[];
  /** Header in which they name the user. */
  userHeader: string | undefined;
}

/** Whoever asks, as the connection shows it, or as trusted proxies say. */
export function clientOf(
  { peer, headers }: { peer: string; headers: Headers },
  { proxies, userHeader }: ProxyOptions,
): Client {
  const trusted = new Set(proxies.map(unmapIpv4));
  const direct = unmapIpv4(peer);
  if (!trusted.has(direct)) {
    return { address: direct, isSecure: false, proxyUser: undefined };
  }
  // Each proxy appends whom it heard: the last that is no proxy of ours is true.
  const named = (headers.get("x-forwarded-for") ?? "").split(",")
    .map((part) => unmapIpv4(part.trim().replace(/^\[|\]$/g, "")))
    .filter((part) => part !== "");
  const address = named.findLast((part) => !trusted.has(part)) ?? direct;
  const user = userHeader === undefined ? null : headers.get(userHeader);
  return {
    address: /^[\w.:%-]{1,64}$/.test(address) ? address : direct,
    isSecure: headers.get("x-forwarded-proto") === "https",
    proxyUser: user === null || user === "" ? undefined : user,
  };
}
