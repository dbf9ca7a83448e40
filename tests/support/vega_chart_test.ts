import { assertRejects, assertStringIncludes } from "@std/assert";
import { renderSvg } from "./vega_chart.ts";

Deno.test("renderSvg() draws what the specification says, its text escaped", async () => {
  const svg = await renderSvg({
    title: "a < b & c",
    data: { values: [{ name: "<floor>", value: 2 }] },
    mark: "bar",
    encoding: {
      y: { field: "name", type: "nominal" },
      x: { field: "value", type: "quantitative" },
    },
  });
  assertStringIncludes(svg, "<svg ");
  assertStringIncludes(svg, "a &lt; b &amp; c");
  assertStringIncludes(svg, "&lt;floor&gt;");
});

Deno.test("renderSvg() throws what Vega-Lite says of a wrong specification", async () => {
  await assertRejects(
    () => renderSvg({ data: { values: [] }, mark: "nonsense" }),
    Error,
    "Cannot draw chart: ",
  );
});
