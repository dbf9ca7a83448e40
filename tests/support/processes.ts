import { DatabaseSync } from "node:sqlite";
import { SystemClock } from "../../net/mod.ts";
import { parseAddress } from "../../proto/mod.ts";
import { createStore, openRouteStore, type RouteRow } from "../../store/mod.ts";
import type { LocalLars } from "../../tasks/local/local_lars.ts";
import { ROOT, type ServiceName } from "../../tasks/local/services.ts";
import { eventually } from "./wait.ts";

/** A row of RouteData. */
export function row(modId: number, cmdId: number, address: string): RouteRow {
  return { modId, cmdId, ...parseAddress(address) };
}

/** What a process left behind. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  env?: Record<string, string>;
  stdin?: string;
  /** A command that runs the command, such as prlimit with its options. */
  wrapper?: readonly string[];
  cwd?: string;
  /** Makes it the head of a process group, as a shell does. */
  ownGroup?: boolean;
}

/** A process that should have ended by itself is killed after this long. */
const RUN_MS_MAX = 600_000;

function commandOf(args: readonly string[], options: RunOptions): Deno.Command {
  const { env = {}, stdin, wrapper = [], cwd = ROOT } = options;
  const [command, ...rest] = [...wrapper, Deno.execPath(), ...args];
  return new Deno.Command(command!, {
    args: rest,
    cwd,
    env: { NO_COLOR: "1", ...env },
    detached: options.ownGroup ?? false,
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  });
}

/** Arguments of a command that asks this agent, with time for one that a busy machine lets wait. */
export function toAgent(address: string): string[] {
  return ["--agent", address, "--timeout-ms", "5000"];
}

/** Runs `deno` with these arguments to its end. */
export async function runDeno(
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ended> {
  const child = commandOf(args, options).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), RUN_MS_MAX);
  if (options.stdin !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(options.stdin));
    await writer.close();
  }
  const { code, stdout, stderr } = await child.output();
  clearTimeout(timer);
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

/** A `deno` that goes on until it is told to stop. */
export class RunningDeno implements AsyncDisposable {
  /** What it has printed so far, to either stream. */
  output = "";
  readonly #child: Deno.ChildProcess;
  readonly #reading: Promise<unknown>;
  #status: Deno.CommandStatus | undefined;

  constructor(args: readonly string[], options: RunOptions = {}) {
    this.#child = commandOf(args, options).spawn();
    this.#reading = Promise.all(
      [this.#child.stdout, this.#child.stderr].map(async (stream) => {
        for await (const text of stream.pipeThrough(new TextDecoderStream())) {
          this.output += text;
        }
      }),
    );
    this.#child.status.then((status) => this.#status = status);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Lines printed so far that `pattern` matches. */
  linesWith(pattern: RegExp): string[] {
    return this.output.split("\n").filter((line) => pattern.test(line));
  }

  /** Waits until `pattern` is printed. @throws {Error} If the process ends, or takes too long. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    const found = await eventually(String(pattern), () => {
      const match = pattern.exec(this.output);
      if (match !== null) return match;
      return this.#status && "ended";
    }, { deadlineMs: 30_000 });
    if (found !== "ended") return found;
    throw new Error(`ended without ${pattern}: ${this.output}`);
  }

  kill(signal: Deno.Signal): void {
    if (this.#status === undefined) this.#child.kill(signal);
  }

  /** As Ctrl-C in a terminal: to it and all it started in its own group. */
  interruptGroup(): void {
    Deno.kill(-this.pid, "SIGINT");
  }

  /** Its exit code, when it has ended. @throws {Error} If it does not for long. */
  async ended(): Promise<number> {
    const { code } = await eventually(
      `${this.pid} has ended`,
      () => this.#status,
      { deadlineMs: 30_000 },
    );
    await this.#reading;
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill("SIGKILL");
    await this.ended();
  }
}

/** Runs the `lars` command as `deno task lars` does, without the task's own start. */
export function runLars(args: string[], stdin?: string): Promise<Ended> {
  return runDeno([
    "run",
    "--no-prompt",
    "--allow-net",
    "--allow-read",
    "--allow-write",
    "api/cli/main.ts",
    ...args,
  ], stdin === undefined ? {} : { stdin });
}

/** All counters of a metrics page, by name without "lars_". */
export async function metricsAt(port: number): Promise<Map<string, number>> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  const lines = (await response.text()).split("\n");
  return new Map(
    lines.filter((line) => /^lars_/.test(line)).map((line) => {
      const [name = "", value] = line.split(" ");
      return [name.replace(/^lars_/, ""), Number(value)];
    }),
  );
}

/** The process id of a service that runs. */
export function pidOf(lars: LocalLars, name: ServiceName): number {
  const pid = lars.pidOf(name);
  if (pid === undefined) throw new Error(`${name} does not run`);
  return pid;
}

/** Process ids by command line, of processes that mention `text` in it. */
export async function processesWith(
  text: string,
): Promise<{ pid: number; command: string }[]> {
  const found = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const command = await Deno.readTextFile(`/proc/${name}/cmdline`)
      .then((line) => line.replaceAll("\0", " "), () => "");
    if (command.includes(text)) found.push({ pid: Number(name), command });
  }
  return found;
}

/** Makes an embedded store in a folder, with these hosts. */
export async function makeStore(
  dataDir: string,
  add: readonly RouteRow[] = [],
): Promise<void> {
  const place = { dataDir, clock: new SystemClock() };
  await createStore({ kind: "sqlite" }, place);
  await using store = await openRouteStore({ kind: "sqlite" }, place);
  await store.edit({ add });
}

/**
 * Time in which a row of ServerCallStatus is what an agent counted: to a reporter
 * that takes totals it sends the first status of a route within a tick, with the
 * calls until then, and the next a minute later.
 */
export const STATUS_MS_MAX = 90_000;

/** The table ServerCallStatus of the store in a folder. */
export function statusRows(folder: string): Record<string, unknown>[] {
  using database = new DatabaseSync(`${folder}/lars.db`, { readOnly: true });
  return database.prepare("SELECT * FROM ServerCallStatus").all()
    .map((each) => ({ ...each }));
}
