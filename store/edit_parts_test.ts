import { assertEquals } from "@std/assert";
import { editParts } from "./edit_parts.ts";

Deno.test("editParts() has what an edit says of each route, and looks at no row for another one", () => {
  const [one, other] = [{ modId: 1, cmdId: 1 }, { modId: 1, cmdId: 2 }];
  const host = { ip: 1, port: 1 };
  const parts = editParts({
    remove: [{ ...one, ...host }],
    add: [{ ...other, ...host }, { ...one, ...host, port: 2 }],
    set: [{ ...other, ...host, weight: 5 }],
    settings: [{ ...one, policy: "lars" }],
    drain: [{ ip: 1, who: "x", reason: "y" }],
  });
  assertEquals([...parts], [[one, {
    remove: [{ ...one, ...host }],
    add: [{ ...one, ...host, port: 2 }],
    set: [],
    settings: [{ ...one, policy: "lars" }],
  }], [other, {
    remove: [],
    add: [{ ...other, ...host }],
    set: [{ ...other, ...host, weight: 5 }],
    settings: [],
  }]]);
  const looksPerRow = [10, 1_000].map((routes) => {
    let looks = 0;
    const add = Array.from({ length: routes }, (_, cmdId) => ({
      ...host,
      cmdId,
      get modId() {
        looks += 1;
        return 1;
      },
    }));
    assertEquals(editParts({ add }).size, routes);
    return looks / routes;
  });
  assertEquals(looksPerRow[0], looksPerRow[1]);
});
