/** A chart as the JSON of Vega-Lite: data, mark, encoding. */
export type TopLevelSpec = Readonly<Record<string, unknown>>;

/** Colours in the middle, so that charts can be read on a light page and on a dark one. */
const CONFIG = {
  background: "transparent",
  // A label of each dot would be half of the file.
  aria: false,
  font: "system-ui, sans-serif",
  axis: {
    labelColor: "#768390",
    titleColor: "#768390",
    gridColor: "#76839040",
    domainColor: "#768390",
    tickColor: "#768390",
    labelLimit: 300,
  },
  legend: { labelColor: "#768390", titleColor: "#768390" },
  title: { color: "#768390", anchor: "start" },
  text: { color: "#768390" },
  errorbar: { color: "#768390" },
  view: { stroke: null },
};

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
  const input = new Blob([JSON.stringify({ config: CONFIG, ...spec })])
    .stream();
  await input.pipeTo(child.stdin);
  const { success, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  if (success) return `${decoder.decode(stdout).trim()}\n`;
  throw new Error(`Cannot draw chart: ${decoder.decode(stderr).trim()}`);
}
