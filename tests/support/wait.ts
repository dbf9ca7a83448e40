import { SystemClock } from "../../net/mod.ts";

const clock = new SystemClock();

/** Pause between two looks of {@linkcode eventually}. */
const LOOK_MS = 20;

/** Time that {@linkcode eventually} tries, unless told otherwise. */
const DEADLINE_MS = 30_000;

/** Monotonic time in milliseconds, for measuring. */
export function nowMs(): number {
  return clock.nowMs();
}

/** Resolves after `ms` milliseconds: to pace work, not to wait for something that can be seen. */
export function sleep(ms: number): Promise<void> {
  return clock.sleep(ms);
}

/**
 * Waits until `look` returns neither undefined nor false; returns that value.
 *
 * @throws {Error} If it does not within `deadlineMs`; `explain` tells what is missing.
 */
export async function eventually<Value>(
  what: string,
  look: () => Value | Promise<Value>,
  { deadlineMs = DEADLINE_MS, explain }: {
    deadlineMs?: number;
    explain?: () => string;
  } = {},
): Promise<Exclude<Value, undefined | false>> {
  const endMs = nowMs() + deadlineMs;
  for (;;) {
    const value = await look();
    if (value !== undefined && value !== false) {
      return value as Exclude<Value, undefined | false>;
    }
    if (nowMs() > endMs) {
      const detail = explain === undefined ? "" : `: ${explain()}`;
      throw new Error(`${what}: not within ${deadlineMs} ms${detail}`);
    }
    await sleep(LOOK_MS);
  }
}

/**
 * Returns the result of `work`. mysql2 has a time limit of its own, but leaves
 * its timer behind when a connection breaks.
 *
 * @throws {Error} If it does not end within `limitMs`.
 */
export async function inTime<Value>(
  work: Promise<Value>,
  limitMs: number,
): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`No answer within ${limitMs} ms`)),
    limitMs,
  );
  work.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Formats times as "within", those of half of them and of all. */
export function formatTimes(timesMs: readonly number[]): string {
  const sorted = timesMs.toSorted((a, b) => a - b);
  const half = Math.round(sorted[sorted.length >> 1] ?? 0);
  const all = Math.round(sorted.at(-1) ?? 0);
  return `${sorted.length} edits published, half of them within ${half} ms, all within ${all} ms`;
}

/** Prints a line with the seconds since this module was loaded. */
export function progress(line: string): void {
  console.log(
    `[${(performance.now() / 1000).toFixed(1).padStart(6)} s] ${line}`,
  );
}
