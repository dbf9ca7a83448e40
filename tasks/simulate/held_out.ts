import type { Scenario } from "./scenario.ts";

/**
 * Scenarios that nobody tunes for: run with `--held-out` only, to see what a
 * policy is worth elsewhere.
 */
export const HELD_OUT: readonly Scenario[] = [];
