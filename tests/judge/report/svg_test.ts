import { assertEquals } from "@std/assert";
import { escapeXml } from "./svg.ts";

Deno.test("escapeXml() makes any text harmless", () => {
  assertEquals(
    escapeXml(`<a href="x">&'\u0000`),
    "&lt;a href=&quot;x&quot;&gt;&amp;&apos; ",
  );
});
