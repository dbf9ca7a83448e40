import type { Command } from "commander";
import type { HostAddress } from "../../../../proto/mod.ts";
import { addCommand, type CommandContext } from "../../command.ts";
import { CommandError, ExitCode } from "../../exit_code.ts";
import { collectHosts, parseStoreId } from "../../options/arguments.ts";
import { addStoreOptions, type StoreOptions } from "../../options/store.ts";
import { listAgents } from "./agents.ts";
import { endGone } from "./gone.ts";
import { listInstances } from "./list.ts";
import { removeInstances } from "./remove.ts";

/** instances list, agents, remove and gone. */
export function addInstancesCommands(
  program: Command,
  { environment, run }: CommandContext,
): void {
  const instances = addCommand(program, {
    name: "instances",
    description: "Show the hosts that registered themselves, and end them",
    example: "lars instances 1 2",
  });
  addStoreOptions(
    addCommand(instances, {
      name: "list",
      description:
        "Show the hosts that registered themselves: where, by which agent, in which state and since when",
      example: "lars instances 1 2",
      isDefault: true,
    })
      .argument("[modid]", "only of the route of this service", parseStoreId)
      .argument("[cmdid]", "and of this command", parseStoreId)
      .option(
        "--agent <agent>",
        "only of this agent: its name or address, or how its id begins",
      ),
  ).action(run((
    modId: number | undefined,
    cmdId: number | undefined,
    options: StoreOptions & { agent?: string },
  ) => {
    if (modId !== undefined && cmdId === undefined) {
      throw new CommandError(
        "Cannot name a route by its modid alone: add its cmdid",
        { exitCode: ExitCode.wrongUsage },
      );
    }
    const key = modId === undefined || cmdId === undefined
      ? undefined
      : { modId, cmdId };
    return listInstances(environment, { ...options, key });
  }));
  addStoreOptions(addCommand(instances, {
    name: "agents",
    description:
      "Show the agents on whose leases instances hang, those first that have gone silent",
    example: "lars instances agents",
  })).action(
    run((options: StoreOptions) => listAgents(environment, options)),
  );
  addStoreOptions(
    addCommand(instances, {
      name: "remove",
      description:
        "Take a registered host out of a route for good: its agent does not bring it back, host undrain does; where one of several has not registered itself, the others are removed all the same: then with code 3",
      example: "lars instances remove 1 2 10.0.0.5:8080",
    })
      .argument("<modid>", "the route's service", parseStoreId)
      .argument("<cmdid>", "its command", parseStoreId)
      .argument("<ip:port...>", "the hosts", collectHosts),
  ).action(run((
    modId: number,
    cmdId: number,
    hosts: HostAddress[],
    options: StoreOptions,
  ) => removeInstances(environment, { ...options, modId, cmdId, hosts })));
  addStoreOptions(
    addCommand(instances, {
      name: "gone",
      description:
        "Say that machines whose agents have gone silent are gone: their instances end at once, however many they are",
      example: "lars instances gone web-17 web-18",
    }).argument("<agent...>", "name or address, or how the id begins"),
  ).action(
    run((agents: string[], options: StoreOptions) =>
      endGone(environment, { ...options, agents })
    ),
  );
}
