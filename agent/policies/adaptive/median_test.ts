import { assertEquals } from "@std/assert";
import { seededRandom } from "../../../net/testing/mod.ts";
import { Median } from "./median.ts";

Deno.test("Median.take() finds the lower middle one of few and of many, time after time", () => {
  const random = seededRandom(1);
  const median = new Median();
  for (const count of [1, 2, 3, 10, 31, 32, 33, 64, 65, 1_000, 2]) {
    const values = Array.from(
      { length: count },
      () => Math.fround(random() * 100),
    );
    for (const value of values) median.add(value);
    values.sort((a, b) => a - b);
    assertEquals(median.take(), values[(count - 1) >> 1], `${count} numbers`);
  }
});

Deno.test("Median.take() answers 0 for no numbers", () => {
  assertEquals(new Median().take(), 0);
});
