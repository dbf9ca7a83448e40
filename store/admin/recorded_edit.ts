import {
  formatAddress,
  formatIp,
  type Route,
  type RouteKey,
  RouteMap,
} from "../../proto/mod.ts";
import { compareKeys } from "../route_grouper.ts";
import {
  ConflictError,
  type EditOptions,
  type EditResult,
  REQUEST_KEYS_MAX,
  type RouteEdit,
} from "../types.ts";
import { type AuditOptions, authorColumns, writeAudit } from "./audit.ts";
import { diffRoutes } from "./diff.ts";
import { ABSENT_REVISION, hashOf, revisionOf } from "./revision.ts";
import {
  apply,
  change,
  insert,
  insertAll,
  newestId,
  type Program,
  read,
  rows,
} from "../steps.ts";
import { keepStates, readStates } from "./route_states.ts";
import { BY_HAND, type DrainEdit } from "./types.ts";

/** What became of an edit. */
type Outcome =
  | { state: "done"; result: EditResult }
  | { state: "stale"; routes: Route[] }
  | { state: "reused" };

/**
 * Makes an edit, and keeps who made it, inside one transaction. An outcome that
 * is no success has changed nothing.
 */
export function* recordedEdit(
  edit: RouteEdit,
  options: EditOptions & {
    nowSeconds: number;
    /** Whether the store has tables to keep it in; revisions are checked in any case. */
    isKept?: boolean;
    /** Routes that were read in this transaction, behind its lock; default: none. */
    known?: RouteMap<Route>;
  },
): Program<Outcome> {
  const { by, ifMatch = [], idempotencyKey, nowSeconds, isKept = true } =
    options;
  yield { kind: "lock" };
  const request = idempotencyKey === undefined || !isKept ? undefined : {
    key_hash: hashOf(`${by.actor}\n${idempotencyKey}`),
    request_hash: hashOf(JSON.stringify([edit, ifMatch])),
  };
  if (request !== undefined) {
    const known = yield* earlierOutcome(request);
    if (known !== undefined) return known;
  }
  const keys = keysOf(edit, ifMatch);
  const before = yield* readUnknown(keys, options.known);
  const meant = new RouteMap<string>();
  for (const route of ifMatch) meant.set(route, route.revision);
  const stale = before.filter((route) => {
    const revision = meant.get(route);
    return revision !== undefined && revision !== revisionOf(route);
  });
  if (stale.length > 0) return { state: "stale", routes: stale };
  if (isKept) yield* noteByHand(before, nowSeconds);
  const applied = yield* apply(edit);
  const after = yield* read(keys);
  const drains = applied.changed > 0 ? drainsOf(edit) : undefined;
  const id = isKept
    ? yield* keep({ before, after, drains }, { by, nowSeconds })
    : undefined;
  const revisions = after.map((route) => ({
    modId: route.modId,
    cmdId: route.cmdId,
    revision: revisionOf(route),
  }));
  const result: EditResult = {
    ...applied,
    ...id === undefined ? {} : { change: id },
    revisions,
  };
  if (request !== undefined) {
    yield* insertAll("RequestKey", [{
      ...request,
      at: nowSeconds,
      outcome: JSON.stringify(result),
    }]);
    yield* change(
      "DELETE FROM RequestKey WHERE id <= ?",
      (yield* newestId("RequestKey")) - REQUEST_KEYS_MAX,
    );
  }
  return { state: "done", result };
}

/** Reads routes, in that order, unless all are known. */
function* readUnknown(
  keys: readonly RouteKey[],
  known: RouteMap<Route> | undefined,
): Program<Route[]> {
  const found = keys.flatMap((key) => known?.get(key) ?? []);
  return found.length === keys.length ? found : yield* read(keys);
}

/**
 * The result of an edit that was made.
 *
 * @throws {ConflictError} If a route has another revision than was meant.
 * @throws {RangeError} If the key was used for another edit.
 */
export function resultOf(outcome: Outcome): EditResult {
  if (outcome.state === "done") return outcome.result;
  if (outcome.state === "stale") throw new ConflictError(outcome.routes);
  throw new RangeError(
    "Cannot edit routes as their idempotency key was used for another edit",
  );
}

/**
 * Keeps what differs from how these routes were last seen as a change "by
 * hand", and that they were seen; returns how many differed.
 */
export function* noteByHand(
  now: readonly Route[],
  nowSeconds: number,
): Program<number> {
  const { seen, isWatching } = yield* readStates(now);
  const unseen: Route[] = [];
  const before: Route[] = [];
  const after: Route[] = [];
  for (const route of now) {
    const known = seen.get(route);
    const revision = known?.revision ?? ABSENT_REVISION;
    if (known === undefined && !isWatching) unseen.push(route);
    else if (revision !== revisionOf(route)) {
      before.push(known?.route ?? { ...keyOf(route), hosts: [] });
      after.push(route);
    }
  }
  yield* keepStates(unseen);
  yield* keep({ before, after }, { by: { actor: BY_HAND }, nowSeconds });
  return after.length;
}

/** Keeps what an edit changed, for changes, for the audit, and as seen; returns the id of the change. */
function* keep(
  { before, after, drains }: {
    before: readonly Route[];
    after: readonly Route[];
    drains?: DrainEdit | undefined;
  },
  options: AuditOptions,
): Program<number | undefined> {
  const diffs = after.flatMap((route, index) =>
    diffRoutes(before[index]!, route) ?? []
  );
  if (diffs.length === 0 && drains === undefined) return undefined;
  const id = yield* insert("RouteEdit", {
    ...authorColumns(options),
    ticket: options.by.ticket ?? null,
    drains: drains === undefined ? null : JSON.stringify(drains),
  });
  yield* insertAll(
    "RouteEditDiff",
    diffs.map((diff) => ({
      edit_id: id,
      modid: diff.modId,
      cmdid: diff.cmdId,
      diff: JSON.stringify(diff),
    })),
  );
  const only = drains === undefined && diffs.length === 1
    ? diffs[0]
    : undefined;
  const target = drains !== undefined
    ? targetOfDrains(drains)
    : only !== undefined
    ? `route ${only.modId}/${only.cmdId}`
    : `change ${id} of ${diffs.length} routes`;
  yield* writeAudit(target, options, only);
  const changed = new RouteMap<true>();
  for (const diff of diffs) changed.set(diff, true);
  yield* keepStates(after.filter((route) => changed.has(route)));
  return id;
}

/** Drains that an edit begins or ends; undefined if none. */
function drainsOf(
  { drain = [], undrain = [] }: RouteEdit,
): DrainEdit | undefined {
  return drain.length + undrain.length === 0 ? undefined : { drain, undrain };
}

function targetOfDrains({ drain, undrain }: DrainEdit): string {
  const names = [...drain, ...undrain].map(({ ip, port, route }) => {
    const host = port === undefined
      ? formatIp(ip)
      : formatAddress({ ip, port });
    return route === undefined
      ? `host ${host}`
      : `host ${host} of ${route.modId}/${route.cmdId}`;
  });
  const more = names.length > 3 ? ` and ${names.length - 3} more` : "";
  return names.slice(0, 3).join(", ") + more;
}

function* earlierOutcome(
  { key_hash, request_hash }: { key_hash: string; request_hash: string },
): Program<Outcome | undefined> {
  const [row] = yield* rows(
    "SELECT request_hash, outcome FROM RequestKey WHERE key_hash = ?",
    key_hash,
  );
  if (row === undefined) return undefined;
  if (row.request_hash !== request_hash) return { state: "reused" };
  const result = JSON.parse(String(row.outcome));
  return { state: "done", result: { ...result, repeated: true } };
}

/** Every route that an edit names, each once, in order. */
function keysOf(
  { add = [], remove = [], set = [], settings = [] }: RouteEdit,
  ifMatch: readonly RouteKey[],
): RouteKey[] {
  const keys = new RouteMap<true>();
  for (const key of [...add, ...remove, ...set, ...settings, ...ifMatch]) {
    keys.set(key, true);
  }
  return [...keys.keys()].map(keyOf).sort(compareKeys);
}

function keyOf({ modId, cmdId }: RouteKey): RouteKey {
  return { modId, cmdId };
}
