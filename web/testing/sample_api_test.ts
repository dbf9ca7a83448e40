import { z } from "@hono/zod-openapi";
import { assertEquals } from "@std/assert";
import * as shapes from "../api/schemas.ts";
import { sampleAnswer } from "./sample_api.ts";

/** Answers of which every item is of a shape. */
function itemsOf(shape: z.ZodType) {
  return z.strictObject({
    items: z.array(shape),
    next: z.string().nullable().optional(),
  });
}

const SHAPES: Readonly<Record<string, z.ZodType>> = {
  "/session": shapes.session,
  "/now": shapes.now,
  "/routes": itemsOf(shapes.routeSummary),
  "/routes/1/7": shapes.route,
  "/routes/1/7/status": shapes.routeStatus,
  "/routes/1/7/history": shapes.history,
  "/routes/1/7/events": itemsOf(shapes.hostEvent),
  "/routes/1/7/changes": itemsOf(shapes.change),
  "/routes/1/7/callers": itemsOf(shapes.callerState),
  "/agents": itemsOf(shapes.agent),
  "/changes": itemsOf(shapes.change),
  "/changes/881": shapes.change,
  "/alarms": shapes.alarms,
  "/sessions": itemsOf(shapes.sessionEntry),
  "/users": itemsOf(shapes.user),
  "/tokens": itemsOf(shapes.token),
  "/audit": itemsOf(shapes.auditEntry),
};

for (const [path, shape] of Object.entries(SHAPES)) {
  Deno.test(`the sample of ${path} has the shape of the API`, async () => {
    const result = shape.safeParse(await sampleAnswer("GET", path).json());
    assertEquals(result.error?.issues ?? [], []);
  });
}

Deno.test("samples of what changes something have the shapes of the API", async () => {
  const preview = await sampleAnswer("POST", "/changes?dryRun=1").json();
  assertEquals(shapes.changePreview.safeParse(preview).error?.issues ?? [], []);
  const drain = await sampleAnswer("PUT", "/hosts/10.0.3.17/drain").json();
  assertEquals(shapes.drainStatus.safeParse(drain).error?.issues ?? [], []);
});
