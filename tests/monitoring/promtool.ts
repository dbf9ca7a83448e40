import { findFile, installPackages } from "../../store/testing/mod.ts";

const PROMTOOL = "/usr/bin/promtool";

/** Why Prometheus' own tool cannot be asked; undefined if it can. */
export const noPromtool: string | undefined = findFile([PROMTOOL]) === undefined
  ? await installPackages(["prometheus"])
  : undefined;

/** What follows the name of a test that asks it. */
export const skipped: string = noPromtool === undefined
  ? ""
  : ` (skipped: ${noPromtool})`;

/** Runs promtool; returns what it said if it refused, else nothing. */
export async function promtool(
  args: readonly string[],
  stdin = "",
): Promise<string> {
  const child = new Deno.Command(PROMTOOL, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(stdin));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return code === 0 ? "" : decoder.decode(stdout) + decoder.decode(stderr);
}
