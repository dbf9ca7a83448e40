import { assertAlmostEquals, assertEquals } from "@std/assert";
import { Evidence } from "./likelihood.ts";
import { AdaptiveHosts } from "./hosts.ts";
import { DEFAULT_ADAPTIVE_SETTINGS } from "../settings.ts";

function begin(): { hosts: AdaptiveHosts; slot: number; evidence: Evidence } {
  const hosts = new AdaptiveHosts();
  const slot = hosts.allocate({ ip: 1, port: 80 });
  return {
    hosts,
    slot,
    evidence: new Evidence(hosts, DEFAULT_ADAPTIVE_SETTINGS),
  };
}

for (
  const [level, failing, worse] of [
    [0.0001, 8.52, 6.21],
    [0.002, 5.52, 3.22],
    [0.01, 3.92, 2.3],
    [0.12, 1.54, 1.54],
    [0.5, 0.41, 0.41],
    [0.99, 0.01, 0.01],
  ] as const
) {
  Deno.test(`Evidence.failed() is ${failing} nats where ${level * 100} % fail`, () => {
    const { hosts, slot, evidence } = begin();
    const nats = evidence.failed(slot, level);
    assertAlmostEquals(nats, failing, 0.01);
    assertAlmostEquals(hosts.failing[slot]!, failing, 0.01);
    assertAlmostEquals(hosts.worse[slot]!, worse, 0.01);
  });
}

Deno.test("Evidence.succeeded() takes ln 2 away, and never makes it less than none", () => {
  const { hosts, slot, evidence } = begin();
  evidence.failed(slot, 0.12);
  evidence.succeeded(slot, 0.12);
  assertAlmostEquals(hosts.failing[slot]!, 1.54 - 0.69, 0.01);
  for (let call = 0; call < 100; call++) evidence.succeeded(slot, 0.12);
  assertEquals([hosts.failing[slot], hosts.worse[slot]], [0, 0]);
});

for (
  const [times, calls, slow] of [
    [1, 100, 0],
    [4, 100, 0],
    [6, 100, 0],
    [10, 10, 5.84],
    [40, 10, 30],
    [1_000, 10, 30],
  ] as const
) {
  Deno.test(`Evidence.took() is ${slow} nats after ${calls} calls that took ${times} times as long as usual`, () => {
    const { hosts, slot, evidence } = begin();
    for (let call = 0; call < calls; call++) evidence.took(slot, times);
    assertAlmostEquals(hosts.slow[slot]!, slow, 0.01);
  });
}
