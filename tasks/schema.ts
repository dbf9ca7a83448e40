/**
 * `deno task schema [--apply] [--conf FILE]`: `lars store schema`, but for the
 * code where something is missing or failed, which is 1.
 *
 * @module
 */
import { createEnvironment } from "../api/cli/environment.ts";
import { ExitCode } from "../api/cli/exit_code.ts";
import { runLars } from "../api/cli/program.ts";

if (import.meta.main) {
  const parameters = ["store", "schema", ...Deno.args];
  const code = await runLars(parameters, createEnvironment());
  Deno.exit(code === ExitCode.systemError ? 1 : code);
}
