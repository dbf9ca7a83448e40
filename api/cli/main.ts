/**
 * The `lars` command. It needs `--allow-net` to reach an agent, and
 * `--allow-read --allow-write` for the store; each run gives up at once what
 * its command does not need. With `--allow-env=USER,SUDO_USER` and
 * `--allow-sys=hostname` it notes who drains a host; `lars serve` alone needs
 * `--allow-run`.
 *
 * @module
 */
import { POLICIES } from "../../agent/policies/mod.ts";
import { createEnvironment, takesEndSignals } from "./environment.ts";
import { ExitCode } from "./exit_code.ts";
import { runLars } from "./program.ts";

if (import.meta.main) Deno.exit(await main());

/** Runs the command with the arguments of this process and the policies that it can replay; returns its exit code. */
export async function main(policies = POLICIES): Promise<number> {
  const stop = new AbortController();
  Deno.addSignalListener("SIGINT", () => {
    // A second Ctrl-C ends it without waiting, unless it has a program to end.
    if (stop.signal.aborted && !takesEndSignals()) {
      Deno.exit(ExitCode.systemError);
    }
    stop.abort();
  });
  const environment = createEnvironment(stop.signal);
  try {
    return await runLars(Deno.args, environment, policies);
  } catch (error) {
    const text = error instanceof Error ? error.stack ?? error.message : error;
    environment.printError(`error: ${text}`);
    return ExitCode.systemError;
  }
}
