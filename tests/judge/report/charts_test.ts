import { assertEquals } from "@std/assert";
import { estimate } from "../measures/statistics.ts";
import { JUDGED_NAMES } from "../policies.ts";
import { scorecardCharts } from "./charts.ts";

Deno.test("scorecardCharts() gives each policy a colour of its own", () => {
  const summary = { cleanSeeds: estimate([1]), failures: estimate([0, 1]) };
  const byPolicy = new Map(JUDGED_NAMES.map((name) => [name, summary]));
  const chart = scorecardCharts(new Map([["dead", byPolicy]]))
    .get("failures.svg") as { encoding: { color: { scale: Scale } } };
  const { domain, range } = chart.encoding.color.scale;
  assertEquals(domain, JUDGED_NAMES);
  assertEquals(new Set(range).size, JUDGED_NAMES.length);
});

interface Scale {
  domain: readonly string[];
  range: readonly string[];
}
