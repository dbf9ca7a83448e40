/**
 * The `lars` command as a function, and as a module to run:
 * `deno run -A jsr:@lars/lars/cli get-host 1 1`.
 *
 * @example
 * ```ts
 * import { createEnvironment, ExitCode, runLars } from "@lars/lars/cli";
 *
 * const exitCode = await runLars(["--help"], createEnvironment());
 * console.log(exitCode === ExitCode.found);
 * ```
 *
 * @module
 */
import { main } from "./main.ts";

export type {
  ByteStream,
  Clock,
  DatagramSocket,
  Endpoint,
  Random,
  StreamListener,
  Transport,
} from "../mod.ts";
export {
  createEnvironment,
  END_SIGNALS,
  type EndSignal,
  type Environment,
  type RunningProgram,
} from "./environment.ts";
export { ExitCode } from "./exit_code.ts";
export { runLars } from "./program.ts";
export type { Screen, Terminal, TerminalSize } from "./terminal.ts";

if (import.meta.main) Deno.exit(await main());
