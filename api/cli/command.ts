import type { Command } from "commander";
import type { ExitCode } from "./exit_code.ts";

/** Makes an action for commander of a command that ends with an exit code. */
export type Run = <Parameters extends unknown[]>(
  command: (...parameters: Parameters) => Promise<ExitCode>,
) => (...parameters: Parameters) => Promise<void>;

/** Adds a command whose help ends with an example. */
export function addCommand(
  parent: Command,
  options: { name: string; description: string; example: string },
): Command {
  return parent.command(options.name)
    .description(options.description)
    .addHelpText("after", `\nExample:\n  ${options.example}`);
}
