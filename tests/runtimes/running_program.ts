import { ROOT } from "../../tasks/local/services.ts";
import { eventually } from "../support/wait.ts";
import type { Runtime } from "./runtimes.ts";

/** A program in a runtime; it ends when its standard input does. */
export class RunningProgram implements AsyncDisposable {
  /** Lines that it printed, of both streams. */
  readonly lines: string[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #reading: Promise<unknown>;
  #status: Deno.CommandStatus | undefined;

  constructor({ command }: Runtime, args: readonly string[]) {
    const [program, ...rest] = command;
    this.#child = new Deno.Command(program!, {
      args: [...rest, ...args],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#reading = Promise.all(
      [this.#child.stdout, this.#child.stderr].map(async (stream) => {
        let rest = "";
        for await (const text of stream.pipeThrough(new TextDecoderStream())) {
          const lines = (rest + text).split("\n");
          rest = lines.pop()!;
          this.lines.push(...lines);
        }
      }),
    );
    this.#child.status.then((status) => this.#status = status);
  }

  /** What it said in its last line of JSON. */
  latest<Value>(): Value | undefined {
    const line = this.lines.findLast((line) => line.startsWith("{"));
    return line === undefined ? undefined : JSON.parse(line);
  }

  /** Ends its standard input; resolves to its exit code when it has ended by itself. */
  async end(): Promise<number> {
    await this.#child.stdin.close();
    const { code } = await eventually(
      "the program has ended",
      () => this.#status,
      { deadlineMs: 60_000, explain: () => this.lines.slice(-3).join("\n") },
    );
    await this.#reading;
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#status === undefined) this.#child.kill("SIGKILL");
    await this.#child.stdin.close().catch(() => {});
    await this.#child.status;
    await this.#reading;
  }
}
