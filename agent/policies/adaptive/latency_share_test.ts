import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { DEFAULT_ADAPTIVE_SETTINGS } from "../settings.ts";
import { alikeMedians, LatencyShare } from "./latency_share.ts";

Deno.test("LatencyShare.of() is the greatest of three shares, up to an eighth", () => {
  fc.assert(fc.property(
    fc.integer({ min: 2, max: 1_000 }),
    fc.integer({ min: 1, max: 100_000 }),
    fc.oneof(
      fc.integer({ min: 0, max: 2_000 }),
      fc.double({ min: 0, max: 9, noNaN: true }),
    ),
    fc.double({ min: 0, max: 1e6, noNaN: true }),
    (latencyCalls, latencyMemoryMs, calls, passedMs) => {
      const share = new LatencyShare({
        ...DEFAULT_ADAPTIVE_SETTINGS,
        latencyCalls,
        latencyMemoryMs,
      });
      const plain = Math.min(
        1 / 8,
        Math.max(
          1 / latencyCalls,
          1 / (1 + calls),
          passedMs / (passedMs + latencyMemoryMs),
        ),
      );
      assertAlmostEquals(share.of(calls, passedMs), plain, 1e-12);
    },
  ));
});

Deno.test("alikeMedians() is latencyTolerance, but no less than chance makes of equal hosts", () => {
  const medians = (latencyTolerance: number, latencyCalls: number) =>
    alikeMedians({
      ...DEFAULT_ADAPTIVE_SETTINGS,
      latencyTolerance,
      latencyCalls,
    });
  assertEquals(medians(1.25, 64), 1.25);
  assertAlmostEquals(medians(0.625, 64), 1.222, 0.001);
  assertAlmostEquals(medians(1.25, 16), 1.449, 0.001);
  assertEquals(medians(2.5, 16), 2.5);
});
