import type { MiddlewareHandler } from "hono";
import { isAddress } from "../../proto/mod.ts";
import { bearerToken } from "../access/authentication.ts";
import type { WebEnv } from "./env.ts";
import { ProblemError } from "./problem.ts";

/** What pages may load and do: scripts and styles of this address alone. */
export const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types lit-html",
].join("; ");

const HEADERS: readonly (readonly [string, string])[] = [
  ["content-security-policy", CONTENT_POLICY],
  ["x-content-type-options", "nosniff"],
  ["x-frame-options", "DENY"],
  ["referrer-policy", "same-origin"],
  ["cross-origin-opener-policy", "same-origin"],
  ["cross-origin-resource-policy", "same-origin"],
];

/** Sets the headers that every answer has. */
export const setHeaders: MiddlewareHandler<WebEnv> = async (context, next) => {
  await next();
  for (const [name, value] of HEADERS) context.header(name, value);
  context.header("x-request-id", context.get("requestId"));
};

/**
 * Refuses requests by a name that is not known: a page elsewhere whose name was
 * pointed at this machine (DNS rebinding) asks by its own name.
 */
export function checkHost(
  { hosts }: { hosts: readonly string[] },
): MiddlewareHandler<WebEnv> {
  const known = new Set(["localhost", ...hosts]);
  return async (context, next) => {
    const host = context.req.header("host") ?? new URL(context.req.url).host;
    const name = URL.parse(`http://${host}`)?.hostname ?? "";
    const isKnown = isAddress(name.replace(/^\[|\]$/g, "")) || known.has(name);
    if (!isKnown) {
      throw new ProblemError(
        "foreign_host",
        `No page here is called ${JSON.stringify(host.slice(0, 100))}`,
      );
    }
    await next();
  };
}

const SAFE_METHODS = ["GET", "HEAD"];

/**
 * Refuses what a page of another site has a browser send. Of requests that
 * change something a browser must say that they come from here; programs with a
 * token say nothing.
 */
export const checkOrigin: MiddlewareHandler<WebEnv> = async (
  context,
  next,
) => {
  const { method } = context.req;
  const site = context.req.header("sec-fetch-site");
  const origin = context.req.header("origin");
  const isSafe = SAFE_METHODS.includes(method);
  const isOwn = site === undefined
    ? origin !== undefined && isOwnOrigin(origin, context.req.header("host"))
    : site === "same-origin";
  const saysNothing = site === undefined && origin === undefined;
  const hasToken =
    bearerToken(context.req.header("authorization")) !== undefined;
  const isNavigation = context.req.header("sec-fetch-mode") === "navigate";
  const isAllowed = isOwn || (saysNothing && (isSafe || hasToken)) ||
    (isSafe && (site === "none" || isNavigation));
  if (!isAllowed) {
    throw new ProblemError(
      "foreign_origin",
      saysNothing
        ? "A request that changes something must say by Origin or Sec-Fetch-Site where it comes from, or carry a token"
        : "The request comes from a page of another address",
    );
  }
  await next();
};

function isOwnOrigin(origin: string, host: string | undefined): boolean {
  return URL.parse(origin)?.host === host?.toLowerCase();
}
