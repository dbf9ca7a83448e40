import { addressKey, decodeRoute, type Route } from "../proto/mod.ts";

/** How many hosts a route had, and how many of them it has not any more; from its bodies. */
export function lostHosts(
  before: Uint8Array,
  now: Uint8Array,
): { lost: number; hosts: number } {
  const { hosts } = decodeRoute(before);
  const kept = new Set(decodeRoute(now).hosts.map(addressKey));
  const lost = hosts.filter((host) => !kept.has(addressKey(host))).length;
  return { lost, hosts: hosts.length };
}

/** A route as it is now, and the hosts that it had before and has lost. */
export function withLost(now: Route, before: Route): Route {
  const kept = new Set(now.hosts.map(addressKey));
  const lost = before.hosts.filter((host) => !kept.has(addressKey(host)));
  return { ...now, hosts: [...now.hosts, ...lost] };
}
