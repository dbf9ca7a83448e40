import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { NO_ROW } from "./row_index.ts";
import { RouteRows } from "./route_rows.ts";

Deno.test("RouteRows gives each route a row of its own within the columns, until it is removed", () => {
  const keys = fc.record({
    modId: fc.constantFrom(0, 1, 2_147_483_647),
    cmdId: fc.nat(200),
  });
  const steps = fc.array(fc.tuple(keys, fc.boolean()), { maxLength: 500 });
  fc.assert(
    fc.property(steps, (steps) => {
      let capacity = 0;
      const rows = new RouteRows((length) => capacity = length);
      const expected = new Map<string, number>();
      for (const [key, isWanted] of steps) {
        const name = `${key.modId} ${key.cmdId}`;
        const known = expected.get(name);
        assertEquals(rows.find(key), known ?? NO_ROW);
        if (isWanted && known === undefined) {
          const row = rows.add(key);
          assert(row > 0 && row < rows.end && row < capacity);
          expected.set(name, row);
        } else if (!isWanted && known !== undefined) {
          rows.remove(known);
          expected.delete(name);
        }
      }
      assertEquals(rows.size, expected.size);
      assertEquals(new Set(expected.values()).size, expected.size);
      for (const [name, row] of expected) {
        const { modId, cmdId } = rows.keyAt(row);
        assertEquals(`${modId} ${cmdId}`, name);
      }
    }),
    { numRuns: 30 },
  );
});

Deno.test("RouteRows reuses free rows before it adds new ones", () => {
  const rows = new RouteRows(() => {});
  for (let round = 0; round < 1_000; round++) {
    rows.remove(rows.add({ modId: 1, cmdId: round }));
  }
  assertEquals([rows.size, rows.end], [0, 2]);
});
