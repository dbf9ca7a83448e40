/**
 * An interceptor for dispatchers of undici: requests of `http://NAME.lars/` go
 * to the host that Lars picks, and their outcome is reported.
 *
 * @example
 * ```ts
 * import { LarsClient } from "@lars/lars";
 * import { larsInterceptor } from "@lars/lars/undici";
 * import { Agent, request } from "undici";
 *
 * const client = LarsClient.open();
 * const lars = larsInterceptor(client, { routes: { orders: [1, 1] } });
 * const dispatcher = new Agent().compose(lars);
 * if (await client.register(1, 1)) {
 *   const { statusCode } = await request("http://orders.lars/", { dispatcher });
 *   console.log(statusCode);
 * }
 * await dispatcher.close();
 * await client.close();
 * ```
 *
 * @module
 */
import { formatAddress } from "../../proto/mod.ts";
import { Attempt } from "../attempt.ts";
import type { LarsClient } from "../client.ts";
import { parseRouteName, type RouteNames } from "../route_name.ts";

export type { RouteNames } from "../route_name.ts";

/** Return code of a request whose connection failed. */
const CONNECTION_FAILED = 1;

/** Ends the name of a host that stands for a route. */
const SUFFIX = ".lars";

/** How {@linkcode larsInterceptor} works; everything has a default. */
export interface LarsInterceptorOptions {
  /** Names that may stand before `.lars` instead of `MODID.CMDID`. */
  routes?: RouteNames;
  /** Which statuses count as failures of the host; those of 500 and above if not given. */
  isFailure?: (statusCode: number) => boolean;
}

/** What is used of the options of a dispatch. */
export interface DispatchOptions {
  /** Scheme, host and port. */
  origin?: string | URL | undefined;
}

/** What is used of the handler of a dispatch; controllers are passed on. */
export interface DispatchHandler {
  /** Called with the status and headers. */
  onResponseStart?(
    controller: never,
    statusCode: number,
    ...rest: never[]
  ): void;
  /** Called when the request has failed. */
  onResponseError?(controller: never, error: Error): void;
}

/** A dispatch of undici. */
export type Dispatch<Options, Handler> = (
  options: Options,
  handler: Handler,
) => boolean;

/**
 * An interceptor for `dispatcher.compose()`. Requests of other hosts pass as they
 * are; a request without a host to call fails with a {@linkcode NoHostError}. To
 * repeat requests on other hosts compose undici's `retry` after it.
 */
export function larsInterceptor(
  client: LarsClient,
  options: LarsInterceptorOptions = {},
): <Options extends DispatchOptions, Handler extends DispatchHandler>(
  dispatch: Dispatch<Options, Handler>,
) => Dispatch<Options, Handler> {
  const { routes = {}, isFailure = (status) => status >= 500 } = options;
  return (dispatch) => (options, handler) => {
    const name = routeNameOf(options.origin);
    if (name === undefined) return dispatch(options, handler);
    const key = parseRouteName(name, routes);
    Attempt.begin(client, key).then((attempt) => {
      const origin = `http://${formatAddress(attempt.host)}`;
      const watched = watch(handler, { attempt, isFailure });
      dispatch({ ...options, origin }, watched);
    }).catch((error) =>
      // There is no controller before there is a connection.
      handler.onResponseError?.(null as never, error)
    );
    return true;
  };
}

/** `orders` of `http://orders.lars`; undefined for a host that is none of ours. */
function routeNameOf(origin: string | URL | undefined): string | undefined {
  if (origin === undefined) return undefined;
  const { hostname } = new URL(origin);
  return hostname.endsWith(SUFFIX)
    ? hostname.slice(0, -SUFFIX.length)
    : undefined;
}

/** The handler, with a report of what it is told. */
function watch<Handler extends DispatchHandler>(
  handler: Handler,
  { attempt, isFailure }: {
    attempt: Attempt;
    isFailure: (statusCode: number) => boolean;
  },
): Handler {
  const watched: Handler = Object.create(handler);
  watched.onResponseStart = (controller, statusCode, ...rest) => {
    // Earlier ones are interim.
    if (statusCode >= 200) attempt.end(isFailure(statusCode) ? statusCode : 0);
    handler.onResponseStart?.(controller, statusCode, ...rest);
  };
  watched.onResponseError = (controller, error) => {
    if (error.name === "AbortError") attempt.drop();
    else attempt.fail(CONNECTION_FAILED);
    handler.onResponseError?.(controller, error);
  };
  return watched;
}
