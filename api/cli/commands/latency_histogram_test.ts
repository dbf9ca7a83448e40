import { assertEquals } from "@std/assert";
import { LatencyHistogram } from "./latency_histogram.ts";

Deno.test("LatencyHistogram tells short latencies exactly", () => {
  const histogram = new LatencyHistogram();
  for (let us = 1; us <= 100; us++) histogram.record(us + 0.5);
  const cases = [[0.5, 50], [0.9, 90], [0.99, 99], [0.999, 100], [0.001, 1]];
  for (const [share, us] of cases) {
    assertEquals([share, histogram.percentileUs(share!)], [share, us]);
  }
  assertEquals([histogram.count, histogram.maxUs], [100, 100.5]);
});

Deno.test("LatencyHistogram tells long latencies to less than one percent", () => {
  for (let us = 1; us < 2 ** 31; us = Math.ceil(us * 1.37)) {
    const histogram = new LatencyHistogram();
    histogram.record(us);
    const error = (us - histogram.percentileUs(1)) / us;
    assertEquals([us, error >= 0 && error < 0.01], [us, true]);
  }
});

Deno.test("LatencyHistogram takes anything, and another histogram", () => {
  const histogram = new LatencyHistogram();
  assertEquals(histogram.percentileUs(0.5), 0);
  histogram.record(-1);
  histogram.record(1e12);
  const other = new LatencyHistogram();
  other.record(7);
  histogram.add(other);
  assertEquals([histogram.count, histogram.maxUs], [3, 1e12]);
  assertEquals(histogram.percentileUs(0.5), 7);
});
