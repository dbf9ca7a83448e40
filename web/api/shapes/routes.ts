import { z } from "@hono/zod-openapi";
import {
  HOST_EVENT_KIND_NAMES,
  HOST_REASON_NAMES,
  HOST_STATE_NAMES,
  POLICY_NAMES,
} from "../../../proto/mod.ts";
import { REASON_LENGTH_MAX } from "../../../store/mod.ts";
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

/** A host of a route as it is configured. */
export const routeHost = z.strictObject({
  host: hostKey,
  weight: weight.nullable().openapi({
    description: "Relative capacity; null is 100, 0 is no calls",
  }),
  zone: word.nullable(),
}).openapi("RouteHost");

/** The same where it is written: what is left out is null. */
export const routeHostInput = z.strictObject({
  host: hostKey,
  weight: weight.nullable().optional(),
  zone: word.nullable().optional(),
}).openapi("RouteHostInput");

/** Settings of a route. */
export const routeSettings = {
  policy: word.nullable().openapi({
    description: `Balancing policy: ${
      POLICY_NAMES.join(", ")
    }, or the one that the route has; null is as the agent's file says`,
  }),
  check: z.boolean().nullable().openapi({
    description: "Whether agents check ejected hosts; null likewise",
  }),
};

/** Name, owner and runbook of a module or a command. */
export const naming = z.strictObject({
  name: text.max(255).nullable(),
  owner: text.max(255).nullable(),
  runbook: z.url({ protocol: /^https?$/ }).max(500).nullable(),
}).openapi("Naming");

/** What a route is called. */
const names = {
  name: z.string().nullable().openapi({ description: "Of the command" }),
  module: z.string().nullable().openapi({ description: "Name of the module" }),
};

/** A route. */
export const route = z.strictObject({
  ...routeKey,
  ...names,
  owner: z.string().nullable(),
  runbook: z.string().nullable(),
  revision,
  hosts: z.array(routeHost),
  ...routeSettings,
}).openapi("Route");

/** A whole route, to be put: what it does not name is taken away. */
export const routeInput = z.strictObject({
  hosts: z.array(routeHostInput).max(100_000),
  policy: routeSettings.policy.optional(),
  check: routeSettings.check.optional(),
  comment: text.optional(),
  ticket: text.optional(),
}).openapi("RouteInput");

/** A merge patch (RFC 7396): `hosts` is replaced as a whole where it is named. */
export const routePatch = routeInput.partial().openapi("RoutePatch");

/** Attributes of a host, to be put. */
export const hostInput = z.strictObject({
  weight: weight.nullable().optional(),
  zone: word.nullable().optional(),
  comment: text.optional(),
  ticket: text.optional(),
}).openapi("HostInput");

/** What calls have shown of a route or a host, per second over the newest whole minutes. */
export const traffic = {
  callsPerSecond: z.number().nullable().openapi({
    description: "null: nobody has reported calls",
  }),
  failingShare: share.nullable(),
  meanUs: z.number().nullable(),
  p99Us: z.number().nullable(),
};

/** A line of the list of routes. */
export const routeSummary = z.strictObject({
  ...routeKey,
  ...names,
  revision,
  hosts: z.int(),
  hostsOut: z.int().nullable().openapi({
    description:
      "Hosts that half of their callers or more hold to be out; null: of the past, where that is not kept",
  }),
  hostsDrained: z.int(),
  ...traffic,
  lastChange: time.nullable(),
}).openapi("RouteSummary");

/** Why a host is out, by callers. */
const reasonCount = z.strictObject({
  reason: z.string(),
  callers: z.int(),
});

/** A drain: who took a host out, why and until when. */
export const drain = z.strictObject({
  host: z.string().openapi({
    description: "What was drained: with or without a port",
  }),
  who: z.string(),
  reason: z.string(),
  since: time,
  until: time.nullable(),
  allRoutes: z.boolean().openapi({
    description: "Whether it is of all routes of the host, not of this alone",
  }),
}).openapi("Drain");

/** A drain in the list of all. */
export const drainEntry = z.strictObject({
  host: z.string().openapi({ description: "With or without a port" }),
  modId: id.nullable().openapi({ description: "null: of all routes" }),
  cmdId: id.nullable(),
  who: z.string(),
  reason: z.string(),
  since: time,
  until: time.nullable(),
}).openapi("DrainEntry");

/** A drain, to be put. */
export const drainInput = z.strictObject({
  reason: z.string().min(1).max(REASON_LENGTH_MAX).refine(
    // deno-lint-ignore no-control-regex
    (value) => !/[\x00-\x1f\x7f]/.test(value),
    { error: "must hold no control characters" },
  ),
  until: time.nullable().optional().openapi({
    description: "For people; left out: in 4 hours, null: not said",
  }),
}).openapi("DrainInput");

/** A drain, and how far its callers have stopped. */
export const drainStatus = z.strictObject({
  drain,
  routes: z.int().openapi({ description: "Hosts of routes that it is of" }),
  callers: z.int(),
  stopped: z.int(),
  inFlight: z.int(),
  isDone: z.boolean(),
}).openapi("DrainStatus");

/** A host of a route, as its callers see it. */
export const hostStatus = z.strictObject({
  ...routeKey,
  host: hostKey,
  isConfigured: z.boolean().openapi({
    description: "False: callers still know it, but the route has it no more",
  }),
  weight: weight.nullable(),
  zone: z.string().nullable(),
  drain: drain.nullable(),
  callers: z.int().openapi({ description: "Callers that used it lately" }),
  out: z.int().nullable().openapi({
    description:
      "Callers that hold it to be ejected or overloaded; null: of the past, where that is not kept",
  }),
  suspect: z.int().nullable().openapi({ description: "Likewise" }),
  reasons: z.array(reasonCount),
  since: time.nullable().openapi({ description: "Of the oldest that is out" }),
  nextTryMs: z.number().nullable(),
  inFlight: z.int().nullable(),
  ...traffic,
}).openapi("HostStatus");

/** A route as its callers see it. */
export const routeStatus = z.strictObject({
  ...routeKey,
  asOf: time.nullable().openapi({
    description: "End of the newest minute with calls; null: no data",
  }),
  ...traffic,
  hosts: z.array(hostStatus),
}).openapi("RouteStatus");

/** One caller's view of one host. */
export const callerState = z.strictObject({
  ...routeKey,
  host: hostKey,
  agent: z.string(),
  agentName: z.string().nullable(),
  agentAddress: z.string().nullable(),
  zone: z.string().nullable(),
  state: z.enum(HOST_STATE_NAMES),
  reason: z.enum(HOST_REASON_NAMES),
  since: time,
  inFlight: z.int(),
  nextTryMs: z.number(),
}).openapi("CallerState");

/** A period of the history. */
export const period = z.strictObject({
  at: time.openapi({ description: "Where it begins" }),
  calls: z.number(),
  failed: z.number(),
  failingShare: share.nullable(),
  meanUs: z.number().nullable(),
  p50Us: z.number().nullable(),
  p99Us: z.number().nullable(),
  maxUs: z.number(),
  callers: z.int(),
}).openapi("Period");

/** History of a route or a host: periods without calls are left out. */
export const history = z.strictObject({
  stepS: z.int().openapi({ description: "Seconds of a period" }),
  from: time,
  to: time,
  periods: z.array(period),
}).openapi("History");

/** Something that happened to a host, as its callers told within one minute. */
export const hostEvent = z.strictObject({
  id: z.int(),
  at: time,
  ...routeKey,
  host: hostKey,
  kind: z.enum(HOST_EVENT_KIND_NAMES),
  reason: z.enum(HOST_REASON_NAMES),
  callers: z.int(),
  names: z.array(z.string()).openapi({ description: "Of three callers" }),
  calls: z.int(),
  failures: z.int(),
  meanUs: z.number().nullable(),
  peersMeanUs: z.number().nullable(),
  policy: z.string(),
}).openapi("HostEvent");

/** A service that agents are connected to. */
export const member = z.strictObject({
  kind: z.enum(["dns", "reporter"]),
  name: z.string(),
  agents: z.int().openapi({ description: "Agents that tell of it" }),
  seenAt: time.nullable().openapi({
    description: "Of a reporter: when an agent was last heard of through it",
  }),
}).openapi("Member");

/** An agent. */
export const agent = z.strictObject({
  agent: z.string(),
  name: z.string().nullable(),
  version: z.string().nullable(),
  zone: z.string().nullable(),
  address: z.string().nullable(),
  reporter: z.string().nullable(),
  seenAt: time,
  isSilent: z.boolean(),
  routesOut: z.int().nullable().openapi({
    description:
      "Routes of which it holds a host out; null: of the past, where that is not kept",
  }),
}).openapi("Agent");
