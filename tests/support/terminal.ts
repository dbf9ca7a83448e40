import { ROOT } from "../../tasks/local/services.ts";

/** What a Deno that wants a permission asks on a terminal. */
const PROMPT = /Deno requests|Allow\?/;

/** How long a command of a page may take. */
const COMMAND_MS_MAX = 180_000;

/** Lines that deno itself prints before a program's own. */
const DENO_LINE = /^(Task |Download |Initialize |Check |Warning )/;

/** A copy of the repository as a stranger has it: no cache, no data, no settings. */
export class FreshClone implements AsyncDisposable {
  readonly folder: string;
  readonly #home: string;
  /** Network namespace of its own, so that nothing else listens there. */
  readonly #namespace: string | undefined;
  readonly #running: Deno.ChildProcess[] = [];

  private constructor(
    folder: string,
    { home, namespace }: { home: string; namespace: string | undefined },
  ) {
    this.folder = folder;
    this.#home = home;
    this.#namespace = namespace;
  }

  /** Copies every file that git tracks or would add. */
  static async make(): Promise<FreshClone> {
    const folder = await Deno.makeTempDir({ prefix: "lars-clone-" });
    const home = await Deno.makeTempDir({ prefix: "lars-home-" });
    const { stdout } = await new Deno.Command("git", {
      args: ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
      cwd: ROOT,
    }).output();
    for (const path of new TextDecoder().decode(stdout).split("\0")) {
      const parent = path.slice(0, path.lastIndexOf("/") + 1);
      await Deno.mkdir(`${folder}/${parent}`, { recursive: true });
      await Deno.copyFile(`${ROOT}${path}`, `${folder}/${path}`)
        // Removed, and not yet from git's list.
        .catch(() => {});
    }
    const clone = new FreshClone(folder, {
      home,
      namespace: await makeNamespace(),
    });
    if (clone.#namespace !== undefined) await clone.#download();
    return clone;
  }

  /** Fills the cache: a namespace of its own has no way to the registry. */
  async #download(): Promise<void> {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["install", "--quiet"],
      cwd: this.folder,
      env: { HOME: this.#home, DENO_DIR: `${this.#home}/deno` },
    }).output();
    if (code === 0) return;
    throw new Error(`Cannot download: ${new TextDecoder().decode(stderr)}`);
  }

  /** Runs a command in a terminal to its end. @throws {Error} If it asks for a permission, or takes too long. */
  async run(command: string): Promise<{ code: number; lines: string[] }> {
    const child = this.#spawn(command);
    const timer = setTimeout(() => kill(child, "SIGKILL"), COMMAND_MS_MAX);
    let output = "";
    for await (const text of decode(child.stdout)) {
      output += text;
      if (PROMPT.test(output)) kill(child, "SIGKILL");
    }
    const { code } = await child.status;
    clearTimeout(timer);
    if (PROMPT.test(output)) {
      throw new Error(`"${command}" asks for a permission: ${output}`);
    }
    return { code, lines: toLines(output) };
  }

  /** Starts a command in a terminal, and waits until it has printed something. */
  async start(command: string, until: RegExp): Promise<void> {
    const child = this.#spawn(command);
    this.#running.push(child);
    const timer = setTimeout(() => kill(child, "SIGKILL"), COMMAND_MS_MAX);
    let output = "";
    const reader = decode(child.stdout).getReader();
    while (!until.test(output)) {
      const { done, value } = await reader.read();
      if (value !== undefined) output += value;
      if (done || PROMPT.test(output)) {
        throw new Error(`"${command}" did not start: ${output}`);
      }
    }
    clearTimeout(timer);
    // A terminal that is not read stops the program.
    (async () => {
      while (!(await reader.read()).done);
    })();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#running) {
      kill(child, "SIGTERM");
      await child.status;
    }
    if (this.#namespace !== undefined) {
      await ip("netns", "delete", this.#namespace);
    }
    await Deno.remove(this.folder, { recursive: true });
    await Deno.remove(this.#home, { recursive: true });
  }

  #spawn(command: string): Deno.ChildProcess {
    const script = ["script", "-qefc", command, "/dev/null"];
    const [program = "", ...args] = this.#namespace === undefined
      ? script
      : ["ip", "netns", "exec", this.#namespace, ...script];
    return new Deno.Command(program, {
      args,
      cwd: this.folder,
      env: {
        HOME: this.#home,
        DENO_DIR: `${this.#home}/deno`,
        TERM: "xterm",
        NO_COLOR: "1",
        COLUMNS: "200",
      },
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
  }
}

/** A network namespace with loopback alone; undefined where none can be made. */
async function makeNamespace(): Promise<string | undefined> {
  if (Deno.uid() !== 0) return undefined;
  const name = `lars-${crypto.randomUUID().slice(0, 8)}`;
  try {
    if (!await ip("netns", "add", name)) return undefined;
    await ip("-n", name, "link", "set", "lo", "up");
    return name;
  } catch (error) {
    // No iproute2 here.
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function ip(...args: string[]): Promise<boolean> {
  const command = new Deno.Command("ip", { args, stderr: "null" });
  return (await command.output()).success;
}

function kill(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // It has ended by itself.
  }
}

function decode(stream: ReadableStream<Uint8Array>): ReadableStream<string> {
  return stream.pipeThrough(new TextDecoderStream());
}

/** Printed lines without styles and without what deno says of itself. */
function toLines(output: string): string[] {
  // deno-lint-ignore no-control-regex
  const plain = output.replace(/\x1b\[[\d;?]*[A-Za-z]/g, "");
  const lines = plain.split("\n")
    // What a carriage return overwrites is not seen.
    .map((line) => line.replace(/\r$/, "").split("\r").at(-1)!.trimEnd())
    .filter((line) => !DENO_LINE.test(line));
  while (lines.at(-1) === "") lines.pop();
  while (lines[0] === "") lines.shift();
  return lines;
}
