import { assert } from "@std/assert";
import { LibcClock } from "./clock.ts";

/** Deno rounds its own clock by less, in milliseconds. */
const ROUNDING_MS = 1;

Deno.test("LibcClock goes as the machine's clock does, in milliseconds", async () => {
  using clock = new LibcClock();
  // How far the two are apart, between bounds that each look makes narrower.
  let leastMs = -Infinity;
  let mostMs = Infinity;
  for (let look = 0; look < 5; look++) {
    const before = performance.now();
    const nowMs = clock.nowMs();
    const after = performance.now();
    leastMs = Math.max(leastMs, nowMs - after);
    mostMs = Math.min(mostMs, nowMs - before);
    assert(leastMs <= mostMs + ROUNDING_MS, `${leastMs}, ${mostMs}`);
    await clock.sleep(20);
  }
});
