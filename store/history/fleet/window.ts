/** Span of time that is called "now", in seconds. */
export const WINDOW_S = 60;

/** Calls, and how many of them failed. */
export interface CallCounts {
  /** Calls. */
  calls: number;
  /** Those of them that failed. */
  failed: number;
}

/**
 * The last 60 s that a store tells of. Its counts are kept by minutes: the window
 * is what there is of the newest, and a share of the one before.
 */
export interface Window {
  /** Its end: Unix time in seconds, by the reporters' clocks. */
  asOf: number;
  /** The minute in which it ends. */
  minute: number;
  /** Share of the minute before that lies in it, 0 to 1. */
  shareBefore: number;
}

/** The window that ends at a Unix time in seconds. */
export function windowAt(asOf: number): Window {
  const minute = Math.floor(asOf / WINDOW_S);
  return { asOf, minute, shareBefore: 1 - (asOf / WINDOW_S - minute) };
}

/** Share of a minute's counts that lies in a window: 0, 1, or between. */
export function shareIn({ minute, shareBefore }: Window, of: number): number {
  if (of === minute) return 1;
  return of === minute - 1 ? shareBefore : 0;
}
