import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { mixHash } from "./open_addressing.ts";
import { NO_ROW, RowIndex } from "./row_index.ts";

/** Row of the value to find. */
const CANDIDATE = 100;

Deno.test("RowIndex finds what a map finds, whatever is added and removed", () => {
  const steps = fc.array(
    fc.record({
      what: fc.constantFrom("add", "remove"),
      value: fc.nat(60),
    }),
    { maxLength: 300 },
  );
  // A constant hash makes all of them collide.
  const hashes = [(value: number) => mixHash(0, value), () => -7];
  fc.assert(
    fc.property(steps, fc.constantFrom(...hashes), (steps, hash) => {
      const values = new Array<number>(CANDIDATE + 1).fill(0);
      const index = new RowIndex({
        hashOf: (row) => hash(values[row]!),
        isEqual: (a, b) => values[a] === values[b],
      });
      const model = new Map<number, number>();
      const free = Array.from({ length: CANDIDATE }, (_, row) => row);
      for (const { what, value } of steps) {
        const known = model.get(value);
        if (what === "add" && known === undefined) {
          const row = free.pop()!;
          values[row] = value;
          index.add(row);
          model.set(value, row);
        } else if (what === "remove" && known !== undefined) {
          index.remove(known);
          model.delete(value);
          free.push(known);
        }
        assertEquals(index.size, model.size);
      }
      for (let value = 0; value <= 60; value++) {
        values[CANDIDATE] = value;
        assertEquals(index.find(CANDIDATE), model.get(value) ?? NO_ROW);
      }
    }),
  );
});
