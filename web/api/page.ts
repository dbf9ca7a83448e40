import { Buffer } from "node:buffer";
import { ProblemError } from "../http/problem.ts";

/** What a cursor holds: where the page before ended. */
export type Place = readonly number[];

/** The place that a cursor names; undefined: the beginning. @throws {ProblemError} If it is none of ours. */
export function placeOf(
  cursor: string | undefined,
  length: number,
): Place | undefined {
  if (cursor === undefined) return undefined;
  try {
    const text = Buffer.from(cursor, "base64url").toString();
    const place: unknown = JSON.parse(text);
    const isPlace = Array.isArray(place) && place.length === length &&
      place.every(Number.isFinite);
    if (isPlace) return place;
  } catch {
    // As any other that is none.
  }
  throw new ProblemError("malformed", "The cursor is none of this list", {
    errors: [{ pointer: "query: cursor", detail: "must be what next held" }],
  });
}

/** A page of at most `limit` of these items, which may be one more. */
export function pageOfItems<Item>(
  items: readonly Item[],
  { limit, placeAt }: { limit: number; placeAt: (item: Item) => Place },
): { items: Item[]; next: string | null } {
  const page = items.slice(0, limit);
  const last = page.at(-1);
  const next = items.length > limit && last !== undefined
    ? Buffer.from(JSON.stringify(placeAt(last))).toString("base64url")
    : null;
  return { items: page, next };
}

/** A page of what has ids, the newest first: with those below `below` alone; `read` is asked for one more. */
export async function pageOfNewest<Item extends { id: number }>(
  { limit, cursor, below = Number.MAX_SAFE_INTEGER }: {
    limit: number;
    cursor?: string | undefined;
    below?: number | undefined;
  },
  read: (page: { before: number; limit: number }) => Promise<readonly Item[]>,
): Promise<{ items: Item[]; next: string | null }> {
  const [before = below] = placeOf(cursor, 1) ?? [];
  const items = await read({
    before: Math.min(before, below),
    limit: limit + 1,
  });
  return pageOfItems(items, { limit, placeAt: ({ id }) => [id] });
}
