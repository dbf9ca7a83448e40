import { parseArgs } from "node:util";
import { print, printError } from "../output/standard_output.ts";

/** Options that every service takes. */
export interface ServiceOptions {
  /** The configuration file, if it is named. */
  conf: string | undefined;
  /** The folder of the service's own files, if it is named. */
  data: string | undefined;
  /** Whether the end of standard input stops the service. */
  untilStdinEnds: boolean;
}

/** Exit code for wrong usage (sysexits.h, EX_USAGE). */
const USAGE_EXIT_CODE = 64;

/**
 * Parses the command line of a service. Wrong options end the process with 64
 * and the usage.
 */
export function parseServiceOptions(service: string): ServiceOptions {
  const usage = `usage: ${service} [--conf FILE] [--data DIR]
  --conf FILE         the configuration; default: ${service}.conf in $LARS_CONF,
                      in the folder of Lars, or in /etc/lars
  --data DIR          the folder for what the service keeps; default: data in the
                      folder of Lars, or /var/lib/lars
  --until-stdin-ends  stop when standard input ends, as with its parent

SIGTERM and SIGINT stop it; SIGHUP reads the configuration again.`;
  try {
    const { values } = parseArgs({
      args: Deno.args,
      options: {
        conf: { type: "string" },
        data: { type: "string" },
        "until-stdin-ends": { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (!values.help) {
      return {
        conf: values.conf,
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
