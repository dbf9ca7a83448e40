import { z } from "@hono/zod-openapi";
import { CONSEQUENCES } from "../../model/preview.ts";
import {
  hostKey,
  id,
  revision,
  routeKey,
  share,
  text,
  time,
  weight,
  word,
} from "./common.ts";
import { routeHost, routeHostInput, routeSettings } from "./routes.ts";

/** Weight and zone of a host. */
const attributes = z.strictObject({
  weight: weight.nullable(),
  zone: word.nullable(),
});

const settings = z.strictObject(routeSettings);

/** What a change did to one route. */
export const routeDiff = z.strictObject({
  ...routeKey,
  added: z.array(routeHost),
  removed: z.array(routeHost),
  changed: z.array(
    z.strictObject({ host: hostKey, before: attributes, after: attributes }),
  ),
  settings: z.strictObject({ before: settings, after: settings }).nullable(),
  moreHosts: z.int().optional().openapi({
    description: "Hosts that it added, removed and changed beyond those here",
  }),
  revisionBefore: revision,
  revisionAfter: revision,
}).openapi("RouteDiff");

/** A change: one transaction, made by somebody, or found "by hand". */
export const change = z.strictObject({
  id: z.int(),
  at: time,
  actor: z.string().openapi({
    description: '"user alice", "token 3 ci", "lars as root@host", "by hand"',
  }),
  address: z.string().nullable(),
  action: z.string(),
  comment: z.string().nullable(),
  ticket: z.string().nullable(),
  requestId: z.string().nullable(),
  routes: z.array(routeDiff),
  moreRoutes: z.int().optional().openapi({
    description: "Routes that it changed beyond those here",
  }),
  drains: z.array(z.strictObject({
    host: z.string().openapi({ description: "With or without a port" }),
    modId: id.nullable().openapi({ description: "null: of all routes" }),
    cmdId: id.nullable(),
    begins: z.boolean(),
    reason: z.string().nullable(),
  })),
}).openapi("Change");

/** An edit of one route within a change. */
export const routeEdit = z.strictObject({
  ...routeKey,
  revision: revision.optional().openapi({
    description:
      "That the route must have now; needed where the route is there already",
  }),
  add: z.array(routeHostInput).max(100_000).optional(),
  remove: z.array(hostKey).max(100_000).optional(),
  set: z.array(routeHostInput).max(100_000).optional(),
  policy: routeSettings.policy.optional(),
  check: routeSettings.check.optional(),
}).openapi("RouteEdit");

/** Edits of many routes, as one transaction. */
export const changeInput = z.strictObject({
  edits: z.array(routeEdit).min(1).max(10_000),
  comment: text.optional(),
  ticket: text.optional(),
}).openapi("ChangeInput");

/** Comment and ticket of a revert. */
export const revertInput = z.strictObject({
  comment: text.optional(),
  ticket: text.optional(),
}).openapi("RevertInput");

/** What an edit did. */
export const changeResult = z.strictObject({
  id: z.int().nullable().openapi({ description: "null: it changed nothing" }),
  added: z.int(),
  removed: z.int(),
  changed: z.int(),
  repeated: z.boolean().openapi({
    description:
      "Whether this is the outcome of an earlier request of this key",
  }),
  revisions: z.array(z.strictObject({ ...routeKey, revision })),
}).openapi("ChangeResult");

/** One of them. */
export const consequence = z.strictObject({
  code: z.enum(CONSEQUENCES),
  detail: z.string(),
  ...routeKey,
  host: hostKey.nullable(),
}).openapi("Consequence");

/** What a change would do. */
export const changePreview = z.strictObject({
  routes: z.array(z.strictObject({
    ...routeDiff.shape,
    hostsBefore: z.int(),
    hostsAfter: z.int(),
    movedShare: share.nullable().openapi({
      description: "Share of the calls of now that goes elsewhere",
    }),
  })),
  consequences: z.array(consequence),
}).openapi("ChangePreview");

/** What a drain would do. */
export const drainPreview = z.strictObject({
  routes: z.array(z.strictObject({
    ...routeKey,
    hostsBefore: z.int().openapi({
      description: "Hosts that may get calls, as in hostsAfter",
    }),
    hostsAfter: z.int(),
    movedShare: share.nullable().openapi({
      description: "Share of the calls of now that goes elsewhere",
    }),
  })),
  moreRoutes: z.int().optional().openapi({
    description: "Routes that it takes hosts out of beyond those here",
  }),
  callers: z.int().openapi({
    description:
      "Callers of the last minute, each of a route and a host, that have to stop",
  }),
  consequences: z.array(consequence),
}).openapi("DrainPreview");

/** What an import did, or would do. */
export const importResult = z.strictObject({
  routes: z.int(),
  hosts: z.int(),
  added: z.int(),
  changed: z.int().openapi({
    description:
      "Hosts and routes whose weight, zone or settings are others now",
  }),
  change: z.int().nullable().openapi({
    description: "null: it changed nothing, or was a dry run",
  }),
  consequences: z.array(consequence).openapi({
    description: "unknown_policy; of a dry run all of them",
  }),
  moreConsequences: z.int().optional().openapi({
    description: "Consequences beyond those here",
  }),
}).openapi("ImportResult");

/** A line of the audit. */
export const auditEntry = z.strictObject({
  id: z.int(),
  at: time,
  actor: z.string(),
  address: z.string().nullable(),
  action: z.string(),
  target: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  comment: z.string().nullable(),
  requestId: z.string().nullable(),
  traceparent: z.string().nullable(),
}).openapi("AuditEntry");
