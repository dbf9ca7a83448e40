import { assertEquals } from "@std/assert";
import { parseAddress } from "../../proto/mod.ts";
import { DEFAULT_POLICY_SETTINGS, POLICY_NAMES } from "../policies/mod.ts";
import { ShardFixture } from "../testing/shard_fixture.ts";

const A = "10.0.0.1:1001";
const B = "10.0.0.2:1002";
const KEY = { modId: 1, cmdId: 1 };

function update(fixture: ShardFixture, policy: string | undefined): void {
  fixture.shard.update({
    ...KEY,
    hosts: [parseAddress(A), parseAddress(B)],
    settings: policy === undefined ? {} : { policy },
  }, fixture.nowMs);
}

function policyOf(fixture: ShardFixture): string {
  return fixture.shard.explain(KEY, { nowMs: fixture.nowMs }).policy;
}

for (const own of POLICY_NAMES) {
  for (const other of POLICY_NAMES) {
    Deno.test(`Shard.update() changes a route from ${own} to ${other} and back, and a host out of use stays so`, () => {
      const fixture = new ShardFixture({ policy: own });
      update(fixture, undefined);
      for (let call = 0; call < 100; call++) {
        const host = fixture.getHost("1/1");
        fixture.nowMs += 10;
        fixture.report("1/1", String(host), host === A ? "-" : "+");
      }
      assertEquals(fixture.getRoute("1/1", true), [`${A}!`, B]);
      update(fixture, other);
      assertEquals(policyOf(fixture), other);
      assertEquals(fixture.getRoute("1/1", true), [`${A}!`, B]);
      assertEquals(fixture.getHost("1/1"), B);
      update(fixture, undefined);
      assertEquals(policyOf(fixture), own);
      assertEquals(fixture.getRoute("1/1", true), [`${A}!`, B]);
    });
  }
}

Deno.test("Shard.update() takes the agent's own policy for a route that asks for an unknown one", () => {
  const fixture = new ShardFixture();
  update(fixture, "of-the-future");
  assertEquals(policyOf(fixture), "lars");
  assertEquals(fixture.getHost("1/1"), A);
});

Deno.test("Shard.update() keeps all that is known of the hosts when the policy stays", () => {
  const fixture = new ShardFixture();
  update(fixture, undefined);
  fixture.report("1/1", A, "--+");
  update(fixture, "lars");
  const { hosts } = fixture.shard.explain(KEY, { nowMs: 0 });
  assertEquals([hosts[0]?.succ, hosts[0]?.err], [1, 2]);
});

Deno.test("Shard.configure() changes the policy of routes that name none, at their next update", () => {
  const fixture = new ShardFixture({ policy: "lars" });
  const named = { modId: 1, cmdId: 2 };
  update(fixture, undefined);
  fixture.shard.update({
    ...named,
    hosts: [parseAddress(A)],
    settings: { policy: "lars" },
  }, 0);
  fixture.shard.configure({
    policy: "adaptive",
    settings: DEFAULT_POLICY_SETTINGS,
    healthChecks: true,
  });
  assertEquals(policyOf(fixture), "lars");
  update(fixture, undefined);
  assertEquals(policyOf(fixture), "adaptive");
  fixture.shard.update({
    ...named,
    hosts: [parseAddress(A)],
    settings: { policy: "lars" },
  }, 0);
  assertEquals(fixture.shard.explain(named, { nowMs: 0 }).policy, "lars");
});

Deno.test("Shard.configure() takes constants of [loadbalance] that policies use at once", () => {
  const fixture = new ShardFixture();
  update(fixture, undefined);
  // Fifteen failures in a row make a host overloaded, unless it is said otherwise.
  fixture.report("1/1", A, "---");
  assertEquals(fixture.getRoute("1/1", true), [A, B]);
  const loadBalance = {
    ...DEFAULT_POLICY_SETTINGS.loadBalance,
    continuousErrorLimit: 4,
  };
  fixture.shard.configure({
    policy: "lars",
    settings: { ...DEFAULT_POLICY_SETTINGS, loadBalance },
    healthChecks: true,
  });
  fixture.report("1/1", A, "-");
  assertEquals(fixture.getRoute("1/1", true), [`${A}!`, B]);
  // Defaults of others are theirs.
  assertEquals(DEFAULT_POLICY_SETTINGS.loadBalance.continuousErrorLimit, 15);
});
