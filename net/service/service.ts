import { exitAfterLogs, loggerOf } from "../log.ts";
import { openServiceManager } from "./service_manager.ts";
import { parseServiceOptions, type ServiceOptions } from "./options.ts";

/** Time after which a service that was told to stop is ended even if it has not. */
const STOP_MS_MAX = 4_500;

/** A service as {@linkcode runService} runs it. */
export interface Service {
  /** "dns", "reporter", "agent" or "web". */
  name: string;
  /** Runs until `signal` is aborted, and has drained when it resolves. */
  run: (life: ServiceLife) => Promise<void>;
  /** Default: {@linkcode STOP_MS_MAX}. */
  stopMsMax?: number;
}

/** What a service is handed when it runs. */
export interface ServiceLife {
  /** Its command line. */
  options: ServiceOptions;
  /** Aborted when the service is to drain and end. */
  signal: AbortSignal;
  /**
   * Says that the service serves now; `isAlive` tells from time to time whether
   * what is not its event loop answers.
   */
  onReady(isAlive?: () => Promise<boolean>): void;
  /** Sets what SIGHUP does, also one that came before. It must not throw. */
  onReload(reload: () => Promise<void>): void;
}

/**
 * Runs a service until it is told to stop: by SIGINT or SIGTERM, by SIGHUP when
 * the terminal that it was started on has gone, or, with `--until-stdin-ends`,
 * by the end of standard input. Any other SIGHUP reloads. The process exits
 * with 0 when the service has drained, or after `stopMsMax`. An error ends the
 * process with 1 and one line that says why.
 */
export async function runService(service: Service): Promise<never> {
  const { name, run, stopMsMax = STOP_MS_MAX } = service;
  const options = parseServiceOptions(name);
  const logger = loggerOf(name);
  const manager = await openServiceManager();
  const stop = new AbortController();
  const reloads = new Reloads();
  const stopFor = (reason: string) => {
    if (stop.signal.aborted) return;
    logger.info("stopping", { reason });
    manager.stopping();
    stop.abort();
    setTimeout(() => {
      logger.warn("not drained in time", { waitedMs: stopMsMax });
      exitAfterLogs(0);
    }, stopMsMax);
  };
  onSignals(stopFor, () => reloads.request());
  if (options.untilStdinEnds) {
    readToEnd(Deno.stdin).then(() => stopFor("standard input has ended"));
  }
  try {
    const { signal } = stop;
    await run({
      options,
      signal,
      onReady: (isAlive) => manager.ready(isAlive),
      onReload: (reload) => reloads.take(reload),
    });
  } catch (error) {
    return await fail(error);
  }
  return await exitAfterLogs(0);
}

/** Ends the process with 1, and a last line that explains an error. */
export function fail(error: unknown): Promise<never> {
  return exitAfterLogs(1, `error: ${explain(error)}`);
}

/** Calls `stop` or `reload` for the signals of the system. */
export function onSignals(
  stop: (reason: string) => void,
  reload: () => void,
): void {
  Deno.addSignalListener("SIGINT", () => stop("SIGINT"));
  if (Deno.build.os === "windows") {
    Deno.addSignalListener("SIGBREAK", () => stop("SIGBREAK"));
    return;
  }
  Deno.addSignalListener("SIGTERM", () => stop("SIGTERM"));
  const streams = [Deno.stdin, Deno.stdout, Deno.stderr];
  const terminals = streams.filter((each) => each.isTerminal());
  Deno.addSignalListener("SIGHUP", () => {
    const isGone = terminals.some((each) => !each.isTerminal());
    if (isGone) stop("SIGHUP, and the terminal has gone");
    else reload();
  });
}

/** Reloads that are asked for: one at a time, however many are asked for while it runs. */
class Reloads {
  #reload: (() => Promise<void>) | undefined;
  #isWanted = false;
  #isRunning = false;

  request(): void {
    this.#isWanted = true;
    this.#run();
  }

  take(reload: () => Promise<void>): void {
    this.#reload = reload;
    this.#run();
  }

  async #run(): Promise<void> {
    if (this.#reload === undefined || this.#isRunning) return;
    this.#isRunning = true;
    while (this.#isWanted) {
      this.#isWanted = false;
      await this.#reload();
    }
    this.#isRunning = false;
  }
}

/** Resolves when a stream ends or breaks; what it carries is dropped. */
async function readToEnd(
  stream: { read(buffer: Uint8Array): Promise<number | null> },
): Promise<void> {
  const buffer = new Uint8Array(256);
  try {
    while (await stream.read(buffer) !== null);
  } catch {
    // A broken stream carries no more than one that has ended.
  }
}

/**
 * The message of an error that a person can cause, which has a class of its own
 * in Lars or Deno, or a code of the system; the stack of any other, which is a
 * bug.
 */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isSystem = "code" in error && /^E[A-Z0-9]+$/.test(String(error.code));
  const isBug = BUG_NAMES.includes(error.name) && !isSystem;
  return isBug ? error.stack ?? error.message : error.message;
}

const BUG_NAMES = [
  "Error",
  "TypeError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
];
