import { formatAddress, isDrained } from "../../../../proto/mod.ts";
import {
  covers,
  type DrainTarget,
  isSameTarget,
} from "../../../../store/mod.ts";
import type { Environment } from "../../environment.ts";
import { CommandError, ExitCode } from "../../exit_code.ts";
import type { OpenedHistory } from "../../options/history.ts";
import { openRoutes, type RoutesOptions } from "../../options/routes.ts";
import { print, printJson } from "../../output.ts";
import { drainJson, formatDrain, targetText } from "../../text/drain_text.ts";
import { drainOf, findPlaces, type HostPlace, type Places } from "./target.ts";
import { progressText, type Waited, waitUntilStopped } from "./wait.ts";

/** Takes hosts out of their routes. */
export async function drain(
  environment: Environment,
  { target, reason, untilSeconds, waitSeconds, ...options }:
    & RoutesOptions
    & {
      target: DrainTarget;
      reason: string;
      /** From now. */
      untilSeconds: number | undefined;
      /** How long to wait for callers to stop; undefined: not at all. */
      waitSeconds: number | undefined;
    },
): Promise<ExitCode> {
  await using opened = await openRoutes(environment, options);
  const { store, where } = opened;
  // Refused before anything is done, where callers cannot be seen.
  await using opening = waitSeconds === undefined
    ? undefined
    : await opened.openHistory();
  const before = drainOf(await store.drains(), target);
  const found = await findPlaces(environment, { store, target });
  if (before === undefined && found.hosts.length === 0) {
    environment.printError(nowhere(target));
    return ExitCode.noSuchRoute;
  }
  const until = untilSeconds === undefined
    ? {}
    : { until: environment.clock.wallSeconds() + untilSeconds };
  await edit(() =>
    store.edit(
      { drain: [{ ...target, who: environment.user(), reason, ...until }] },
      { action: "drain", comment: reason },
    )
  );
  const now = drainOf(await store.drains(), target);
  const places = await findPlaces(environment, { store, target });
  const nowS = environment.clock.wallSeconds();
  if (before !== undefined && now !== undefined) {
    const isAsItWas = now.reason === before.reason &&
      now.until === before.until;
    environment.printError(
      `Drained already${isAsItWas ? "" : ", and changed"}: ${
        formatDrain(now, nowS)
      }`,
    );
  } else if (!options.json) {
    for (const place of places.hosts) {
      print(
        environment,
        `drained ${placeText(place, where)}: it gets no calls`,
      );
    }
  }
  noteEmpty(environment, places);
  const waited = waitSeconds === undefined || opening === undefined
    ? undefined
    : await waitFor(environment, {
      history: opening.history,
      places,
      waitSeconds,
    });
  if (options.json) {
    printJson(environment, {
      drain: now === undefined ? null : drainJson(now, nowS),
      hosts: places.hosts.map(placeToJson),
      ...waited,
    });
  }
  return waited?.done === false ? ExitCode.systemError : ExitCode.found;
}

/** Waits until the callers of hosts have stopped; says so if they have not in time. */
async function waitFor(
  environment: Environment,
  { history, places, waitSeconds }: {
    history: OpenedHistory["history"];
    places: Places;
    waitSeconds: number;
  },
): Promise<Waited> {
  const waited = await waitUntilStopped(environment, {
    history,
    places: places.hosts,
    waitMs: waitSeconds * 1_000,
  });
  if (!waited.done) {
    environment.printError(
      `Not all have stopped within ${waitSeconds} s: ${
        progressText(waited)
      }; it stays drained`,
    );
  }
  return waited;
}

/** Takes a drain back. */
export async function undrain(
  environment: Environment,
  { target, ...options }: RoutesOptions & { target: DrainTarget },
): Promise<ExitCode> {
  await using opened = await openRoutes(environment, options);
  const { store, where } = opened;
  const nowS = environment.clock.wallSeconds();
  const before = await store.drains();
  const lifted = drainOf(before, target);
  if (lifted !== undefined) {
    await store.edit({ undrain: [target] }, { action: "undrain" });
  }
  const places = await findPlaces(environment, { store, target });
  const holding = before.filter((drain) =>
    !isSameTarget(drain, target) &&
    places.hosts.some((host) => covers(drain, host))
  );
  if (options.json) {
    printJson(environment, {
      undrained: lifted === undefined ? null : drainJson(lifted, nowS),
      hosts: places.hosts.map(placeToJson),
      drains: holding.map((drain) => drainJson(drain, nowS)),
    });
  }
  for (
    const place of lifted === undefined || options.json ? [] : places.hosts
  ) {
    const state = isDrained(place)
      ? "it still gets no calls"
      : "it gets calls again";
    print(environment, `undrained ${placeText(place, where)}: ${state}`);
  }
  if (lifted === undefined) {
    environment.printError(`Not drained: ${targetText(target)}`);
  }
  for (const drain of holding) {
    environment.printError(
      `Still drained: ${formatDrain(drain, nowS)}; "lars host undrain ${
        targetText(drain)
      }" takes that back`,
    );
  }
  for (const place of places.hosts.filter(({ weight }) => weight === 0)) {
    environment.printError(weightNote(place));
  }
  return lifted === undefined ? ExitCode.noSuchRoute : ExitCode.found;
}

/** Runs an edit; a text that no drain can have is wrong usage. */
async function edit(body: () => Promise<unknown>): Promise<void> {
  try {
    await body();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new CommandError(error.message, { exitCode: ExitCode.wrongUsage });
  }
}

/** Says of which routes no host gets calls any more. */
function noteEmpty(environment: Environment, { routes }: Places): void {
  for (const { modId, cmdId, hosts } of routes) {
    if (!hosts.every(isDrained)) continue;
    environment.printError(
      `Note: no host of (${modId}, ${cmdId}) gets calls now: its callers find none`,
    );
  }
}

function placeText(place: HostPlace, where: string): string {
  const { modId, cmdId } = place;
  return `${formatAddress(place)} of (${modId}, ${cmdId}) in ${where}`;
}

function placeToJson(place: HostPlace): Record<string, unknown> {
  return {
    modid: place.modId,
    cmdid: place.cmdId,
    host: formatAddress(place),
    drained: isDrained(place),
  };
}

function weightNote(place: HostPlace): string {
  const { modId, cmdId } = place;
  const host = formatAddress(place);
  return `Weight 0, which is no calls: ${host} of (${modId}, ${cmdId}); "lars route set ${modId} ${cmdId} ${host} --weight default" ends that`;
}

function nowhere(target: DrainTarget): string {
  const { route, ...host } = target;
  return route === undefined
    ? `No route has ${targetText(host)}`
    : `Not a host of (${route.modId}, ${route.cmdId}): ${targetText(host)}`;
}
