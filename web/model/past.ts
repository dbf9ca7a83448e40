import type { Route } from "../../proto/mod.ts";
import { type AdminStore, reverseEdit, revisionOf } from "../../store/mod.ts";
import { applyTo } from "./preview.ts";

/** Changes that are read at a time. */
const CHANGES_PER_PAGE = 100;

/**
 * A route as it was at a time in Unix seconds, by the changes since; undefined if
 * one of them is not in the trail, or not there yet.
 */
export async function routeAt(
  admin: Pick<AdminStore, "changes">,
  now: Route,
  atSeconds: number,
): Promise<Route | undefined> {
  const key = { modId: now.modId, cmdId: now.cmdId };
  let route = now;
  let before: number | undefined;
  for (;;) {
    const page = await admin.changes({ key, before, limit: CHANGES_PER_PAGE });
    for (const { at, routes: [diff] } of page) {
      if (diff === undefined) continue;
      if (revisionOf(route) !== diff.revisionAfter) return undefined;
      if (at <= atSeconds) return route;
      route = applyTo(route, reverseEdit([diff]));
    }
    before = page.at(-1)?.id;
    if (page.length < CHANGES_PER_PAGE) return route;
  }
}
