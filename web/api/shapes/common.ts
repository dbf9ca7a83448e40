import { z } from "@hono/zod-openapi";
import {
  ID_MAX,
  NAME_LENGTH_MAX,
  parseAddress,
  parseIp,
  WEIGHT_DRAINED,
  WEIGHT_MAX,
} from "../../../proto/mod.ts";

/** Longest comment, reason and name of a ticket, in characters. */
const TEXT_LENGTH_MAX = 1_000;

/** Most entries of one page. */
const PAGE_MAX = 1_000;

/** Entries of a page whose size was not named. */
const PAGE_USUAL = 100;

/** A time: RFC 3339, UTC. */
export const time = z.iso.datetime().openapi("Time", {
  example: "2026-11-29T03:04:00Z",
});

/** Unix seconds as a {@linkcode time}. */
export function timeOf(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().replace(".000Z", "Z");
}

/** A modid or cmdid. */
export const id = z.int().min(0).max(ID_MAX);

/** A modid or cmdid in a path or a query. */
export const idText = z.string().regex(/^(0|[1-9]\d{0,9})$/)
  .transform(Number).pipe(id)
  .openapi({ type: "integer", minimum: 0, maximum: ID_MAX });

/** Address of a host: IPv4 and port. */
export const hostKey = z.string().refine((text) => parses(text, parseAddress), {
  error: "must be an IPv4 address and a port from 1 to 65535, as 10.0.0.1:80",
}).openapi("HostKey", { example: "10.0.0.1:80" });

/** IPv4 address. */
export const ipText = z.string().refine((text) => parses(text, parseIp), {
  error: "must be an IPv4 address",
}).openapi({ example: "10.0.0.1" });

/** Relative capacity. */
export const weight = z.int().min(WEIGHT_DRAINED).max(WEIGHT_MAX);

/** Name of a zone or a policy. */
export const word = z.string().max(NAME_LENGTH_MAX).regex(/^[\w.-]+$/, {
  error: `must be 1 to ${NAME_LENGTH_MAX} letters, digits, ".", "_" and "-"`,
});

/** Text that a person writes: no control characters but line breaks and tabs. */
export const text = z.string().max(TEXT_LENGTH_MAX).refine(
  // deno-lint-ignore no-control-regex
  (value) => !/[\x00-\x08\x0b-\x1f\x7f]/.test(value),
  { error: "must hold no control characters" },
);

/** A share: 0 to 1. */
export const share = z.number().min(0).max(1);

/** Revision of a route: what its strong ETag holds. */
export const revision = z.string().regex(/^[0-9a-f]{32}$/).openapi("Revision", {
  description: "Hash of the hosts, attributes and settings of a route",
});

/** What names a route. */
export const routeKey = { modId: id, cmdId: id };

/** The same in a path. */
export const routePath = z.object({ modId: idText, cmdId: idText });

/** Parameters of a page. */
export const pageQuery = {
  limit: z.string().regex(/^[1-9]\d{0,3}$/).transform(Number)
    .pipe(z.int().min(1).max(PAGE_MAX)).default(PAGE_USUAL)
    .openapi({ type: "integer", minimum: 1, maximum: PAGE_MAX }),
  cursor: z.string().max(200).optional().openapi({
    description: "What `next` of the page before holds",
  }),
};

/** Parameter of what can be asked for as it was. */
export const atQuery = {
  at: time.optional().openapi({
    description:
      "A moment of the last 400 days: as it was then, as far as that is kept",
  }),
};

/** Parameters of what can be tried first. */
export const dryRunQuery = z.object({
  dryRun: z.enum(["0", "1"]).default("0").openapi({
    description: "1: say what it would do, and do nothing",
  }),
});

/** A page: entries, and the cursor of those behind them; null on the last. */
export function pageOf<Item extends z.ZodType>(items: Item) {
  return z.strictObject({
    items: z.array(items),
    next: z.string().nullable(),
  });
}

/** RFC 9457. */
export const problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  requestId: z.string(),
  errors: z.array(z.strictObject({ pointer: z.string(), detail: z.string() }))
    .optional(),
  scope: z.string().optional().openapi({
    description: "Of 403: the scope that is needed",
  }),
  routes: z.array(z.unknown()).optional().openapi({
    description: "Of 412: the routes as they are now",
  }),
}).openapi("Problem");

function parses(value: string, parse: (text: string) => unknown): boolean {
  try {
    parse(value);
    return true;
  } catch {
    return false;
  }
}
