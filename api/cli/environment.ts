import {
  type Clock,
  DenoTransport,
  type Random,
  SystemClock,
  systemRandom,
  type Transport,
} from "../../net/client.ts";
import { ExitCode } from "./exit_code.ts";

/** What a command needs of the process it runs in; tests have a double. */
export interface Environment {
  /** Opens sockets. */
  transport: Transport;
  /** Tells time and sleeps. */
  clock: Clock;
  /** Source of randomness. */
  random: Random;
  /** Aborted by Ctrl-C: a long command ends then, and prints what it has. */
  signal: AbortSignal;
  /** Writes to standard output. */
  write(text: string): void;
  /** Writes a line to standard error. */
  printError(line: string): void;
  /** All of standard input. */
  readInput(): Promise<string>;
  /** Drops, for good, the permissions that the command does not need. */
  keepOnly(right: "network" | "files"): void;
}

/** The environment of this process; without a `signal` nothing interrupts a command. */
export function createEnvironment(
  signal: AbortSignal = new AbortController().signal,
): Environment {
  return {
    transport: new DenoTransport(),
    clock: new SystemClock(),
    random: systemRandom,
    signal,
    write: (text) => writeAll(Deno.stdout, text),
    printError: (line) => writeAll(Deno.stderr, `${line}\n`),
    readInput: async () => {
      const decoder = new TextDecoderStream();
      let text = "";
      for await (
        const part of Deno.stdin.readable.pipeThrough(decoder, { signal })
      ) text += part;
      return text;
    },
    keepOnly: (right) => {
      const others = right === "network" ? ["read", "write"] : ["net"];
      for (const name of others) {
        Deno.permissions.revokeSync({ name } as Deno.PermissionDescriptor);
      }
    },
  };
}

/** Writes all of a text; ends the process when the reader is gone, as behind `| head`. */
function writeAll(
  stream: { writeSync(bytes: Uint8Array): number },
  text: string,
): void {
  let bytes = new TextEncoder().encode(text);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) Deno.exit(ExitCode.found);
    throw error;
  }
}
