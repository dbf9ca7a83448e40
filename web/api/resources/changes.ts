import { z } from "@hono/zod-openapi";
import { parseAddress } from "../../../proto/mod.ts";
import {
  type ChangeRow,
  type EditResult,
  reverseEdit,
  type RouteEdit,
  type RouteRevision,
} from "../../../store/mod.ts";
import { answerTagged } from "../../http/conditional.ts";
import { ProblemError } from "../../http/problem.ts";
import { type ApiContext, makeChange } from "../context.ts";
import { checkPolicy, isUnknown } from "../policies.ts";
import { previewEdit } from "../previews.ts";
import { momentOf } from "../moment.ts";
import { checkNeed, type Operations } from "../operation.ts";
import { pageOfNewest } from "../page.ts";
import * as shapes from "../schemas.ts";
import { auditJson, changeJson } from "../views/routes.ts";

const ID = z.object({ id: shapes.idText });
const PAGE = z.object(shapes.pageQuery);
const PAGE_AT = PAGE.extend(shapes.atQuery);
const CHANGES_ANSWER = {
  200: {
    description: "The newest first",
    schema: shapes.pageOf(shapes.change),
  },
};
const RESULT_ANSWER = {
  200: {
    description: "What it did, or would do",
    schema: z.union([shapes.changeResult, shapes.changePreview]),
  },
};

/** Changes: who made which, more of them, and taking them back. */
export function addChangeResource(
  operations: Operations,
  api: ApiContext,
): void {
  addTrail(operations, api);
  addEdits(operations, api);
}

function addTrail(operations: Operations, api: ApiContext): void {
  const { admin } = api;
  operations.add(
    {
      method: "get",
      path: "/changes",
      summary: "Changes of routes and drains",
      needs: "read",
      query: PAGE_AT,
      answers: CHANGES_ANSWER,
    },
    async ({ query, context }) => {
      const below = await momentOf(api, query.at)?.changesBefore();
      const { items, next } = await pageOfNewest(
        { ...query, below },
        (page) => admin.changes(page),
      );
      return context.json({ items: items.map(changeJson), next });
    },
  );

  operations.add({
    method: "get",
    path: "/changes/{id}",
    summary: "A change",
    needs: "read",
    params: ID,
    answers: {
      200: { description: "The change", schema: shapes.change },
      304: { description: "As it was" },
    },
  }, async ({ params, context }) => {
    const row = await changeOf(api, params.id);
    return answerTagged(context, {
      body: changeJson(row),
      tag: `change-${row.id}`,
    });
  });

  operations.add({
    method: "get",
    path: "/routes/{modId}/{cmdId}/changes",
    summary: "Changes of a route",
    needs: "read",
    params: shapes.routePath,
    query: PAGE_AT,
    answers: CHANGES_ANSWER,
  }, async ({ params, query, context }) => {
    const below = await momentOf(api, query.at)?.changesBefore();
    const { items, next } = await pageOfNewest(
      { ...query, below },
      (page) => admin.changes({ ...page, key: params }),
    );
    return context.json({ items: items.map(changeJson), next });
  });

  operations.add({
    method: "get",
    path: "/audit",
    summary: "Who did what",
    needs: "admin",
    query: PAGE,
    answers: {
      200: {
        description: "The newest first",
        schema: shapes.pageOf(shapes.auditEntry),
      },
    },
  }, async ({ query, context }) => {
    const { items, next } = await pageOfNewest(
      query,
      (page) => admin.audit(page),
    );
    return context.json({ items: items.map(auditJson), next });
  });
}

function addEdits(operations: Operations, api: ApiContext): void {
  operations.add({
    method: "post",
    path: "/changes",
    summary: "Change many routes as one transaction; take Idempotency-Key",
    needs: "write",
    query: shapes.dryRunQuery,
    body: shapes.changeInput,
    answers: RESULT_ANSWER,
  }, async ({ query, body, context, actor }) => {
    for (const key of body.edits) checkNeed("write", actor, key);
    await checkPolicies(api, body.edits);
    const edit = editOf(body.edits);
    if (query.dryRun === "1") return context.json(await previewEdit(api, edit));
    const result = await makeChange(api, {
      context,
      actor: actor!,
      edit,
      ifMatch: revisionsOf(api, body.edits),
      reason: { action: "change routes", ...body },
    });
    return context.json(resultJson(result));
  });

  operations.add({
    method: "post",
    path: "/changes/{id}/revert",
    summary: "Take a change back: what it removed returns as it was",
    needs: "write",
    params: ID,
    query: shapes.dryRunQuery,
    body: shapes.revertInput,
    answers: RESULT_ANSWER,
  }, async ({ params, query, body, context, actor }) => {
    const change = await changeOf(api, params.id);
    for (const key of change.routes) checkNeed("write", actor, key);
    if (change.routes.length === 0) {
      throw new ProblemError(
        "conflict",
        "This change is of drains: take them back one by one",
      );
    }
    const edit = reverseEdit(change.routes);
    if (query.dryRun === "1") return context.json(await previewEdit(api, edit));
    const result = await makeChange(api, {
      context,
      actor: actor!,
      edit,
      reason: { action: `revert change ${change.id}`, ...body },
    });
    return context.json(resultJson(result));
  });
}

async function changeOf({ admin }: ApiContext, id: number): Promise<ChangeRow> {
  const change = await admin.change(id);
  if (change !== undefined) return change;
  throw new ProblemError("not_found", `There is no change ${id}`);
}

type EditInput = z.output<typeof shapes.routeEdit>;

/** Edits of routes, as the store takes them. */
function editOf(edits: readonly EditInput[]): RouteEdit {
  const rows = (
    edit: EditInput,
    hosts: readonly z.output<typeof shapes.routeHostInput>[] = [],
  ) =>
    hosts.map(({ host, weight, zone }) => ({
      modId: edit.modId,
      cmdId: edit.cmdId,
      ...parseAddress(host),
      ...weight === undefined ? {} : { weight },
      ...zone === undefined ? {} : { zone },
    }));
  return {
    remove: edits.flatMap((edit) =>
      rows(edit, edit.remove?.map((host) => ({ host })))
    ),
    add: edits.flatMap((edit) => rows(edit, edit.add))
      .map(({ modId, cmdId, ip, port }) => ({ modId, cmdId, ip, port })),
    set: edits.flatMap((edit) => [
      ...rows(edit, edit.add).filter(({ weight, zone }) =>
        weight !== undefined || zone !== undefined
      ),
      ...rows(edit, edit.set),
    ]),
    settings: edits.filter(({ policy, check }) =>
      policy !== undefined || check !== undefined
    ).map(({ modId, cmdId, policy, check }) => ({
      modId,
      cmdId,
      ...policy === undefined ? {} : { policy },
      ...check === undefined ? {} : { check },
    })),
  };
}

/** Refuses policies that no agent knows, but for those that their routes have. */
async function checkPolicies(
  { routes }: ApiContext,
  edits: readonly EditInput[],
): Promise<void> {
  for (const [index, { modId, cmdId, policy }] of edits.entries()) {
    if (!isUnknown(policy)) continue;
    const [route] = await routes.read([{ modId, cmdId }]);
    checkPolicy(policy, { route: route!, pointer: `#/edits/${index}/policy` });
  }
}

/** Revisions that are meant; a route that only gets hosts needs none. */
function revisionsOf(
  { copy }: ApiContext,
  edits: readonly EditInput[],
): RouteRevision[] {
  return edits.flatMap((edit) => {
    const { modId, cmdId, revision } = edit;
    if (revision !== undefined) return [{ modId, cmdId, revision }];
    const { remove = [], set = [], policy, check } = edit;
    const overwrites = remove.length + set.length > 0 ||
      policy !== undefined || check !== undefined;
    if (!overwrites || copy.get(edit) === undefined) return [];
    throw new ProblemError(
      "precondition_required",
      `(${modId}, ${cmdId}) is there already: say by revision which one is meant`,
    );
  });
}

function resultJson(
  result: EditResult,
): z.output<typeof shapes.changeResult> {
  return {
    id: result.change ?? null,
    added: result.added,
    removed: result.removed,
    changed: result.changed,
    repeated: result.repeated === true,
    revisions: (result.revisions ?? []).map(({ modId, cmdId, revision }) => ({
      modId,
      cmdId,
      revision,
    })),
  };
}
