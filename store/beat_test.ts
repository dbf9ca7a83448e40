import { assertEquals } from "@std/assert";
import { untilBeat } from "./beat.ts";

Deno.test("untilBeat() ends at the same multiple of the period, whenever one begins to wait", () => {
  for (const nowMs of [0, 4_000]) assertEquals(untilBeat(nowMs, 2_000), 2_000);
  assertEquals(untilBeat(1, 2_000), 1_999);
  assertEquals(untilBeat(5_999.75, 2_000), 0.25);
  assertEquals(untilBeat(4_000.25, 2_000), 1_999.75);
});
