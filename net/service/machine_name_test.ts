import { assertEquals } from "@std/assert";
import { machineName } from "./machine_name.ts";

Deno.test({
  name: "the machine's name is told where the process may ask for it",
  permissions: { sys: ["hostname"] },
  fn: () => assertEquals(machineName(), Deno.hostname()),
});

Deno.test({
  name: "the machine's name is not asked for without permission",
  permissions: "none",
  fn: () => assertEquals(machineName(), undefined),
});
