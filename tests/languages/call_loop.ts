import { eventually } from "../support/wait.ts";

/** What a program that calls (1, 1) in a loop did so far. */
export interface CallProgress {
  /** Calls that had a host. */
  calls: number;
  /** Why the other calls had none. */
  noHost: string[];
  /** Calls by "IP:PORT". */
  hosts: Record<string, number>;
  /** Hosts that the client picked itself. */
  standIns: number;
  /** Whether the client finds its agent up. */
  up: boolean;
}

/**
 * A program that calls (1, 1) in a loop, with a client of another language, and
 * prints its {@linkcode CallProgress} as lines of JSON until its standard input
 * ends.
 */
export class CallLoop implements AsyncDisposable {
  progress: CallProgress = {
    calls: 0,
    noHost: [],
    hosts: {},
    standIns: 0,
    up: true,
  };
  readonly #name: string;
  readonly #child: Deno.ChildProcess;
  readonly #reading: Promise<unknown>;
  #errors = "";

  constructor(
    command: readonly string[],
    { agent, env }: {
      agent: { hostname: string; port: number };
      env: Record<string, string>;
    },
  ) {
    const [program = "", ...args] = command;
    this.#name = command.join(" ");
    this.#child = new Deno.Command(program, {
      args,
      env: { ...env, LARS_AGENT: `${agent.hostname}:${agent.port}` },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#reading = Promise.all([this.#read(), this.#readErrors()]);
  }

  /** Waits until what the program did meets a condition. */
  async until(
    what: string,
    holds: (progress: CallProgress) => boolean,
  ): Promise<void> {
    await eventually(what, () => holds(this.progress), {
      deadlineMs: 60_000,
      explain: () =>
        `${this.#name}: ${JSON.stringify(this.progress)} ${this.#errors}`,
    });
  }

  /** Ends the program; what it did in all. @throws {Error} If it fails. */
  async stop(): Promise<CallProgress> {
    await this.#child.stdin.close();
    await this.#reading;
    const { success, code } = await this.#child.status;
    if (success && this.#errors === "") return this.progress;
    throw new Error(`${this.#name} ended with ${code}: ${this.#errors}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.#child.status;
    await this.#reading;
    await this.#child.stdin.close().catch(() => {});
  }

  async #read(): Promise<void> {
    let rest = "";
    for await (const text of this.#texts(this.#child.stdout)) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      const last = lines.at(-1);
      if (last !== undefined) this.progress = JSON.parse(last);
    }
  }

  async #readErrors(): Promise<void> {
    for await (const text of this.#texts(this.#child.stderr)) {
      this.#errors += text;
    }
  }

  #texts(stream: ReadableStream<Uint8Array>): ReadableStream<string> {
    return stream.pipeThrough(new TextDecoderStream());
  }
}
