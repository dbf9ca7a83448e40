import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { NO_ROW } from "./row_index.ts";
import { RouteRows } from "./route_rows.ts";

Deno.test("RouteSlots gives each route a slot of its own within the columns, until it is taken", () => {
  const keys = fc.record({
    modId: fc.constantFrom(0, 1, 2_147_483_647),
    cmdId: fc.nat(200),
  });
  const steps = fc.array(fc.tuple(keys, fc.boolean()), { maxLength: 500 });
  fc.assert(
    fc.property(steps, (steps) => {
      let capacity = 0;
      const slots = new RouteRows((slots) => capacity = slots);
      const expected = new Map<string, number>();
      for (const [key, isWanted] of steps) {
        const name = `${key.modId} ${key.cmdId}`;
        const known = expected.get(name);
        assertEquals(slots.find(key), known ?? NO_ROW);
        if (isWanted && known === undefined) {
          const slot = slots.add(key);
          assert(slot > 0 && slot < slots.end && slot < capacity);
          expected.set(name, slot);
        } else if (!isWanted && known !== undefined) {
          slots.remove(known);
          expected.delete(name);
        }
      }
      assertEquals(slots.size, expected.size);
      assertEquals(new Set(expected.values()).size, expected.size);
      for (const [name, slot] of expected) {
        const { modId, cmdId } = slots.keyAt(slot);
        assertEquals(`${modId} ${cmdId}`, name);
      }
    }),
    { numRuns: 30 },
  );
});

Deno.test("RouteSlots gives slots that are free before it takes new ones", () => {
  const slots = new RouteRows(() => {});
  for (let round = 0; round < 1_000; round++) {
    slots.remove(slots.add({ modId: 1, cmdId: round }));
  }
  assertEquals([slots.size, slots.end], [0, 2]);
});
