import type { WebContext } from "./env.ts";

/** Kinds of problems: status, title, and what to do about them. */
export const PROBLEMS = {
  malformed: [
    400,
    "The request cannot be read",
    "Look at `errors`: each names a place in the request.",
  ],
  unauthenticated: [
    401,
    "Nobody is logged in",
    "Log in, or send a token as `Authorization: Bearer lars_…`.",
  ],
  forbidden: [
    403,
    "This needs another scope",
    "`scope` names it: ask an admin for it.",
  ],
  foreign_origin: [
    403,
    "The request comes from another site",
    "A browser must ask from a page of this very address.",
  ],
  not_found: [
    404,
    "There is no such thing",
    "Look at the address; a host or route may be gone.",
  ],
  conflict: [
    409,
    "It contradicts what is there",
    "Look at the detail, and decide which of both is meant.",
  ],
  stale: [
    412,
    "It was changed by someone else",
    "`routes` has it as it is now: look, and send the change again with its revision.",
  ],
  too_large: [
    413,
    "The body is too large",
    "Send less at a time; imports may be larger.",
  ],
  unsupported_media: [
    415,
    "The body has another type than this takes",
    "Send `Content-Type: application/json`.",
  ],
  foreign_host: [
    421,
    "The name in the address is not known here",
    "Ask by address or as localhost, or list the name in [web] hosts of web.conf.",
  ],
  unprocessable: [
    422,
    "It is understood, and cannot be",
    "Look at `errors`: each names a place in the request.",
  ],
  precondition_required: [
    428,
    "It is there already: say which version is meant",
    "Send its revision as `If-Match`, or `revision` within an edit.",
  ],
  busy: [
    429,
    "Too many at a time",
    "Try again after the seconds in `Retry-After`.",
  ],
  internal: [
    500,
    "Lars has a bug here",
    "The log of web has the reason under this request id.",
  ],
  store_away: [
    503,
    "The store cannot be used now",
    "It is tried again: ask again after the seconds in `Retry-After`.",
  ],
} as const satisfies Record<string, readonly [number, string, string]>;

/** Name of a kind of problem: `type` is "/problems/NAME". */
export type ProblemName = keyof typeof PROBLEMS;

/** What a problem says beside its kind. */
export interface ProblemExtra {
  errors?: readonly { pointer: string; detail: string }[];
  scope?: string;
  /** Routes as they are now. */
  routes?: readonly unknown[];
  retryAfterS?: number;
}

/** An outcome that the one who asked can do something about. */
export class ProblemError extends Error {
  override name = "ProblemError";
  readonly kind: ProblemName;
  readonly extra: ProblemExtra;

  constructor(kind: ProblemName, detail: string, extra: ProblemExtra = {}) {
    super(detail);
    this.kind = kind;
    this.extra = extra;
  }
}

/** Answers with a problem, as RFC 9457 has it. */
export function answerProblem(
  context: WebContext,
  { kind, message, extra }: ProblemError,
): Response {
  const [status, title] = PROBLEMS[kind];
  const { retryAfterS, ...rest } = extra;
  const headers: Record<string, string> = {
    "content-type": "application/problem+json",
    "cache-control": "no-store",
  };
  if (retryAfterS !== undefined) headers["retry-after"] = String(retryAfterS);
  if (status === 401) headers["www-authenticate"] = 'Bearer realm="lars"';
  const body = {
    type: `/problems/${kind}`,
    title,
    status,
    detail: message,
    requestId: context.get("requestId"),
    ...rest,
  };
  return new Response(JSON.stringify(body), { status, headers });
}
