import { assertEquals } from "@std/assert";
import { VERSION } from "./version.ts";

Deno.test("VERSION is the version of the package", async () => {
  const file = new URL("../deno.json", import.meta.url);
  const { version } = JSON.parse(await Deno.readTextFile(file));
  assertEquals(VERSION, version);
});
