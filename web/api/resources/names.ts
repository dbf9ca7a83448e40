import { z } from "@hono/zod-openapi";
import type { NameRow } from "../../../store/mod.ts";
import type { Actor } from "../../access/actor.ts";
import type { WebContext } from "../../http/env.ts";
import { answerHashed } from "../../http/conditional.ts";
import { ProblemError } from "../../http/problem.ts";
import { type ApiContext, authorOf } from "../context.ts";
import type { Operations } from "../operation.ts";
import * as shapes from "../schemas.ts";

const MODULE = z.object({ modId: shapes.idText });

/** Names of modules and commands, who owns them, and what to do at 3 am. */
export function addNameResource(
  operations: Operations,
  api: ApiContext,
): void {
  addNames(operations, api, {
    path: "/modules/{modId}",
    what: "a module",
    params: MODULE,
    keyOf: ({ modId }) => ({ modId, cmdId: undefined }),
  });
  addNames(operations, api, {
    path: "/modules/{modId}/commands/{cmdId}",
    what: "a command",
    params: shapes.routePath,
    keyOf: ({ modId, cmdId }) => ({ modId, cmdId }),
  });
}

type NameKey = Pick<NameRow, "modId" | "cmdId">;

function addNames<Params extends z.ZodObject>(
  operations: Operations,
  api: ApiContext,
  { path, what, params, keyOf }: {
    path: string;
    what: string;
    params: Params;
    keyOf: (params: z.output<Params>) => NameKey;
  },
): void {
  const answers = {
    200: { description: "The name", schema: shapes.naming },
  };
  operations.add({
    method: "get",
    path,
    summary: `Name of ${what}`,
    needs: "read",
    params,
    answers: { ...answers, 304: { description: "As it was" } },
  }, async ({ params, context }) => {
    const row = await find(api, keyOf(params));
    if (row === undefined) {
      throw new ProblemError("not_found", `Nobody has named ${what} so`);
    }
    return answerHashed(context, nameJson(row));
  });

  operations.add({
    method: "put",
    path,
    summary: `Name ${what}`,
    needs: "write",
    params,
    body: shapes.naming,
    answers,
  }, async ({ params, body, context, actor }) => {
    const row = {
      ...keyOf(params),
      name: body.name ?? undefined,
      owner: body.owner ?? undefined,
      runbook: body.runbook ?? undefined,
    };
    await put(api, row, { context, actor: actor!, action: `name ${what}` });
    return context.json(nameJson(row));
  });

  operations.add({
    method: "delete",
    path,
    summary: `Remove the name of ${what}`,
    needs: "write",
    params,
    answers: { 204: { description: "It has no name of ours" } },
  }, async ({ params, context, actor }) => {
    const nothing = { name: undefined, owner: undefined, runbook: undefined };
    const row = { ...keyOf(params), ...nothing };
    await put(api, row, { context, actor: actor!, action: `unname ${what}` });
    return context.body(null, 204);
  });
}

async function put(
  { admin, names }: ApiContext,
  row: NameRow,
  { context, actor, action }: {
    context: WebContext;
    actor: Actor;
    action: string;
  },
): Promise<void> {
  await admin.putName(row, authorOf(context, actor, { action }));
  await names.refresh({ now: true });
}

async function find(
  { names }: ApiContext,
  { modId, cmdId }: NameKey,
): Promise<NameRow | undefined> {
  await names.refresh();
  return cmdId === undefined
    ? names.module(modId)
    : names.command({ modId, cmdId });
}

function nameJson({ name, owner, runbook }: NameRow) {
  return {
    name: name ?? null,
    owner: owner ?? null,
    runbook: runbook ?? null,
  };
}
