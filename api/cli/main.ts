/**
 * The `lars` command. It needs `--allow-net` to reach an agent, and
 * `--allow-read --allow-write` for the store; each run gives up at once what
 * its command does not need.
 *
 * @module
 */
import { DenoTransport, SystemClock, systemRandom } from "../../net/client.ts";
import type { Environment } from "./output.ts";
import { ExitCode } from "./exit_code.ts";
import { runLars } from "./program.ts";

if (import.meta.main) Deno.exit(await main());

async function main(): Promise<ExitCode> {
  const stop = new AbortController();
  Deno.addSignalListener("SIGINT", () => {
    // The second Ctrl-C is for somebody who does not want to wait.
    if (stop.signal.aborted) Deno.exit(ExitCode.systemError);
    stop.abort();
  });
  try {
    return await runLars(Deno.args, environmentOf(stop.signal));
  } catch (error) {
    const told = error instanceof Error ? error.stack ?? error.message : error;
    writeAll(Deno.stderr, `error: ${told}\n`);
    return ExitCode.systemError;
  }
}

function environmentOf(signal: AbortSignal): Environment {
  return {
    transport: new DenoTransport(),
    clock: new SystemClock(),
    random: systemRandom,
    signal,
    write: (text) => writeAll(Deno.stdout, text),
    printError: (text) => writeAll(Deno.stderr, `${text}\n`),
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

/** Ends the process quietly when nobody reads any more, as behind `| head`. */
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
