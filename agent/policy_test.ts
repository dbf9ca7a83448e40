import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { LarsBalancer } from "./lars_balancer.ts";
import { createBalancer, POLICY_NAMES } from "./policy.ts";
import { DEFAULT_SETTINGS } from "./settings.ts";

Deno.test("createBalancer() creates the policy of that name", () => {
  assertInstanceOf(createBalancer("lars", DEFAULT_SETTINGS), LarsBalancer);
});

Deno.test("createBalancer() creates every policy it lists, without hosts", () => {
  for (const name of POLICY_NAMES) {
    assertEquals(createBalancer(name, DEFAULT_SETTINGS).size, 0);
  }
});

Deno.test("createBalancer() names the policies there are when it knows none of that name", () => {
  assertThrows(
    () => createBalancer("random", DEFAULT_SETTINGS),
    RangeError,
    'Cannot create balancer as policy must be one of "lars": current value is "random"',
  );
});
