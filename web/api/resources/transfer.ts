import { z } from "@hono/zod-openapi";
import { parseAddress, type Route, RouteMap } from "../../../proto/mod.ts";
import {
  CSV_HEADER_FULL,
  formatRouteCsv,
  knownSettings,
  parseRouteCsv,
  type RouteEdit,
  settingsOfRows,
} from "../../../store/mod.ts";
import { readText } from "../../http/body.ts";
import { ProblemError } from "../../http/problem.ts";
import { type ApiContext, makeChange } from "../context.ts";
import { checkNeed, type Operations } from "../operation.ts";
import { leftOut } from "../policies.ts";
import { consequencesJson, previewImport } from "../previews.ts";
import * as shapes from "../schemas.ts";
import { hostJson } from "../views/routes.ts";

/** Largest body of an import, in bytes. */
const IMPORT_BYTES_MAX = 64 * 1024 * 1024;

const NDJSON = "application/x-ndjson";
const CSV = "text/csv";

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
    summary: "All routes of one snapshot, as /import takes them",
    needs: "read",
    query: z.object({
      format: z.enum(["ndjson", "csv"]).default("ndjson").openapi({
        description: "csv: a host a line, as lars route import takes it",
      }),
    }),
    answers: {
      200: {
        description: "A JSON document a line for each route, or CSV",
        types: [NDJSON, CSV],
      },
    },
  }, ({ query: { format } }) =>
    new Response(
      ReadableStream.from(format === "csv" ? csvLines(api) : jsonLines(api))
        .pipeThrough(new TextEncoderStream()),
      {
        headers: {
          "content-type": format === "csv" ? `${CSV}; charset=utf-8` : NDJSON,
          "cache-control": "no-store",
        },
      },
    ));

  operations.add({
    method: "post",
    path: "/import",
    summary:
      "Add routes and hosts as one transaction; nothing is taken away, and no drain ends",
    needs: "write",
    query: shapes.dryRunQuery,
    streams: [NDJSON, CSV],
    answers: {
      200: {
        description: "What it did, or would do",
        schema: shapes.importResult,
      },
    },
  }, async ({ query, context, actor }) => {
    const type = context.req.header("content-type") ?? "";
    const parse = [NDJSON, CSV].find((each) => type.startsWith(each));
    if (parse === undefined) {
      throw new ProblemError(
        "unsupported_media",
        `The body must be ${NDJSON} or ${CSV}: it is ${JSON.stringify(type)}`,
      );
    }
    const text = await readText(context, IMPORT_BYTES_MAX);
    const { add, settings: asked } = parse === CSV
      ? parseCsv(text)
      : editOfLines(parseLines(text));
    const keys = new RouteMap<true>();
    for (const { modId, cmdId } of [...add, ...asked]) {
      keys.set({ modId, cmdId }, true);
    }
    for (const key of keys.keys()) checkNeed("write", actor, key);
    const { settings, unknown } = knownSettings(asked);
    const warnings = unknown.map(leftOut);
    const counts = { routes: keys.size, hosts: add.length };
    if (query.dryRun === "1") {
      const preview = await previewImport(api, {
        edit: { add, settings },
        warnings,
      });
      return context.json({ ...counts, change: null, ...preview });
    }
    const { added, changed, change } = await makeChange(api, {
      context,
      actor: actor!,
      edit: { add, settings },
      reason: { action: "import" },
    });
    return context.json({
      ...counts,
      added,
      changed,
      change: change ?? null,
      ...consequencesJson(warnings),
    });
  });
}

async function* jsonLines({ routes }: ApiContext): AsyncGenerator<string> {
  for await (const route of routes.scan()) yield `${lineOf(route)}\n`;
}

async function* csvLines({ routes }: ApiContext): AsyncGenerator<string> {
  yield `${CSV_HEADER_FULL}\n`;
  for await (const route of routes.scan()) {
    yield formatRouteCsv(route, { full: true });
  }
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

/** What an import adds. */
type ImportEdit = Required<Pick<RouteEdit, "add" | "settings">>;

/** @throws {ProblemError} If a line is wrong: nothing is taken then. */
function parseCsv(text: string): ImportEdit {
  try {
    const rows = parseRouteCsv(text, { file: "body" });
    return {
      add: rows.map(({ policy: _, check: __, ...row }) => row),
      settings: settingsOfRows(rows),
    };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ProblemError("unprocessable", error.message);
  }
}

function editOfLines(lines: readonly z.output<typeof line>[]): ImportEdit {
  return {
    add: lines.flatMap(({ modId, cmdId, hosts }) =>
      hosts.map(({ host, weight, zone }) => ({
        modId,
        cmdId,
        ...parseAddress(host),
        ...weight == null ? {} : { weight },
        ...zone == null ? {} : { zone },
      }))
    ),
    settings: lines.filter(({ policy, check }) =>
      policy != null || check != null
    ).map(({ modId, cmdId, policy, check }) => ({
      modId,
      cmdId,
      ...policy == null ? {} : { policy },
      ...check == null ? {} : { check },
    })),
  };
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
