import {
  addressKey,
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
  const known = new Set<number>();
  for await (const row of leases.instances({ key: { modId, cmdId } })) {
    known.add(addressKey(row));
  }
  const registered = hosts.filter((host) => known.has(addressKey(host)));
  const others = hosts.filter((host) => !known.has(addressKey(host)));
  const removed = await leases.remove(
    hosts.map((host) => ({ modId, cmdId, ...host })),
    { actor: actorOf(environment), action: "remove instances" },
  );
  if (json) {
    const unchanged = others.map(formatAddress);
    printJson(environment, {
      removed,
      ...others.length > 0 && { unchanged },
    });
  } else if (registered.length > 0) {
    print(
      environment,
      `removed ${removed} of ${hosts.length} from (${modId}, ${cmdId}) in ${opened.where}: ${
        textOf(registered)
      }`,
    );
    print(
      environment,
      `"lars host undrain IP:PORT ${modId} ${cmdId}" brings one back`,
    );
  }
  if (others.length === 0) return ExitCode.found;
  environment.printError(
    `Cannot remove ${
      textOf(others)
    } of (${modId}, ${cmdId}) as none of them has registered itself: "lars route remove" removes what was made by hand`,
  );
  return ExitCode.noSuchRoute;
}

function textOf(hosts: readonly HostAddress[]): string {
  return hosts.map(formatAddress).join(", ");
}
