/**
 * Runs the tests of the given folders and files, or all, and ends with the line
 * `N passed, N failed, N skipped`.
 *
 * @module
 */
import { print } from "../net/client.ts";
import { whyNoMariadb } from "../store/testing/mariadb.ts";

/** Suites that take minutes and have a task of their own. */
const OWN_TASK = [
  "tests/console/operator_test.ts",
  "tests/galera/galera_test.ts",
  "tests/package/package_test.ts",
];

/** Test files at once, unless $DENO_JOBS says how many: a third of the time is spent waiting for processes. */
const JOBS = navigator.hardwareConcurrency + 1;

if (import.meta.main) {
  const paths = Deno.args.length > 0 ? Deno.args : ["."];
  const ignore = paths.some((path) => OWN_TASK.includes(path)) ? [] : OWN_TASK;
  // Once, before test files that run at the same time look for it.
  const reason = await whyNoMariadb();
  if (reason !== undefined) {
    print(`tests that need MariaDB are skipped: ${reason}`);
  }
  const results = await Deno.makeTempFile({ suffix: ".xml" });
  const code = await runTests(paths, { ignore, results });
  const { passed, failed, skipped } = count(await Deno.readTextFile(results));
  await Deno.remove(results);
  print(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  Deno.exit(code === 0 && passed + skipped === 0 ? 1 : code);
}

async function runTests(
  paths: readonly string[],
  { ignore, results }: { ignore: readonly string[]; results: string },
): Promise<number> {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      // Examples in comments and pages too.
      "--doc",
      "--allow-all",
      "--parallel",
      `--junit-path=${results}`,
      // An empty list would ignore everything.
      ...ignore.length > 0 ? [`--ignore=${ignore.join(",")}`] : [],
      ...paths,
    ],
    env: { DENO_JOBS: Deno.env.get("DENO_JOBS") ?? String(JOBS) },
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn().status;
  return code;
}

/** Tests of a JUnit report by how they ended; the steps inside them are not counted. */
function count(
  report: string,
): { passed: number; failed: number; skipped: number } {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const names = new Set<string>();
  for (const suite of report.split("<testsuite ").slice(1)) {
    names.clear();
    for (const test of suite.split("<testcase ").slice(1)) {
      const name = /^name="([^"]*)"/.exec(test)?.[1] ?? "";
      names.add(name);
      if (isStep(name, names)) continue;
      const outcome = /^[^>]*>\s*<(failure|error|skipped)\b/.exec(test)?.[1];
      if (outcome === undefined) counts.passed += 1;
      else if (outcome === "skipped") counts.skipped += 1;
      else counts.failed += 1;
    }
  }
  return counts;
}

/** A step has the name of its test, an arrow, and its own. */
function isStep(name: string, tests: ReadonlySet<string>): boolean {
  for (
    let at = name.indexOf(" &gt; ");
    at > 0;
    at = name.indexOf(" &gt; ", at + 1)
  ) {
    if (tests.has(name.slice(0, at))) return true;
  }
  return false;
}
