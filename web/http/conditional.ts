import { createHash } from "node:crypto";
import type { WebContext } from "./env.ts";

/**
 * Answers with JSON under a strong ETag; 304 to who only reads, and has that
 * already. Of a change `If-None-Match` is a precondition: {@linkcode matchesNone}.
 */
export function answerTagged(
  context: WebContext,
  { body, tag }: { body: unknown; tag: string },
): Response {
  const quoted = `"${tag}"`;
  const headers = {
    etag: quoted,
    "cache-control": "private, no-cache",
    vary: "cookie, authorization",
  };
  const isRead = ["GET", "HEAD"].includes(context.req.method);
  if (isRead && hasTag(context.req.header("if-none-match"), quoted)) {
    return new Response(null, { status: 304, headers });
  }
  return new Response(JSON.stringify(body), {
    status: 200,
    headers: { ...headers, "content-type": "application/json" },
  });
}

/** The same, tagged by what `tagged` holds: what changes with each answer is left out of it. */
export function answerHashed(
  context: WebContext,
  body: unknown,
  tagged: unknown = body,
): Response {
  const hash = createHash("sha256").update(JSON.stringify(tagged));
  return answerTagged(context, { body, tag: hash.digest("hex").slice(0, 32) });
}

function hasTag(header: string | undefined, quoted: string): boolean {
  if (header === undefined) return false;
  return header.split(",").map((part) => part.trim().replace(/^W\//, ""))
    .some((part) => part === quoted || part === "*");
}

/** Whether `If-None-Match` lets a change be made; `tag` is that of what is there, undefined if nothing is. */
export function matchesNone(
  context: WebContext,
  tag: string | undefined,
): boolean {
  return tag === undefined ||
    !hasTag(context.req.header("if-none-match"), `"${tag}"`);
}

/** Tags that `If-Match` names: undefined without the header, "any" for "*". */
export function ifMatch(context: WebContext): string[] | "any" | undefined {
  const header = context.req.header("if-match");
  if (header === undefined) return undefined;
  if (header.trim() === "*") return "any";
  return header.split(",").map((part) => part.trim().replace(/^"|"$/g, ""));
}
