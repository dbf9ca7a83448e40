/**
 * `fetch` for URLs `lars://MODID.CMDID/path`: each request goes to the host that
 * Lars picks, and its outcome is reported.
 *
 * @example
 * ```ts
 * import { LarsClient } from "@lars/lars";
 * import { larsFetch } from "@lars/lars/fetch";
 *
 * const client = LarsClient.open();
 * const fetch = larsFetch(client, { routes: { orders: [1, 1] } });
 * if (await client.register(1, 1)) {
 *   const answer = await fetch("lars://orders/v1/items?id=7");
 *   console.log(answer.status, answer.url);
 * }
 * await client.close();
 * ```
 *
 * @module
 */
import { formatAddress, type RouteKey } from "../../proto/mod.ts";
import { Attempt } from "../attempt.ts";
import type { LarsClient } from "../client.ts";
import { NoHostError } from "../outcome.ts";
import { parseRouteName, type RouteNames } from "../route_name.ts";

export type { RouteNames } from "../route_name.ts";

/** Return code of a request whose connection failed. */
const CONNECTION_FAILED = 1;

/** Methods that may be repeated (RFC 9110, 9.2.2). */
const IDEMPOTENT = ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"];

/** How {@linkcode larsFetch} works; everything has a default. */
export interface LarsFetchOptions {
  /** Names that may stand in a URL instead of `MODID.CMDID`. */
  routes?: RouteNames;
  /**
   * Other hosts that are tried when a connection failed, if the method is
   * idempotent and the body no stream; 1 if not given.
   */
  retries?: number;
  /** Which responses count as failures of the host; those of 500 and above if not given. */
  isFailure?: (response: Response) => boolean;
  /** What requests hosts, and everything that is no `lars:` URL; the runtime's if not given. */
  fetch?: typeof fetch;
}

/** A request of a `lars:` URL. */
interface LarsRequest {
  readonly key: RouteKey;
  /** What follows the host. */
  readonly path: string;
  readonly input: Request | undefined;
  readonly init: RequestInit;
  readonly signal: AbortSignal | undefined;
  /** Attempts that are left after this one. */
  retries: number;
}

/**
 * A `fetch` that takes `lars:` URLs. A host that there is none of rejects with a
 * TypeError, as a failed connection does, whose `cause` is a
 * {@linkcode NoHostError}; `url` of a response is that of the host.
 *
 * A response that is not a failure is reported when its headers have come, and a
 * failure besides if its body then breaks. A request that its caller aborted is
 * not reported, unless by `AbortSignal.timeout`: that is a failure of the host.
 */
export function larsFetch(
  client: LarsClient,
  options: LarsFetchOptions = {},
): typeof fetch {
  const { routes = {}, retries = 1, fetch: base = fetch } = options;
  const { isFailure = ({ status }: Response) => status >= 500 } = options;

  async function attempt(request: LarsRequest): Promise<Response> {
    const { key, signal } = request;
    let failed: Attempt | undefined;
    for (;;) {
      const tried = await begin(client, { key, signal, avoid: failed?.host });
      try {
        const response = await send(base, request, tried);
        if (!isFailure(response)) {
          tried.end(0);
          return watchBody(response, () => onError(tried, signal));
        }
        tried.end(response.status);
        return response;
      } catch (error) {
        onError(tried, signal);
        if (signal?.aborted || request.retries-- <= 0) throw error;
        failed = tried;
      }
    }
  }

  return async (input: RequestInfo | URL, init: RequestInit = {}) => {
    const from = input instanceof Request ? input : undefined;
    const href = from?.url ?? String(input);
    if (!href.startsWith("lars:")) return await base(input, init);
    const { hostname, pathname, search } = new URL(href);
    const method = (init.method ?? from?.method ?? "GET").toUpperCase();
    const isStream = init.body instanceof ReadableStream ||
      from !== undefined && from.body !== null;
    const mayRepeat = IDEMPOTENT.includes(method) && !isStream;
    return await attempt({
      key: parseRouteName(hostname, routes),
      path: (pathname || "/") + search,
      input: from,
      init,
      signal: init.signal ?? from?.signal,
      retries: mayRepeat ? retries : 0,
    });
  };
}

/** As {@linkcode Attempt.begin}; fails as `fetch` does. */
async function begin(
  client: LarsClient,
  { key, ...options }: { key: RouteKey } & Parameters<typeof Attempt.begin>[2],
): Promise<Attempt> {
  try {
    return await Attempt.begin(client, key, options);
  } catch (error) {
    if (!(error instanceof NoHostError)) throw error;
    throw new TypeError(error.message, { cause: error });
  }
}

function send(
  base: typeof fetch,
  { path, input, init }: LarsRequest,
  { host }: Attempt,
): Promise<Response> {
  const url = `http://${formatAddress(host)}${path}`;
  return input === undefined
    ? base(url, init)
    : base(new Request(url, input), init);
}

/** Reports a failure, unless the caller ended the request. */
function onError(tried: Attempt, signal: AbortSignal | undefined): void {
  const isAborted = signal?.aborted &&
    (signal.reason as Error | undefined)?.name !== "TimeoutError";
  if (isAborted) tried.drop();
  else tried.fail(CONNECTION_FAILED);
}

/** The response, with a call of `onBroken` if its body breaks. */
function watchBody(response: Response, onBroken: () => void): Response {
  if (response.body === null) return response;
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        onBroken();
        controller.error(error);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
  const watched = new Response(body, response);
  for (const name of ["url", "redirected", "type"] as const) {
    Object.defineProperty(watched, name, { value: response[name] });
  }
  return watched;
}
