import type { TopLevelSpec } from "vega-lite";

/** Draws a Vega-Lite chart: the text of an SVG file. */
export async function renderSvg(spec: TopLevelSpec): Promise<string> {
  // Imported here, as loading takes a second that runs without charts are spared.
  const [{ parse, View }, { compile }] = await Promise.all([
    import("vega"),
    import("vega-lite"),
  ]);
  const view = new View(parse(compile(spec).spec), { renderer: "none" });
  try {
    return `${await view.toSVG()}\n`;
  } finally {
    view.finalize();
  }
}
