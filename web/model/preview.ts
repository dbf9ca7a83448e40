import {
  addressKey,
  formatAddress,
  isDrained,
  type Route,
  type RouteHost,
  type RouteKey,
  type RouteSettings,
} from "../../proto/mod.ts";
import type { RouteDetail, RouteEdit } from "../../store/mod.ts";

/** Consequences that a person should know of before. */
export const CONSEQUENCES = [
  "last_host",
  "over_half",
  "carries_most_calls",
  "policy_ignores_weight",
  "unknown_policy",
  "address_in_other_route",
  "stale",
] as const;

/** Something that a person should know before a change. */
export interface Consequence {
  code: typeof CONSEQUENCES[number];
  detail: string;
  modId: number;
  cmdId: number;
  host: RouteHost | undefined;
}

/** An edit of this route alone, applied to it as the store will. */
export function applyTo(
  route: Route,
  { remove = [], add = [], set = [], settings: changes = [] }: RouteEdit,
): Route {
  const { modId, cmdId } = route;
  const hosts = new Map(route.hosts.map((host) => [addressKey(host), host]));
  for (const row of remove) hosts.delete(addressKey(row));
  for (const { ip, port } of add) {
    const key = addressKey({ ip, port });
    if (!hosts.has(key)) hosts.set(key, { ip, port });
  }
  for (const row of [...add, ...set]) {
    const host = hosts.get(addressKey(row));
    if (host === undefined) continue;
    const { weight = null, zone = null } = {
      ...host,
      ...defined({ weight: row.weight, zone: row.zone }),
    };
    hosts.set(addressKey(row), {
      ip: row.ip,
      port: row.port,
      ...weight === null ? {} : { weight },
      ...zone === null ? {} : { zone },
      ...host.drained === undefined ? {} : { drained: host.drained },
    });
  }
  let settings: RouteSettings = { ...route.settings };
  for (const change of changes) {
    const { policy = null, check = null } = {
      ...settings,
      ...defined({ policy: change.policy, check: change.check }),
    };
    settings = {
      ...policy === null ? {} : { policy },
      ...check === null ? {} : { check },
    };
  }
  const after = { modId, cmdId, hosts: [...hosts.values()] };
  return hosts.size === 0 || Object.keys(settings).length === 0
    ? after
    : { ...after, settings };
}

/** The same without what is undefined. */
function defined<Values extends object>(values: Values): Partial<Values> {
  const entries = Object.entries(values).filter(([, value]) =>
    value !== undefined
  );
  return Object.fromEntries(entries) as Partial<Values>;
}

/** What a change of one route would mean. */
export interface RoutePreview {
  /** Share of the calls of now that goes elsewhere; undefined: nobody knows. */
  movedShare: number | undefined;
  consequences: Consequence[];
}

/** Weighs a change of one route. */
export function weighChange(
  { before, after, detail, otherRouteOf }: {
    before: Route;
    after: Route;
    /** How it is called now; undefined: not known. */
    detail: RouteDetail | undefined;
    /** Another route that has this host already. */
    otherRouteOf: (host: RouteHost) => RouteKey | undefined;
  },
): RoutePreview {
  const { modId, cmdId } = after;
  const consequences: Consequence[] = [];
  const warn = (
    code: Consequence["code"],
    detail: string,
    host?: RouteHost,
  ) => void consequences.push({ code, detail, modId, cmdId, host });
  const [usableBefore, usableAfter] = [before, after].map(({ hosts }) =>
    hosts.filter((host) => !isDrained(host))
  ) as [RouteHost[], RouteHost[]];
  if (usableBefore.length > 0 && usableAfter.length === 0) {
    warn("last_host", "No host is left that may be called");
  } else if (usableAfter.length * 2 < usableBefore.length) {
    warn(
      "over_half",
      `${
        usableBefore.length - usableAfter.length
      } of ${usableBefore.length} hosts go at once`,
    );
  }
  const kept = new Set(usableAfter.map(addressKey));
  const lost = usableBefore.filter((host) => !kept.has(addressKey(host)));
  const movedShare = shareOf(lost, detail);
  if (lost.length > 0 && movedShare !== undefined && movedShare > 0.5) {
    warn(
      "carries_most_calls",
      `${Math.round(movedShare * 100)} % of the calls of now go there`,
      lost.length === 1 ? lost[0] : undefined,
    );
  }
  if (lost.length > 0 && movedShare === undefined) {
    warn("stale", "Nobody has told of calls lately: what moves is not known");
  }
  if (after.settings?.policy === "lars" && changesWeights(before, after)) {
    warn("policy_ignores_weight", 'Policy "lars" takes no note of weights');
  }
  const had = new Set(before.hosts.map(addressKey));
  for (const host of after.hosts) {
    if (had.has(addressKey(host))) continue;
    const other = otherRouteOf(host);
    if (other === undefined) continue;
    warn(
      "address_in_other_route",
      `${formatAddress(host)} is in (${other.modId}, ${other.cmdId}) as well`,
      host,
    );
  }
  return { movedShare, consequences };
}

function changesWeights(before: Route, after: Route): boolean {
  const weights = new Map(
    before.hosts.map((host) => [addressKey(host), host.weight]),
  );
  return after.hosts.some((host) =>
    host.weight !== undefined && host.weight !== weights.get(addressKey(host))
  );
}

/** Share of the calls of now that go to some hosts; undefined: there are none. */
function shareOf(
  hosts: readonly RouteHost[],
  detail: RouteDetail | undefined,
): number | undefined {
  const called = detail?.hosts ?? [];
  const all = called.reduce((sum, { calls }) => sum + (calls?.calls ?? 0), 0);
  if (all === 0) return undefined;
  const keys = new Set(hosts.map(addressKey));
  const theirs = called.filter((host) => keys.has(addressKey(host)));
  return theirs.reduce((sum, { calls }) => sum + (calls?.calls ?? 0), 0) / all;
}
