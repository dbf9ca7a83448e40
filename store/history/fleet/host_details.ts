import {
  addressKey,
  type HostAddress,
  type Route,
  type RouteHost,
} from "../../../proto/mod.ts";
import type { HostCalls } from "./calls.ts";
import type { HostView } from "./host_views.ts";

/** A host of a route: how it is called, and how its callers see it. */
export interface HostDetail extends HostView {
  /** Its calls in the last 60 s; undefined: none. */
  calls: HostCalls | undefined;
  /** As the route has it; undefined: it has it no more. */
  host: RouteHost | undefined;
}

/** Every host that a route has, or that its callers tell of; those that most callers hold out first. */
export function detailHosts(
  { called, views, route }: {
    /** By address key. */
    called: ReadonlyMap<number, HostCalls>;
    views: readonly HostView[];
    route: Route | undefined;
  },
): HostDetail[] {
  const seen = byAddress(views);
  const hosts = byAddress(route?.hosts ?? []);
  const all = byAddress([...hosts.values(), ...views, ...called.values()]);
  const details = Array.from(all, ([key, { ip, port }]): HostDetail => {
    const calls = called.get(key);
    return {
      ...seen.get(key) ?? plainView({ ip, port }, calls?.callers ?? 0),
      calls,
      host: hosts.get(key),
    };
  });
  return details.sort((a, b) =>
    b.out - a.out || (b.calls?.failed ?? 0) - (a.calls?.failed ?? 0) ||
    addressKey(a) - addressKey(b)
  );
}

function byAddress<Host extends HostAddress>(
  hosts: readonly Host[],
): Map<number, Host> {
  return new Map(hosts.map((host) => [addressKey(host), host]));
}

/** A host that all its callers plainly use. */
function plainView(address: HostAddress, callers: number): HostView {
  return {
    ...address,
    out: 0,
    callers,
    reasons: [],
    outSince: undefined,
    nextTryMs: 0,
    suspect: 0,
    drained: 0,
    inFlight: 0,
    agents: [],
  };
}
