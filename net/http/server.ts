import type { Endpoint } from "../../proto/mod.ts";

/** Answers one HTTP request. */
export type HttpHandler = (request: Request) => Response | Promise<Response>;

/**
 * Answers HTTP requests at `at` until `signal` is aborted.
 *
 * @throws {Deno.errors.AddrInUse} If the port is taken.
 */
export function serveHttp(
  { at, signal }: { at: Endpoint; signal: AbortSignal },
  handler: HttpHandler,
): { finished: Promise<void> } {
  // Deno.serve would never finish with a signal that is aborted already.
  if (signal.aborted) return { finished: Promise.resolve() };
  return Deno.serve({ ...at, signal, onListen: () => {} }, handler);
}
