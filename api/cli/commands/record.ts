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
  const { modId, cmdId, agent, seconds, timeoutMs } = options;
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
    const askedMs = clock.nowMs();
    const outcome = await fetch(recorder.after);
    // A try went unanswered: the agent may have been restarted meanwhile.
    if (clock.nowMs() - askedMs >= timeoutMs) recorder.doubt();
    const calls = outcome.state === "found" ? outcome.calls : [];
    // A route that lost its hosts may get new ones.
    if (outcome.state === "found" || outcome.state === "no_route") {
      recorder.take(calls, askedMs);
    } else if (recorder.silentMs >= GIVE_UP_MS) {
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
  /** Number of the last call that was fetched. */
  #last: number;
  /** When the agent answered last. */
  #answeredMs: number;
  /** When the agent answered last before it was doubted; undefined if it is not. */
  #doubtedMs: number | undefined;
  #written = 0;
  #missed = 0;
  #isRestarted = false;

  /** `earlier` are calls that another recording already asked for. */
  constructor(environment: Environment, earlier: readonly ExplainedCall[]) {
    this.#environment = environment;
    this.#startMs = environment.clock.nowMs();
    this.#answeredMs = this.#startMs;
    this.#progress = createProgress(environment);
    this.#last = earlier.at(-1)?.number ?? 0;
  }

  /** The number after which to ask for calls. */
  get after(): number {
    return this.#doubtedMs === undefined ? this.#last : 0;
  }

  /** For how long the agent has not answered. */
  get silentMs(): number {
    return this.#environment.clock.nowMs() - this.#answeredMs;
  }

  /** The agent may be another one than answered last, which counts its calls anew. */
  doubt(): void {
    this.#doubtedMs ??= this.#answeredMs;
  }

  /** Takes an answer: the calls after {@linkcode after}. */
  take(calls: readonly ExplainedCall[], askedMs: number): void {
    const nowMs = this.#environment.clock.nowMs();
    this.#answeredMs = nowMs;
    const [first] = calls;
    if (this.#doubtedMs !== undefined && first !== undefined) {
      // What was fetched before is older than the answer that had it.
      const isNew = first.number <= this.#last &&
        first.ageMs < askedMs - this.#doubtedMs;
      if (isNew) {
        this.#isRestarted = true;
        this.#last = 0;
      }
      this.#doubtedMs = undefined;
    }
    const elapsedMs = nowMs - this.#startMs;
    for (const call of calls) {
      if (call.number <= this.#last) continue;
      this.#missed += call.number - this.#last - 1;
      this.#last = call.number;
      if (call.ageMs > elapsedMs) continue;
      this.#written += 1;
      this.#environment.write(formatEvent(toEvent(call, elapsedMs)));
    }
    this.#progress(`${this.#written} picks and reports`);
  }

  /** Says how much was recorded, and what is missing. */
  end(): void {
    const missed = this.#missed > 0
      ? `, ${this.#missed} missed: they came faster than they could be fetched`
      : "";
    const restarted = this.#isRestarted
      ? "; the agent was restarted, and calls around that are missing"
      : "";
    this.#environment.printError(
      `${this.#written} picks and reports recorded${missed}${restarted}`,
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
