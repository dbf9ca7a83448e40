import type { Command } from "commander";
import type { DrainTarget } from "../../../../store/mod.ts";
import { addCommand, type CommandContext } from "../../command.ts";
import { CommandError, ExitCode } from "../../exit_code.ts";
import {
  parseDuration,
  parseMachine,
  parseStoreId,
} from "../../options/arguments.ts";
import { addRoutesOptions, type RoutesOptions } from "../../options/routes.ts";
import { drain, undrain } from "./drain.ts";
import { listDrains } from "./drains.ts";

/** What the drain command takes. */
interface DrainOptions extends RoutesOptions {
  reason?: string;
  /** In seconds from now. */
  until?: number;
  /** In seconds. */
  wait?: number;
}

/** host drain, undrain and drains. */
export function addHostCommands(
  program: Command,
  { environment, run }: CommandContext,
): void {
  const host = addCommand(program, {
    name: "host",
    description: "Take hosts out of their routes, and put them back",
    example:
      'lars host drain 192.168.1.177:7777 --reason "new disk" --until 4h',
  });
  addTarget(addCommand(host, {
    name: "drain",
    description:
      "Give a host no calls any more, or a whole machine with every host that is ever added to it, until host undrain: nothing else gives it calls again, no removal and return, no import, no restart, no weight",
    example:
      'lars host drain 192.168.1.177 --reason "kernel upgrade" --until 4h',
  }))
    .option("--reason <text>", "why, for whoever finds it without calls")
    .option(
      "--until <duration>",
      "when it is to be over, such as 30m, 4h or 2d from now: after that it is listed as past, and holds",
      parseDuration,
    )
    .option(
      "--wait <duration>",
      "wait until each caller that used it in the last minute knows, and has no call under way, at most such as 60s: then with code 2",
      parseDuration,
    )
    .action(run((
      target: DrainTarget,
      modId: number | undefined,
      cmdId: number | undefined,
      options: DrainOptions,
    ) => {
      const { reason, until, wait, ...rest } = options;
      if (reason === undefined) {
        throw new CommandError(
          "Cannot drain a host as there must be --reason: say why, for whoever finds it without calls",
          { exitCode: ExitCode.wrongUsage },
        );
      }
      return drain(environment, {
        ...rest,
        target: inRoute(target, { modId, cmdId }),
        reason,
        untilSeconds: until,
        waitSeconds: wait,
      });
    }));
  addTarget(addCommand(host, {
    name: "undrain",
    description:
      "Take back the drain of exactly this host or machine; others that cover the same hosts stay",
    example: "lars host undrain 192.168.1.177",
  })).action(run((
    target: DrainTarget,
    modId: number | undefined,
    cmdId: number | undefined,
    options: RoutesOptions,
  ) =>
    undrain(environment, {
      ...options,
      target: inRoute(target, { modId, cmdId }),
    })
  ));
  addRoutesOptions(addCommand(host, {
    name: "drains",
    description: "Show every drain: of what, since when, by whom, and why",
    example: "lars host drains",
  })).action(
    run((options: RoutesOptions) => listDrains(environment, options)),
  );
}

function addTarget(command: Command): Command {
  return addRoutesOptions(command)
    .argument("<ip[:port]>", "the host, or the whole machine", parseMachine)
    .argument("[modid]", "only in the route of this service", parseStoreId)
    .argument("[cmdid]", "and of this command", parseStoreId);
}

/** The hosts of a target in one route, if one is named. */
function inRoute(
  target: DrainTarget,
  { modId, cmdId }: { modId: number | undefined; cmdId: number | undefined },
): DrainTarget {
  if (modId === undefined) return target;
  if (cmdId === undefined) {
    throw new CommandError(
      "Cannot name a route by its modid alone: add its cmdid",
      { exitCode: ExitCode.wrongUsage },
    );
  }
  return { ...target, route: { modId, cmdId } };
}
