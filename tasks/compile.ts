/**
 * `deno task compile [OUTPUT]`: one executable for each service and one for the
 * `lars` command, into the folder OUTPUT (default dist).
 *
 * @module
 */
import { print, printError } from "../net/mod.ts";
import { type Executable, EXECUTABLES } from "./local/executables.ts";
import { ROOT } from "./local/services.ts";

const DENORT_HELP = `
deno compile puts the program into a copy of denort, a runtime file that it
downloads. Where it cannot, get the denort of this very version of Deno
(${Deno.version.deno}) elsewhere, and name it:

  DENORT_BIN=/path/to/denort deno task compile`;

if (import.meta.main) {
  const output = Deno.args[0] ?? "dist";
  if (Deno.args.length > 1 || output.startsWith("-")) {
    printError("usage: deno task compile [OUTPUT]");
    Deno.exit(64);
  }
  for (const executable of EXECUTABLES) {
    print(`compiling ${output}/${executable.name}`);
    const { success, stderr } = await compile(executable, output);
    const text = new TextDecoder().decode(stderr);
    await Deno.stderr.write(stderr);
    if (success) continue;
    printError(`error: Cannot compile ${executable.name}: see above`);
    if (text.includes("denort")) printError(DENORT_HELP);
    Deno.exit(1);
  }
  print(`done: ${EXECUTABLES.length} executables in ${output}`);
}

function compile(
  { name, entry, permissions, include }: Executable,
  output: string,
): Promise<Deno.CommandOutput> {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "compile",
      `--config=${ROOT}deno.json`,
      "--no-prompt",
      // Types are checked by `deno task ok`: again for each would take most of the time.
      "--no-check",
      // The lock file also names what only tests and tasks use.
      "--exclude-unused-npm",
      ...permissions,
      ...include.map((path) => `--include=${ROOT}${path}`),
      `--output=${output}/${name}`,
      `${ROOT}${entry}`,
    ],
    stdin: "null",
    stdout: "inherit",
  }).output();
}
