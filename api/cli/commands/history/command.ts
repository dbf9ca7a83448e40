import type { Command } from "commander";
import {
  formatAddress,
  type HostAddress,
  type RouteKey,
} from "../../../../proto/mod.ts";
import { type HostEventRow, periodOf } from "../../../../store/mod.ts";
import { addCommand, type CommandContext } from "../../command.ts";
import type { Environment } from "../../environment.ts";
import { CommandError, ExitCode } from "../../exit_code.ts";
import { integer, parseHost, parseStoreId } from "../../options/arguments.ts";
import type { OpenedHistory } from "../../options/history.ts";
import {
  addStoreOptions,
  openStore,
  type PatientStore,
  type StoreOptions,
} from "../../options/store.ts";
import { counted, formatSpan } from "../../text/quantities.ts";
import { formatRoute } from "../../text/route_text.ts";
import { noSuchRoute } from "../status/route.ts";
import { addWatchOption, printWatched } from "../watching.ts";
import {
  BESIDE_BARS,
  formatBars,
  formatNumbers,
  formatSteps,
  timelineJson,
} from "./text.ts";
import {
  keptSeconds,
  type Span,
  stepOf,
  tierOf,
  type Timeline,
  toTimeline,
} from "./timeline.ts";

/** Minutes that are shown if nothing else is said. */
const MINUTES = 60;

/** Lines of numbers that are printed at most. */
const LINES_MAX = 60;

/** Bars in a row, at least and at most. */
const BARS = { min: 10, max: 120 };

/** Events that are looked through. */
const EVENTS_MAX = 1_000;

/** What the history command takes. */
interface HistoryOptions extends StoreOptions, RouteKey {
  host?: HostAddress | undefined;
  minutes?: number;
  hours?: number;
  days?: number;
  watch?: boolean;
}

/** The history command. */
export function addHistoryCommand(
  program: Command,
  { environment, run }: CommandContext,
): void {
  const command = addStoreOptions(addCommand(program, {
    name: "history",
    description:
      "Show calls of a route, or of one of its hosts, over time, with what happened to its hosts: as bars on a terminal, as numbers elsewhere",
    example: "lars history 1 1",
  }))
    .argument("<modid>", "the called service", parseStoreId)
    .argument("<cmdid>", "its command", parseStoreId)
    .argument("[ip:port]", "one of its hosts", parseHost);
  addSpanOption(command, { unit: "minutes", seconds: 60 });
  addSpanOption(command, { unit: "hours", seconds: 3_600 });
  addSpanOption(command, { unit: "days", seconds: 86_400 });
  addWatchOption(command).action(
    run((
      modId: number,
      cmdId: number,
      host: HostAddress | undefined,
      options: Omit<HistoryOptions, "host" | keyof RouteKey>,
    ) => history(environment, { ...options, modId, cmdId, host })),
  );
}

function addSpanOption(
  command: Command,
  { unit, seconds }: { unit: string; seconds: number },
): void {
  const parse = integer({ min: 1, max: keptSeconds("route") / seconds });
  command.option(
    `--${unit} <count>`,
    unit === "minutes"
      ? `how far back, in minutes; default: ${MINUTES}`
      : `the same in ${unit}`,
    (text: string) => parse(text),
  );
}

/** Prints calls over time. */
async function history(
  environment: Environment,
  options: HistoryOptions,
): Promise<ExitCode> {
  const { json, watch } = options;
  const span = spanOf(options);
  await using opened = await openStore(environment, options);
  await using told = await opened.openHistory();
  return await printWatched(environment, {
    watch,
    json,
    look: async () => {
      const read = await readTimeline(told, {
        options,
        span,
        stepsMax: stepsMax(environment),
        to: environment.clock.wallSeconds(),
      });
      if (isEmpty(read)) await checkRoute(opened.store, options);
      const text = json
        ? JSON.stringify(toJson(options, read))
        : format(environment, { options, span, read });
      return { text, exitCode: ExitCode.found };
    },
  });
}

/** Calls over time, and what happened. */
interface Read {
  timeline: Timeline;
  /** Newest first. */
  events: HostEventRow[];
}

/**
 * How far back the options ask for.
 *
 * @throws {CommandError} If they ask for several spans, or for more than is kept.
 */
function spanOf({ host, minutes, hours, days }: HistoryOptions): Span {
  const given = [
    minutes && minutes * 60,
    hours && hours * 3_600,
    days && days * 86_400,
  ].filter((seconds) => seconds !== undefined);
  if (given.length > 1) {
    throw new CommandError(
      "Cannot show several spans: give one of --minutes, --hours and --days",
      { exitCode: ExitCode.wrongUsage },
    );
  }
  const [seconds = MINUTES * 60] = given;
  const subject = host === undefined ? "route" : "host";
  const tier = tierOf(seconds, subject);
  if (tier !== undefined) return { seconds, tier };
  throw new CommandError(
    `Cannot show ${formatSpan(seconds)} of a ${subject} as only ${
      counted(keptSeconds(subject) / 86_400, "day")
    } are kept`,
    { exitCode: ExitCode.wrongUsage },
  );
}

function stepsMax({ terminal }: Environment): number {
  if (terminal === undefined) return LINES_MAX;
  const free = terminal.size().columns - BESIDE_BARS;
  return Math.max(BARS.min, Math.min(BARS.max, free));
}

async function readTimeline(
  { history }: OpenedHistory,
  { options, span, stepsMax, to }: {
    options: HistoryOptions;
    span: Span;
    stepsMax: number;
    to: number;
  },
): Promise<Read> {
  const { modId, cmdId, host } = options;
  const key = { modId, cmdId };
  const steps = { span, stepS: stepOf(span, stepsMax), to };
  const { from } = toTimeline([], steps);
  const query = {
    key,
    from: periodOf(span.tier, from),
    to: periodOf(span.tier, to),
  };
  const isFine = span.tier === "minute";
  const rows = host === undefined
    ? await history.routeHistory({ ...query, tier: isFine ? "minute" : "hour" })
    : await history.hostHistory({
      ...query,
      host,
      tier: isFine ? "minute" : "ten",
    });
  const events = await history.events({ key, host, limit: EVENTS_MAX });
  return {
    timeline: toTimeline(rows, steps),
    events: events.filter(({ minute }) => minute * 60 >= from),
  };
}

function toJson(
  { modId, cmdId, host }: HistoryOptions,
  { timeline, events }: Read,
): unknown {
  return {
    modid: modId,
    cmdid: cmdId,
    ...host === undefined ? {} : { host: formatAddress(host) },
    ...timelineJson(timeline, events),
  };
}

/** Whether nothing is known of the time. */
function isEmpty({ timeline, events }: Read): boolean {
  return events.length === 0 &&
    timeline.steps.every((step) => step === undefined);
}

/** @throws {CommandError} If there is no such route. */
async function checkRoute(store: PatientStore, key: RouteKey): Promise<void> {
  const [route] = await store.read([key]);
  if (route?.hosts.length !== 0) return;
  throw new CommandError(noSuchRoute(key), {
    exitCode: ExitCode.noSuchRoute,
  });
}

function format(
  { terminal }: Environment,
  { options, span, read }: { options: HistoryOptions; span: Span; read: Read },
): string {
  const { timeline, events } = read;
  const { host } = options;
  const name = host === undefined
    ? formatRoute(options)
    : `${formatRoute(options)} ${formatAddress(host)}`;
  if (isEmpty(read)) {
    return `${name}  no data: no agent has reported calls of the last ${
      formatSpan(span.seconds)
    }; --days looks further back`;
  }
  const lines = terminal === undefined
    ? formatNumbers(timeline, events)
    : formatBars(timeline, events);
  return [`${name}  ${formatSteps(timeline)}`, ...lines].join("\n");
}
