import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { LarsPolicy } from "./lars/balancer.ts";
import { createPolicy, POLICY_NAMES } from "./mod.ts";
import { DEFAULT_POLICY_SETTINGS } from "./settings.ts";

const OPTIONS = {
  settings: DEFAULT_POLICY_SETTINGS,
  random: () => 0,
  outbox: { check: () => {}, decided: () => {} },
};

Deno.test("createPolicy() creates the policy of that name", () => {
  assertInstanceOf(createPolicy("lars", OPTIONS), LarsPolicy);
});

Deno.test("createPolicy() creates every policy it lists, without hosts", () => {
  for (const name of POLICY_NAMES) {
    const balancer = createPolicy(name, OPTIONS)
      .createBalancer({ modId: 1, cmdId: 1 });
    assertEquals([balancer.size, balancer.hosts.size], [0, 0]);
  }
});

Deno.test("createPolicy() names the policies there are when it knows none of that name", () => {
  assertThrows(
    () => createPolicy("random", OPTIONS),
    RangeError,
    'Cannot create policy as its name must be one of "lars"',
  );
});
