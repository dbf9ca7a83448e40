import type { Route } from "../../../proto/mod.ts";
import {
  type AdminStore,
  reverseEdit,
  revisionOf,
  type RouteDiff,
} from "../../../store/mod.ts";
import { applyTo } from "../preview.ts";
import { UnknownPastError } from "./unknown_past.ts";

/** Changes that are read at a time, and the most that are taken back. */
const CHANGES_PER_PAGE = 100;
const CHANGES_MAX = 2_000;

/**
 * A route as it was once a change was made, by the changes since; undefined if one
 * of them is not in the trail, or not there yet.
 *
 * @throws {UnknownPastError} If they are too many.
 */
export async function routeAt(
  admin: Pick<AdminStore, "changes">,
  now: Route,
  change: number,
): Promise<Route | undefined> {
  const key = { modId: now.modId, cmdId: now.cmdId };
  const diffs: RouteDiff[] = [];
  let before: number | undefined;
  for (;;) {
    const page = await admin.changes({ key, before, limit: CHANGES_PER_PAGE });
    const since = page.filter(({ id }) => id > change);
    diffs.push(...since.flatMap(({ routes }) => routes));
    before = page.at(-1)?.id;
    if (since.length < CHANGES_PER_PAGE) break;
    if (diffs.length >= CHANGES_MAX) {
      throw new UnknownPastError(
        `(${key.modId}, ${key.cmdId}) was changed ${CHANGES_MAX} times and more since: ask for a later time`,
      );
    }
  }
  return takeBack(now, diffs);
}

/**
 * A route before changes of it, the newest first; undefined if they do not lead to
 * how it is now: the trail lacks one.
 */
export function takeBack(
  now: Route,
  diffs: readonly RouteDiff[],
  revision = revisionOf(now),
): Route | undefined {
  let route = now;
  let expected = revision;
  for (const diff of diffs) {
    if (diff.revisionAfter !== expected) return undefined;
    route = applyTo(route, reverseEdit([diff]));
    expected = diff.revisionBefore;
  }
  return diffs.length === 0 || revisionOf(route) === expected
    ? route
    : undefined;
}
