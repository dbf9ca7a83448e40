import { z } from "@hono/zod-openapi";
import { changePreview } from "./changes.ts";
import { hostKey, routeKey, text, time, weight } from "./common.ts";

/** Identity of an agent. */
export const agentId = z.string().regex(/^[0-9a-f]{32}$/).openapi("AgentId");

const liveness = {
  isOverdue: z.boolean().openapi({
    description: "A dns has seen no renewal for the time of the lease",
  }),
  renewedS: z.number().nullable().openapi({
    description:
      "Seconds since this web saw it renewed, in tens; null: not seen yet",
  }),
};

/** The lease of an agent, on which what it registers hangs. */
export const lease = z.strictObject({
  agent: agentId,
  name: z.string().nullable(),
  address: z.string().nullable(),
  dns: z.string().nullable().openapi({
    description: "The dns that it has renewed it at",
  }),
  instances: z.int(),
  ...liveness,
}).openapi("Lease");

/** A host of a route that an agent has registered. */
export const instance = z.strictObject({
  ...routeKey,
  host: hostKey,
  agent: agentId,
  agentName: z.string().nullable(),
  agentAddress: z.string().nullable(),
  state: z.enum(["served", "not_ready", "removed"]).openapi({
    description: "removed: by a person, with a drain that keeps it away",
  }),
  since: time,
  isDrained: z.boolean(),
  isStatic: z.boolean().openapi({
    description: "A person has made it: it stays whatever the agent says",
  }),
  weight: weight.nullable(),
  zone: z.string().nullable(),
  version: z.string().nullable(),
  lease: z.strictObject(liveness).nullable(),
}).openapi("Instance");

/** Machines that a person says are gone. */
export const goneInput = z.strictObject({
  agents: z.array(agentId).min(1).max(100),
  comment: text.optional(),
}).openapi("GoneInput");

/** What became of them. */
export const goneResult = z.strictObject({
  agents: z.array(z.strictObject({
    agent: agentId,
    state: z.enum(["expired", "part", "cancelled", "unknown"]).openapi({
      description:
        "part: some hosts stay, and the lease with them; cancelled: it was renewed; unknown: it has no lease",
    }),
    removed: z.int().openapi({ description: "Hosts that went" }),
  })),
}).openapi("GoneResult");

/** What would become of them. */
export const gonePreview = z.strictObject({
  ...changePreview.shape,
  instances: z.int().openapi({ description: "That would end" }),
}).openapi("GonePreview");
