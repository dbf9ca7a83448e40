import type { Command } from "commander";
import {
  type HostAddress,
  type RouteKey,
  routeToJson,
} from "../../../../proto/mod.ts";
import {
  collectHosts,
  parsePath,
  parseStoreId,
} from "../../options/arguments.ts";
import { addCommand, type CommandContext } from "../../command.ts";
import type { Environment } from "../../environment.ts";
import { print } from "../../output.ts";
import { checkStopped, ExitCode } from "../../exit_code.ts";
import {
  addAttributeOptions,
  addRouteSettingCommands,
  type AttributeOptions,
  attributesOf,
} from "./settings.ts";
import { actOn, printNamedHosts } from "./named_hosts.ts";
import { noteIgnored } from "./notes.ts";
import { toLines } from "./text.ts";
import { exportRoutes, importRoutes } from "./transfer.ts";
import {
  addRoutesOptions,
  openRoutes,
  type RoutesOptions,
} from "../../options/routes.ts";

/** route list, add, remove, set, policy, import and export. */
export function addRouteCommands(
  program: Command,
  context: CommandContext,
): void {
  const { environment, run } = context;
  const route = addCommand(program, {
    name: "route",
    description: "Show and edit the routes in the store",
    example: "lars route add 1 1 192.168.1.181:7777",
  });
  addRoutesOptions(addCommand(route, {
    name: "list",
    description: "Show routes: all, those of a service, or one",
    example: "lars route list 1",
  }))
    .argument("[modid]", "the called service", parseStoreId)
    .argument("[cmdid]", "its command", parseStoreId)
    .action(run((
      modId: number | undefined,
      cmdId: number | undefined,
      options: RoutesOptions,
    ) => listRoutes(environment, { ...options, ...only({ modId, cmdId }) })));

  for (const action of ["add", "remove"] as const) {
    const command = addRoutesOptions(addCommand(route, {
      name: action,
      description: action === "add"
        ? "Add hosts to a route"
        : "Remove hosts from a route; one that is none of its hosts is named, and the others are removed all the same: then with code 3",
      example: `lars route ${action} 1 1 192.168.1.181:7777`,
    }))
      .argument("<modid>", "the called service", parseStoreId)
      .argument("<cmdid>", "its command", parseStoreId)
      .argument("<ip:port...>", "the hosts", collectHosts)
      .action(run((
        modId: number,
        cmdId: number,
        hosts: HostAddress[],
        options: RoutesOptions & AttributeOptions,
      ) =>
        editRoute(environment, { ...options, action, modId, cmdId, hosts })
      ));
    if (action === "add") addAttributeOptions(command);
  }
  addRouteSettingCommands(route, context);

  addRoutesOptions(addCommand(route, {
    name: "export",
    description:
      "Write all routes as CSV, in the form that import reads; a file that is there is replaced when all is written, and keeps its mode",
    example: "lars route export routes.csv",
  }))
    .argument("[file]", "the CSV file, - for standard output", parsePath, "-")
    .action(
      run((file: string, options: RoutesOptions) =>
        exportRoutes(environment, { ...options, file })
      ),
    );
  addRoutesOptions(addCommand(route, {
    name: "import",
    description:
      "Add the routes of a CSV file with the header modid,cmdid,ip,port, perhaps followed by weight,zone,policy,check, or with the columns of RouteData; a semicolon may separate as well as a comma; nothing is added when a line is wrong; a policy that this version does not know is left out, with a note",
    example: "lars route import routes.csv",
  }))
    .argument("<file>", "the CSV file, - for standard input", parsePath)
    .action(
      run((file: string, options: RoutesOptions) =>
        importRoutes(environment, { ...options, file })
      ),
    );
}

/** Prints routes, a line for each host. */
async function listRoutes(
  environment: Environment,
  options: RoutesOptions & Partial<RouteKey>,
): Promise<ExitCode> {
  const { modId, cmdId, json } = options;
  await using opened = await openRoutes(environment, options);
  const { store } = opened;
  const one = modId !== undefined && cmdId !== undefined;
  const routes = one ? await store.read([{ modId, cmdId }]) : store.scan();
  let shown = 0;
  for await (const route of routes) {
    if (modId !== undefined && route.modId !== modId) continue;
    if (route.hosts.length === 0) continue;
    checkStopped(environment.signal);
    if (json) environment.write(shown === 0 ? '{"routes":[' : ",");
    environment.write(
      json ? JSON.stringify(routeToJson(route)) : toLines(route),
    );
    shown += 1;
  }
  if (json) print(environment, shown === 0 ? '{"routes":[]}' : "]}");
  if (shown > 0) return ExitCode.found;
  if (modId === undefined) {
    environment.printError("There are no routes yet");
    return ExitCode.found;
  }
  environment.printError(
    `There is no route of (${modId}, ${cmdId ?? "any cmdid"})`,
  );
  return ExitCode.noSuchRoute;
}

/** Adds hosts to a route, or removes them. */
async function editRoute(
  environment: Environment,
  options: RoutesOptions & AttributeOptions & RouteKey & {
    action: "add" | "remove";
    hosts: readonly HostAddress[];
  },
): Promise<ExitCode> {
  const { action, modId, cmdId, hosts, json } = options;
  const key = { modId, cmdId };
  const attributes = attributesOf(options);
  await using opened = await openRoutes(environment, options);
  const { store, where } = opened;
  const [before] = await store.read([key]);
  const rows = hosts.map((host) => ({ ...key, ...host }));
  const set = rows.map((row) => ({ ...row, ...attributes }));
  const { added, removed, changed } = await store.edit({
    [action]: rows,
    ...(action === "add" ? { set } : {}),
  });
  const [now] = await store.read([key]);
  // Where nothing changed another was faster: it is as it is now.
  const isEdited = added + removed + changed > 0;
  const was = isEdited ? before : now;
  const done = actOn(was, { action, hosts, attributes });
  printNamedHosts(environment, {
    done,
    result: { added, removed, ...(changed > 0 ? { changed } : {}) },
    action,
    route: key,
    attributes,
    where,
    json,
  });
  if (isEdited) {
    await noteIgnored(environment, { route: now, attributes, options });
  }
  return action === "remove" && done.unchanged.length > 0
    ? ExitCode.noSuchRoute
    : ExitCode.found;
}

function only(
  { modId, cmdId }: { modId: number | undefined; cmdId: number | undefined },
): Partial<RouteKey> {
  return {
    ...(modId === undefined ? {} : { modId }),
    ...(cmdId === undefined ? {} : { cmdId }),
  };
}
