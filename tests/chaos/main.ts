/**
 * `deno task chaos --minutes N --seed S [--mysql]`: a whole system of processes
 * under faults, and an oracle of what it must answer. README.md beside this file
 * says more.
 *
 * @module
 */
import { parseDecimal, parseWhole } from "../../proto/mod.ts";
import { parseArgs } from "node:util";
import { whyNoMariadb } from "../../store/testing/mod.ts";
import { runChaos } from "./run.ts";

const USAGE = "usage: deno task chaos [--minutes N] [--seed S] [--mysql]";

if (import.meta.main) Deno.exit(await main());

async function main(): Promise<number> {
  const options = readArguments();
  if (options === undefined) {
    console.error(USAGE);
    return 64;
  }
  const reason = options.mysql ? await whyNoMariadb() : undefined;
  if (reason !== undefined) {
    console.error(`Cannot run on MariaDB: ${reason}`);
    return 2;
  }
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => stop.abort());
  }
  const ok = await runChaos({
    ...options,
    print: console.log,
    signal: stop.signal,
  });
  return ok ? 0 : 1;
}

function readArguments():
  | { minutes: number; seed: number; mysql: boolean }
  | undefined {
  try {
    const { values } = parseArgs({
      args: Deno.args,
      options: {
        minutes: { type: "string", default: "1" },
        seed: { type: "string", default: `${Math.floor(Math.random() * 1e6)}` },
        mysql: { type: "boolean", default: false },
      },
    });
    const minutes = parseDecimal(values.minutes) ?? 0;
    const seed = parseWhole(values.seed) ?? -1;
    if (minutes <= 0 || seed < 0) return;
    return { minutes, seed, mysql: values.mysql };
  } catch {
    // An option that there is not.
  }
}
