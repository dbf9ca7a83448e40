import { assertEquals } from "@std/assert";
import { goalLines, worseLines } from "./goals.ts";
import type { Results, Summary } from "../report/results.ts";
import { sensitivityLines, sensitivityVariants } from "../sensitivity.ts";
import { estimate } from "./statistics.ts";

/** A summary with failures in percent and a p99 ratio, over three seeds that hardly differ. */
function summaryOf(failures: number, p99Ratio = 1, spread = 1e-6): Summary {
  const around = (value: number) =>
    estimate([value - spread, value, value + spread]);
  return {
    failures: around(failures / 100),
    p99Ratio: around(p99Ratio),
    cleanSeeds: estimate([1]),
  };
}

function resultsOf(byLabel: Record<string, Summary>): Results {
  return new Map([["silent", new Map(Object.entries(byLabel))]]);
}

Deno.test("goalLines() compares a policy with its goals", () => {
  const lines = goalLines(resultsOf({ a: summaryOf(0.0039, 1.06) }), "a");
  assertEquals(lines, [
    "holds  silent             failures: 0.0039 %, at most 0.004 %",
    "FAILS  silent             p99: 1.06 ×, at most 1.05 ×",
  ]);
});

Deno.test("worseLines() names what is worse beyond both intervals, in failures or p99", () => {
  const table: [Summary, Summary, string[]][] = [
    [summaryOf(2), summaryOf(1), [
      "silent             failures: 2 %, other 1 %",
    ]],
    [summaryOf(2, 1, 0.01), summaryOf(1, 1, 0.01), []],
    [summaryOf(1), summaryOf(2), []],
    [summaryOf(1, 1.3), summaryOf(1, 1.1), [
      "silent             p99Ratio: 1.3 ×, other 1.1 ×",
    ]],
    [summaryOf(1, 1.3), summaryOf(1.05, 1.1), [
      "silent             p99Ratio: 1.3 ×, other 1.1 ×",
    ]],
    [summaryOf(1, 1.2), summaryOf(1, 1.1), []],
    // Calls that fail at once are short.
    [summaryOf(1, 1.3), summaryOf(9, 1.1), []],
  ];
  for (const [own, other, lines] of table) {
    assertEquals(worseLines(resultsOf({ own, other }), "own", []), lines);
  }
  const results = resultsOf({ own: summaryOf(2), other: summaryOf(1) });
  assertEquals(worseLines(results, "own", ["other"]), []);
});

Deno.test("worseLines() gives the reason where one is known", () => {
  const summaries = new Map([["own", summaryOf(2)], ["other", summaryOf(1)]]);
  const lines = worseLines(new Map([["heavy", summaries]]), "own", []);
  assertEquals(lines[0], "heavy              failures: 2 %, other 1 %");
  assertEquals(lines[1]?.includes("probed three times"), true);
  // One that is known of a policy is given where that alone is ahead.
  const [own, other] = [summaryOf(2), summaryOf(1)];
  const alone = worseLines(resultsOf({ own, prequal: other }), "own", []);
  assertEquals(alone[1]?.includes("asks three hosts"), true);
  const both = { own, prequal: other, other };
  assertEquals(worseLines(resultsOf(both), "own", []).length, 2);
});

Deno.test("sensitivityVariants() halves and doubles each constant, alone", () => {
  const variants = sensitivityVariants({ calls: 5, share: 0.9, one: 1 });
  assertEquals(variants.map(({ constants }) => constants), [
    { calls: 5, share: 0.9, one: 1 },
    { calls: 2, share: 0.9, one: 1 },
    { calls: 10, share: 0.9, one: 1 },
    { calls: 5, share: 0.45, one: 1 },
    { calls: 5, share: 0.95, one: 1 },
    { calls: 5, share: 0.9, one: 2 },
  ]);
});

Deno.test("sensitivityLines() names the change that makes a goal worst", () => {
  const lines = sensitivityLines(resultsOf({
    adaptive: summaryOf(0.004, 1),
    "a 1 → 2": summaryOf(0.008, 1),
    "b 1 → 2": summaryOf(0.016, 1.1),
  }));
  assertEquals(lines, [
    "FAILS  silent             failures: × 4.00 (0.004 % to 0.016 %) with b 1 → 2",
    "holds  silent             p99: × 1.10 (1 × to 1.1 ×) with b 1 → 2",
  ]);
});
