import type { Command } from "commander";
import {
  addressKey,
  formatAddress,
  type HostAddress,
  type RouteHost,
  type RouteKey,
  WEIGHT_DRAINED,
} from "../../../proto/mod.ts";
import { addCommand, type CommandContext } from "../command.ts";
import type { Environment } from "../environment.ts";
import { checkStopped, ExitCode } from "../exit_code.ts";
import { collectHosts } from "../options/arguments.ts";
import {
  addStoreOptions,
  openStore,
  type PatientStore,
  type StoreOptions,
} from "../options/store.ts";
import { print, printJson } from "../output.ts";

/** A host in one route. */
type Place = RouteKey & RouteHost;

/** host drain and undrain. */
export function addHostCommands(
  program: Command,
  { environment, run }: CommandContext,
): void {
  const host = addCommand(program, {
    name: "host",
    description: "Take hosts out of every route, and put them back",
    example: "lars host drain 192.168.1.177:7777",
  });
  for (const action of ["drain", "undrain"] as const) {
    addStoreOptions(addCommand(host, {
      name: action,
      description: action === "drain"
        ? "Give hosts no calls any more, in every route that has them: their weight becomes 0"
        : "Give drained hosts calls again, in every route that has them: their weight becomes the default",
      example: `lars host ${action} 192.168.1.177:7777`,
    }))
      .argument("<ip:port...>", "the hosts", collectHosts)
      .action(
        run((hosts: HostAddress[], options: StoreOptions) =>
          changeHosts(environment, { ...options, action, hosts })
        ),
      );
  }
}

/** Drains hosts in all of their routes, or ends that, in one transaction. */
async function changeHosts(
  environment: Environment,
  { action, hosts, ...options }: StoreOptions & {
    action: "drain" | "undrain";
    hosts: readonly HostAddress[];
  },
): Promise<ExitCode> {
  await using opened = await openStore(environment, options);
  const { store, where } = opened;
  const places = await findPlaces(environment, { store, hosts });
  const drains = action === "drain";
  const changing = places.filter(({ weight }) =>
    (weight === WEIGHT_DRAINED) !== drains
  );
  await store.edit({
    set: changing.map(({ modId, cmdId, ip, port }) => ({
      modId,
      cmdId,
      ip,
      port,
      weight: drains ? WEIGHT_DRAINED : null,
    })),
  });
  if (options.json) {
    printJson(environment, { changed: changing.length });
  }
  for (const place of options.json ? [] : changing) {
    print(environment, sentenceOf(place, { drains, where }));
  }
  if (places.length === 0) {
    const named = hosts.map(formatAddress).join(", ");
    environment.printError(`No route has ${named}`);
    return ExitCode.noSuchRoute;
  }
  if (changing.length === 0) {
    environment.printError(
      drains ? "They are drained already" : "They are not drained",
    );
  }
  return ExitCode.found;
}

/** Every route that has one of these hosts. */
async function findPlaces(
  { signal }: Environment,
  { store, hosts }: { store: PatientStore; hosts: readonly HostAddress[] },
): Promise<Place[]> {
  const wanted = new Set(hosts.map(addressKey));
  const places: Place[] = [];
  for await (const { modId, cmdId, hosts } of store.scan()) {
    checkStopped(signal);
    for (const host of hosts) {
      if (wanted.has(addressKey(host))) places.push({ modId, cmdId, ...host });
    }
  }
  return places;
}

function sentenceOf(
  place: Place,
  { drains, where }: { drains: boolean; where: string },
): string {
  const { modId, cmdId, weight } = place;
  const host = formatAddress(place);
  const named = `${host} of (${modId}, ${cmdId}) in ${where}`;
  if (!drains) return `undrained ${named}: it gets calls again`;
  // The default comes back with "host undrain".
  const back = weight === undefined
    ? ""
    : `; its weight was ${weight}: "lars route set ${modId} ${cmdId} ${host} --weight ${weight}" brings that back`;
  return `drained ${named}: it gets no calls${back}`;
}
