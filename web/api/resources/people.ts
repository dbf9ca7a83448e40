import { z } from "@hono/zod-openapi";
import type { TokenRow, UserRow } from "../../../store/mod.ts";
import { ProblemError } from "../../http/problem.ts";
import { allows } from "../../access/actor.ts";
import { type ApiContext, authorOf } from "../context.ts";
import type { Operations } from "../operation.ts";
import * as shapes from "../schemas.ts";
import { busy } from "./session.ts";

/** Seconds of a day. */
const DAY_S = 86_400;

/** Users and tokens. */
export function addPeopleResource(
  operations: Operations,
  api: ApiContext,
): void {
  addUsers(operations, api);
  addTokens(operations, api);
}

function addUsers(operations: Operations, api: ApiContext): void {
  const { admin, authentication, passwords, clock } = api;

  operations.add({
    method: "get",
    path: "/users",
    summary: "Users",
    needs: "admin",
    answers: {
      200: {
        description: "By name",
        schema: z.strictObject({ items: z.array(shapes.user) }),
      },
    },
  }, async ({ context }) => {
    const rows = await admin.users();
    return context.json({ items: rows.map(userJson) });
  });

  operations.add({
    method: "put",
    path: "/users/{name}",
    summary: "Add a user, or replace scopes and password",
    needs: "admin",
    params: z.object({ name: shapes.userName }),
    body: shapes.userInput,
    answers: { 200: { description: "The user", schema: shapes.user } },
  }, async ({ params, body, context, actor }) => {
    const users = await admin.users();
    const before = users.find(({ name }) => name === params.name);
    checkAdminsLeft(users, { ...params, scopes: body.scopes });
    let password = before?.password;
    if (body.password === null) password = undefined;
    else if (body.password !== undefined) {
      password = await passwords.hash(body.password);
      if (password === undefined) throw busy();
    }
    const user = {
      name: params.name,
      password,
      scopes: body.scopes,
      createdAt: before?.createdAt ?? clock.wallSeconds(),
    };
    const action = before === undefined ? "add user" : "change user";
    await admin.putUser(user, authorOf(context, actor!, { action }));
    authentication.forget();
    return context.json(userJson(user));
  });

  operations.add({
    method: "delete",
    path: "/users/{name}",
    summary: "Remove a user; every session of it ends",
    needs: "admin",
    params: z.object({ name: shapes.userName }),
    answers: { 204: { description: "There is no such user any more" } },
  }, async ({ params, context, actor }) => {
    checkAdminsLeft(await admin.users(), { ...params, scopes: [] });
    await admin.removeUser(
      params.name,
      authorOf(context, actor!, { action: "remove user" }),
    );
    authentication.forget();
    return context.body(null, 204);
  });
}

function addTokens(operations: Operations, api: ApiContext): void {
  const { admin, authentication, clock } = api;

  operations.add({
    method: "get",
    path: "/tokens",
    summary: "Tokens, without their secrets",
    needs: "admin",
    answers: {
      200: {
        description: "The newest first",
        schema: z.strictObject({ items: z.array(shapes.token) }),
      },
    },
  }, async ({ context }) => {
    const rows = await admin.tokens();
    return context.json({ items: rows.map(tokenJson) });
  });

  operations.add({
    method: "post",
    path: "/tokens",
    summary: "Make a token; this answer alone has its secret",
    needs: "admin",
    body: shapes.tokenInput,
    answers: {
      201: { description: "The token", schema: shapes.madeToken },
    },
  }, async ({ body, context, actor }) => {
    const { secret, hash } = authentication.makeToken();
    const nowSeconds = clock.wallSeconds();
    const token = {
      name: body.name,
      scopes: body.scopes,
      createdBy: actor!.label,
      createdAt: nowSeconds,
      expiresAt: nowSeconds + body.days * DAY_S,
    };
    const id = await admin.addToken(
      { ...token, hash },
      authorOf(context, actor!, { action: "make token", comment: body.name }),
    );
    const made = tokenJson({ ...token, id, usedAt: undefined });
    return context.json({ ...made, secret }, 201);
  });

  operations.add({
    method: "delete",
    path: "/tokens/{id}",
    summary: "Remove a token; it works no longer",
    needs: "admin",
    params: z.object({ id: shapes.idText }),
    answers: { 204: { description: "There is no such token any more" } },
  }, async ({ params, context, actor }) => {
    await admin.removeToken(
      params.id,
      authorOf(context, actor!, { action: "remove token" }),
    );
    authentication.forget();
    return context.body(null, 204);
  });
}

/** Refuses what would leave nobody who may change that again. */
function checkAdminsLeft(
  users: readonly UserRow[],
  changed: { name: string; scopes: readonly string[] },
): void {
  const others = users.filter(({ name }) => name !== changed.name);
  const isLeft = [...others, changed]
    .some(({ scopes }) => allows(scopes, "admin"));
  if (isLeft) return;
  throw new ProblemError(
    "conflict",
    `${changed.name} is the last who may make others: give somebody else scope "admin" first`,
  );
}

function userJson({ name, scopes, password, createdAt }: UserRow) {
  return {
    name,
    scopes: [...scopes],
    hasPassword: password !== undefined,
    createdAt: shapes.timeOf(createdAt),
  };
}

function tokenJson(token: TokenRow) {
  return {
    id: token.id,
    name: token.name,
    scopes: [...token.scopes],
    createdBy: token.createdBy,
    createdAt: shapes.timeOf(token.createdAt),
    expiresAt: shapes.timeOf(token.expiresAt),
    usedAt: token.usedAt === undefined ? null : shapes.timeOf(token.usedAt),
  };
}
