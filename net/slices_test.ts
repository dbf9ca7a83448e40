import { assert, assertEquals } from "@std/assert";
import { Slices } from "./slices.ts";

Deno.test("Slices.isOver() after a time or a number of steps, and next() begins anew", async () => {
  let nowMs = 0;
  let turns = 0;
  const slices = new Slices({
    nowMs: () => nowMs,
    wallSeconds: () => 0,
    sleep: () => Promise.resolve(),
    turn: () => Promise.resolve(void (turns += 1)),
  });
  assertEquals(slices.isOver(), false);
  nowMs = 10;
  assertEquals(slices.isOver(), true);
  await slices.next();
  assertEquals(turns, 1);
  let steps = 0;
  while (!slices.isOver()) steps += 1;
  assert(steps > 100 && steps < 10_000, `${steps}`);
});
