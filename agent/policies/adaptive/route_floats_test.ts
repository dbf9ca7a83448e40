import { assertEquals, assertNotEquals } from "@std/assert";
import { type FloatRow, RouteFloats } from "./route_floats.ts";

function write({ floats, first }: FloatRow, value: number): void {
  floats.fill(value, first, first + 14);
}

Deno.test("RouteFloats gives each route numbers of its own, over many blocks", () => {
  const table = new RouteFloats();
  const rows = Array.from({ length: 1_000 }, () => table.allocate());
  rows.forEach((row, index) => write(row, index));
  rows.forEach(({ floats, first }, index) => {
    assertEquals(floats[first], index);
    assertEquals(floats[first + 13], index);
  });
});

Deno.test("RouteFloats gives a released row to the next route, as zeros", () => {
  const table = new RouteFloats();
  const row = table.allocate();
  write(row, 7);
  table.release(row);
  const next = table.allocate();
  assertEquals(next.first, row.first);
  assertEquals([...next.floats.subarray(next.first, next.first + 14)], [
    ...new Float64Array(14),
  ]);
  assertNotEquals(table.allocate().first, next.first);
});
