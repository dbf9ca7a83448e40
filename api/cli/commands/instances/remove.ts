import {
  formatAddress,
  type HostAddress,
  type RouteKey,
} from "../../../../proto/mod.ts";
import type { Environment } from "../../environment.ts";
import { ExitCode } from "../../exit_code.ts";
import { actorOf, openStore, type StoreOptions } from "../../options/store.ts";
import { print, printJson } from "../../output.ts";

/** Takes registered hosts out of a route, so that their agents do not bring them back. */
export async function removeInstances(
  environment: Environment,
  options: StoreOptions & RouteKey & { hosts: readonly HostAddress[] },
): Promise<ExitCode> {
  const { modId, cmdId, hosts, json } = options;
  await using opened = await openStore(environment, options);
  await using leases = await opened.openLeases();
  const rows = hosts.map((host) => ({ modId, cmdId, ...host }));
  const removed = await leases.remove(rows, {
    actor: actorOf(environment),
    action: "remove instances",
  });
  if (json) printJson(environment, { removed });
  const names = hosts.map(formatAddress).join(", ");
  if (removed === 0) {
    environment.printError(
      `Cannot remove ${names} of (${modId}, ${cmdId}) as none of them has registered itself: "lars route remove" removes what was made by hand`,
    );
    return ExitCode.noSuchRoute;
  }
  if (json) return ExitCode.found;
  print(
    environment,
    `removed ${removed} of ${hosts.length} from (${modId}, ${cmdId}) in ${opened.where}: ${names}`,
  );
  print(
    environment,
    `"lars host undrain IP:PORT ${modId} ${cmdId}" brings one back`,
  );
  return ExitCode.found;
}
