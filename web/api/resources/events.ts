import { z } from "@hono/zod-openapi";
import { ProblemError } from "../../http/problem.ts";
import type { ChangeEvent } from "../../model/change_events.ts";
import type { ApiContext } from "../context.ts";
import type { Operations } from "../operation.ts";
import * as shapes from "../schemas.ts";
import { changeJson } from "../views/routes.ts";

const EVENT_STREAM = "text/event-stream";

/** Wait of whoever finds that there are as many listeners as may be, in seconds. */
const BUSY_RETRY_S = 10;

/** Changes as they are made, for programs: pages ask again and again, which no proxy keeps back. */
export function addEventResource(
  operations: Operations,
  { events }: ApiContext,
): void {
  operations.add({
    method: "get",
    path: "/events",
    summary:
      "Changes as they are made, as server-sent events; ends after ten minutes: go on with Last-Event-ID",
    needs: "read",
    query: z.object({
      after: shapes.idText.optional().openapi({
        description:
          "Id of a change: those after it. Last-Event-ID goes before it; without both, those from now on",
      }),
    }),
    answers: {
      200: {
        description:
          "Events: change, with its id and the change as JSON; missed, where more were made than are told of",
        types: [EVENT_STREAM],
      },
    },
  }, async ({ query, context }) => {
    if (events.isFull) {
      throw new ProblemError("busy", "There are as many listeners as may be", {
        retryAfterS: BUSY_RETRY_S,
      });
    }
    const after = afterOf(context.req.header("last-event-id")) ??
      query.after ?? await events.newestId();
    const left = new AbortController();
    const followed = events.follow(after, left.signal);
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { value, done } = await followed.next();
        if (done) controller.close();
        else controller.enqueue(new TextEncoder().encode(textOf(value)));
      },
      cancel: () => left.abort(),
    }, { highWaterMark: 0 });
    return new Response(body, {
      headers: {
        "content-type": EVENT_STREAM,
        "cache-control": "no-store",
        // nginx would keep it back.
        "x-accel-buffering": "no",
      },
    });
  });
}

function afterOf(lastEventId: string | undefined): number | undefined {
  if (lastEventId === undefined || lastEventId === "") return undefined;
  const result = shapes.idText.safeParse(lastEventId);
  if (result.success) return result.data;
  throw new ProblemError("malformed", "Last-Event-ID must be that of an event");
}

function textOf(event: ChangeEvent): string {
  switch (event.kind) {
    case "none":
      return ":\n\n";
    case "missed":
      return "event: missed\ndata: {}\n\n";
    case "change": {
      const { id } = event.change;
      const data = JSON.stringify(changeJson(event.change));
      return `id: ${id}\nevent: change\ndata: ${data}\n\n`;
    }
  }
}
