import { clearInterval, setInterval } from "node:timers";

/**
 * Calls `action` every `periodMs` milliseconds until the function that it returns
 * is called; alone it keeps no process alive.
 */
export function startIdleTimer(
  periodMs: number,
  action: () => void,
): () => void {
  const timer = setInterval(action, periodMs);
  timer.unref();
  return () => clearInterval(timer);
}
