import type { OpenAPIHono } from "@hono/zod-openapi";
import { z } from "@hono/zod-openapi";
import {
  type Actor,
  allows,
  type Need,
  type RouteScope,
} from "../access/actor.ts";
import { readText } from "../http/body.ts";
import type { WebContext, WebEnv } from "../http/env.ts";
import { ProblemError } from "../http/problem.ts";
import { problem } from "./schemas.ts";

/** Largest body but of an import, in bytes. */
const BODY_BYTES_MAX = 1024 * 1024;

/** An answer: what it says, and its body, which is JSON unless named otherwise. */
export interface AnswerSpec {
  description: string;
  schema?: z.ZodType;
  /** Content types of a body that is no JSON. */
  types?: readonly string[];
}

/** What an operation takes, who may use it, and how it answers. */
export interface OperationSpec<
  Params extends z.ZodObject = z.ZodObject,
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodType,
> {
  method: "get" | "post" | "put" | "patch" | "delete";
  /** As "/routes/{modId}/{cmdId}". */
  path: string;
  summary: string;
  /** What the one who asks must be allowed; of a path with modId, of that module; with cmdId too, of that route. */
  needs: Need;
  params?: Params;
  query?: Query;
  body?: Body;
  /** Whether it changes something only as `If-Match` and `If-None-Match` have it; default: it refuses them. */
  isConditional?: true;
  /** Content types of a body that is read as it comes, and no JSON. */
  streams?: readonly string[];
  answers: Readonly<Record<number, AnswerSpec>>;
}

/** What a handler is handed, checked. */
export interface OperationInput<Params, Query, Body> {
  params: Params;
  query: Query;
  body: Body;
  context: WebContext;
  /** Who asks; of an open operation perhaps nobody. */
  actor: Actor | undefined;
}

/** Operations of the API, and the app that has them. */
export class Operations {
  readonly #app: OpenAPIHono<WebEnv>;
  /** Every operation so far, for tests. */
  readonly list: OperationSpec[] = [];

  constructor(app: OpenAPIHono<WebEnv>) {
    this.#app = app;
  }

  /** Adds an operation: its document, its checks and what it does. */
  add<
    Params extends z.ZodObject,
    Query extends z.ZodObject,
    Body extends z.ZodType,
  >(
    spec: OperationSpec<Params, Query, Body>,
    handler: (
      input: OperationInput<
        z.output<Params>,
        z.output<Query>,
        z.output<Body>
      >,
    ) => Response | Promise<Response>,
  ): void {
    this.list.push(spec as unknown as OperationSpec);
    this.#app.openAPIRegistry.registerPath(documentOf(spec));
    const path = spec.path.replace(/\{(\w+)\}/g, ":$1");
    this.#app.on(spec.method.toUpperCase(), path, async (context) => {
      const actor = context.get("actor");
      // Before the input is looked at: who may not ask learns nothing of it.
      checkNeed(spec.needs, actor);
      const params = check(spec.params, context.req.param(), "path") ?? {};
      checkNeed(spec.needs, actor, routesOf(params));
      checkNames(spec as unknown as OperationSpec, context);
      const query = check(spec.query, context.req.query(), "query") ?? {};
      const body = spec.body === undefined
        ? undefined
        : check(spec.body, await readJson(context, spec.method), "body");
      return await handler({
        params: params as z.output<Params>,
        query: query as z.output<Query>,
        body: body as z.output<Body>,
        context,
        actor,
      });
    });
  }
}

/** Refuses whoever is not allowed something; with a key, of those routes. */
export function checkNeed(
  need: Need,
  actor: Actor | undefined,
  key?: RouteScope,
): void {
  if (need === "open") return;
  if (actor === undefined) {
    throw new ProblemError("unauthenticated", "Nobody is logged in here");
  }
  if (allows(actor.scopes, need, key)) return;
  const scope = need === "write" && key !== undefined
    ? `write:${key.modId}/${key.cmdId}`
    : need;
  throw new ProblemError("forbidden", `This needs scope "${scope}"`, {
    scope,
  });
}

/** The routes that a path names. */
function routesOf(params: object): RouteScope | undefined {
  const { modId, cmdId = "*" } = params as Partial<RouteScope>;
  return modId === undefined ? undefined : { modId, cmdId };
}

/** Names of the headers by which a change is made only on a condition. */
const CONDITIONS = ["if-match", "if-none-match"];

/** Refuses what the operation would take no note of: the change would not be the one that is meant. */
function checkNames(
  { method, query, isConditional }: OperationSpec,
  context: WebContext,
): void {
  const known = Object.keys(query?.shape ?? {});
  const there = known.length === 0
    ? "there are none here"
    : `there ${known.length === 1 ? "is" : "are"} ${known.join(", ")}`;
  for (const [name, values] of Object.entries(context.req.queries())) {
    const detail = !known.includes(name)
      ? `is no parameter: ${there}`
      : values.length > 1
      ? "must be given once"
      : undefined;
    if (detail === undefined) continue;
    throw refused(`query: ${name}`, detail);
  }
  if (method === "get" || isConditional) return;
  const condition = CONDITIONS.find((name) =>
    context.req.header(name) !== undefined
  );
  if (condition === undefined) return;
  throw refused(`header: ${condition}`, "is no condition that is looked at");
}

function refused(pointer: string, detail: string): ProblemError {
  return new ProblemError(
    "malformed",
    `Nothing was done: ${pointer} ${detail}`,
    {
      errors: [{ pointer, detail }],
    },
  );
}

/** The value as the schema has it. @throws {ProblemError} If it does not fit. */
function check<Schema extends z.ZodType>(
  schema: Schema | undefined,
  value: unknown,
  place: "path" | "query" | "body",
): z.output<Schema> | undefined {
  if (schema === undefined) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.slice(0, 20).map(({ path, message }) => ({
    pointer: place === "body"
      ? `#${path.map((part) => `/${escape(String(part))}`).join("")}`
      : `${place}: ${path.join(".")}`,
    detail: message,
  }));
  throw new ProblemError(
    place === "body" ? "unprocessable" : "malformed",
    `${errors.length} of its values cannot be: ${errors[0]!.pointer} ${
      errors[0]!.detail
    }`,
    { errors },
  );
}

/** A part of a JSON pointer, as RFC 6901 has it. */
function escape(part: string): string {
  return part.replaceAll("~", "~0").replaceAll("/", "~1");
}

async function readJson(
  context: WebContext,
  method: string,
): Promise<unknown> {
  const type = context.req.header("content-type") ?? "";
  const isJson = /^application\/json\s*(;|$)/i.test(type) ||
    (method === "patch" && /^application\/merge-patch\+json/i.test(type));
  if (!isJson) {
    throw new ProblemError(
      "unsupported_media",
      `The body must be application/json: it is ${JSON.stringify(type)}`,
    );
  }
  const text = await readText(context, BODY_BYTES_MAX);
  try {
    return JSON.parse(text);
  } catch {
    throw new ProblemError("malformed", "The body is no JSON", {
      errors: [{ pointer: "#", detail: "must be JSON" }],
    });
  }
}

type RegisteredPath = Parameters<
  OpenAPIHono["openAPIRegistry"]["registerPath"]
>[0];

const PROBLEM_ANSWER = {
  description: "What went wrong",
  content: { "application/problem+json": { schema: problem } },
};

const CONDITION_HEADERS = z.object({
  "If-Match": z.string().optional().openapi({
    description: "ETag that it must have, or *: that it is there",
  }),
  "If-None-Match": z.string().optional().openapi({
    description: "*: that it is not there",
  }),
});

function documentOf(spec: OperationSpec): RegisteredPath {
  const { method, path, summary, needs, params, query, body, answers } = spec;
  const request: NonNullable<RegisteredPath["request"]> = {};
  if (params !== undefined) request.params = params;
  if (query !== undefined) request.query = query;
  if (spec.isConditional) request.headers = CONDITION_HEADERS;
  const types = spec.streams ??
    (body === undefined ? [] : ["application/json"]);
  if (types.length > 0) {
    request.body = {
      required: true,
      content: Object.fromEntries(
        types.map((type) => [type, { schema: body ?? z.string() }]),
      ),
    };
  }
  const responses = Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => {
      const { description, schema, types } = answer;
      const of = types ?? (schema === undefined ? [] : ["application/json"]);
      const content = of.length === 0 ? {} : {
        content: Object.fromEntries(
          of.map((type) => [type, { schema: schema ?? z.string() }]),
        ),
      };
      return [status, { description, ...content }];
    }),
  );
  return {
    method,
    path,
    summary,
    request,
    responses: { ...responses, default: PROBLEM_ANSWER },
    security: needs === "open" ? [] : [{ token: [] }, { session: [] }],
    "x-lars-needs": needs,
  } as RegisteredPath;
}
