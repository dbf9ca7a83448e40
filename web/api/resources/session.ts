import { deleteCookie, setCookie } from "hono/cookie";
import { z } from "@hono/zod-openapi";
import type { SessionRow } from "../../../store/mod.ts";
import type { Actor } from "../../access/actor.ts";
import { SESSION_IDLE_S } from "../../access/authentication.ts";
import { cookieName } from "../../access/cookie.ts";
import type { WebContext } from "../../http/env.ts";
import { ProblemError } from "../../http/problem.ts";
import { type ApiContext, authorOf } from "../context.ts";
import type { Operations } from "../operation.ts";
import * as shapes from "../schemas.ts";

/** Seconds after which one that was refused as too many wait may try again. */
const BUSY_RETRY_S = 2;

/** How long a browser keeps the cookie; the session ends by itself when it is not used. */
const COOKIE_S = 60 * SESSION_IDLE_S;

const ANSWERS = { 200: { description: "Who asks", schema: shapes.session } };

/** The first user, logging in and out. */
export function addSessionResource(
  operations: Operations,
  api: ApiContext,
): void {
  const { admin, authentication, passwords, limits, firstUser, clock } = api;

  operations.add({
    method: "post",
    path: "/first-user",
    summary: "Make the first user with the secret of the one-time link",
    needs: "open",
    body: shapes.firstUser,
    answers: ANSWERS,
  }, async ({ body, context }) => {
    if (!firstUser.matches(body.secret)) throw wrongLink();
    const password = await passwords.hash(body.password);
    if (password === undefined) throw busy();
    const scopes = ["admin"];
    const isFirst = await admin.addFirstUser({
      name: body.name,
      password,
      scopes,
      createdAt: clock.wallSeconds(),
    }, {
      actor: `user ${body.name}`,
      address: context.get("client").address,
      action: "make first user",
      requestId: context.get("requestId"),
    });
    await firstUser.withdraw();
    if (!isFirst) throw wrongLink();
    return await logIn(api, { name: body.name, scopes }, context);
  });

  operations.add({
    method: "post",
    path: "/session",
    summary: "Log in",
    needs: "open",
    body: shapes.login,
    answers: ANSWERS,
  }, async ({ body, context }) => {
    const name = body.name.toLowerCase();
    const { address } = context.get("client");
    const waitMs = limits.take({ address, name });
    if (waitMs > 0) {
      throw new ProblemError("busy", "Too many wrong passwords: wait", {
        retryAfterS: Math.ceil(waitMs / 1_000),
      });
    }
    const user = (await admin.users()).find((each) => each.name === name);
    const isRight = await passwords.check(body.password, user?.password, {
      isKnown: limits.knows({ address, name }),
    });
    if (isRight === undefined) throw busy();
    if (!isRight || user === undefined) {
      throw new ProblemError(
        "unauthenticated",
        "Name and password do not belong together",
      );
    }
    limits.succeed({ address, name });
    return await logIn(api, user, context);
  });

  operations.add({
    method: "get",
    path: "/session",
    summary: "Who asks",
    needs: "known",
    answers: ANSWERS,
  }, ({ actor, context }) => context.json(sessionJson(actor!)));

  operations.add({
    method: "delete",
    path: "/session",
    summary: "Log out",
    needs: "known",
    answers: { 204: { description: "The session is over" } },
  }, async ({ actor, context }) => {
    if (actor!.session !== undefined) {
      await admin.removeSession(actor!.session);
      authentication.forget();
    }
    const client = context.get("client");
    deleteCookie(context, cookieName(client), {
      path: "/",
      secure: client.isSecure,
    });
    return context.body(null, 204);
  });

  addOwnAccount(operations, api);
}

/** The own password and sessions. */
function addOwnAccount(operations: Operations, api: ApiContext): void {
  const { admin, authentication, passwords, limits } = api;

  operations.add({
    method: "put",
    path: "/session/password",
    summary: "Change the own password; every session of the user ends",
    needs: "known",
    body: shapes.passwordChange,
    answers: { 204: { description: "Log in again" } },
  }, async ({ actor, body, context }) => {
    const { name, kind } = actor!;
    const { address } = context.get("client");
    const user = kind === "user"
      ? (await admin.users()).find((each) => each.name === name)
      : undefined;
    if (user === undefined) {
      throw new ProblemError("conflict", "A token has no password");
    }
    if (limits.take({ address, name }) > 0) throw busy();
    const isRight = await passwords.check(body.before, user.password, {
      isKnown: true,
    });
    if (isRight === undefined) throw busy();
    if (!isRight) {
      throw new ProblemError("unprocessable", "The password is another", {
        errors: [{ pointer: "#/before", detail: "must be the own password" }],
      });
    }
    limits.succeed({ address, name });
    const password = await passwords.hash(body.after);
    if (password === undefined) throw busy();
    await admin.putUser(
      { ...user, password },
      authorOf(context, actor!, { action: "change own password" }),
    );
    authentication.forget();
    return context.body(null, 204);
  });

  operations.add({
    method: "get",
    path: "/sessions",
    summary: "Sessions: the own ones, or those of all for an admin",
    needs: "known",
    answers: {
      200: {
        description: "The newest first",
        schema: z.strictObject({ items: z.array(shapes.sessionEntry) }),
      },
    },
  }, async ({ actor, context }) => {
    const rows = await sessionsOf(api, actor!);
    return context.json({
      items: rows.map((row) => ({
        id: sessionId(row),
        user: row.user,
        address: row.address,
        createdAt: shapes.timeOf(row.createdAt),
        usedAt: shapes.timeOf(row.usedAt),
        isOwn: row.hash === actor!.session,
      })),
    });
  });

  operations.add({
    method: "delete",
    path: "/sessions/{id}",
    summary: "End a session: an own one, or any for an admin",
    needs: "known",
    params: z.object({ id: z.string().regex(/^[0-9a-f]{16}$/) }),
    answers: {
      204: { description: "There is no such session of theirs any more" },
    },
  }, async ({ params, actor, context }) => {
    const author = authorOf(context, actor!, { action: "end session" });
    // What others may not see is as what is not there.
    for (const row of await sessionsOf(api, actor!)) {
      if (sessionId(row) === params.id) {
        await admin.removeSession(row.hash, author);
      }
    }
    authentication.forget();
    return context.body(null, 204);
  });
}

/** Sessions that somebody may see and end. */
async function sessionsOf(
  { admin }: ApiContext,
  { kind, name, scopes }: Actor,
): Promise<SessionRow[]> {
  return scopes.includes("admin")
    ? await admin.sessions()
    : await admin.sessions(kind === "user" ? name : "");
}

/** Names a session to those who may see it; it does not let anybody in. */
function sessionId({ hash }: SessionRow): string {
  return hash.slice(0, 16);
}

/** Begins a session, and gives the browser its cookie. */
async function logIn(
  { authentication }: ApiContext,
  { name, scopes }: { name: string; scopes: readonly string[] },
  context: WebContext,
): Promise<Response> {
  const client = context.get("client");
  const secret = await authentication.begin(name, client);
  setCookie(context, cookieName(client), secret, {
    path: "/",
    httpOnly: true,
    sameSite: "Lax",
    secure: client.isSecure,
    maxAge: COOKIE_S,
  });
  return context.json({
    actor: `user ${name}`,
    kind: "user",
    name,
    scopes: [...scopes],
  });
}

function sessionJson({ label, kind, name, scopes }: Actor) {
  return { actor: label, kind, name, scopes: [...scopes] };
}

function wrongLink(): ProblemError {
  return new ProblemError(
    "unauthenticated",
    "The link was used, or is not the newest: web writes another one at its start while there is no user",
  );
}

/** Refusal as too many passwords wait to be looked at. */
export function busy(): ProblemError {
  return new ProblemError("busy", "Too many passwords at a time", {
    retryAfterS: BUSY_RETRY_S,
  });
}
