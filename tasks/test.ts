/**
 * Runs the tests of the given folders and files, or all, and ends with the line
 * `N passed, N failed, N skipped`.
 *
 * @module
 */

import { whyNoMariadb } from "../store/testing/mariadb.ts";

/** Suites that take minutes and have a task of their own. */
const OWN_TASK = ["tests/galera/galera_test.ts"];

// deno-lint-ignore no-control-regex
const COLOR = /\x1b\[[0-9;]*m/g;
const SUMMARY =
  /(\d+) passed(?: \([^)]*\))? \| (\d+) failed(?: \([^)]*\))?(?: \| (\d+) ignored)?/;

if (import.meta.main) {
  const paths = Deno.args.length > 0 ? Deno.args : ["."];
  const ignore = paths.some((path) => OWN_TASK.includes(path)) ? [] : OWN_TASK;
  // Once, before test files that run at the same time would all install it.
  console.log("making sure of MariaDB for the tests that need a database");
  const reason = await whyNoMariadb();
  if (reason !== undefined) console.log(`those are skipped: ${reason}`);
  const { code, output } = await runTests(paths, ignore);
  const [, passed = "0", failed = "0", skipped = "0"] = lastSummary(output) ??
    [];
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  const nothing = passed === "0" && skipped === "0";
  Deno.exit(code === 0 && nothing ? 1 : code);
}

async function runTests(
  paths: string[],
  ignore: string[],
): Promise<{ code: number; output: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "-A",
      "--parallel",
      // An empty list would ignore everything.
      ...(ignore.length > 0 ? [`--ignore=${ignore.join(",")}`] : []),
      ...paths,
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let output = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    await Deno.stdout.write(new TextEncoder().encode(text));
    output = (output + text).slice(-10_000);
  }
  return { code: (await child.status).code, output };
}

function lastSummary(output: string): RegExpExecArray | undefined {
  return output
    .replace(COLOR, "")
    .split("\n")
    .map((line) => SUMMARY.exec(line))
    .findLast((match) => match !== null) ?? undefined;
}
