import { z } from "@hono/zod-openapi";
import { routeKey, share, time } from "./common.ts";
import { change } from "./changes.ts";
import { hostEvent, hostStatus } from "./routes.ts";

/** A route that needs a person. */
export const nowProblem = z.strictObject({
  ...routeKey,
  name: z.string().nullable(),
  module: z.string().nullable(),
  runbook: z.string().nullable(),
  callsPerSecond: z.number().nullable(),
  failingShare: share.nullable(),
  usualShare: share.nullable(),
  failingPerSecondAboveUsual: z.number(),
  since: time.nullable(),
  hostsOut: z.int().nullable().openapi({
    description: "null: of the past, where that is not kept",
  }),
  hosts: z.int(),
  callers: z.int(),
  worstHosts: z.array(hostStatus).openapi({ description: "At most five" }),
  changeBefore: change.nullable().openapi({
    description: "The newest change of the route before it began",
  }),
}).openapi("NowProblem");

/** What needs a person now, the worst first. */
export const now = z.strictObject({
  asOf: time,
  storeAwayS: z.number().nullable().openapi({
    description: "Since when the store cannot be read; null: it can",
  }),
  dataUntil: time.nullable().openapi({
    description: "End of the newest minute with calls; null: no data",
  }),
  problems: z.array(nowProblem),
  agents: z.strictObject({
    known: z.int(),
    silent: z.int(),
    silentZones: z.array(z.string()),
  }).nullable().openapi({
    description: "null: of the past, where that is not kept",
  }),
  changes: z.array(change).openapi({ description: "The newest ten" }),
  events: z.array(hostEvent).optional().openapi({
    description:
      "Of the past: what happened to hosts in the hour before, the newest 20",
  }),
}).openapi("Now");
