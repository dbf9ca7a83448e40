import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { LarsPolicy } from "./lars/policy.ts";
import {
  createPolicy,
  DEFAULT_POLICY_SETTINGS,
  NO_HOST,
  POLICIES,
  POLICY_NAMES,
} from "./mod.ts";

const OPTIONS = {
  settings: DEFAULT_POLICY_SETTINGS,
  random: () => 0,
  outbox: { healthCheck: () => {}, decided: () => {}, changed: () => {} },
};

Deno.test("createPolicy() creates the policy of that name", () => {
  assertInstanceOf(createPolicy("lars", OPTIONS), LarsPolicy);
});

Deno.test("the policies have the names that stores and web know", () => {
  assertEquals([...POLICIES.keys()], POLICY_NAMES);
});

Deno.test("createPolicy() creates every policy it lists, without hosts", () => {
  for (const name of POLICY_NAMES) {
    const balancer = createPolicy(name, OPTIONS)
      .createBalancer({ modId: 1, cmdId: 1 });
    assertEquals(balancer.pick(0), NO_HOST);
  }
});

Deno.test("createPolicy() names the policies there are when it knows none of that name", () => {
  assertThrows(
    () => createPolicy("random", OPTIONS),
    RangeError,
    'Cannot create policy as its name must be one of "lars"',
  );
});
