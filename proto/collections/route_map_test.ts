import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { RouteKey } from "../route.ts";
import { RouteMap } from "./route_map.ts";

Deno.test("RouteMap keeps routes by both ids, and counts them", () => {
  const map = new RouteMap<string>();
  map.set(key(1, 2), "a").set(key(2, 1), "b").set(key(1, 2), "c");
  assertEquals(map.size, 2);
  assertEquals(map.get(key(1, 2)), "c");
  assertEquals(map.get(key(2, 1)), "b");
  assertEquals(map.get(key(2, 2)), undefined);
  assertEquals([map.has(key(1, 2)), map.has(key(1, 1))], [true, false]);
  assertEquals([...map.keys()], [key(1, 2), key(2, 1)]);
  assertEquals([...map.values()], ["c", "b"]);
  assertEquals(map.delete(key(1, 1)), false);
  assertEquals(map.delete(key(1, 2)), true);
  assertEquals(map.delete(key(1, 2)), false);
  assertEquals([...map], [[key(2, 1), "b"]]);
  map.clear();
  assertEquals([map.size, [...map]], [0, []]);
});

Deno.test("RouteMap tells a route that holds undefined from none", () => {
  const map = new RouteMap<undefined>().set(key(0, 0), undefined);
  assertEquals([map.size, map.has(key(0, 0))], [1, true]);
  assertEquals(map.delete(key(0, 0)), true);
  assertEquals(map.size, 0);
});

Deno.test("property: RouteMap does what a map with text keys does", () => {
  const id = fc.integer({ min: -2, max: 3 });
  const step = fc.tuple(fc.constantFrom("set", "delete"), id, id, fc.nat(9));
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const map = new RouteMap<number>();
    const model = new Map<string, number>();
    for (const [action, modId, cmdId, value] of steps) {
      const text = `${modId},${cmdId}`;
      if (action === "set") {
        map.set(key(modId, cmdId), value);
        model.set(text, value);
      } else {
        assertEquals(map.delete(key(modId, cmdId)), model.delete(text));
      }
      assertEquals(map.size, model.size);
    }
    const entries = [...map].map(([{ modId, cmdId }, value]) =>
      [`${modId},${cmdId}`, value] as const
    );
    assertEquals(new Map(entries), model);
    assertEquals(entries.length, model.size);
  }));
});

function key(modId: number, cmdId: number): RouteKey {
  return { modId, cmdId };
}
