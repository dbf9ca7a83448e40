import {
  type AdminStore,
  type ChangedDrains,
  type DrainTarget,
  type HostDrain,
  targetKey,
} from "../../../store/mod.ts";
import { UnknownPastError } from "./unknown_past.ts";

/** Most changes of drains that are looked at, of those since and of those before. */
const CHANGES_MAX = 5_000;

/** Changes before a time that are searched for who began a drain. */
const SEARCHED = 20_000;

/** What a change did to one drain. */
interface DrainStep {
  target: DrainTarget;
  /** As it was from then on; undefined: it ended. */
  drain: HostDrain | undefined;
}

/**
 * The drains that there were at a time.
 *
 * @throws {UnknownPastError} If too many began or ended since.
 */
export async function drainsAt(
  admin: Pick<AdminStore, "changedDrains">,
  { now, at, change }: {
    /** Those of now. */
    now: readonly HostDrain[];
    /** Unix time in seconds. */
    at: number;
    /** Id of the newest change by then. */
    change: number;
  },
): Promise<HostDrain[]> {
  const since = await admin.changedDrains({
    after: change,
    limit: CHANGES_MAX + 1,
  });
  if (since.length > CHANGES_MAX) {
    throw new UnknownPastError(
      `More than ${CHANGES_MAX} changes of drains were made since`,
    );
  }
  // What changed first after the time, and last before it, by what is drained.
  const first = byTarget(stepsOf(since).toReversed());
  const found = new Map<string, HostDrain>();
  for (const drain of now) {
    if (drain.since <= at) found.set(targetKey(drain), drain);
  }
  const open = [...first].filter(([key]) => !found.has(key));
  if (open.length === 0) return [...found.values()];
  const before = await admin.changedDrains({
    after: Math.max(0, change - SEARCHED),
    before: change + 1,
    limit: CHANGES_MAX,
  });
  const last = byTarget(stepsOf(before));
  for (const [key, { target, drain }] of open) {
    const step = last.get(key);
    if (step?.drain !== undefined) found.set(key, step.drain);
    // It ended since, and so was there; who began it is too long ago.
    else if (step === undefined && drain === undefined) {
      found.set(key, { ...target, who: "?", reason: "?", since: at });
    }
  }
  return [...found.values()];
}

/** What changes did to drains, the oldest first; the store hands out the newest first. */
function stepsOf(changes: readonly ChangedDrains[]): DrainStep[] {
  return changes.toReversed().flatMap(({ at, drain, undrain }) => [
    ...undrain.map((target) => ({ target, drain: undefined })),
    ...drain.map((each) => ({ target: each, drain: { ...each, since: at } })),
  ]);
}

/** The last of these steps of each drain. */
function byTarget(steps: readonly DrainStep[]): Map<string, DrainStep> {
  return new Map(steps.map((step) => [targetKey(step.target), step]));
}
