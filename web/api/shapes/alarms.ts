import { z } from "@hono/zod-openapi";
import { text, time } from "./common.ts";

/** An alarm that fires, or was over lately. */
export const alarm = z.strictObject({
  id: z.string().openapi({ description: "As `lars alarm silence` takes it" }),
  alarm: z.string().openapi({ description: "Name of its rule" }),
  labels: z.record(z.string(), z.string()),
  summary: z.string(),
  value: z.number(),
  since: time,
  ended: time.nullable().openapi({ description: "null: it fires" }),
  sent: time.nullable().openapi({
    description: "When it was last delivered; null: to no one",
  }),
  silencedUntil: time.nullable().openapi({ description: "null: it is not" }),
  silencedBy: z.string().nullable(),
}).openapi("Alarm");

/** A rule, by which a reporter finds alarms. */
export const alarmRule = z.strictObject({
  alarm: z.string().openapi({ description: "Its name" }),
  severity: z.enum(["page", "ticket"]),
  summary: z.string().openapi({
    description: "What is so; what stands in {braces} is a label of the alarm",
  }),
  forSeconds: z.number().openapi({
    description: "How long it must be so before the alarm fires",
  }),
  keepSeconds: z.number().openapi({
    description: "How long it must be over before the alarm ends",
  }),
  limits: z.record(z.string(), z.number()),
}).openapi("AlarmRule");

/** Alarms, and whether anybody looks for them. */
export const alarms = z.strictObject({
  isWatched: z.boolean().openapi({
    description: "Whether a reporter with [alarms] has looked for any",
  }),
  items: z.array(alarm),
  rules: z.array(alarmRule).openapi({
    description: "The rules of this version of Lars",
  }),
}).openapi("Alarms");

/** A silence, to be put. */
export const silenceInput = z.strictObject({
  until: time.openapi({ description: "Later than now" }),
  reason: text.optional().openapi({ description: "Kept in the audit" }),
}).openapi("SilenceInput");
