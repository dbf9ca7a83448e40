import type { Command } from "commander";
import type { ExplainedCall, RouteKey } from "../../../proto/mod.ts";
import type { ExplainOutcome } from "../../mod.ts";
import type { CommandContext } from "../command.ts";
import { ExitCode, exitCodeOf } from "../exit_code.ts";
import {
  addRouteQuery,
  type AgentOptions,
  failureMessage,
  openClient,
} from "../options/agent.ts";
import { integer, numberOption } from "../options/arguments.ts";
import { createProgress } from "../output.ts";
import { explainedHosts } from "./explained_hosts.ts";
import type { Environment } from "../environment.ts";
import {
  formatEvent,
  formatHead,
  type RecordedEvent,
} from "./replay/recording.ts";

/** Pause before new calls are fetched, when few were waiting. */
const FETCH_PAUSE_MS = 50;

/** Calls from which on an answer counts as full. */
const FULL_MIN = 400;

/** Leaves out all hosts: the head of a recording has them. */
const NO_HOSTS = 2 ** 31;

/** What the record command takes. */
export interface RecordOptions extends RouteKey, AgentOptions {
  seconds: number;
}

/** The record command. */
export function addRecordCommand(
  program: Command,
  context: CommandContext,
): void {
  const command = addRouteQuery(program, context, {
    name: "record",
    description:
      'Write the picks and reports of a route to standard output as they happen, for "lars replay"',
    example:
      "lars record 1 1 --seconds 3 > calls.csv & lars drill 1 1 --count 20000; wait",
    action: record,
  });
  numberOption(command, "--seconds <seconds>", {
    description: "duration; Ctrl-C ends it sooner",
    parse: integer({ min: 1, max: 86_400 }),
    value: 30,
  });
}

/** Writes a recording of the next calls of a route. */
export async function record(
  environment: Environment,
  options: RecordOptions,
): Promise<ExitCode> {
  const { modId, cmdId, agent, seconds } = options;
  const { clock, signal } = environment;
  await using client = openClient(environment, options);
  const fetch = (afterCall: number, afterHost = NO_HOSTS) =>
    client.explain(modId, cmdId, { withCalls: true, afterCall, afterHost });
  const fail = (state: Exclude<ExplainOutcome["state"], "found">) => {
    environment.printError(
      failureMessage(options, { action: "record", state, agent }),
    );
    return exitCodeOf(state);
  };

  const first = await fetch(0, 0);
  if (first.state !== "found") return fail(first.state);
  const hosts = await explainedHosts(first, {
    max: Infinity,
    ask: (afterHost) => fetch(2 ** 32 - 1, afterHost),
  });
  environment.write(formatHead({ key: { modId, cmdId }, hosts }));
  const recorder = new Recorder(environment, first.calls);
  const endMs = clock.nowMs() + seconds * 1_000;
  while (!signal.aborted && clock.nowMs() < endMs) {
    const outcome = await fetch(recorder.last);
    // A route that lost its hosts may get new ones.
    const lost = outcome.state === "no_route";
    if (outcome.state !== "found" && !lost) return fail(outcome.state);
    const calls = outcome.state === "found" ? outcome.calls : [];
    recorder.write(calls);
    // A full answer has more behind it.
    if (calls.length < FULL_MIN) await clock.sleep(FETCH_PAUSE_MS, signal);
  }
  recorder.end();
  return ExitCode.found;
}

/** Writes the calls that happen from its creation on, and counts those it missed. */
class Recorder {
  /** Number of the last call that was fetched. */
  last: number;
  readonly #environment: Environment;
  readonly #startMs: number;
  /** Calls up to {@linkcode last} that were written, or left out as too early. */
  #taken: number;
  #written = 0;
  readonly #progress: (line: string) => void;

  /** `earlier` are calls that another recording already asked for. */
  constructor(environment: Environment, earlier: readonly ExplainedCall[]) {
    this.#environment = environment;
    this.#startMs = environment.clock.nowMs();
    this.#progress = createProgress(environment);
    this.last = earlier.at(-1)?.number ?? 0;
    this.#taken = this.last;
  }

  write(calls: readonly ExplainedCall[]): void {
    const elapsedMs = this.#environment.clock.nowMs() - this.#startMs;
    for (const call of calls) {
      this.#taken += 1;
      if (call.ageMs > elapsedMs) continue;
      this.#written += 1;
      this.#environment.write(formatEvent(toEvent(call, elapsedMs)));
    }
    this.last = calls.at(-1)?.number ?? this.last;
    this.#progress(`${this.#written} picks and reports`);
  }

  end(): void {
    const missed = this.last - this.#taken;
    const suffix = missed > 0
      ? `, ${missed} missed: they came faster than they could be fetched`
      : "";
    this.#environment.printError(
      `${this.#written} picks and reports recorded${suffix}`,
    );
  }
}

function toEvent(
  { ageMs, host, report }: ExplainedCall,
  elapsedMs: number,
): RecordedEvent {
  const atMs = Math.max(0, Math.round(elapsedMs - ageMs));
  if (host === undefined || report === undefined) {
    return { kind: "pick", atMs, host };
  }
  if (report.unused) return { kind: "unused", atMs, host };
  const { returnCode, durationUs } = report;
  return { kind: "report", atMs, host, returnCode, durationUs };
}
