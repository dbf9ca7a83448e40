import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { print, printError } from "../standard_output.ts";

/** Options that every service takes. */
export interface ServiceOptions {
  /** The configuration file. */
  conf: string;
  /** The folder of the service's own files. */
  data: string;
  /** Whether the end of standard input stops the service. */
  untilStdinEnds: boolean;
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
  --conf FILE         the configuration, default conf/${service}.conf
  --data DIR          the folder for what the service keeps, default data
  --until-stdin-ends  stop when standard input ends, as with its parent

SIGTERM and SIGINT stop it; SIGHUP reads the configuration again.`;
  try {
    const { values } = parseArgs({
      args: Deno.args,
      options: {
        conf: { type: "string" },
        data: { type: "string", default: "data" },
        "until-stdin-ends": { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (!values.help) {
      return {
        conf: values.conf ?? defaultConf(service, entry),
        data: values.data,
        untilStdinEnds: values["until-stdin-ends"],
      };
    }
  } catch (error) {
    printError(`${error instanceof Error ? error.message : error}\n${usage}`);
    Deno.exit(USAGE_EXIT_CODE);
  }
  print(usage);
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
