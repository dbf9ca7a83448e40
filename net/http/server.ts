import type { Endpoint } from "../../proto/mod.ts";

/** Answers one HTTP request; `peer` is the address at the other end. */
export type HttpHandler = (
  request: Request,
  peer: string,
) => Response | Promise<Response>;

/** HTTP requests that are answered. */
export interface HttpServing {
  /** Resolves when the last is answered after the end. */
  finished: Promise<void>;
  /** Where, with the port that was taken. */
  local: Endpoint;
}

/**
 * Answers HTTP requests at `at` until `signal` is aborted.
 *
 * @throws {Deno.errors.AddrInUse} If the port is taken.
 */
export function serveHttp(
  { at, signal }: { at: Endpoint; signal: AbortSignal },
  handler: HttpHandler,
): HttpServing {
  // Deno.serve would never finish with a signal that is aborted already.
  if (signal.aborted) return { finished: Promise.resolve(), local: at };
  const server = Deno.serve(
    { ...at, signal, onListen: () => {} },
    (request, { remoteAddr }) => handler(request, remoteAddr.hostname),
  );
  const { hostname, port } = server.addr;
  return { finished: server.finished, local: { hostname, port } };
}
