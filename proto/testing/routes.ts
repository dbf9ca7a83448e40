import { addressKey } from "../address.ts";
import {
  type HostAddress,
  type Route,
  type RouteHost,
  type RouteKey,
  WEIGHT_NORMAL,
} from "../mod.ts";

/** Whether two host lists hold the same addresses, in any order. */
export function sameHosts(
  a: readonly HostAddress[],
  b: readonly HostAddress[],
): boolean {
  if (a.length !== b.length) return false;
  const keys = new Set(a.map(addressKey));
  return b.every((host) => keys.has(addressKey(host)));
}

/** Whether two routes have the same hosts, in any order, with the same attributes and settings. */
export function sameRoute(
  a: Omit<Route, keyof RouteKey>,
  b: Omit<Route, keyof RouteKey>,
): boolean {
  if (
    !sameHosts(a.hosts, b.hosts) ||
    a.settings?.policy !== b.settings?.policy ||
    a.settings?.check !== b.settings?.check
  ) return false;
  const hosts = new Map(a.hosts.map((host) => [addressKey(host), host]));
  return b.hosts.every((host) =>
    sameAttributes(hosts.get(addressKey(host))!, host)
  );
}

function sameAttributes(a: RouteHost, b: RouteHost): boolean {
  return (a.weight ?? WEIGHT_NORMAL) === (b.weight ?? WEIGHT_NORMAL) &&
    (a.zone ?? "") === (b.zone ?? "");
}
