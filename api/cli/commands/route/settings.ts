import type { Command } from "commander";
import {
  addressKey,
  formatAddress,
  type HostAddress,
  type RouteKey,
} from "../../../../proto/mod.ts";
import { POLICY_NAMES } from "../../../../agent/policies/mod.ts";
import type { HostChange, SettingsChange } from "../../../../store/mod.ts";
import {
  collectHosts,
  type OrDefault,
  orNull,
  parseName,
  parsePolicy,
  parseStoreId,
  parseSwitch,
  parseWeight,
} from "../../options/arguments.ts";
import { addCommand, type CommandContext } from "../../command.ts";
import type { Environment } from "../../environment.ts";
import { print, printJson } from "../../output.ts";
import { CommandError, ExitCode } from "../../exit_code.ts";
import { actOn, printNamedHosts } from "./named_hosts.ts";
import { noteHostsIgnored, noteIgnored } from "./notes.ts";
import { formatSettings } from "./text.ts";
import {
  addRoutesOptions,
  openRoutes,
  type RoutesOptions,
} from "../../options/routes.ts";

/** Attributes of hosts, as options. */
export interface AttributeOptions {
  weight?: OrDefault<number>;
  zone?: OrDefault<string>;
}

/** Adds the options of attributes to a command. */
export function addAttributeOptions(command: Command): Command {
  return command
    .option(
      "--weight <number>",
      "relative capacity, 1 to 10000; 0 is no calls at all; default is 100",
      parseWeight,
    )
    .option(
      "--zone <name>",
      "zone of the hosts; default is none",
      parseName,
    );
}

/** The attributes that the options change. */
export function attributesOf(
  { weight, zone }: AttributeOptions,
): Pick<HostChange, "weight" | "zone"> {
  return {
    ...(weight === undefined ? {} : { weight: orNull(weight) }),
    ...(zone === undefined ? {} : { zone: orNull(zone) }),
  };
}

/** route set and policy. */
export function addRouteSettingCommands(
  route: Command,
  { environment, run }: CommandContext,
): void {
  addAttributeOptions(addRoutesOptions(addCommand(route, {
    name: "set",
    description: "Set weight and zone of hosts that a route has",
    example: "lars route set 1 1 192.168.1.177:7777 --weight 50 --zone eu-1",
  })))
    .argument("<modid>", "the called service", parseStoreId)
    .argument("<cmdid>", "its command", parseStoreId)
    .argument("<ip:port...>", "the hosts", collectHosts)
    .action(run((
      modId: number,
      cmdId: number,
      hosts: HostAddress[],
      options: RoutesOptions & AttributeOptions,
    ) => setHosts(environment, { ...options, modId, cmdId, hosts })));

  addRoutesOptions(addCommand(route, {
    name: "policy",
    description:
      "Show or set the policy by which agents choose among the hosts of a route; default is the one in their files",
    example: "lars route policy 1 1 adaptive",
  }))
    .argument("<modid>", "the called service", parseStoreId)
    .argument("<cmdid>", "its command", parseStoreId)
    .argument(
      "[policy]",
      `name of a policy (${POLICY_NAMES.join(", ")}), or default`,
      parsePolicy,
    )
    .option(
      "--check <on|off|default>",
      "whether agents may check hosts that are out by a connection of their own",
      parseSwitch,
    )
    .action(run((
      modId: number,
      cmdId: number,
      policy: OrDefault<string> | undefined,
      options: RoutesOptions & { check?: OrDefault<boolean> },
    ) => setPolicy(environment, { ...options, policy, modId, cmdId })));
}

/** Sets weight and zone of hosts of a route: of all that are named, or of none. */
async function setHosts(
  environment: Environment,
  options: RoutesOptions & AttributeOptions & RouteKey & {
    hosts: readonly HostAddress[];
  },
): Promise<ExitCode> {
  const { modId, cmdId, hosts, json } = options;
  const attributes = attributesOf(options);
  if (Object.keys(attributes).length === 0) {
    throw new CommandError(
      "Cannot set hosts as there must be --weight or --zone",
      { exitCode: ExitCode.wrongUsage },
    );
  }
  await using opened = await openRoutes(environment, options);
  const { store, where } = opened;
  const [route] = await store.read([{ modId, cmdId }]);
  const present = new Set(route?.hosts.map(addressKey));
  const others = hosts.filter((host) => !present.has(addressKey(host)));
  if (others.length > 0) {
    const list = others.map(formatAddress).join(", ");
    environment.printError(`Not a host of (${modId}, ${cmdId}): ${list}`);
    return ExitCode.noSuchRoute;
  }
  const set = hosts.map((host) => ({ modId, cmdId, ...host, ...attributes }));
  const { changed } = await store.edit({ set });
  printNamedHosts(environment, {
    done: actOn(route, { action: "set", hosts, attributes }),
    result: { changed },
    action: "set",
    route: { modId, cmdId },
    attributes,
    where,
    json,
  });
  await noteIgnored(environment, { route, attributes, options });
  return ExitCode.found;
}

/** Sets the policy of a route and whether its hosts get health checks, and prints both. */
async function setPolicy(
  environment: Environment,
  options: RoutesOptions & RouteKey & {
    policy: OrDefault<string> | undefined;
    check?: OrDefault<boolean>;
  },
): Promise<ExitCode> {
  const { modId, cmdId, policy, check, json } = options;
  const key = { modId, cmdId };
  await using opened = await openRoutes(environment, options);
  const { store, where } = opened;
  const change: SettingsChange = {
    ...key,
    ...(policy === undefined ? {} : { policy: orNull(policy) }),
    ...(check === undefined ? {} : { check: orNull(check) }),
  };
  const isSet = policy !== undefined || check !== undefined;
  if (isSet) {
    await store.edit({ settings: [change] });
  }
  const [route] = await store.read([key]);
  if (route === undefined || route.hosts.length === 0) {
    environment.printError(`There is no route of (${modId}, ${cmdId})`);
    return ExitCode.noSuchRoute;
  }
  const settings = route.settings ?? {};
  if (json) {
    printJson(environment, { modid: modId, cmdid: cmdId, ...settings });
  } else {
    const { policy = null, check = null } = settings;
    const text = formatSettings({ policy, check });
    const place = isSet ? ` in ${where}` : "";
    print(environment, `${modId} ${cmdId}${text}${place}`);
  }
  if (typeof change.policy === "string") {
    noteHostsIgnored(environment, { route, policy: change.policy });
  }
  return ExitCode.found;
}
