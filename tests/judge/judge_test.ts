import { assert, assertEquals } from "@std/assert";
import { runUnits } from "./jobs.ts";
import { JUDGED_NAMES } from "./policies.ts";
import { summarize, toJson } from "./report/results.ts";
import { scorecardText } from "./report/scorecard.ts";
import { type RunResult, runUnit, type Unit } from "./unit.ts";

function variantsOf(...names: string[]) {
  return names.map((name) => ({ label: name, policy: name, constants: {} }));
}

/** Failures in percent of each policy, over one seed. */
function failuresOf(scenario: string, ...names: string[]): number[] {
  const unit = { scenario, seed: 7, variants: variantsOf(...names) };
  return runUnit(unit).map(({ failures }) => failures * 100);
}

/** Percent of calls that fail under round robin and under the rule, and how far one seed may be from that. */
const REFERENCE_COLUMNS: [string, number, number, number][] = [
  ["dead", 9.2, 8.3, 0.1],
  ["silent", 9.2, 8.3, 0.1],
  ["slow", 9.8, 8.9, 0.2],
  ["fails-30", 3.0, 2.9, 0.2],
  ["rolling", 4.2, 3.8, 0.1],
  ["rare", 9.8, 9.2, 0.2],
];

Deno.test("the world fails the calls of round robin and of the rule that it was built to fail", () => {
  for (const [scenario, roundRobin, lars, near] of REFERENCE_COLUMNS) {
    const [turn = NaN, rule = NaN, knowing] = failuresOf(
      scenario,
      "round-robin",
      "lars",
      "all-knowing",
    );
    assert(Math.abs(turn - roundRobin) <= near, `${scenario}: ${turn}`);
    assert(Math.abs(rule - lars) <= near, `${scenario}: ${rule}`);
    assertEquals(knowing, 0, scenario);
  }
});

Deno.test("all-knowing waits 46 ms at most in 99 of 100 calls", () => {
  const [result] = runUnit({
    scenario: "dead",
    seed: 1,
    variants: variantsOf("all-knowing"),
  });
  assertEquals(Math.round(result!.p99Ms), 46);
});

Deno.test("the sketch fails no more calls than thirty lines need to", () => {
  const most: [string, number][] = [
    ["dead", 0.007],
    ["slow", 0.003],
    ["fails-30", 0.03],
  ];
  for (const [scenario, percent] of most) {
    const [failures = NaN] = failuresOf(scenario, "sketch");
    assert(failures <= percent, `${scenario}: ${failures}`);
  }
});

Deno.test("the same seed gives the same bytes, also on several threads", async () => {
  const policies = JUDGED_NAMES.filter((name) => name !== "adaptive");
  const units = [3, 4, 5].map((seed): Unit => ({
    scenario: "rare-check",
    seed,
    variants: variantsOf(...policies),
  }));
  const texts: string[] = [];
  for (const jobs of [1, 2]) {
    const runs: RunResult[][] = [];
    await runUnits(units, {
      jobs,
      done: (index, results) => runs[index] = results,
    });
    const summaries = new Map(
      policies.map((name, index) => [
        name,
        summarize(runs.map((results) => results[index]!)),
      ]),
    );
    texts.push(
      toJson(new Map([["rare-check", summaries]]), {}) +
        scorecardText("rare-check", summaries),
    );
  }
  assertEquals(texts[0], texts[1]);
});

Deno.test("another seed gives other calls", () => {
  const [first, second] = [1, 2].map((seed) =>
    runUnit({ scenario: "rare", seed, variants: variantsOf("random") })
  );
  assert(first![0]!.p99Ms !== second![0]!.p99Ms);
});

Deno.test("the world tries a failed call once more where callers do", () => {
  const [failures = NaN] = failuresOf("retry", "random");
  // 12 % fail at the first host; of these about one in eight at the second.
  assert(failures > 1 && failures < 2.5, `${failures}`);
});
