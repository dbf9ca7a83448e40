import { z } from "@hono/zod-openapi";
import { parseAddress, type Route, RouteMap } from "../../../proto/mod.ts";
import { readText } from "../../http/body.ts";
import { ProblemError } from "../../http/problem.ts";
import { type ApiContext, makeChange } from "../context.ts";
import { checkNeed, type Operations } from "../operation.ts";
import * as shapes from "../schemas.ts";
import { hostJson } from "../views/routes.ts";

/** Largest body of an import, in bytes. */
const IMPORT_BYTES_MAX = 64 * 1024 * 1024;

const NDJSON = "application/x-ndjson";

/** A line: a route with what an import needs of it. */
const line = z.strictObject({
  modId: shapes.id,
  cmdId: shapes.id,
  hosts: z.array(shapes.routeHostInput),
  policy: shapes.word.nullable().optional(),
  check: z.boolean().nullable().optional(),
});

/** All routes as one file, and back. */
export function addTransferResource(
  operations: Operations,
  api: ApiContext,
): void {
  operations.add({
    method: "get",
    path: "/export",
    summary: "All routes of one snapshot, one JSON document a line",
    needs: "read",
    answers: { 200: { description: "Lines as /import takes", type: NDJSON } },
  }, () =>
    new Response(
      ReadableStream.from(exportLines(api))
        .pipeThrough(new TextEncoderStream()),
      { headers: { "content-type": NDJSON, "cache-control": "no-store" } },
    ));

  operations.add({
    method: "post",
    path: "/import",
    summary:
      "Add routes and hosts as one transaction; nothing is taken away, and no drain ends",
    needs: "write",
    query: z.object({ dryRun: z.enum(["0", "1"]).default("0") }),
    streams: [NDJSON],
    answers: {
      200: {
        description: "What it did; of a dry run what it would look at",
        schema: z.strictObject({
          routes: z.int(),
          hosts: z.int(),
          added: z.int().nullable(),
          changed: z.int().nullable(),
          change: z.int().nullable(),
        }),
      },
    },
  }, async ({ query, context, actor }) => {
    const type = context.req.header("content-type") ?? "";
    if (!type.startsWith(NDJSON)) {
      throw new ProblemError(
        "unsupported_media",
        `The body must be ${NDJSON}: it is ${JSON.stringify(type)}`,
      );
    }
    const lines = parseLines(await readText(context, IMPORT_BYTES_MAX));
    for (const key of lines) checkNeed("write", actor, key);
    const add = lines.flatMap(({ modId, cmdId, hosts }) =>
      hosts.map(({ host, weight, zone }) => ({
        modId,
        cmdId,
        ...parseAddress(host),
        ...weight == null ? {} : { weight },
        ...zone == null ? {} : { zone },
      }))
    );
    const settings = lines.filter(({ policy, check }) =>
      policy != null || check != null
    ).map(({ modId, cmdId, policy, check }) => ({
      modId,
      cmdId,
      ...policy == null ? {} : { policy },
      ...check == null ? {} : { check },
    }));
    const counts = { routes: lines.length, hosts: add.length };
    if (query.dryRun === "1") {
      return context.json({
        ...counts,
        added: null,
        changed: null,
        change: null,
      });
    }
    const result = await makeChange(api, {
      context,
      actor: actor!,
      edit: { add, settings },
      reason: { action: "import" },
    });
    return context.json({
      ...counts,
      added: result.added,
      changed: result.changed,
      change: result.change ?? null,
    });
  });
}

async function* exportLines({ routes }: ApiContext): AsyncGenerator<string> {
  for await (const route of routes.scan()) yield `${lineOf(route)}\n`;
}

function lineOf({ modId, cmdId, hosts, settings }: Route): string {
  return JSON.stringify({
    modId,
    cmdId,
    hosts: hosts.map(hostJson),
    policy: settings?.policy ?? null,
    check: settings?.check ?? null,
  });
}

/** @throws {ProblemError} If a line is wrong: nothing is taken then. */
function parseLines(text: string): z.output<typeof line>[] {
  const seen = new RouteMap<true>();
  const lines: z.output<typeof line>[] = [];
  for (const [index, each] of text.split("\n").entries()) {
    if (each.trim() === "") continue;
    const result = line.safeParse(parseJson(each));
    const detail = !result.success
      ? result.error.issues[0]!.message
      : seen.has(result.data)
      ? "names a route that stands above already"
      : undefined;
    if (!result.success || detail !== undefined) {
      throw new ProblemError("unprocessable", `Line ${index + 1}: ${detail}`, {
        errors: [{ pointer: `line ${index + 1}`, detail: detail ?? "" }],
      });
    }
    seen.set(result.data, true);
    lines.push(result.data);
  }
  return lines;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
