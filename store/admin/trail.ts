import type { RouteKey } from "../../proto/mod.ts";
import { routeKeyOf } from "../attribute_tables.ts";
import { authorOf } from "./audit.ts";
import type { RouteDiff } from "./diff.ts";
import {
  change,
  limitTo,
  newestId,
  type Program,
  type Row,
  rows,
  rowsOf,
} from "../steps.ts";
import type {
  ChangedDrains,
  ChangedRoute,
  ChangeRange,
  ChangeRow,
  DrainEdit,
  PageOptions,
} from "./types.ts";

/** Rows that stay, the newest: 400 days of a busy fleet. */
const ROWS_KEPT: Readonly<Record<string, number>> = {
  RouteEdit: 1_000_000,
  Audit: 5_000_000,
};

/** Most rows that one step of retention removes. */
const ROWS_REMOVED_MAX = 1_000;

/** Routes of a change that a page shows, and that the change itself does. */
const PAGE_ROUTES_MAX = 20;
const CHANGE_ROUTES_MAX = 100_000;

const EDIT =
  "SELECT id, at, actor, address, action, comment, ticket, request_id, traceparent, drains FROM RouteEdit";

/** A page of changes. */
export function* changes(
  { before = Number.MAX_SAFE_INTEGER, limit, key }: PageOptions & {
    key?: RouteKey;
  },
): Program<ChangeRow[]> {
  const edits = key === undefined
    ? yield* rows(
      `${EDIT} WHERE id < ? ORDER BY id DESC ${limitTo(limit)}`,
      before,
    )
    : yield* rows(
      `${EDIT} WHERE id IN (SELECT edit_id FROM (SELECT edit_id FROM RouteEditDiff
         WHERE modid = ? AND cmdid = ? AND edit_id < ?
         ORDER BY edit_id DESC ${limitTo(limit)}) AS newest) ORDER BY id DESC`,
      key.modId,
      key.cmdId,
      before,
    );
  const found: ChangeRow[] = [];
  for (const edit of edits) {
    found.push(yield* toChange(edit, PAGE_ROUTES_MAX, key));
  }
  return found;
}

/** One change. */
export function* changeOf(id: number): Program<ChangeRow | undefined> {
  const [edit] = yield* rows(`${EDIT} WHERE id = ?`, id);
  return edit === undefined
    ? undefined
    : yield* toChange(edit, CHANGE_ROUTES_MAX);
}

function* toChange(
  edit: Row,
  routesMax: number,
  key?: RouteKey,
): Program<ChangeRow> {
  const id = Number(edit.id);
  const [count] = yield* rows(
    "SELECT COUNT(*) AS routes FROM RouteEditDiff WHERE edit_id = ?",
    id,
  );
  const diffs = key === undefined
    ? yield* rows(
      `SELECT diff FROM RouteEditDiff WHERE edit_id = ?
       ORDER BY modid, cmdid LIMIT ${routesMax}`,
      id,
    )
    : yield* rows(
      "SELECT diff FROM RouteEditDiff WHERE edit_id = ? AND modid = ? AND cmdid = ?",
      id,
      key.modId,
      key.cmdId,
    );
  return {
    id,
    ...authorOf(edit),
    routeCount: Number(count?.routes ?? 0),
    routes: diffs.map(({ diff }) => JSON.parse(String(diff)) as RouteDiff),
    ...edit.drains == null ? {} : { drains: JSON.parse(String(edit.drains)) },
  };
}

/** What changes did to routes; each is looked up by its id. */
export function* changedRoutes(
  { after, before = Number.MAX_SAFE_INTEGER, limit }: ChangeRange,
): Program<ChangedRoute[]> {
  const found = yield* rows(
    `SELECT edit_id, diff FROM RouteEditDiff WHERE edit_id > ? AND edit_id < ?
     ORDER BY edit_id DESC ${limitTo(limit)}`,
    after,
    before,
  );
  return found.map(({ edit_id, diff }) => ({
    id: Number(edit_id),
    diff: JSON.parse(String(diff)) as RouteDiff,
  }));
}

/** What changes did to drains, likewise. */
export function* changedDrains(
  { after, before = Number.MAX_SAFE_INTEGER, limit }: ChangeRange,
): Program<ChangedDrains[]> {
  const found = yield* rows(
    `SELECT id, at, drains FROM RouteEdit
     WHERE id > ? AND id < ? AND drains IS NOT NULL
     ORDER BY id DESC ${limitTo(limit)}`,
    after,
    before,
  );
  return found.map(({ id, at, drains }) => ({
    id: Number(id),
    at: Number(at),
    ...JSON.parse(String(drains)) as DrainEdit,
  }));
}

/** When routes changed last. */
export function* lastChanges(
  keys: readonly RouteKey[],
): Program<(RouteKey & { at: number })[]> {
  const found = yield* rowsOf(
    `SELECT modid, cmdid, MAX(at) AS at FROM RouteEditDiff
     JOIN RouteEdit ON RouteEdit.id = RouteEditDiff.edit_id`,
    keys,
    { groupBy: "modid, cmdid" },
  );
  return found.map((row) => ({ ...routeKeyOf(row), at: Number(row.at) }));
}

/** Removes some of what is beyond {@linkcode ROWS_KEPT}; true if there is more. */
export function* expireTrail(): Program<boolean> {
  let hasMore = false;
  for (const [table, kept] of Object.entries(ROWS_KEPT)) {
    const last = (yield* newestId(table)) - kept;
    if (last <= 0) continue;
    const [row] = yield* rows(
      `SELECT MAX(id) AS id FROM (SELECT id FROM ${table} WHERE id <= ?
         ORDER BY id LIMIT ${ROWS_REMOVED_MAX}) AS oldest`,
      last,
    );
    if (row?.id == null) continue;
    const end = Number(row.id);
    if (table === "RouteEdit") {
      yield* change("DELETE FROM RouteEditDiff WHERE edit_id <= ?", end);
    }
    yield* change(`DELETE FROM ${table} WHERE id <= ?`, end);
    hasMore ||= end < last;
  }
  return hasMore;
}
