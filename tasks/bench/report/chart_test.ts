import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { barChart, lineChart, niceMax } from "./chart.ts";

Deno.test("niceMax() is above every value, and 1 when there is none", () => {
  const table: [number[], number][] = [
    [[], 1],
    [[0], 1],
    [[-5], 1],
    [[NaN, 3], 5],
    [[1], 1],
    [[1.2], 2],
    [[230], 250],
    [[0.07], 0.1],
    [[590_000], 1_000_000],
  ];
  for (const [values, expected] of table) {
    assertEquals(niceMax(values), expected, String(values));
  }
});

Deno.test("barChart() escapes labels and leaves out what is no number", () => {
  const chart = barChart({
    title: "a < b & c",
    unit: "µs",
    bars: [
      { label: "<floor>", value: 2, low: NaN, high: Infinity },
      { label: "nothing", value: NaN, low: 1, high: 2 },
      { label: "below zero", value: -1, low: -2, high: 0 },
    ],
  });
  assertStringIncludes(chart, "<title>a &lt; b &amp; c, µs</title>");
  assertStringIncludes(chart, "&lt;floor&gt;");
  assert(!chart.includes("nothing"));
  assertNumbers(chart);
});

Deno.test("lineChart() of nothing, of one point and of holes has numbers only", () => {
  const table: { x: number; y: number }[][] = [
    [],
    [{ x: 0, y: 0 }],
    [{ x: 0, y: 1 }, { x: 1, y: NaN }, { x: Infinity, y: 1 }, { x: 2, y: 3 }],
  ];
  for (const points of table) {
    const chart = lineChart({
      title: "t",
      unit: "MB",
      xUnit: "s",
      series: [{ label: "<b>", points }],
    });
    assertNumbers(chart);
    assertStringIncludes(chart, "&lt;b&gt;");
    assert(chart.trimEnd().endsWith("</svg>"));
  }
});

/** A browser draws nothing of an element with such a number. */
function assertNumbers(chart: string): void {
  assertEquals(chart.match(/NaN|Infinity|undefined|width="-/g), null);
}
