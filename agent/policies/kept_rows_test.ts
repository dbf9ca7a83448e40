import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { keepRows, rowsOf } from "./kept_rows.ts";

Deno.test("keepRows keeps any rows, and of those that follow each other the first only", () => {
  fc.assert(fc.property(
    fc.array(fc.nat(20), { maxLength: 5 }),
    fc.nat(1_000),
    fc.nat(30),
    (any, first, count) => {
      const following = Array.from({ length: count }, (_, row) => first + row);
      for (const rows of [any, following, [...following, ...any]]) {
        assertEquals(rowsOf(keepRows(rows), rows.length), rows);
      }
      assertEquals(keepRows(following), count === 0 ? [] : first);
    },
  ));
  assertEquals(keepRows([3, 2]), [3, 2]);
  assertEquals(keepRows([3, 5]), [3, 5]);
});
