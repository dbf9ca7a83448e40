/** Hosts that a person has taken out, under every policy. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import {
  formatAddress,
  parseAddress,
  type RouteHost,
  WEIGHT_DRAINED,
} from "../../proto/mod.ts";
import { DEFAULT_POLICY_SETTINGS, POLICY_NAMES } from "../policies/mod.ts";
import { Shard } from "../shard/shard.ts";

const KEY = { modId: 1, cmdId: 1 };
const FAILED = { returnCode: 1, durationUs: 0, unused: false };

function shardOf(policy: string): Shard {
  return new Shard({
    policy,
    settings: DEFAULT_POLICY_SETTINGS,
    healthChecks: false,
    random: Math.random,
    outbox: {
      pull: () => {},
      status: () => {},
      forget: () => {},
      healthCheck: () => {},
      totalsDue: () => {},
      totals: () => {},
      states: () => {},
      events: () => {},
    },
  });
}

/** Hosts 10.0.0.1 to 10.0.0.N: those that are not drained by their weight, in this order. */
function hostsOf(weights: readonly (number | undefined)[]): RouteHost[] {
  return weights.map((weight, index) => ({
    ...parseAddress(`10.0.0.${index + 1}:80`),
    ...(weight !== undefined && { weight }),
  }));
}

function picked(shard: Shard, count = 60): string[] {
  const found = new Set<string>();
  for (let pick = 0; pick < count; pick++) {
    const outcome = shard.pick(KEY, pick);
    found.add(
      outcome.state === "found" ? formatAddress(outcome.host) : outcome.state,
    );
  }
  return [...found].sort();
}

for (const policy of POLICY_NAMES) {
  Deno.test(`a drained host gets no calls under ${policy}, and is called again when it is not drained`, () => {
    const shard = shardOf(policy);
    const update = (...weights: (number | undefined)[]) =>
      shard.update({ ...KEY, hosts: hostsOf(weights) }, 0);
    update(undefined, undefined, 100);
    assertEquals(picked(shard).length, 3);
    update(undefined, WEIGHT_DRAINED, 100);
    assertEquals(picked(shard), ["10.0.0.1:80", "10.0.0.3:80"]);
    update(WEIGHT_DRAINED, WEIGHT_DRAINED, 100);
    assertEquals(picked(shard), ["10.0.0.3:80"]);
    update(WEIGHT_DRAINED, WEIGHT_DRAINED, WEIGHT_DRAINED);
    assertEquals(picked(shard), ["overloaded"]);
    update(WEIGHT_DRAINED, undefined, WEIGHT_DRAINED);
    assertEquals(picked(shard), ["10.0.0.2:80"]);
    update(50, undefined);
    assertEquals(picked(shard), ["10.0.0.1:80", "10.0.0.2:80"]);
    shard.update({ ...KEY, hosts: hostsOf([WEIGHT_DRAINED]) }, 0);
    assertEquals(picked(shard), ["overloaded"]);
  });

  Deno.test(`reports of a drained host are taken under ${policy}, and explain says that it is drained`, () => {
    const shard = shardOf(policy);
    shard.update({ ...KEY, hosts: hostsOf([undefined, undefined]) }, 0);
    const [first] = hostsOf([undefined]);
    shard.report(KEY, { ...first!, ...FAILED }, 1);
    shard.update({ ...KEY, hosts: hostsOf([WEIGHT_DRAINED, undefined]) }, 2);
    for (let count = 0; count < 40; count++) {
      assertEquals(shard.report(KEY, { ...first!, ...FAILED }, 3), true);
    }
    const { hosts } = shard.explain(KEY, { nowMs: 4 });
    const host = hosts.find(({ ip }) => ip === first!.ip)!;
    assertEquals([host.err, host.overload, host.drained], [41, false, true]);
    assertStringIncludes(host.reason, "Drained: it gets no calls");
    assertEquals(hosts[1]?.drained, undefined);
    assertEquals(shard.list(KEY, 5).hosts.length, 2);
  });

  Deno.test(`property: under ${policy} no update brings a drained host a call, or any other out of reach`, () => {
    const weight = fc.constantFrom(undefined, 0, 50, 100);
    const updates = fc.array(
      fc.array(weight, { minLength: 1, maxLength: 20 }),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(updates, fc.infiniteStream(fc.boolean()), (all, changes) => {
        const shard = shardOf(policy);
        for (const weights of all) {
          const hosts = hostsOf(weights);
          const settings = changes.next().value
            ? { settings: { policy: POLICY_NAMES[0]! } }
            : {};
          shard.update({ ...KEY, hosts, ...settings }, 0);
          const open = hosts.filter(({ weight }) => weight !== 0)
            .map(formatAddress).sort();
          const got = picked(shard, 400);
          if (open.length === 0) assertEquals(got, ["overloaded"]);
          else assertEquals(got.filter((each) => !open.includes(each)), []);
          assertEquals(shard.hosts.size, hosts.length);
        }
      }),
      { numRuns: 50 },
    );
  });
}
