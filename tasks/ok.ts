/**
 * `deno task ok`: the gate. Formatting, lint, types, structure, documentation,
 * generated files, the package, beside them a minute of chaos, and every test; stops
 * at the first step that fails, with its exit code. The last line is that of
 * `deno task test`.
 *
 * @module
 */
import { print, printError } from "../net/client.ts";
import { listFiles, ROOT } from "./ok/source_files.ts";

/** Faults of the gate are always the same: another seed each night looks for more. */
const CHAOS_SEED = "1";

/** One step: what `deno` runs, and what to do when it fails. */
interface Step {
  name: string;
  args: string[];
  hint: string;
  /** Whether it mostly waits, and so runs beside those that follow, up to the tests. */
  isBeside?: boolean;
}

/** Every step up to the tests, in the order of how soon it can fail. */
async function steps(): Promise<Step[]> {
  const paths = await listFiles();
  const modules = paths.filter((path) => /(^|\/)mod\.ts$/.test(path));
  return [
    { name: "formatting", args: ["fmt", "--check"], hint: 'run "deno fmt"' },
    { name: "lint", args: ["lint"], hint: "see the lines above" },
    {
      name: "types",
      args: ["check", "--quiet", "."],
      hint: "see the lines above",
    },
    {
      name: "chaos",
      args: ["task", "chaos", "--minutes", "1", "--seed", CHAOS_SEED],
      hint: "tests/chaos/README.md says how to read the lines above",
      isBeside: true,
    },
    {
      name: "structure",
      args: ["run", "--allow-all", "tasks/ok/structure.ts"],
      hint: "ARCHITECTURE.md and CONTRIBUTING.md say what holds",
    },
    {
      name: "documentation",
      args: ["doc", "--lint", "--quiet", ...modules.filter(isPublic)],
      hint: "every exported symbol has a comment and explicit types",
    },
    {
      name: "generated files",
      args: ["run", "--allow-all", "tasks/generate.ts", "--check"],
      hint: 'run "deno task generate"',
    },
    {
      name: "package",
      args: ["publish", "--dry-run", "--allow-dirty", "--quiet"],
      hint: "see the lines above",
    },
  ];
}

const TESTS: Step = {
  name: "tests",
  args: ["task", "test"],
  hint: "see the lines above",
};

/** Test doubles are documented for their readers, not for the package. */
function isPublic(path: string): boolean {
  return !/^(tasks|tests)\/|\/testing\//.test(path);
}

/** A step that failed, and its exit code. */
interface Failure {
  step: Step;
  code: number;
}

/** Runs every step; returns the first that failed, when all have ended. */
async function run(): Promise<Failure | undefined> {
  const beside: Promise<Failure | undefined>[] = [];
  for (const step of await steps()) {
    const running = runStep(step);
    if (step.isBeside) beside.push(running);
    else if (await running !== undefined) {
      await Promise.all(beside);
      return await running;
    }
  }
  const failures = await Promise.all(beside);
  return failures.find((each) => each !== undefined) ??
    await runStep(TESTS);
}

async function runStep(step: Step): Promise<Failure | undefined> {
  const { name, args } = step;
  const startedMs = performance.now();
  print(`${name}: deno ${args.slice(0, 4).join(" ")}`);
  const { code } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn().status;
  if (code !== 0) return { step, code };
  const seconds = (performance.now() - startedMs) / 1_000;
  // The last line of the tests is that of the gate.
  if (step !== TESTS) print(`${name}: ok, ${seconds.toFixed(1)} s`);
  return undefined;
}

if (import.meta.main) {
  const failure = await run();
  if (failure !== undefined) {
    const { name, hint } = failure.step;
    printError(`The gate stops at ${name}: ${hint}`);
  }
  Deno.exit(failure?.code ?? 0);
}
