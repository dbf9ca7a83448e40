import { readFile } from "node:fs/promises";
import type { Environment } from "./environment.ts";
import { CommandError, ExitCode } from "./exit_code.ts";

/**
 * The content of a file that a command was given, "-" for standard input.
 * `action` says in messages what the command does with it; `parse` takes text and name.
 *
 * @throws {CommandError} If the file cannot be read, or `parse` threw a SyntaxError.
 */
export async function readInputFile<Content>(
  environment: Environment,
  { file, action, parse }: {
    file: string;
    action: string;
    parse: (text: string, file: string) => Content;
  },
): Promise<Content> {
  let text: string;
  try {
    text = file === "-"
      ? await environment.readInput()
      : await readFile(file, "utf8");
  } catch (cause) {
    throw new CommandError(
      `Cannot ${action} "${file}" as it cannot be read: ${
        (cause as Error).message
      }`,
      { exitCode: ExitCode.systemError },
    );
  }
  try {
    return parse(text, file);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new CommandError(cause.message, { exitCode: ExitCode.wrongUsage });
  }
}
