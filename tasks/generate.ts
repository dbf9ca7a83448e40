/**
 * `deno task generate [--check]`: writes every file that is made from another
 * one; with `--check` it writes nothing, and exits 1 if one is stale.
 *
 * @module
 */
import { printError } from "../net/client.ts";
import { ROOT } from "./ok/source_files.ts";

/** Each takes `--check`. */
const GENERATORS = [
  "tasks/cli_reference.ts",
  "tasks/conf_reference.ts",
  "tasks/monitoring/main.ts",
  "tasks/proto.ts",
];

if (import.meta.main) {
  if (Deno.args.some((argument) => argument !== "--check")) {
    printError("usage: deno task generate [--check]");
    Deno.exit(64);
  }
  const codes = await Promise.all(GENERATORS.map(run));
  Deno.exit(Math.max(...codes));
}

async function run(generator: string): Promise<number> {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--quiet", generator, ...Deno.args],
    cwd: ROOT,
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn().status;
  return code;
}
