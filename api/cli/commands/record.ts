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
import { GIVE_UP_MS } from "../options/patience.ts";
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

/** By how much the ages of one call may be at odds: they are rounded. */
const AGE_ERROR_MS = 2;

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
    hasJson: false,
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
  let answeredMs = clock.nowMs();
  const endMs = answeredMs + seconds * 1_000;
  while (!signal.aborted && clock.nowMs() < endMs) {
    const askedMs = clock.nowMs();
    const outcome = await fetch(recorder.after);
    const calls = outcome.state === "found" ? outcome.calls : [];
    if (outcome.state === "found") recorder.take(calls, askedMs);
    // A route that lost its hosts may get new ones.
    if (outcome.state === "found" || outcome.state === "no_route") {
      answeredMs = clock.nowMs();
    } else if (clock.nowMs() - answeredMs >= GIVE_UP_MS) {
      recorder.end();
      return fail(outcome.state);
    }
    // A full answer has more behind it.
    if (calls.length < FULL_MIN) await clock.sleep(FETCH_PAUSE_MS, signal);
  }
  recorder.end();
  return ExitCode.found;
}

/** Writes the calls that happen from its creation on, and counts those it missed. */
class Recorder {
  readonly #environment: Environment;
  readonly #startMs: number;
  readonly #progress: (line: string) => void;
  /** Number of the last call that was fetched; 0: none. */
  #last: number;
  /** When that call was, at the latest. */
  #lastMs: number;
  #written = 0;
  #missed = 0;
  /** Whether the agent began to number calls anew. */
  #isAnew = false;

  /** `earlier` are calls that another recording already asked for. */
  constructor(environment: Environment, earlier: readonly ExplainedCall[]) {
    this.#environment = environment;
    this.#startMs = environment.clock.nowMs();
    this.#progress = createProgress(environment);
    const last = earlier.at(-1);
    this.#last = last?.number ?? 0;
    this.#lastMs = this.#startMs - (last?.ageMs ?? 0);
  }

  /** The number after which to ask for calls: the last one again, to see that it is there. */
  get after(): number {
    return Math.max(0, this.#last - 1);
  }

  /** Takes the calls after {@linkcode after}, for which the agent was asked at `askedMs`. */
  take(calls: readonly ExplainedCall[], askedMs: number): void {
    if (!this.#isThere(calls[0], askedMs)) {
      this.#isAnew = true;
      this.#last = 0;
      return;
    }
    const nowMs = this.#environment.clock.nowMs();
    const elapsedMs = nowMs - this.#startMs;
    for (const call of calls) {
      this.#lastMs = nowMs - call.ageMs;
      if (call.number <= this.#last) continue;
      this.#missed += call.number - this.#last - 1;
      this.#last = call.number;
      if (call.ageMs > elapsedMs) continue;
      this.#written += 1;
      this.#environment.write(formatEvent(toEvent(call, elapsedMs)));
    }
    this.#progress(`${this.#written} picks and reports`);
  }

  /** Whether the last call is still there, or so many came after it that the agent dropped it. */
  #isThere(first: ExplainedCall | undefined, askedMs: number): boolean {
    if (this.#last === 0) return true;
    if (first === undefined) return false;
    // A call with its number may be a later one.
    return first.number > this.#last ||
      askedMs - first.ageMs <= this.#lastMs + AGE_ERROR_MS;
  }

  /** Says how much was recorded, and what is missing. */
  end(): void {
    const missed = this.#missed > 0
      ? `, ${this.#missed} missed: they came faster than they could be fetched`
      : "";
    const anew = this.#isAnew
      ? "; the agent was restarted, or not asked for 10 s: calls around that are missing"
      : "";
    this.#environment.printError(
      `${this.#written} picks and reports recorded${missed}${anew}`,
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
