import { assertEquals } from "@std/assert";
import { RouteSizes } from "./route_sizes.ts";

const KEY = { modId: 1, cmdId: 1 };
const MINUTE_MS = 60_000;

Deno.test("RouteSizes.least() is half of what a route had ten minutes ago, and its last host", () => {
  const sizes = new RouteSizes();
  assertEquals(sizes.least(KEY, 0), 1);
  for (const [hosts, least] of [[1, 1], [2, 1], [3, 2], [10, 5]] as const) {
    sizes.set(KEY, hosts, 0);
    assertEquals(sizes.least(KEY, 0), least);
  }
  sizes.set(KEY, 6, MINUTE_MS);
  sizes.set(KEY, 5, 2 * MINUTE_MS);
  assertEquals(sizes.least(KEY, 11 * MINUTE_MS), 5);
  assertEquals(sizes.least(KEY, 19 * MINUTE_MS), 5);
  assertEquals(sizes.least(KEY, 21 * MINUTE_MS), 3);
});

Deno.test("RouteSizes.least() knows what a route had that is gone, and forgets it", () => {
  const sizes = new RouteSizes();
  sizes.set(KEY, 8, 0);
  sizes.set(KEY, 0, MINUTE_MS);
  assertEquals(sizes.least(KEY, MINUTE_MS), 4);
  assertEquals(sizes.least({ modId: 1, cmdId: 2 }, MINUTE_MS), 1);
  assertEquals(sizes.least(KEY, 60 * MINUTE_MS), 1);
});
