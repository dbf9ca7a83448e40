import { Command, CommanderError } from "commander";
import { ConfigError } from "../../conf/mod.ts";
import { StoreError } from "../../store/mod.ts";
import type { Run } from "./command.ts";
import type { Environment } from "./output.ts";
import { CommandError, ExitCode } from "./exit_code.ts";
import { addExplainCommand } from "./commands/explain.ts";
import { addHostCommands } from "./commands/host_commands.ts";
import { addQpsCommand } from "./commands/qps.ts";
import { addRecordCommand } from "./commands/record.ts";
import { addRouteCommands } from "./commands/route/edit.ts";
import { addSimulateCommand } from "./commands/drill.ts";
import { addSqlCommand } from "./commands/sql.ts";

const EXIT_CODES = `
Exit codes:
  0   found, or done
  1   every host is overloaded
  2   system error, also when no agent answers
  3   no such route
  64  wrong usage

Example:
  lars get-host 1 1`;

/**
 * Runs the `lars` command with these arguments. What a person can cause is
 * told in one line on standard error.
 *
 * @returns What the process is to exit with.
 */
export async function runLars(
  parameters: readonly string[],
  environment: Environment,
): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.found;
  const run: Run = (command) => async (...values) => {
    exitCode = await command(...values);
  };
  try {
    await buildProgram(environment, run)
      .parseAsync(parameters, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? ExitCode.found : ExitCode.wrongUsage;
    }
    if (error instanceof CommandError) {
      environment.note(`error: ${error.message}`);
      return error.exitCode;
    }
    if (error instanceof StoreError || error instanceof ConfigError) {
      environment.note(`error: ${error.message}`);
      return ExitCode.systemError;
    }
    throw error;
  }
}

function buildProgram(environment: Environment, run: Run): Command {
  const program = new Command("lars")
    .description(
      "Ask the agent of this machine which host to call, and edit the routes",
    )
    .addHelpText("after", EXIT_CODES)
    .exitOverride()
    // Commands copy these settings, so they come first. Without the functions
    // on colors commander would want to read the environment.
    .configureOutput({
      writeOut: (text) => environment.write(text),
      writeErr: (text) => environment.note(text.replace(/\n+$/, "")),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showHelpAfterError('Try "lars --help", or --help after a command');
  const surroundings = { environment, run };
  addHostCommands(program, surroundings);
  addSimulateCommand(program, surroundings);
  addExplainCommand(program, surroundings);
  addRecordCommand(program, surroundings);
  addQpsCommand(program, surroundings);
  addRouteCommands(program, surroundings);
  addSqlCommand(program, surroundings);
  return program;
}
