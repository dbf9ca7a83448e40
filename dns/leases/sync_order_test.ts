import { assertEquals } from "@std/assert";
import { leaseHost } from "../testing/mod.ts";
import { inRouteOrder, NO_ROUTE } from "./sync_order.ts";

/** An agent whose routes begin with (modid, cmdid), or that serves none. */
function agent(name: string, ...routes: [modId: number, cmdId: number][]) {
  const taken = routes.map(([modId, cmdId]) =>
    leaseHost({ modId, cmdId, ip: 1, port: 1 })
  );
  return { name, taken };
}

Deno.test("inRouteOrder() puts agents of the same routes together, and goes on behind those that were written last", () => {
  const agents = [
    agent("a", [2, 1], [2, 2]),
    agent("b", [1, 9]),
    agent("c", [2, 1]),
    agent("d"),
    agent("e", [1, 10]),
    agent("f", [1, 9]),
  ];
  const order = (after: [number, number] | undefined) => {
    const key = after && { modId: after[0], cmdId: after[1] };
    return inRouteOrder(agents, key ?? NO_ROUTE).map(({ name }) => name).join();
  };
  assertEquals(order(undefined), "b,f,e,a,c,d");
  assertEquals(order([1, 9]), "e,a,c,d,b,f");
  assertEquals(order([1, 11]), "a,c,d,b,f,e");
  assertEquals(order([2, 1]), "d,b,f,e,a,c");
});

Deno.test("inRouteOrder() leaves no agent behind, whatever others register meanwhile", () => {
  const waiting = Array.from(
    { length: 100 },
    (_, number) => agent(String(number), [number % 7, number % 3]),
  );
  const written: string[] = [];
  let after = NO_ROUTE;
  let turns = 0;
  while (turns < 30 && waiting.some(({ name }) => name !== "new")) {
    for (const each of inRouteOrder(waiting, after).slice(0, 10)) {
      waiting.splice(waiting.indexOf(each), 1);
      written.push(each.name);
      after = each.taken[0]!;
    }
    // First in the order, again and again.
    for (let count = 0; count < 10; count++) waiting.push(agent("new", [0, 0]));
    turns += 1;
  }
  assertEquals(written.filter((name) => name !== "new").length, 100);
});
