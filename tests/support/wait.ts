/** How often {@linkcode waitUntil} looks. */
const LOOK_MS = 50;

/** Resolves after `ms` milliseconds. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Looks until `done` is true: as often as a machine that is busy bears.
 *
 * @throws {Error} If it is not within `limitMs`; `explain` tells what is missing.
 */
export async function waitUntil(
  done: () => boolean | Promise<boolean>,
  options: { what: string; limitMs: number; explain?: () => string },
): Promise<void> {
  const endMs = performance.now() + options.limitMs;
  while (!await done()) {
    if (performance.now() > endMs) {
      const detail = options.explain?.() ?? "";
      throw new Error(
        `Cannot see ${options.what} within ${options.limitMs} ms: ${detail}`,
      );
    }
    await sleep(LOOK_MS);
  }
}

/**
 * What `work` comes to, if it does in time. mysql2 has a limit of its own, but
 * leaves its timer behind when a connection breaks.
 *
 * @throws {Error} If it does not within `limitMs`.
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
  // Whoever gave up on it does not learn how it ends.
  work.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Prints a line with the seconds since this module was loaded. */
export function progress(line: string): void {
  console.log(
    `[${(performance.now() / 1000).toFixed(1).padStart(6)} s] ${line}`,
  );
}

/** One of them, by chance. */
export function pick<Item>(items: readonly Item[]): Item {
  const item = items[Math.floor(Math.random() * items.length)];
  if (item === undefined) throw new RangeError("Cannot pick from nothing");
  return item;
}
