import type { Clock } from "../clock.ts";

/** Time that an attempt has before the next one starts beside it (RFC 8305). */
const STAGGER_MS = 250;

/** Opens something; gives up when the signal is aborted. */
export type Attempt<Opened> = (signal: AbortSignal) => Promise<Opened>;

/**
 * The result of the first attempt that succeeds. The next one starts when those
 * before have failed, or after {@linkcode STAGGER_MS}: an address that swallows
 * everything does not hide the one behind it. The others are given up, and what
 * they still open is closed.
 *
 * @throws {Error} The failure of the last attempt, or the reason of `signal`.
 */
export async function firstToOpen<Opened extends Disposable>(
  attempts: readonly Attempt<Opened>[],
  { clock, signal }: { clock: Clock; signal?: AbortSignal | undefined },
): Promise<Opened> {
  const { promise, resolve, reject } = Promise.withResolvers<Opened>();
  const stop = new AbortController();
  let isDone = false;
  const onAbort = () => {
    isDone = true;
    reject(signal?.reason);
    stop.abort();
  };
  signal?.addEventListener("abort", onAbort);
  if (signal?.aborted) onAbort();
  let failures = 0;
  const start = async (attempt: Attempt<Opened>, failed: AbortController) => {
    try {
      const opened = await attempt(stop.signal);
      if (isDone) return opened[Symbol.dispose]();
      isDone = true;
      resolve(opened);
      stop.abort();
    } catch (error) {
      failures += 1;
      if (failures === attempts.length) reject(error);
      failed.abort();
    }
  };
  try {
    for (const attempt of attempts) {
      if (stop.signal.aborted) break;
      const next = new AbortController();
      stop.signal.addEventListener("abort", () => next.abort());
      start(attempt, next);
      await clock.sleep(STAGGER_MS, next.signal);
    }
    return await promise;
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}
