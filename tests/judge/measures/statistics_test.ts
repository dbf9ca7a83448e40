import { assertAlmostEquals, assertEquals } from "@std/assert";
import { estimate, jain, studentT } from "./statistics.ts";

Deno.test("estimate() gives mean and Student's confidence interval", () => {
  const { mean, halfWidth, count, min, max } = estimate([1, 2, undefined, 3]);
  assertEquals([mean, count, min, max], [2, 3, 1, 3]);
  // Deviation 1, three values: 4.303 / √3.
  assertAlmostEquals(halfWidth, 2.4843, 1e-4);
});

Deno.test("estimate() of one value has no interval, of none no mean", () => {
  assertEquals(estimate([5]).halfWidth, 0);
  assertEquals(estimate([undefined]).count, 0);
  assertEquals(Number.isNaN(estimate([]).mean), true);
});

Deno.test("studentT() is within 0.1 % of the tables", () => {
  const table = [[1, 12.706], [11, 2.201], [20, 2.086], [30, 2.042], [
    99,
    1.984,
  ]];
  for (const [degrees = 0, t = 0] of table) {
    assertAlmostEquals(studentT(degrees), t, t * 0.001);
  }
});

Deno.test("jain() is 1 for equal shares and 1 / n for one that has all", () => {
  assertEquals(jain([3, 3, 3]), 1);
  assertEquals(jain([7, 0, 0, 0]), 0.25);
  assertEquals(jain([0, 0]), 1);
});
