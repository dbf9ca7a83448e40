import type { RouteKey } from "../../proto/mod.ts";
import { DRAINS_MAX, type HostDrain, StoreError } from "../types.ts";

/** What an edit has done to drains. */
export interface DrainChanges {
  /** Drains that began, ended, or have another who, reason or until. */
  changed: number;
  /** Routes that have hosts of drains that began or ended. */
  keys: RouteKey[];
}

/** Whether a stored row has who, reason and until of a drain. */
export function isSame(
  row: Readonly<Record<string, unknown>>,
  { who, reason, until }: Omit<HostDrain, "since">,
): boolean {
  const before = row.until == null ? undefined : Number(row.until);
  return row.who === who && row.reason === reason && before === until;
}

/** Refusal of one drain more than {@linkcode DRAINS_MAX}. */
export function tooManyDrains(): StoreError {
  return new StoreError(
    `Cannot drain hosts as a store takes ${DRAINS_MAX} drains: undrain some, or whole machines`,
    { retry: false },
  );
}
