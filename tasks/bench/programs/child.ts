import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("..", import.meta.url));
const CONFIG = fileURLToPath(new URL("../../../deno.json", import.meta.url));

/** The arguments of `deno` that run a script of tasks/bench/. */
export function scriptArguments(
  script: string,
  args: readonly string[],
): string[] {
  return [
    "run",
    "--no-prompt",
    "--no-check",
    "-A",
    `--config=${CONFIG}`,
    `${FOLDER}${script}`,
    ...args,
  ];
}

/**
 * Runs a script of tasks/bench/ in a process of its own and calls `onLine` with
 * each line of JSON that it prints: the last one.
 *
 * @throws {Error} If it fails, with the end of its standard error.
 */
export async function runScript<Line>(
  script: string,
  { args, onLine }: {
    args: readonly string[];
    onLine?: (line: Line) => void;
  },
): Promise<Line> {
  await using child = new Deno.Command(Deno.execPath(), {
    args: scriptArguments(script, args),
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const errors = new Response(child.stderr).text();
  let tail = "";
  let last: Line | undefined;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (tail + text).split("\n");
    tail = lines.pop() ?? "";
    for (const line of lines) {
      last = JSON.parse(line) as Line;
      onLine?.(last);
    }
  }
  const { code } = await child.status;
  if (code === 0 && last !== undefined) return last;
  const reason = (await errors).trim().slice(-1_000);
  throw new Error(`Cannot measure as ${script} ended with ${code}: ${reason}`);
}

/** A server in a process of its own. */
export interface ChildServer extends AsyncDisposable {
  readonly pid: number;
  /** The rest of its line "ready", such as its port. */
  readonly address: string;
}

/** Starts a server and waits until it prints "ready". @throws {Error} If it ends before. */
export async function startServer(
  command: string,
  args: readonly string[],
): Promise<ChildServer> {
  const child = new Deno.Command(command, {
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let output = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    output += text;
    if (/ready.*\n/.test(output)) break;
  }
  if (!output.includes("ready")) {
    const { code } = await child.status;
    throw new Error(`Cannot start ${command} as it ended with code ${code}`);
  }
  return {
    pid: child.pid,
    address: output.replace(/^[^]*ready/, "").trim(),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}
