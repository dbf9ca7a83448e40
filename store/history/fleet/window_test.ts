import { assertAlmostEquals, assertEquals } from "@std/assert";
import { latencyQuantileUs } from "./latency.ts";
import { shareIn, windowAt } from "./window.ts";

Deno.test("a window is what there is of a minute and the rest of 60 s of the one before", () => {
  const window = windowAt(600 + 15);
  assertEquals(window.minute, 10);
  assertAlmostEquals(shareIn(window, 9), 0.75);
  assertEquals([8, 10, 11].map((minute) => shareIn(window, minute)), [0, 1, 0]);
  assertEquals(shareIn(windowAt(600), 9), 1);
});

Deno.test("latencyQuantileUs() is the bound of the count that a quantile falls in", () => {
  const counts = Array.from({ length: 12 }, () => 0);
  assertEquals(latencyQuantileUs(counts, 0.5), undefined);
  assertEquals(latencyQuantileUs([], 0.5), undefined);
  counts[0] = 98;
  counts[3] = 1;
  counts[11] = 1;
  assertEquals(
    [0.5, 0.98, 0.99, 1].map((quantile) => latencyQuantileUs(counts, quantile)),
    [500, 500, 5_000, Infinity],
  );
});
