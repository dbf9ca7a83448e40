import type { Environment } from "../../environment.ts";
import { ExitCode } from "../../exit_code.ts";
import { openRoutes, type RoutesOptions } from "../../options/routes.ts";
import { formatTable, print, printJson } from "../../output.ts";
import {
  drainJson,
  formatUntil,
  hostsText,
  reasonOf,
  whoOf,
} from "../../text/drain_text.ts";
import { formatTime } from "../../text/times.ts";

/** Prints every drain. */
export async function listDrains(
  environment: Environment,
  options: RoutesOptions,
): Promise<ExitCode> {
  await using opened = await openRoutes(environment, options);
  const drains = await opened.store.drains();
  const nowS = environment.clock.wallSeconds();
  if (options.json) {
    const list = drains.map((drain) => drainJson(drain, nowS));
    printJson(environment, { drains: list });
    return ExitCode.found;
  }
  if (drains.length === 0) {
    environment.printError("Nothing is drained");
    return ExitCode.found;
  }
  const rows = drains.map((drain) => {
    const { route, since } = drain;
    return [
      hostsText(drain),
      route === undefined ? "all" : `${route.modId} ${route.cmdId}`,
      formatTime(since, { nowS }),
      formatUntil(drain, nowS),
      whoOf(drain),
      reasonOf(drain),
    ];
  });
  const header = ["host", "route", "since", "until", "who", "reason"];
  print(environment, formatTable(header, rows));
  return ExitCode.found;
}
