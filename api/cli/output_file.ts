import { dirname, resolve } from "node:path";
import { CommandError, ExitCode } from "./exit_code.ts";

/** Names that the system has for standard output: Deno lets nobody open them who may not do everything. */
const STANDARD_OUTPUT = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

/** Whether a file that a command was given is standard output. */
export function isStandardOutput(file: string): boolean {
  return STANDARD_OUTPUT.includes(file);
}

/**
 * Writes a file that a command was given. One that is there is replaced when all is
 * written, so that a failure leaves it; it keeps its mode and its owner, and a
 * symbolic link to it stays. A device or a pipe is written to, as ">" of a shell
 * does. `action` says in messages what the command does with it.
 *
 * @throws {CommandError} If it cannot be written; what `body` throws.
 */
export async function writeOutputFile<Result>(
  { file, action, body }: {
    file: string;
    action: string;
    body: (write: (text: string) => void) => Promise<Result>;
  },
): Promise<Result> {
  const trying = <Value>(work: Promise<Value>) =>
    work.catch((cause) => {
      throw wrongFile(cause, { file, action });
    });
  const output = await trying(Output.open(file));
  try {
    const result = await body((text) => {
      try {
        output.write(text);
      } catch (cause) {
        throw wrongFile(cause, { file, action });
      }
    });
    await trying(output.finish());
    return result;
  } finally {
    await output[Symbol.asyncDispose]();
  }
}

/** Where a file ends up, and the one that is there. */
interface Target {
  path: string;
  before: Deno.FileInfo | undefined;
}

/** A file that is being written: beside the one that it is to be, or itself. */
class Output implements AsyncDisposable {
  readonly #file: Deno.FsFile;
  readonly #encoder = new TextEncoder();
  /** Undefined: it is written directly, or has been put in place. */
  #part: string | undefined;
  readonly #path: string;

  private constructor(file: Deno.FsFile, path: string, part?: string) {
    this.#file = file;
    this.#path = path;
    this.#part = part;
  }

  static async open(file: string): Promise<Output> {
    const { path, before } = await findTarget(file);
    if (before !== undefined) {
      // What may not be written is not replaced either.
      const there = await Deno.open(path, { write: true });
      if (!before.isFile) return new Output(there, path);
      there.close();
    }
    // In the same folder, as a rename across file systems is not atomic.
    const part = `${dirname(path)}/.lars-${crypto.randomUUID()}.part`;
    const open = await Deno.open(part, { write: true, createNew: true });
    const output = new Output(open, path, part);
    try {
      if (before !== undefined) await makeLike(part, before);
      return output;
    } catch (error) {
      await output[Symbol.asyncDispose]();
      throw error;
    }
  }

  write(text: string): void {
    let bytes = this.#encoder.encode(text);
    while (bytes.length > 0) {
      bytes = bytes.subarray(this.#file.writeSync(bytes));
    }
  }

  async finish(): Promise<void> {
    if (this.#part === undefined) return;
    await Deno.rename(this.#part, this.#path);
    this.#part = undefined;
  }

  /** Closes it, and removes what was not put in place; never rejects, as an earlier error counts. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#file.close();
    if (this.#part !== undefined) await Deno.remove(this.#part).catch(() => {});
  }
}

/** Follows symbolic links, also to what is not there yet. */
async function findTarget(file: string): Promise<Target> {
  try {
    const before = await Deno.stat(file);
    // Of a pipe that a process has open the true path names nothing.
    return { path: before.isFile ? await Deno.realPath(file) : file, before };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const link = await Deno.readLink(file).catch(() => undefined);
  return link === undefined
    ? { path: resolve(file), before: undefined }
    : await findTarget(resolve(await Deno.realPath(dirname(file)), link));
}

/** Gives a file the owner, where this process may, and the mode of another. */
async function makeLike(
  path: string,
  { mode, uid, gid }: Deno.FileInfo,
): Promise<void> {
  if (mode === null) return;
  await Deno.chown(path, uid, gid).catch(() => {});
  await Deno.chmod(path, mode & 0o777);
}

function wrongFile(
  cause: unknown,
  { file, action }: { file: string; action: string },
): CommandError {
  const reason = cause instanceof Deno.errors.NotCapable
    ? "Deno does not let this command do so: write to standard output, which is -, and have the shell redirect that"
    : cause instanceof Error
    // Without the path that was opened, as that may be of a temporary file.
    ? cause.message.replace(/: \w+ '.*$/s, "")
    : String(cause);
  return new CommandError(
    `Cannot ${action} "${file}" as it cannot be written: ${reason}`,
    { exitCode: ExitCode.systemError },
  );
}
