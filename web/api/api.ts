import { OpenAPIHono } from "@hono/zod-openapi";
import { getCookie } from "hono/cookie";
import { VERSION } from "../../net/mod.ts";
import { cookieName } from "../access/cookie.ts";
import type { WebEnv } from "../http/env.ts";
import { ProblemError } from "../http/problem.ts";
import type { ApiContext } from "./context.ts";
import { Operations, type OperationSpec } from "./operation.ts";
import { addAlarmResource } from "./resources/alarms.ts";
import { addChangeResource } from "./resources/changes.ts";
import { addDrainResource } from "./resources/drains.ts";
import { addEventResource } from "./resources/events.ts";
import { addInstanceResource } from "./resources/instances.ts";
import { addNameResource } from "./resources/names.ts";
import { addNowResource } from "./resources/now.ts";
import { addObservationResources } from "./resources/observations.ts";
import { addPeopleResource } from "./resources/people.ts";
import { addRouteListResource } from "./resources/route_list.ts";
import { addRouteResource } from "./resources/routes.ts";
import { addSessionResource } from "./resources/session.ts";
import { addTransferResource } from "./resources/transfer.ts";

/** Where the API is, below the base path. */
export const API_PATH = "/api/v1";

/** The API as an app, and what it consists of. */
export interface Api {
  app: OpenAPIHono<WebEnv>;
  operations: readonly OperationSpec[];
}

/** Makes the admin API. */
export function createApi(context: ApiContext): Api {
  const app = new OpenAPIHono<WebEnv>();
  const operations = new Operations(app);
  app.openAPIRegistry.registerComponent("securitySchemes", "token", {
    type: "http",
    scheme: "bearer",
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "session", {
    type: "apiKey",
    in: "cookie",
    name: "lars",
  });
  app.use(async (request, next) => {
    const client = request.get("client");
    request.set(
      "actor",
      await context.authentication.identify({
        authorization: request.req.header("authorization"),
        cookie: getCookie(request, cookieName(client)),
        client,
      }),
    );
    await next();
  });
  addSessionResource(operations, context);
  addPeopleResource(operations, context);
  addNowResource(operations, context);
  addRouteListResource(operations, context);
  addRouteResource(operations, context);
  addObservationResources(operations, context);
  addDrainResource(operations, context);
  addChangeResource(operations, context);
  addAlarmResource(operations, context);
  addNameResource(operations, context);
  addTransferResource(operations, context);
  addInstanceResource(operations, context);
  addEventResource(operations, context);
  // The same for everybody and everywhere, and so for whoever asks; made once.
  let document: ReturnType<typeof documentOf> | undefined;
  app.get(
    "/openapi.json",
    (request) => request.json(document ??= documentOf(app)),
  );
  app.all("*", (request) => {
    // Who is not known learns nothing of which addresses there are.
    if (request.get("actor") === undefined) {
      throw new ProblemError("unauthenticated", "Nobody is logged in here");
    }
    throw new ProblemError(
      "not_found",
      `There is nothing at ${request.req.method} ${request.req.path}`,
    );
  });
  return { app, operations: operations.list };
}

function documentOf(app: OpenAPIHono<WebEnv>) {
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Lars admin API",
      version: VERSION,
      description:
        "Routes of Lars, who may change them, and who did. Errors are application/problem+json.",
    },
    servers: [{ url: "." }],
  });
}
