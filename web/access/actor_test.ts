import { assertEquals } from "@std/assert";
import { allows, type Need } from "./actor.ts";

const KEY = { modId: 1, cmdId: 2 };

for (
  const [scopes, need, expected] of [
    [[], "open", true],
    [[], "known", true],
    [[], "read", false],
    [["read"], "read", true],
    [["read"], "drain", false],
    [["read"], "write", false],
    [["read"], "admin", false],
    [["drain"], "read", true],
    [["drain"], "drain", true],
    [["drain"], "write", false],
    [["write"], "drain", true],
    [["write"], "write", true],
    [["write"], "admin", false],
    [["write:1/2"], "read", true],
    [["write:1/2"], "write", true],
    [["write:1/2"], "drain", true],
    [["write:1/*"], "write", true],
    [["write:*/*"], "write", true],
    [["write:2/2"], "write", false],
    [["write:11/2"], "write", false],
    [["write:1/3", "read"], "write", false],
    [["write:1/3"], "admin", false],
    [["admin"], "write", true],
    [["admin"], "admin", true],
  ] as [string[], Need, boolean][]
) {
  Deno.test(`allows() says ${expected} to ${need} of (1, 2) with ${scopes.join() || "no scope"}`, () => {
    assertEquals(allows(scopes, need, KEY), expected);
  });
}

Deno.test("allows() takes all routes for those of a scope that has them all", () => {
  const module = { modId: 1, cmdId: "*" } as const;
  const all = { modId: "*", cmdId: "*" } as const;
  for (
    const [scope, ofModule, ofAll] of [
      ["write:1/2", false, false],
      ["write:1/*", true, false],
      ["write:2/*", false, false],
      ["write:*/2", false, false],
      ["write:*/*", true, true],
      ["write", true, true],
    ] as const
  ) {
    assertEquals(allows([scope], "write", module), ofModule, scope);
    assertEquals(allows([scope], "drain", all), ofAll, scope);
  }
});

Deno.test("allows() lets whoever writes some route ask for some, and nobody else", () => {
  assertEquals(allows(["write:1/2"], "write"), true);
  assertEquals(allows(["read", "drain"], "write"), false);
});
