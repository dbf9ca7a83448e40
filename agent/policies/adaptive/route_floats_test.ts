import { assertEquals, assertNotEquals } from "@std/assert";
import { type FloatRow, RouteFloats } from "./route_floats.ts";

const LENGTH = 14;

function write({ floats, first }: FloatRow, value: number): void {
  floats.fill(value, first, first + LENGTH);
}

Deno.test("RouteFloats gives each route numbers of its own, over many blocks", () => {
  const table = new RouteFloats(LENGTH);
  const rows = Array.from({ length: 1_000 }, () => table.allocate());
  rows.forEach((row, index) => write(row, index));
  rows.forEach(({ floats, first }, index) => {
    assertEquals(floats[first], index);
    assertEquals(floats[first + LENGTH - 1], index);
  });
});

Deno.test("RouteFloats gives a released row to the next route, as zeros", () => {
  const table = new RouteFloats(LENGTH);
  const row = table.allocate();
  write(row, 7);
  table.release(row);
  const next = table.allocate();
  assertEquals(next.first, row.first);
  assertEquals([...next.floats.subarray(next.first, next.first + LENGTH)], [
    ...new Float64Array(LENGTH),
  ]);
  assertNotEquals(table.allocate().first, next.first);
});
