import type { z } from "@hono/zod-openapi";
import {
  formatAddress,
  formatIp,
  type Route,
  type RouteHost,
  type RouteKey,
  type RouteSettings,
} from "../../../proto/mod.ts";
import type {
  AuditRow,
  ChangeRow,
  DrainTarget,
  HostAttributes,
  HostDrain,
  RouteDiff,
} from "../../../store/mod.ts";
import type { Names } from "../../model/names.ts";
import type { RouteCopy } from "../../model/route_copy.ts";
import type * as shapes from "../schemas.ts";
import { timeOf } from "../schemas.ts";

type Json<Schema extends z.ZodType> = z.output<Schema>;

/** What a route is called. */
export function namesOf(
  names: Names,
  key: RouteKey,
): { name: string | null; module: string | null } {
  return {
    name: names.command(key)?.name ?? null,
    module: names.module(key.modId)?.name ?? null,
  };
}

/** A route. */
export function routeJson(
  { copy, names }: { copy: RouteCopy; names: Names },
  route: Route,
): Json<typeof shapes.route> {
  const { modId, cmdId, hosts } = route;
  const [command, module] = [names.command(route), names.module(modId)];
  return {
    modId,
    cmdId,
    ...namesOf(names, route),
    owner: command?.owner ?? module?.owner ?? null,
    runbook: command?.runbook ?? module?.runbook ?? null,
    revision: copy.revisionOf(route),
    hosts: hosts.map(hostJson),
    ...settingsJson(route.settings),
  };
}

/** A host as it is configured. */
export function hostJson(host: RouteHost): Json<typeof shapes.routeHost> {
  return { host: formatAddress(host), ...attributesJson(host) };
}

function attributesJson({ weight, zone }: HostAttributes) {
  return { weight: weight ?? null, zone: zone ?? null };
}

function settingsJson({ policy, check }: RouteSettings = {}) {
  return { policy: policy ?? null, check: check ?? null };
}

/** Hosts of each kind that a diff shows. */
const DIFF_HOSTS_MAX = 200;

/** What differs in a route. */
export function diffJson(diff: RouteDiff): Json<typeof shapes.routeDiff> {
  const { modId, cmdId, settings } = diff;
  const kinds = [diff.added, diff.removed, diff.changed];
  const more = kinds.reduce(
    (sum, { length }) => sum + Math.max(0, length - DIFF_HOSTS_MAX),
    0,
  );
  const added = diff.added.slice(0, DIFF_HOSTS_MAX);
  const removed = diff.removed.slice(0, DIFF_HOSTS_MAX);
  const changed = diff.changed.slice(0, DIFF_HOSTS_MAX);
  return {
    modId,
    cmdId,
    added: added.map(hostJson),
    removed: removed.map(hostJson),
    changed: changed.map(({ before, after, ...host }) => ({
      host: formatAddress(host),
      before: attributesJson(before),
      after: attributesJson(after),
    })),
    settings: settings === undefined ? null : {
      before: settingsJson(settings.before),
      after: settingsJson(settings.after),
    },
    ...more === 0 ? {} : { moreHosts: more },
    revisionBefore: diff.revisionBefore,
    revisionAfter: diff.revisionAfter,
  };
}

/** A change. */
export function changeJson(row: ChangeRow): Json<typeof shapes.change> {
  const { drain = [], undrain = [] } = row.drains ?? {};
  return {
    id: row.id,
    at: timeOf(row.at),
    actor: row.actor,
    address: row.address ?? null,
    action: row.action,
    comment: row.comment ?? null,
    ticket: row.ticket ?? null,
    requestId: row.requestId ?? null,
    routes: row.routes.map(diffJson),
    ...row.routeCount > row.routes.length
      ? { moreRoutes: row.routeCount - row.routes.length }
      : {},
    drains: [
      ...drain.map((each) => ({
        ...targetJson(each),
        begins: true,
        reason: each.reason,
      })),
      ...undrain.map((each) => ({
        ...targetJson(each),
        begins: false,
        reason: null,
      })),
    ],
  };
}

/** What a drain is of. */
export function targetJson(
  { ip, port, route }: DrainTarget,
) {
  return {
    host: port === undefined ? formatIp(ip) : formatAddress({ ip, port }),
    modId: route?.modId ?? null,
    cmdId: route?.cmdId ?? null,
  };
}

/** Who drained a host, why and until when. */
export function drainJson(drain: HostDrain): Json<typeof shapes.drain> {
  return {
    host: targetJson(drain).host,
    who: drain.who,
    reason: drain.reason,
    since: timeOf(drain.since),
    until: drain.until === undefined ? null : timeOf(drain.until),
    allRoutes: drain.route === undefined,
  };
}

/** A line of the audit. */
export function auditJson(row: AuditRow): Json<typeof shapes.auditEntry> {
  return {
    id: row.id,
    at: timeOf(row.at),
    actor: row.actor,
    address: row.address ?? null,
    action: row.action,
    target: row.target,
    before: row.before ?? null,
    after: row.after ?? null,
    comment: row.comment ?? null,
    requestId: row.requestId ?? null,
    traceparent: row.traceparent ?? null,
  };
}
