import type { Command } from "commander";
import { addCommand, type CommandContext } from "../../command.ts";
import type { Environment } from "../../environment.ts";
import { CommandError, ExitCode } from "../../exit_code.ts";
import {
  addStoreOptions,
  openStore,
  type StoreOptions,
} from "../../options/store.ts";
import { printJson } from "../../output.ts";
import { fleetJson } from "../../text/fleet_json.ts";
import { TopModel } from "./model.ts";
import { Top } from "./top.ts";

/** The top command. */
export function addTopCommand(
  program: Command,
  { environment, run }: CommandContext,
): void {
  addStoreOptions(addCommand(program, {
    name: "top",
    description:
      "Watch all routes, those with the most failing calls first; Enter shows the hosts of one, / filters, q ends it; --json prints it once",
    example: "lars top --json",
  })).action(run((options: StoreOptions) => top(environment, options)));
}

/** Shows all routes until a key ends it. */
async function top(
  environment: Environment,
  options: StoreOptions,
): Promise<ExitCode> {
  await using opened = await openStore(environment, options);
  await using history = await opened.openHistory();
  // Before the screen is taken, so that a failure is an error as of any command.
  const fleet = await history.fleet.read();
  if (options.json) {
    printJson(environment, fleetJson(fleet));
    return ExitCode.found;
  }
  const { terminal } = environment;
  using screen = terminal?.takeOver();
  if (terminal === undefined || screen === undefined) {
    throw new CommandError(
      "Cannot show routes as they change, as standard input or output is no terminal: give --json, or use lars status",
      { exitCode: ExitCode.wrongUsage },
    );
  }
  await new Top(environment, {
    model: new TopModel(fleet),
    history,
    terminal,
    screen,
    where: opened.where,
  }).run();
  return ExitCode.found;
}
