import type { z } from "@hono/zod-openapi";
import type { Clock } from "../../net/mod.ts";
import { type Route, type RouteKey, RouteMap } from "../../proto/mod.ts";
import type {
  AdminStore,
  Author,
  EditOptions,
  EditResult,
  HistoryStore,
  LeaseStore,
  RouteEdit,
  RouteRevision,
  RouteStore,
} from "../../store/mod.ts";
import { ConflictError } from "../../store/mod.ts";
import type { Actor } from "../access/actor.ts";
import type { Authentication } from "../access/authentication.ts";
import type { FirstUser } from "../access/first_user.ts";
import type { LoginLimits } from "../access/login_limits.ts";
import type { Passwords } from "../access/passwords.ts";
import type { WebContext } from "../http/env.ts";
import { ProblemError } from "../http/problem.ts";
import type { ChangeEvents } from "../model/change_events.ts";
import type { FleetModel } from "../model/fleet.ts";
import type { LeaseModel } from "../model/leases.ts";
import type { Names } from "../model/names.ts";
import type { Past } from "../model/past/moment.ts";
import type { RouteCopy } from "../model/route_copy.ts";
import type { alarmRule } from "./schemas.ts";
import { routeJson } from "./views/routes.ts";

/** Routes that are read from the store at a time. */
const ROUTES_PER_READ = 200;

/** What the resources of the API work on. */
export interface ApiContext {
  routes: RouteStore;
  admin: AdminStore;
  history: HistoryStore;
  leases: LeaseStore;
  leaseModel: LeaseModel;
  events: ChangeEvents;
  copy: RouteCopy;
  fleet: FleetModel;
  past: Past;
  names: Names;
  authentication: Authentication;
  passwords: Passwords;
  limits: LoginLimits;
  firstUser: FirstUser;
  alarmRules: readonly AlarmRule[];
  clock: Clock;
}

/** A rule by which reporters find alarms, as people read it. */
export type AlarmRule = z.infer<typeof alarmRule>;

/** Why something is done, as its request says. */
export interface Reason {
  action: string;
  comment?: string | undefined;
  ticket?: string | undefined;
}

/** A traceparent, as W3C Trace Context has it: nothing else is kept. */
const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;

/** Who asks for a change, for the trail. */
export function authorOf(
  context: WebContext,
  actor: Actor,
  { action, comment, ticket }: Reason,
): Author {
  const traceparent = context.req.header("traceparent") ?? "";
  return {
    actor: actor.label,
    address: context.get("client").address,
    action,
    requestId: context.get("requestId"),
    ...comment === undefined || comment === "" ? {} : { comment },
    ...ticket === undefined || ticket === "" ? {} : { ticket },
    ...TRACEPARENT.test(traceparent) ? { traceparent } : {},
  };
}

/** A change that is asked for. */
export interface ChangeRequest {
  context: WebContext;
  actor: Actor;
  edit: RouteEdit;
  reason: Reason;
  ifMatch?: readonly RouteRevision[];
}

/**
 * Makes a change as the one who asks, under the key of the request if it has one.
 *
 * @throws {ProblemError} If someone else was faster, or the key was used before.
 */
export async function makeChange(
  api: ApiContext,
  { context, actor, edit, reason, ifMatch = [] }: ChangeRequest,
): Promise<EditResult> {
  const idempotencyKey = context.req.header("idempotency-key");
  if (
    idempotencyKey !== undefined && !/^[\x21-\x7e]{1,200}$/.test(idempotencyKey)
  ) {
    throw new ProblemError(
      "malformed",
      "Idempotency-Key must be 1 to 200 visible characters of ASCII",
    );
  }
  const options: EditOptions = {
    by: authorOf(context, actor, reason),
    ifMatch,
    ...idempotencyKey === undefined ? {} : { idempotencyKey },
  };
  try {
    const result = await api.routes.edit(edit, options);
    await takeFresh(api, result.revisions ?? []);
    return result;
  } catch (error) {
    if (error instanceof ConflictError) {
      api.copy.take(error.routes);
      throw stale(api, error);
    }
    if (error instanceof RangeError) {
      throw new ProblemError("unprocessable", error.message);
    }
    throw error;
  }
}

/** Has the copy hold routes as they are now: whoever asks next sees it, before it hears of them. */
export async function takeFresh(
  api: ApiContext,
  keys: readonly RouteKey[],
): Promise<void> {
  for await (const route of readEach(api, keys)) api.copy.take([route]);
  api.fleet.forget();
}

/** Routes as they are in the store, each once, some at a time: others are answered in between. */
export async function* readEach(
  { routes, clock }: Pick<ApiContext, "routes" | "clock">,
  rows: readonly RouteKey[],
): AsyncGenerator<Route> {
  const distinct = new RouteMap<true>();
  for (const row of rows) distinct.set(row, true);
  const keys = [...distinct.keys()];
  for (let at = 0; at < keys.length; at += ROUTES_PER_READ) {
    if (at > 0) await clock.turn();
    yield* await routes.read(keys.slice(at, at + ROUTES_PER_READ));
  }
}

function stale(api: ApiContext, { routes }: ConflictError): ProblemError {
  return new ProblemError(
    "stale",
    `${routes.length} of the routes were changed by someone else`,
    { routes: routes.map((route) => routeJson(api, route)) },
  );
}
