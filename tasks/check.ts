/**
 * The gate: formatting, lint, types and import arrows. Stops at the first that
 * fails, with its exit code.
 *
 * @module
 */
interface Step {
  name: string;
  args: string[];
  /** What to do when it fails. */
  hint: string;
}

const STEPS: readonly Step[] = [
  {
    name: "formatting",
    args: ["fmt", "--check"],
    hint: 'run "deno fmt"',
  },
  { name: "lint", args: ["lint"], hint: "see the lines above" },
  { name: "types", args: ["check", "."], hint: "see the lines above" },
  {
    name: "import arrows",
    args: ["test", "--quiet", "--allow-read", "tests/arrows_test.ts"],
    hint: "design.md says which folder may import which",
  },
];

if (import.meta.main) Deno.exit(await check());

async function check(): Promise<number> {
  for (const { name, args, hint } of STEPS) {
    console.log(`Checking ${name}: deno ${args.join(" ")}`);
    const command = new Deno.Command(Deno.execPath(), {
      args,
      cwd: new URL("..", import.meta.url),
      stdin: "null",
      stdout: "inherit",
      stderr: "inherit",
    });
    const { code } = await command.output();
    if (code !== 0) {
      console.error(`Check failed at ${name}: ${hint}`);
      return code;
    }
  }
  console.log("Every check passed");
  return 0;
}
