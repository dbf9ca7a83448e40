import { assertEquals } from "@std/assert";
import { sameHosts } from "./routes.ts";

Deno.test("sameHosts() compares addresses in any order", () => {
  const [a, b, c] = [
    { ip: 1, port: 1 },
    { ip: 1, port: 2 },
    { ip: 2, port: 1 },
  ];
  assertEquals(sameHosts([], []), true);
  assertEquals(sameHosts([a, b], [b, a]), true);
  assertEquals(sameHosts([a, b], [a, c]), false);
  assertEquals(sameHosts([a], [a, b]), false);
  assertEquals(sameHosts([a, b], [a]), false);
});
