import {
  addressKey,
  type HostAddress,
  type Route,
  type RouteHost,
  type RouteKey,
  type RouteSettings,
} from "../../proto/mod.ts";
import type { HostAttributes, HostRow, RouteEdit } from "../types.ts";
import { revisionOf } from "./revision.ts";

/** What differs in one route before and after a change. */
export interface RouteDiff extends RouteKey {
  /** Hosts that came. */
  added: readonly RouteHost[];
  /** Hosts that went. */
  removed: readonly RouteHost[];
  /** Hosts whose weight or zone is another. */
  changed: readonly (HostAddress & {
    before: HostAttributes;
    after: HostAttributes;
  })[];
  /** Settings, where they are others. */
  settings?: { before: RouteSettings; after: RouteSettings };
  /** Revision before. */
  revisionBefore: string;
  /** Revision after. */
  revisionAfter: string;
}

/** What differs between a route before and now; undefined if nothing does. */
export function diffRoutes(before: Route, after: Route): RouteDiff | undefined {
  const [revisionBefore, revisionAfter] = [before, after].map(revisionOf);
  if (revisionBefore === revisionAfter) return undefined;
  const hadBefore = new Map(
    before.hosts.map((each) => [addressKey(each), each]),
  );
  const hasNow = new Set(after.hosts.map(addressKey));
  const changed = after.hosts.flatMap((host) => {
    const was = hadBefore.get(addressKey(host));
    if (was === undefined) return [];
    const [a, b] = [attributesOf(was), attributesOf(host)];
    if (a.weight === b.weight && a.zone === b.zone) return [];
    return [{ ip: host.ip, port: host.port, before: a, after: b }];
  });
  const settings = {
    before: before.settings ?? {},
    after: after.settings ?? {},
  };
  const isOther = settings.before.policy !== settings.after.policy ||
    settings.before.check !== settings.after.check;
  return {
    modId: after.modId,
    cmdId: after.cmdId,
    added: after.hosts.filter((host) => !hadBefore.has(addressKey(host))),
    removed: before.hosts.filter((host) => !hasNow.has(addressKey(host))),
    changed,
    ...isOther ? { settings } : {},
    revisionBefore: revisionBefore!,
    revisionAfter: revisionAfter!,
  };
}

function attributesOf({ weight, zone }: RouteHost): HostAttributes {
  return {
    ...weight === undefined ? {} : { weight },
    ...zone === undefined ? {} : { zone },
  };
}

/** The edit that takes changes back: what they added goes, what they removed returns as it was. */
export function reverseEdit(diffs: readonly RouteDiff[]): RouteEdit {
  const rowsOf = (diff: RouteDiff, hosts: readonly RouteHost[]): HostRow[] =>
    hosts.map((host) => ({ modId: diff.modId, cmdId: diff.cmdId, ...host }));
  return {
    remove: diffs.flatMap((diff) => rowsOf(diff, diff.added)),
    add: diffs.flatMap((diff) => rowsOf(diff, diff.removed)),
    set: diffs.flatMap((diff) => [
      ...rowsOf(diff, diff.removed),
      ...diff.changed.map(({ ip, port, before }) => ({
        modId: diff.modId,
        cmdId: diff.cmdId,
        ip,
        port,
        ...before,
      })),
    ]).map((row) => ({
      ...row,
      weight: row.weight ?? null,
      zone: row.zone ?? null,
    })),
    settings: diffs.flatMap(({ modId, cmdId, settings }) =>
      settings === undefined ? [] : [{
        modId,
        cmdId,
        policy: settings.before.policy ?? null,
        check: settings.before.check ?? null,
      }]
    ),
  };
}
