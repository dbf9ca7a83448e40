import { Command, CommanderError } from "commander";
import { POLICIES, type PolicyRegistry } from "../../agent/policies/mod.ts";
import { ConfigError } from "../../conf/mod.ts";
import { StoreError } from "../../store/mod.ts";
import type { CommandContext } from "./command.ts";
import { addAlarmCommands } from "./commands/alarm.ts";
import { addDrillCommand } from "./commands/drill.ts";
import { addExplainCommand } from "./commands/explain.ts";
import { addGetHostCommand } from "./commands/get_host.ts";
import { addGetRouteCommand } from "./commands/get_route.ts";
import { addHistoryCommand } from "./commands/history/command.ts";
import { addHostCommands } from "./commands/host/command.ts";
import { addInstancesCommands } from "./commands/instances/command.ts";
import { addQpsCommand } from "./commands/qps.ts";
import { addRecordCommand } from "./commands/record.ts";
import { addReplayCommand } from "./commands/replay/command.ts";
import { addReportCommand } from "./commands/report.ts";
import { addRouteCommands } from "./commands/route/edit.ts";
import { addServeCommand, SERVE } from "./commands/serve/command.ts";
import { addStatusCommand } from "./commands/status/command.ts";
import { addTopCommand } from "./commands/top/command.ts";
import { addSqlCommand } from "./commands/sql.ts";
import { addStoreCommands } from "./commands/store.ts";
import { CommandError, ExitCode } from "./exit_code.ts";
import type { Environment } from "./environment.ts";

const EXIT_CODES = `
Exit codes:
  0   found, or done
  1   every host is overloaded
  2   system error, also when no agent answers
  3   no such route, or host of it
  64  wrong usage

Example:
  lars get-host 1 1`;

/**
 * Runs the `lars` command with these arguments. An error that its user can
 * remedy is one line on standard error. `policies` are those that `lars replay`
 * can run, the agent's by default.
 *
 * @returns The exit code of the process: an {@linkcode ExitCode}, or that of the
 * program of `lars serve`.
 */
export async function runLars(
  parameters: readonly string[],
  environment: Environment,
  policies: PolicyRegistry = POLICIES,
): Promise<number> {
  let exitCode: number = ExitCode.found;
  const run: CommandContext["run"] = (command) => async (...values) => {
    exitCode = await command(...values);
  };
  try {
    await createProgram({ environment, policies, run })
      .parseAsync(parameters, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? ExitCode.found : ExitCode.wrongUsage;
    }
    if (error instanceof CommandError) {
      environment.printError(`error: ${error.message}`);
      return error.exitCode;
    }
    if (error instanceof StoreError || error instanceof ConfigError) {
      environment.printError(`error: ${error.message}`);
      return ExitCode.systemError;
    }
    throw error;
  }
}

/** The command line of `lars`, with all commands. */
export function createProgram(context: CommandContext): Command {
  const { environment } = context;
  const program = new Command("lars")
    .description(
      "Ask the agent of this machine which host to call, and edit the routes",
    )
    .addHelpText("after", EXIT_CODES)
    .exitOverride()
    // Commands copy these settings, so they come first. Without the functions
    // on colors commander reads environment variables.
    .configureOutput({
      writeOut: (text) => environment.write(text),
      writeErr: (text) => environment.printError(text.replace(/\n+$/, "")),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .hook("preAction", (_, command) => {
      if (command.name() !== SERVE) environment.dropPrograms();
    })
    .showHelpAfterError('Try "lars --help", or --help after a command');
  addGetHostCommand(program, context);
  addGetRouteCommand(program, context);
  addReportCommand(program, context);
  addExplainCommand(program, context);
  addDrillCommand(program, context);
  addRecordCommand(program, context);
  addReplayCommand(program, context);
  addQpsCommand(program, context);
  addServeCommand(program, context);
  addRouteCommands(program, context);
  addStatusCommand(program, context);
  addTopCommand(program, context);
  addHistoryCommand(program, context);
  addHostCommands(program, context);
  addInstancesCommands(program, context);
  addAlarmCommands(program, context);
  addStoreCommands(program, context);
  addSqlCommand(program, context);
  return program;
}
