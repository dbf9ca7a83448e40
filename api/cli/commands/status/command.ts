import type { Command } from "commander";
import type { RouteKey } from "../../../../proto/mod.ts";
import { addCommand, type CommandContext } from "../../command.ts";
import type { Environment } from "../../environment.ts";
import { CommandError, ExitCode } from "../../exit_code.ts";
import { parseStoreId } from "../../options/arguments.ts";
import {
  addStoreOptions,
  openStore,
  type StoreOptions,
} from "../../options/store.ts";
import { detailJson, windowsJson } from "../../text/fleet_json.ts";
import { addWatchOption, printWatched } from "../watching.ts";
import { askServices, findServices, formatFinding } from "./findings.ts";
import { FleetFinder } from "./fleet_finder.ts";
import { drainJson, formatDrains } from "../../text/drain_text.ts";
import { drainsOfRoute } from "../host/target.ts";
import { formatRouteDetail, isKnown, noSuchRoute } from "./route.ts";

/** What the status command takes. */
interface StatusOptions extends StoreOptions {
  watch?: boolean;
}

/** The status command. */
export function addStatusCommand(
  program: Command,
  { environment, run }: CommandContext,
): void {
  const command = addStoreOptions(addCommand(program, {
    name: "status",
    description:
      "Show what is wrong: first what all agents tell, then the store, dns, reporter and agent that the configuration of this machine names; with a route its calls, hosts and last events",
    example: "lars status",
  }));
  addWatchOption(command)
    .argument("[modid]", "the called service", parseStoreId)
    .argument("[cmdid]", "its command", parseStoreId)
    .action(
      run((
        modId: number | undefined,
        cmdId: number | undefined,
        options: StatusOptions,
      ) => {
        if (modId === undefined) return status(environment, options);
        if (cmdId !== undefined) {
          return routeStatus(environment, { ...options, modId, cmdId });
        }
        throw new CommandError(
          `Cannot show service ${modId} without a command: name its cmdid too`,
          { exitCode: ExitCode.wrongUsage },
        );
      }),
    );
}

/** Prints what all agents tell, and what this machine is configured for; with `watch` the former alone. */
async function status(
  environment: Environment,
  options: StatusOptions,
): Promise<ExitCode> {
  const { json, watch } = options;
  // First, as a command on an embedded store gives up the right to connect.
  const services = watch ? undefined : await askServices(environment, options);
  await using opened = await openStore(environment, options);
  const findings = services === undefined
    ? []
    : await findServices(environment, { opened, services });
  await using told = await FleetFinder.open(opened);
  return await printWatched(environment, {
    watch,
    json,
    look: async () => {
      const { lines, finding } = await told.find();
      const all = [...findings, finding];
      return {
        text: json ? JSON.stringify(all) : [
          ...lines,
          ...findings.length > 0 ? ["", ...findings.map(formatFinding)] : [],
        ].join("\n"),
        exitCode: all.some(({ isWrong }) => isWrong)
          ? ExitCode.systemError
          : ExitCode.found,
      };
    },
  });
}

/** Prints what all agents tell of one route. */
async function routeStatus(
  environment: Environment,
  options: StatusOptions & RouteKey,
): Promise<ExitCode> {
  const { json, watch } = options;
  await using opened = await openStore(environment, options);
  await using history = await opened.openHistory();
  return await printWatched(environment, {
    watch,
    json,
    look: async () => {
      const detail = await history.fleet.readRoute(options);
      const windows = await history.windows(options, detail.agents);
      const drains = await drainsOfRoute(opened.store, options);
      const nowS = detail.readAt;
      if (!isKnown(detail, windows)) {
        throw new CommandError(noSuchRoute(options), {
          exitCode: ExitCode.noSuchRoute,
        });
      }
      return {
        text: json
          ? JSON.stringify({
            ...detailJson(detail),
            lastWindows: windowsJson(windows),
            drains: drains.map((drain) => drainJson(drain, nowS)),
          })
          : [
            ...formatRouteDetail(detail, windows),
            ...formatDrains(drains, nowS),
          ].join("\n"),
        exitCode: ExitCode.found,
      };
    },
  });
}
