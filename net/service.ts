/** A service that was told to stop and has not after this long is ended anyway. */
const STOP_MS_MAX = 4_500;

/**
 * Runs a service until SIGINT or SIGTERM: the signal it is handed is aborted,
 * and the process exits with 0 when it has drained, at the latest within 5 s.
 * An error ends the process with 1 and one line that says why.
 */
export async function runService(
  run: (signal: AbortSignal) => Promise<void>,
): Promise<never> {
  const stop = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) return;
    stop.abort();
    setTimeout(() => Deno.exit(0), STOP_MS_MAX);
  };
  Deno.addSignalListener("SIGINT", onSignal);
  Deno.addSignalListener("SIGTERM", onSignal);
  try {
    await run(stop.signal);
  } catch (error) {
    fail(error);
  }
  Deno.exit(0);
}

/** Prints what went wrong and ends the process with 1. */
export function fail(error: unknown): never {
  console.error(`error: ${explain(error)}`);
  Deno.exit(1);
}

/**
 * Lars has a class of its own, and Deno one, for what a person can cause: there
 * the message says it all. Any other error is a bug, and told with its stack.
 */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isBug = BUG_NAMES.includes(error.name);
  return isBug ? error.stack ?? error.message : error.message;
}

const BUG_NAMES = [
  "Error",
  "TypeError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
];
