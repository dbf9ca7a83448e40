import { type Command, InvalidArgumentError } from "commander";
import {
  type AlarmRow,
  type HistoryStore,
  openHistoryStore,
} from "../../../store/mod.ts";
import { addCommand, type CommandContext } from "../command.ts";
import type { Environment } from "../environment.ts";
import { CommandError, ExitCode } from "../exit_code.ts";
import { parseDuration } from "../options/arguments.ts";
import { storePatience } from "../options/patience.ts";
import {
  actorOf,
  addStoreOptions,
  locateStore,
  type StoreOptions,
} from "../options/store.ts";
import { formatTable, print, printJson } from "../output.ts";
import { printable } from "../text/printable.ts";
import { formatTime, toRfc3339 } from "../text/times.ts";

/** Time in which a reporter delivers a test. */
const TEST_MS_MAX = 30_000;

/** Interval at which it is looked whether it has. */
const TEST_POLL_MS = 500;

/** Time for which an alarm is silenced if none is given, in seconds. */
const SILENCE_S = 4 * 3_600;

/** Alarm that fires as long as reporters look for others. */
const WATCHDOG = "Watchdog";

/** Options of `alarm silence`. */
interface SilenceOptions extends StoreOptions {
  /** In seconds from now. */
  until?: number;
  end?: boolean;
}

/** alarm list, silence and test. */
export function addAlarmCommands(
  program: Command,
  { environment, run }: CommandContext,
): void {
  const alarm = addCommand(program, {
    name: "alarm",
    description: "Show what is wrong by the rules of alarms, and who is told",
    example: "lars alarm list",
  });
  addStoreOptions(
    addCommand(alarm, {
      name: "list",
      description:
        "Show the alarms that fire, those that began last first; reporter/ALARMS.md says what each means",
      example: "lars alarm list",
    }).option("--all", "also those that have ended in the last 24 hours"),
  ).action(
    run((options: StoreOptions & { all?: boolean }) =>
      listAlarms(environment, options)
    ),
  );
  addStoreOptions(
    addCommand(alarm, {
      name: "silence",
      description:
        "Tell no one of an alarm for a while, though it goes on: who was told hears when it ends",
      example: "lars alarm silence 3f09 --until 4h",
    })
      .argument(
        "<id>",
        "the alarm as alarm list shows it, or how it begins",
        parseId,
      )
      .option(
        "--until <duration>",
        "for how long, such as 30m, 4h or 2d; default: 4h",
        parseDuration,
      )
      .option("--end", "end the silence"),
  ).action(
    run((id: string, options: SilenceOptions) =>
      silence(environment, id, options)
    ),
  );
  addStoreOptions(addCommand(alarm, {
    name: "test",
    description:
      "Have the reporters deliver an alarm that means nothing, and wait until it has arrived",
    example: "lars alarm test",
  })).action(
    run((options: StoreOptions) => testDelivery(environment, options)),
  );
}

async function listAlarms(
  environment: Environment,
  { all = false, ...options }: StoreOptions & { all?: boolean },
): Promise<ExitCode> {
  await using opened = await openAlarms(environment, options);
  const rows = (await opened.use((store) => store.alarms()))
    .sort((a, b) => b.since - a.since);
  const shown = rows.filter(({ rule, resolvedAt }) =>
    rule !== WATCHDOG && (all || resolvedAt === undefined)
  );
  if (options.json) {
    printJson(environment, { alarms: shown.map(toJson) });
    return ExitCode.found;
  }
  if (shown.length === 0) {
    const isWatched = rows.some(({ rule }) => rule === WATCHDOG);
    environment.printError(
      isWatched
        ? "No alarm fires"
        : "No reporter has looked for alarms in this store yet",
    );
    return ExitCode.found;
  }
  const nowS = environment.clock.wallSeconds();
  const cells = shown.map((row) => [
    row.fingerprint,
    row.rule,
    formatTime(row.since, { nowS }),
    row.resolvedAt === undefined ? "" : formatTime(row.resolvedAt, { nowS }),
    row.lastSent === undefined
      ? "to no one"
      : formatTime(row.lastSent, { nowS }),
    printable(row.summary, { max: 200 }) + silenceText(row, nowS),
  ]);
  const header = ["ID", "ALARM", "SINCE", "ENDED", "SENT", "WHAT"];
  print(environment, formatTable(header, cells));
  return ExitCode.found;
}

function silenceText(
  { silencedUntil = 0, silencedBy = "" }: AlarmRow,
  nowS: number,
): string {
  if (silencedUntil <= nowS) return "";
  return ` (silenced until ${formatTime(silencedUntil, { nowS })} by ${
    printable(silencedBy)
  })`;
}

function toJson(row: AlarmRow) {
  const time = (unixS: number | undefined) =>
    unixS === undefined ? null : toRfc3339(unixS);
  return {
    id: row.fingerprint,
    alarm: row.rule,
    labels: row.labels,
    summary: row.summary,
    value: row.value,
    since: time(row.since),
    ended: time(row.resolvedAt),
    sent: time(row.lastSent),
    silencedUntil: time(row.silencedUntil),
    silencedBy: row.silencedBy ?? null,
  };
}

/** An id, or how it begins. */
function parseId(text: string): string {
  if (text !== "") return text;
  throw new InvalidArgumentError("It must not be empty");
}

async function silence(
  environment: Environment,
  id: string,
  { until = SILENCE_S, end = false, ...options }: SilenceOptions,
): Promise<ExitCode> {
  await using opened = await openAlarms(environment, options);
  const rows = await opened.use((store) => store.alarms());
  // Whoever expects the Watchdog must go on hearing of it.
  const found = rows.filter(({ rule, fingerprint, resolvedAt }) =>
    rule !== WATCHDOG && fingerprint.startsWith(id) && resolvedAt === undefined
  );
  const [row] = found;
  if (row === undefined) {
    environment.printError(`No alarm fires whose id begins with "${id}"`);
    return ExitCode.noSuchRoute;
  }
  if (found.length > 1) {
    throw new CommandError(
      `Cannot silence an alarm as the ids of ${found.length} begin with "${id}"`,
      { exitCode: ExitCode.wrongUsage },
    );
  }
  const what = `${row.rule} (${row.fingerprint})`;
  if (end && row.silencedUntil === undefined) {
    if (options.json) {
      printJson(environment, { id: row.fingerprint, silencedUntil: null });
    }
    environment.printError(`Not silenced: ${what}`);
    return ExitCode.found;
  }
  const untilS = environment.clock.wallSeconds() + until;
  await opened.use((store) =>
    store.silenceAlarm(row.fingerprint, {
      silencedUntil: end ? undefined : untilS,
      silencedBy: end ? undefined : environment.user(),
    }, {
      actor: actorOf(environment),
      action: end
        ? "end silence of alarm"
        : `silence alarm until ${toRfc3339(untilS)}`,
    })
  );
  if (options.json) {
    printJson(environment, {
      id: row.fingerprint,
      silencedUntil: end ? null : toRfc3339(untilS),
    });
    return ExitCode.found;
  }
  const nowS = environment.clock.wallSeconds();
  print(
    environment,
    end
      ? `no longer silenced: ${what}`
      : `silenced until ${formatTime(untilS, { nowS })}: ${what}`,
  );
  return ExitCode.found;
}

async function testDelivery(
  environment: Environment,
  options: StoreOptions,
): Promise<ExitCode> {
  await using opened = await openAlarms(environment, options);
  const { clock, random, signal } = environment;
  const fingerprint = `test-${Math.floor(random() * 2 ** 53).toString(16)}`;
  await opened.use((store) =>
    store.writeAlarms([{
      fingerprint,
      rule: "Test",
      labels: {},
      summary: `${environment.user()} tries whether alarms arrive`,
      value: 0,
      since: clock.wallSeconds(),
      lastSent: undefined,
      resolvedAt: undefined,
      sends: 0,
    }], { actor: actorOf(environment), action: "test alarms" })
  );
  const startedMs = clock.nowMs();
  while (clock.nowMs() - startedMs < TEST_MS_MAX && !signal.aborted) {
    await clock.sleep(TEST_POLL_MS, signal);
    const rows = await opened.use((store) => store.alarms());
    const row = rows.find((each) => each.fingerprint === fingerprint);
    if (row !== undefined && row.sends > 0) {
      const seconds = Math.round((clock.nowMs() - startedMs) / 1_000);
      if (options.json) printJson(environment, { delivered: true, seconds });
      else print(environment, `delivered in ${seconds} s`);
      return ExitCode.found;
    }
  }
  await opened.use((store) => store.removeAlarms([fingerprint]));
  throw new CommandError(
    `Cannot deliver an alarm: no receiver took it within ${
      TEST_MS_MAX / 1_000
    } s. Is one set in [alarms] of reporter.conf, and does a reporter run? If a receiver fails, the log of a reporter says why`,
    { exitCode: ExitCode.systemError },
  );
}

/** The alarms of a store; each use waits for it as patience does. */
interface OpenedAlarms extends AsyncDisposable {
  use<Result>(body: (store: HistoryStore) => Promise<Result>): Promise<Result>;
}

async function openAlarms(
  environment: Environment,
  options: StoreOptions,
): Promise<OpenedAlarms> {
  const { location, data, where } = await locateStore(environment, options);
  const { clock } = environment;
  const patience = storePatience(environment, where);
  const store = await patience.retry(() =>
    openHistoryStore(location, { dataDir: data, clock })
  );
  return {
    use: (body) => patience.retry(() => body(store)),
    [Symbol.asyncDispose]: () => patience.close(store),
  };
}
