import { assertEquals, assertNotEquals } from "@std/assert";
import { type NumberRow, RouteNumbers } from "./route_floats.ts";

function write({ numbers, first }: NumberRow, value: number): void {
  numbers.fill(value, first, first + 14);
}

Deno.test("RouteNumbers gives each route numbers of its own, over many blocks", () => {
  const table = new RouteNumbers();
  const rows = Array.from({ length: 1_000 }, () => table.allocate());
  rows.forEach((row, index) => write(row, index));
  rows.forEach(({ numbers, first }, index) => {
    assertEquals(numbers[first], index);
    assertEquals(numbers[first + 13], index);
  });
});

Deno.test("RouteNumbers gives a released row to the next route, as zeros", () => {
  const table = new RouteNumbers();
  const row = table.allocate();
  write(row, 7);
  table.release(row);
  const next = table.allocate();
  assertEquals(next.first, row.first);
  assertEquals([...next.numbers.subarray(next.first, next.first + 14)], [
    ...new Float64Array(14),
  ]);
  assertNotEquals(table.allocate().first, next.first);
});
