import { assertEquals } from "@std/assert";
import { type Ended, runDeno } from "../support/processes.ts";

/** Runs a program to its end. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: Deno.CommandOptions = {},
): Promise<Ended> {
  const { code, ...streams } = await new Deno.Command(command, {
    ...options,
    args: [...args],
    stdin: "null",
  }).output();
  const [stdout = "", stderr = ""] = [streams.stdout, streams.stderr].map(
    (bytes) => new TextDecoder().decode(bytes),
  );
  return { code, stdout, stderr };
}

/** Whether there is such a program. */
export async function hasCommand(command: string): Promise<boolean> {
  const { code } = await runCommand("sh", ["-c", `command -v ${command}`]);
  return code === 0;
}

/** Packages the repository in `cwd` into the folder `output`. */
export async function makePackages(
  cwd: string,
  output: string,
  options: readonly string[] = [],
): Promise<void> {
  const { code, stderr } = await runDeno(
    ["task", "package", "--fast", ...options, output],
    { cwd, env: { SOURCE_DATE_EPOCH: "1700000000" } },
  );
  assertEquals(code, 0, stderr);
}
