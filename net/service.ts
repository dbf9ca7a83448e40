import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** Time after which a service that was told to stop is ended even if it has not. */
const STOP_MS_MAX = 4_500;

/**
 * Runs a service until SIGINT or SIGTERM, which abort the signal it is handed.
 * The process exits with 0 when the service has drained, or after `stopMsMax`.
 * An error ends the process with 1 and one line that says why.
 */
export async function runService(
  run: (signal: AbortSignal) => Promise<void>,
  { stopMsMax = STOP_MS_MAX } = {},
): Promise<never> {
  const stop = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) return;
    stop.abort();
    setTimeout(() => Deno.exit(0), stopMsMax);
  };
  Deno.addSignalListener("SIGINT", onSignal);
  // Windows knows no SIGTERM.
  const isWindows = Deno.build.os === "windows";
  Deno.addSignalListener(isWindows ? "SIGBREAK" : "SIGTERM", onSignal);
  try {
    await run(stop.signal);
  } catch (error) {
    fail(error);
  }
  Deno.exit(0);
}

/** Prints an error and ends the process with 1. */
export function fail(error: unknown): never {
  console.error(`error: ${explain(error)}`);
  Deno.exit(1);
}

/**
 * The message of an error that a person can cause, which has a class of its own
 * in Lars or Deno; the stack of any other, which is a bug.
 */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isBug = BUG_NAMES.includes(error.name);
  return isBug ? error.stack ?? error.message : error.message;
}

const BUG_NAMES = [
  "Error",
  "TypeError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
];

/** Options that every service takes. */
export interface ServiceOptions {
  /** The configuration file. */
  conf: string;
  /** The folder of the service's own files. */
  data: string;
}

/** Exit code for wrong usage (sysexits.h, EX_USAGE). */
const USAGE_EXIT_CODE = 64;

/**
 * Parses the command line of the service whose entry file is `entry`. Wrong
 * options end the process with 64 and the usage.
 */
export function parseServiceOptions(
  service: string,
  entry: string,
): ServiceOptions {
  const usage = `usage: ${service} [--conf FILE] [--data DIR]
  --conf FILE  the configuration, default conf/${service}.conf
  --data DIR   the folder for what the service keeps, default data`;
  try {
    const { values } = parseArgs({
      args: Deno.args,
      options: {
        conf: { type: "string" },
        data: { type: "string", default: "data" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (!values.help) {
      const conf = values.conf ?? defaultConf(service, entry);
      return { conf, data: values.data };
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.error(usage);
    Deno.exit(USAGE_EXIT_CODE);
  }
  console.log(usage);
  Deno.exit(0);
}

/** The file in the working folder, or else the one inside the executable. */
function defaultConf(service: string, entry: string): string {
  const path = `conf/${service}.conf`;
  const carried = fileURLToPath(new URL(`../${path}`, entry));
  return [path, carried].find(isReadable) ?? path;
}

function isReadable(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
