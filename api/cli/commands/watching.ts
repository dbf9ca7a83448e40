import type { Command } from "commander";
import type { Environment } from "../environment.ts";
import { print } from "../output.ts";

/** Time between two looks. */
const INTERVAL_MS = 2_000;

/** Moves the cursor to the first line, and clears the screen from there. */
const CLEAR = "\x1b[H\x1b[2J";

/** Adds the option of {@linkcode printWatched}. */
export function addWatchOption(command: Command): Command {
  return command.option(
    "--watch",
    "print it again every 2 s, until Ctrl-C; a terminal is cleared before",
  );
}

/**
 * Prints what `look` returns: once, or with `watch` again and again, each in the
 * place of the one before on a terminal.
 */
export async function printWatched<Exit>(
  environment: Environment,
  { watch = false, json = false, look }: {
    watch?: boolean | undefined;
    json?: boolean | undefined;
    look: () => Promise<{ text: string; exitCode: Exit }>;
  },
): Promise<Exit> {
  const { clock, signal, terminal } = environment;
  for (let count = 0;; count++) {
    const { text, exitCode } = await look();
    if (watch && !json) {
      if (terminal !== undefined) environment.write(CLEAR);
      else if (count > 0) print(environment, "");
    }
    print(environment, text);
    if (!watch || signal.aborted) return exitCode;
    await clock.sleep(INTERVAL_MS, signal);
    if (signal.aborted) return exitCode;
  }
}
