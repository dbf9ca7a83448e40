import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { FlatRouteMap } from "./flat_route_map.ts";
import { ID_MAX } from "../route.ts";
import { RouteMap } from "./route_map.ts";

Deno.test("property: FlatRouteMap does what RouteMap does", () => {
  const id = fc.oneof(fc.nat(12), fc.constantFrom(ID_MAX, ID_MAX - 1));
  const step = fc.tuple(id, id, fc.boolean());
  fc.assert(
    fc.property(fc.array(step, { minLength: 100, maxLength: 400 }), (steps) => {
      const flat = new FlatRouteMap<{ step: number }>();
      const map = new RouteMap<{ step: number }>();
      for (const [at, [modId, cmdId, adds]] of steps.entries()) {
        const key = { modId, cmdId };
        assertEquals(flat.get(key), map.get(key));
        if (adds) {
          flat.set(key, { step: at });
          map.set(key, { step: at });
        } else assertEquals(flat.delete(key), map.delete(key));
        assertEquals(flat.size, map.size);
      }
      for (const [key, value] of map) assertEquals(flat.get(key), value);
      const sortedSteps = (values: Iterable<{ step: number }>) =>
        Array.from(values, ({ step }) => step).sort((a, b) => a - b);
      assertEquals(sortedSteps(flat.values()), sortedSteps(map.values()));
    }),
  );
});
