import { RouteBatch, routesOf } from "./route_sender.ts";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseAddress, type Route, RouteEncoder } from "../../proto/mod.ts";
import { RouteSnapshot } from "./route_snapshot.ts";

const RICH: Route = {
  modId: 0,
  cmdId: 2_147_483_647,
  hosts: [
    parseAddress("10.0.0.3:80"),
    { ...parseAddress("255.255.255.255:65535"), weight: 50, zone: "eu-1" },
  ],
  settings: { policy: "adaptive", check: false },
};

/** A body of its own for a route. */
function encodeRoute(route: Route): Uint8Array {
  return new RouteEncoder().encode(route);
}

/** A route whose body is longer with more hosts. */
function route(modId: number, hosts: number): Route {
  const { ip } = parseAddress("10.0.0.0:1");
  return {
    modId,
    cmdId: 1,
    hosts: Array.from(
      { length: hosts },
      (_, index) => ({ ip: ip + modId + index, port: 80 }),
    ),
  };
}

Deno.test("RouteSnapshot gives back what dns said, weights, zones and settings too", () => {
  const routes = new RouteSnapshot();
  assertEquals(routes.set(RICH, encodeRoute(RICH)), true);
  assertEquals([...routes.routes()], [RICH]);
  assertEquals([...routes.keys()], [{ modId: 0, cmdId: 2_147_483_647 }]);
});

Deno.test("RouteSnapshot.set() says whether anything changed", () => {
  const routes = new RouteSnapshot();
  const changed = [route(1, 1), route(1, 1), route(1, 2), route(2, 2)].map(
    (route) => routes.set(route, encodeRoute(route)),
  );
  assertEquals(changed, [true, false, true, true]);
});

Deno.test("RouteSnapshot.routes() goes on when routes come and go during it", () => {
  const routes = new RouteSnapshot();
  for (let modId = 1; modId <= 5; modId++) {
    routes.set(route(modId, 2), encodeRoute(route(modId, 2)));
  }
  const met = [];
  for (const known of routes.routes()) {
    met.push(known.modId);
    routes.delete({ modId: 4, cmdId: 1 });
    routes.set(route(5, 3), encodeRoute(route(5, 3)));
  }
  assertEquals(met, [1, 2, 3, 5]);
});

Deno.test("property: RouteSnapshot does what a map does", () => {
  const step = fc.tuple(fc.nat(150), fc.integer({ min: 0, max: 400 }));
  fc.assert(
    fc.property(fc.array(step, { minLength: 100, maxLength: 400 }), (steps) => {
      const routes = new RouteSnapshot();
      const expected = new Map<number, Route>();
      for (const [modId, hosts] of steps) {
        const next = route(modId, hosts);
        if (hosts < 100) {
          assertEquals(routes.delete(next), expected.delete(modId));
        } else {
          routes.set(next, encodeRoute(next));
          expected.set(modId, next);
        }
        assertEquals(routes.size, expected.size);
      }
      const sorted = [...routes.routes()].sort((a, b) => a.modId - b.modId);
      assertEquals(
        sorted,
        [...expected.values()].sort((a, b) => a.modId - b.modId),
      );
    }),
    { numRuns: 5 },
  );
});

Deno.test("RouteBatch carries routes in their order, and is empty afterwards", () => {
  const batch = new RouteBatch();
  assertEquals(batch.isEmpty, true);
  const routes = [RICH, route(1, 2_000), route(3, 0)];
  for (const route of routes) batch.add(encodeRoute(route));
  assertEquals(batch.isEmpty, false);
  assertEquals([...routesOf(batch.take())], routes);
  assertEquals([batch.isEmpty, batch.take().length], [true, 0]);
});

Deno.test("RouteBatch is full before the longest body would not fit", () => {
  const batch = new RouteBatch();
  const long = encodeRoute(route(1, 3_700));
  let count = 0;
  for (; !batch.isFull; count++) batch.add(long);
  assertEquals(count, 1);
  assertEquals([...routesOf(batch.take())].length, 1);
});
