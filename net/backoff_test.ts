import { assertEquals } from "@std/assert";
import { Backoff } from "./backoff.ts";

Deno.test("Backoff.nextMs() doubles up to its maximum, shortened by up to half", () => {
  const cases: [random: number, waits: number[]][] = [
    [0, [100, 200, 400, 800, 1_000, 1_000]],
    [0.5, [75, 150, 300, 600, 750, 750]],
    [0.999999, [50, 100, 200, 400, 500, 500]],
  ];
  for (const [random, waits] of cases) {
    const backoff = new Backoff({
      minMs: 100,
      maxMs: 1_000,
      random: () => random,
    });
    assertEquals(waits.map(() => Math.round(backoff.nextMs())), waits);
    backoff.reset();
    assertEquals(Math.round(backoff.nextMs()), waits[0]);
  }
});
