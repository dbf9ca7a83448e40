import { formatAddress, formatIp } from "../../../../proto/mod.ts";
import type { HostDrain } from "../../../../store/mod.ts";
import type { Environment } from "../../environment.ts";
import { ExitCode } from "../../exit_code.ts";
import { openStore, type StoreOptions } from "../../options/store.ts";
import { formatTable, print, printJson } from "../../output.ts";
import { targetText } from "./target.ts";

/** Prints every drain. */
export async function listDrains(
  environment: Environment,
  options: StoreOptions,
): Promise<ExitCode> {
  await using opened = await openStore(environment, options);
  const drains = await opened.store.drains();
  const nowSeconds = environment.clock.wallSeconds();
  if (options.json) {
    const list = drains.map((drain) => ({
      ...drainToJson(drain),
      forgotten: isForgotten(drain, nowSeconds),
    }));
    printJson(environment, { drains: list });
    return ExitCode.found;
  }
  if (drains.length === 0) {
    environment.printError("Nothing is drained");
    return ExitCode.found;
  }
  const rows = drains.map((drain) => [
    hostText(drain),
    drain.route === undefined
      ? "all"
      : `${drain.route.modId} ${drain.route.cmdId}`,
    timeText(drain.since),
    untilText(drain, nowSeconds),
    plain(drain.who),
    plain(drain.reason),
  ]);
  const header = ["HOST", "ROUTE", "SINCE", "UNTIL", "WHO", "REASON"];
  print(environment, formatTable(header, rows));
  return ExitCode.found;
}

/** Whether a drain was to be taken back before now. */
export function isForgotten({ until }: HostDrain, nowSeconds: number): boolean {
  return until !== undefined && until < nowSeconds;
}

/** A drain in a sentence: "10.0.0.1:80 since 2026-11-29T03:02Z by alice@ops: new disk". */
export function formatDrain(drain: HostDrain): string {
  const { since, who, reason } = drain;
  return `${targetText(drain)} since ${timeText(since)} by ${plain(who)}: ${
    plain(reason)
  }`;
}

/** A drain as commands print it with --json. */
export function drainToJson(drain: HostDrain): Record<string, unknown> {
  const { route, who, reason, since, until } = drain;
  return {
    host: hostText(drain),
    ...(route === undefined ? {} : { modid: route.modId, cmdid: route.cmdId }),
    who,
    reason,
    since: isoTime(since),
    ...(until === undefined ? {} : { until: isoTime(until) }),
  };
}

function hostText({ ip, port }: HostDrain): string {
  return port === undefined ? formatIp(ip) : formatAddress({ ip, port });
}

function untilText(drain: HostDrain, nowSeconds: number): string {
  if (drain.until === undefined) return "-";
  const mark = isForgotten(drain, nowSeconds) ? " (past)" : "";
  return `${timeText(drain.until)}${mark}`;
}

/** Unix seconds to the minute, as "2026-11-29T03:02Z". */
function timeText(seconds: number): string {
  return isoTime(seconds).replace(/:\d\dZ$/, "Z");
}

/** Unix seconds as in RFC 3339; those that no date has, as by hand, as they are. */
function isoTime(seconds: number): string {
  const date = new Date(seconds * 1_000);
  return Number.isNaN(date.getTime())
    ? String(seconds)
    : date.toISOString().replace(/\.000Z$/, "Z");
}

/** A text as one line, without what a terminal takes for commands. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, "?");
}
