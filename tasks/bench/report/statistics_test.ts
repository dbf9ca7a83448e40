import { assertEquals } from "@std/assert";
import { roundRatios, slopeOf, spreadOf } from "./statistics.ts";

Deno.test("spreadOf() leaves out rounds that have no figure", () => {
  assertEquals(spreadOf([5, NaN, 1, 3, Infinity, 2, 4]), {
    median: 3,
    min: 1,
    max: 5,
    count: 5,
  });
  assertEquals(spreadOf([NaN]), { median: NaN, min: NaN, max: NaN, count: 0 });
});

Deno.test("roundRatios() compares within a round", () => {
  // The machine was half as fast in the second round: the ratio does not care.
  assertEquals(roundRatios([2, 4, 3], [1, 2, 1]), [2, 2, 3]);
  assertEquals(roundRatios([2, 4, NaN], [1, 0]), [2]);
});

Deno.test("slopeOf() is not moved by outliers", () => {
  const line = Array.from({ length: 50 }, (_, x) => ({ x, y: 3 + 2 * x }));
  assertEquals(slopeOf(line), 2);
  line[7]!.y = 10_000;
  line[31]!.y = -5_000;
  assertEquals(slopeOf(line), 2);
  assertEquals(slopeOf([{ x: 1, y: 1 }]), NaN);
});

Deno.test("slopeOf() of a long series takes no long time, and is the same", () => {
  const line = Array.from({ length: 100_000 }, (_, x) => ({ x, y: -x / 4 }));
  assertEquals(slopeOf(line), -0.25);
});
