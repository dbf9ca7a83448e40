import {
  insertAll,
  limitTo,
  type Program,
  type Row,
  rows,
  type Value,
} from "../steps.ts";
import type { Author } from "../types.ts";
import type { RouteDiff } from "./diff.ts";
import type { AuditRow, PageOptions } from "./types.ts";

/** Who does something, and when. */
export interface AuditOptions {
  by: Author;
  nowSeconds: number;
}

/** Columns of who did something and when, in Audit and in RouteEdit. */
export function authorColumns(
  { by, nowSeconds }: AuditOptions,
): Record<string, Value> {
  return {
    at: nowSeconds,
    actor: by.actor,
    address: by.address ?? null,
    action: by.action ?? "edit",
    comment: by.comment ?? null,
    request_id: by.requestId ?? null,
    traceparent: by.traceparent ?? null,
  };
}

/** Who did something, of a row with {@linkcode authorColumns}. */
export function authorOf(
  row: Row,
): Author & { at: number; action: string } {
  return {
    at: Number(row.at),
    actor: String(row.actor),
    ...optional("address", row.address),
    action: String(row.action),
    ...optional("comment", row.comment),
    ...optional("ticket", row.ticket),
    ...optional("requestId", row.request_id),
    ...optional("traceparent", row.traceparent),
  };
}

/** Adds a line to the audit; with the revisions of one route, if it is about that. */
export function* writeAudit(
  target: string,
  options: AuditOptions,
  revisions?: Pick<RouteDiff, "revisionBefore" | "revisionAfter">,
): Program<void> {
  yield* insertAll("Audit", [{
    ...authorColumns(options),
    target,
    before_hash: revisions?.revisionBefore ?? null,
    after_hash: revisions?.revisionAfter ?? null,
  }]);
}

/** A page of the audit. */
export function* audit(
  { before = Number.MAX_SAFE_INTEGER, limit }: PageOptions,
): Program<AuditRow[]> {
  const found = yield* rows(
    `SELECT id, at, actor, address, action, target, before_hash, after_hash,
       comment, request_id, traceparent FROM Audit
     WHERE id < ? ORDER BY id DESC ${limitTo(limit)}`,
    before,
  );
  return found.map((row) => ({
    id: Number(row.id),
    ...authorOf(row),
    target: String(row.target),
    ...optional("before", row.before_hash),
    ...optional("after", row.after_hash),
  }));
}

function optional(name: string, value: unknown): Record<string, string> {
  return value == null ? {} : { [name]: String(value) };
}
