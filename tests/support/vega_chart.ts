/** A chart as the JSON of Vega-Lite: data, mark, encoding. */
export type TopLevelSpec = Readonly<Record<string, unknown>>;

/**
 * The command of npm vega-lite that draws SVG. It runs in a process of its own:
 * in deno.json its 60 packages would be fetched before the first start of Lars.
 */
const COMMAND = "npm:vega-lite@6.5.0/vl2svg";

/**
 * Draws a Vega-Lite chart: the text of an SVG file.
 *
 * @throws {Error} If Vega-Lite refuses `spec`.
 */
export async function renderSvg(spec: TopLevelSpec): Promise<string> {
  await using child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--no-config", "--no-lock"],
      ...["--allow-read", "--allow-env", COMMAND],
    ],
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const input = new Blob([JSON.stringify(spec)]).stream();
  await input.pipeTo(child.stdin);
  const { success, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  if (success) return `${decoder.decode(stdout).trim()}\n`;
  throw new Error(`Cannot draw chart: ${decoder.decode(stderr).trim()}`);
}
