import { formatAddress } from "./address.ts";
import type { Route, RouteHost } from "./route.ts";

/**
 * A route as it stands in JSON: hosts as "IP:PORT"; weights, zones and who is
 * drained by address beside them, if there are any; policy and check, if the
 * route has them.
 */
export function routeToJson(
  { modId, cmdId, hosts, settings }: Route,
): Record<string, unknown> {
  return {
    modid: modId,
    cmdid: cmdId,
    hosts: hosts.map(formatAddress),
    ...byAddress("weights", hosts, ({ weight }) => weight),
    ...byAddress("zones", hosts, ({ zone }) => zone),
    ...byAddress("drained", hosts, ({ drained }) => drained),
    ...settings,
  };
}

/** What hosts have, under `name`; nothing if none has any. */
function byAddress(
  name: string,
  hosts: readonly RouteHost[],
  valueOf: (host: RouteHost) => unknown,
): Record<string, unknown> {
  const values = hosts.flatMap((host) => {
    const value = valueOf(host);
    return value === undefined ? [] : [[formatAddress(host), value]];
  });
  return values.length === 0 ? {} : { [name]: Object.fromEntries(values) };
}
