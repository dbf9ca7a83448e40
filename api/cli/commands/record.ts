import type { Command } from "commander";
import {
  fromWireAddress,
  type lars,
  type RouteKey,
} from "../../../proto/mod.ts";
import {
  addAgentOptions,
  type AgentOptions,
  explainNoHost,
} from "../options/agent.ts";
import { integer, numberOption } from "../options/arguments.ts";
import { addCommand, type Run } from "../command.ts";
import type { Environment } from "../output.ts";
import { ExitCode } from "../exit_code.ts";
import { ExplainLink } from "./explain_link.ts";
import { addRouteArguments } from "./host_commands.ts";
import {
  formatEvent,
  formatHead,
  type RecordedEvent,
} from "./replay/recording.ts";

/** How often new calls are fetched. */
const FETCH_MS = 50;

/** How often it tells how far it is. */
const PROGRESS_MS = 1_000;

export interface RecordOptions extends RouteKey, AgentOptions {
  seconds: number;
}

/** The record command. */
export function addRecordCommand(
  program: Command,
  { environment, run }: { environment: Environment; run: Run },
): void {
  const command = addCommand(program, {
    name: "record",
    description:
      'Write the picks and reports of a route to standard output as they happen, for "lars simulate --replay"',
    example: "lars record 1 1 --seconds 60 > calls.csv",
  });
  addRouteArguments(addAgentOptions(command));
  numberOption(command, "--seconds <seconds>", {
    description: "how long; Ctrl-C ends it sooner",
    parse: integer({ min: 1, max: 86_400 }),
    value: 30,
  });
  command.action(
    run((
      modId: number,
      cmdId: number,
      options: Omit<RecordOptions, keyof RouteKey>,
    ) => record(environment, { ...options, modId, cmdId })),
  );
}

/** Writes a recording of the next calls of a route. */
export async function record(
  environment: Environment,
  options: RecordOptions,
): Promise<ExitCode> {
  const { modId, cmdId, agent, seconds } = options;
  const { clock, signal } = environment;
  await using link = new ExplainLink(environment, options);
  const first = await link.ask({ afterCall: 0 });
  if (first === undefined || first.host.length === 0) {
    const state = first === undefined ? "timeout" : "no_route";
    environment.note(explainNoHost(options, { state, agent }));
    return first === undefined ? ExitCode.systemError : ExitCode.noSuchRoute;
  }
  const hosts = first.host.map(({ host }) => fromWireAddress(host ?? {}));
  environment.write(formatHead({ key: { modId, cmdId }, hosts }));

  const startMs = clock.nowMs();
  const endMs = startMs + seconds * 1_000;
  let progressMs = startMs + PROGRESS_MS;
  // What was recorded for somebody else before is not ours.
  const before = (first.call[0]?.number ?? 1) - 1;
  let skipped = first.call.length;
  let last = before + skipped;
  let events = 0;
  while (!signal.aborted && clock.nowMs() < endMs) {
    const answer = await link.ask({ afterCall: last });
    if (answer === undefined) {
      environment.note(explainNoHost(options, { state: "timeout", agent }));
      return ExitCode.systemError;
    }
    const nowMs = clock.nowMs();
    for (const call of answer.call) {
      if ((call.age_ms ?? 0) > nowMs - startMs) {
        skipped += 1;
        continue;
      }
      events += 1;
      environment.write(formatEvent(toEvent(call, nowMs - startMs)));
    }
    last = answer.call.at(-1)?.number ?? last;
    if (nowMs >= progressMs) {
      environment.note(`${events} picks and reports`);
      progressMs += PROGRESS_MS;
    }
    // A full answer has more behind it.
    if (answer.call.length === 0) await clock.sleep(FETCH_MS, signal);
  }
  const missed = last - before - skipped - events;
  environment.note(
    `${events} picks and reports recorded${
      missed > 0
        ? `, ${missed} missed: they came faster than they could be fetched`
        : ""
    }`,
  );
  return ExitCode.found;
}

function toEvent(
  call: lars.RecordedCall.$Properties,
  nowMs: number,
): RecordedEvent {
  const atMs = Math.max(0, Math.round(nowMs - (call.age_ms ?? 0)));
  if (!call.host) return { kind: "pick", atMs, host: undefined };
  const host = fromWireAddress(call.host);
  if (!call.report) return { kind: "pick", atMs, host };
  if (call.unused) return { kind: "unused", atMs, host };
  return {
    kind: "report",
    atMs,
    host,
    returnCode: call.retcode ?? 0,
    durationUs: call.duration_us ?? 0,
  };
}
