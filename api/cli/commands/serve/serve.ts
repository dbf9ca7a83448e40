import {
  type LarsClient,
  type ServedInstance,
  ServeError,
  type ServeStatus,
} from "../../../mod.ts";
import type {
  EndSignal,
  Environment,
  RunningProgram,
} from "../../environment.ts";
import { CommandError, ExitCode } from "../../exit_code.ts";
import { nobodyAnswers, openClient, startAdvice } from "../../options/agent.ts";
import { printable } from "../../text/printable.ts";
import type { ServeOptions } from "./options.ts";
import { waitUntilReady } from "./probe.ts";

/** Exit code of a shell where there is no such program. */
const NOT_FOUND = 127;

/** Exit code of a shell where the program may not be run. */
const NOT_RUN = 126;

/** Time without an answer of the agent after which this is said, in milliseconds. */
const SAY_AFTER_MS = 2_000;

/**
 * Runs a program, and registers it while it runs: from when it answers until a
 * signal, which it gets when nobody calls it any more.
 *
 * @returns The exit code of the program.
 */
export async function serveProgram(
  environment: Environment,
  options: ServeOptions & { line: readonly string[] },
): Promise<number> {
  await using client = openClient(environment, options);
  const program = runLine(environment, options.line);
  if (typeof program === "number") return program;
  const served = new ServedProgram({ environment, options, client, program });
  const release = environment.onEndSignal((signal) => served.onSignal(signal));
  try {
    return await served.run();
  } finally {
    release();
  }
}

/** The program of a command line, or the exit code that a shell has without it. */
function runLine(
  environment: Environment,
  [command = "", ...parameters]: readonly string[],
): RunningProgram | number {
  try {
    return environment.runProgram(command, parameters);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      environment.printError(
        `error: Cannot run "${command}" as there is no such program`,
      );
      return NOT_FOUND;
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      environment.printError(
        `error: Cannot run "${command}" as its file may not be executed`,
      );
      return NOT_RUN;
    }
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    throw new CommandError(
      `Cannot run "${command}" as this process may not run programs: allow that with --allow-run`,
      { exitCode: ExitCode.systemError },
    );
  }
}

/** A program that runs, and its registration. */
class ServedProgram {
  readonly #environment: Environment;
  readonly #options: ServeOptions;
  readonly #client: LarsClient;
  readonly #program: RunningProgram;
  /** Aborted when it is to be registered no more. */
  readonly #leaving = new AbortController();
  /** Aborted when the program has ended. */
  readonly #ended = new AbortController();
  #instance: ServedInstance | undefined;
  /** Why it was ended: its own code is not the outcome then. */
  #failure: ExitCode | undefined;
  #signals = 0;

  constructor(
    { environment, options, client, program }: {
      environment: Environment;
      options: ServeOptions;
      client: LarsClient;
      program: RunningProgram;
    },
  ) {
    this.#environment = environment;
    this.#options = options;
    this.#client = client;
    this.#program = program;
  }

  /** The exit code, when the program has ended and is registered no more. */
  async run(): Promise<number> {
    const registering = this.#register();
    const code = await this.#program.ended;
    this.#ended.abort();
    this.#leaving.abort();
    await registering;
    // What is dead needs no time for calls to end.
    await this.#instance?.close({ drainMs: 0 });
    return this.#failure ?? code;
  }

  /** Passes a signal on: the first when nobody calls the program any more, others at once. */
  onSignal(signal: EndSignal): void {
    this.#signals += 1;
    if (this.#signals > 1) this.#program.signal(signal);
    else void this.#end(signal);
  }

  async #end(signal: EndSignal): Promise<void> {
    const { clock } = this.#environment;
    const { stop } = this.#options;
    this.#leaving.abort();
    await this.#instance?.close();
    if (this.#ended.signal.aborted) return;
    this.#program.signal(signal);
    await clock.sleep(stop * 1_000, this.#ended.signal);
    if (this.#ended.signal.aborted) return;
    this.#say(
      `the program has not ended within ${stop} s of ${signal}: killed`,
    );
    this.#program.signal("SIGKILL");
  }

  /** Registers the program once it answers. Never rejects for what may happen. */
  async #register(): Promise<void> {
    const { modId, cmdId, port, ip = "127.0.0.1", check } = this.#options;
    const { signal } = this.#leaving;
    if (check !== "none") {
      const probed = { hostname: ip, port, check };
      await waitUntilReady(this.#environment, probed, signal);
    }
    if (signal.aborted) return;
    const accepted = new AbortController();
    void this.#sayIfAway(accepted.signal);
    try {
      const { weight, zone, ttl, drain, version, tag } = this.#options;
      const instance = await this.#client.serve({
        modId,
        cmdId,
        port,
        ...this.#options.ip !== undefined && { ip: this.#options.ip },
        ...weight !== undefined && { weight },
        ...zone !== undefined && { zone },
        check,
        ttlMs: ttl * 1_000,
        drainMs: drain * 1_000,
        ...version !== undefined && { version },
        ...tag !== undefined && { tags: tag },
        waitMs: Infinity,
        signal,
        onChange: (status) => this.#sayStatus(status),
      });
      this.#instance = instance;
      this.#sayStatus(instance);
    } catch (error) {
      if (!signal.aborted) this.#onFailure(error);
    } finally {
      accepted.abort();
    }
  }

  /** A program that cannot be registered is ended: else nobody would notice. */
  #onFailure(error: unknown): void {
    if (!(error instanceof ServeError)) throw error;
    this.#failure = ExitCode.systemError;
    this.#environment.printError(`error: ${error.message}`);
    this.onSignal("SIGTERM");
  }

  async #sayIfAway(accepted: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([accepted, this.#leaving.signal]);
    await this.#environment.clock.sleep(SAY_AFTER_MS, signal);
    if (signal.aborted) return;
    const { agent } = this.#options;
    this.#say(
      `${
        nobodyAnswers(agent)
      }: ${startAdvice()}; the program runs, and is registered when one does`,
    );
  }

  #sayStatus({ state, reason }: ServeStatus): void {
    const text = STATE_TEXTS[state];
    if (text === "") return;
    this.#say(
      reason === "" ? text : `${text}: ${printable(reason, { max: 200 })}`,
    );
  }

  #say(text: string): void {
    const { modId, cmdId, port } = this.#options;
    this.#environment.printError(
      `lars: (${modId}, ${cmdId}) at port ${port}: ${text}`,
    );
  }
}

/** What people read for each state. */
const STATE_TEXTS: Readonly<Record<ServeStatus["state"], string>> = {
  pending: "registered, not served yet",
  served: "served",
  not_ready: "not ready, gets no calls",
  drained: "drained, gets no calls",
  refused: "refused, gets no calls",
  agent_away: "the agent is away, callers go on",
  leaving: "leaving, gets no new calls",
  closed: "",
};
