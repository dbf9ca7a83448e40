import { assertEquals, assertStringIncludes } from "@std/assert";
import { chartsOf } from "./report/charts.ts";
import { formatNumber } from "./report/measurement.ts";
import { type BenchOptions, type Group, groupOf } from "./groups/group.ts";
import { formatGroup } from "./report/report.ts";
import { runGroup } from "./runner.ts";
import { renderSvg } from "../../tests/support/vega_chart.ts";

const BENCH: BenchOptions = {
  quick: true,
  seconds: 1,
  warmUpSeconds: 0,
  progress: () => {},
};

/** Two variants whose figures are known; `order` gets what was measured when. */
function twoVariants(order: string[]): Group {
  const variant = (name: string, figures: number[]) => ({
    name,
    measure: () => {
      const round = order.filter((each) => each === name).length;
      order.push(name);
      return Promise.resolve({ costUs: figures[round] ?? NaN, lost: 0 });
    },
  });
  return groupOf({
    name: "two",
    title: "Two of them",
    goals: [
      {
        text: "ours over bare",
        of: { variant: "ours", figure: "costUs" },
        over: { variant: "bare", figure: "costUs" },
        atMost: 1.25,
      },
      {
        text: "ours",
        of: { variant: "ours", figure: "costUs" },
        atLeast: 100,
      },
      { text: "missing", of: { variant: "none", figure: "costUs" } },
    ],
    charts: [{
      name: "costs",
      title: "Cost",
      figure: "costUs",
      unit: "µs",
      muted: ["ba"],
    }],
    variants: () => [
      variant("bare", [10, 20, 10]),
      variant("ours", [12, 24, 30]),
    ],
  });
}

Deno.test("runGroup() measures every variant in each round before the next round", async () => {
  const order: string[] = [];
  await runGroup(twoVariants(order), { rounds: 3, bench: BENCH });
  const round = ["bare", "ours"];
  assertEquals(order, [...round, ...round, ...round]);
});

Deno.test("runGroup() judges goals by the median of the rounds' ratios", async () => {
  const result = await runGroup(twoVariants([]), { rounds: 3, bench: BENCH });
  assertEquals(
    result.goals.map(({ text, value, met }) => [text, value.median, met]),
    [["ours over bare", 1.2, true], ["ours", 24, false]],
  );
  assertEquals(result.goals[0]?.value.max, 3);
});

Deno.test("a group that fails says why, and what it had measured", async () => {
  const group: Group = {
    ...twoVariants([]),
    open: () =>
      Promise.resolve({
        variants: [
          { name: "first", measure: () => Promise.resolve({ costUs: 1 }) },
          { name: "then", measure: () => Promise.reject(new Error("broke")) },
        ],
        lineCharts: () => [
          { name: "l", title: "", unit: "", xUnit: "", series: [] },
        ],
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
  };
  const result = await runGroup(group, { rounds: 2, bench: BENCH });
  assertEquals(result.failure, "broke");
  assertEquals(result.variants.map(({ variant }) => variant), ["first"]);
  assertEquals(result.lineCharts?.length, 1);
  assertStringIncludes(formatGroup(result), "failed: broke");
});

Deno.test("formatGroup() shows medians, spread and goals, and leaves out what never happened", async () => {
  const group = twoVariants([]);
  const result = await runGroup(group, { rounds: 3, bench: BENCH });
  assertEquals(
    formatGroup(result).split("\n").slice(2),
    [
      "variant  figure       median   min   max  rounds",
      "bare     costUs (µs)    10.0  10.0  20.0       3",
      "ours     costUs (µs)    24.0  12.0  30.0       3",
      "",
      "goal                    median   min   max   bound",
      "ours over bare  met       1.20  1.20  3.00  ≤ 1.25",
      "ours            MISSED    24.0  12.0  30.0   ≥ 100",
    ],
  );
});

Deno.test("chartsOf() draws bars with whiskers, and lines without what is no number", async () => {
  const group = twoVariants([]);
  const result = await runGroup(group, { rounds: 3, bench: BENCH });
  result.lineCharts = [{
    name: "memory",
    title: "a < b & c",
    unit: "MB",
    xUnit: "s",
    series: [
      { label: "<b>", points: [{ x: 0, y: 1 }, { x: 1, y: NaN }] },
      { label: "none", points: [] },
    ],
  }];
  const charts = chartsOf(group, result);
  assertEquals([...charts.keys()], ["costs.svg", "memory.svg"]);
  const costs = await renderSvg(charts.get("costs.svg")!);
  assertStringIncludes(costs, ">24.0</text>");
  assertStringIncludes(costs, 'fill="#8b98a5"');
  const memory = await renderSvg(charts.get("memory.svg")!);
  assertStringIncludes(memory, "a &lt; b &amp; c");
  assertStringIncludes(memory, "&lt;b&gt;");
  // A browser draws nothing of an element with such a number.
  assertEquals((costs + memory).match(/NaN|Infinity|width="-/g), null);
});

Deno.test("formatNumber() keeps three figures and sets thousands apart", () => {
  const table: [number, string][] = [
    [0, "0"],
    [0.00123, "0.0012"],
    [1.256, "1.26"],
    [12.34, "12.3"],
    [1234.5, "1,235"],
    [-1234567, "-1,234,567"],
    [NaN, "–"],
    [Infinity, "–"],
  ];
  for (const [value, expected] of table) {
    assertEquals(formatNumber(value), expected);
  }
});
