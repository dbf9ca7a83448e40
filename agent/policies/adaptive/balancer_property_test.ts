import type { CallReport } from "../../../proto/mod.ts";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { seededRandom } from "../../../net/testing/mod.ts";
import { DOUBTED, RESTING } from "./hosts.ts";
import { AdaptivePolicy } from "./policy.ts";
import { NO_HOST } from "../balancer.ts";
import { DEFAULT_POLICY_SETTINGS } from "../settings.ts";

type Step =
  | { kind: "pick"; count: number }
  | { kind: "report"; host: number; fails: boolean; us: number; count: number }
  | { kind: "unused"; host: number }
  | { kind: "check"; host: number; alive: boolean }
  | { kind: "update"; hosts: number[]; weight: number; zone: string }
  | { kind: "inherit"; hosts: number[] }
  | { kind: "wait"; ms: number };

const host = fc.integer({ min: 1, max: 6 });
const hosts = fc.array(host, { maxLength: 6 });
const count = fc.integer({ min: 1, max: 40 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("pick"), count }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("report"),
      host,
      fails: fc.boolean(),
      us: fc.constantFrom(0, 1, 10_000, 4_294_967_295),
      count,
    }),
  },
  fc.record({ kind: fc.constant("unused"), host }),
  fc.record({ kind: fc.constant("check"), host, alive: fc.boolean() }),
  fc.record({
    kind: fc.constant("update"),
    hosts,
    weight: fc.constantFrom(1, 100, 10_000),
    zone: fc.constantFrom("here", "there"),
  }),
  fc.record({ kind: fc.constant("inherit"), hosts }),
  fc.record({
    kind: fc.constant("wait"),
    ms: fc.constantFrom(0, 1, 150, 1_000, 70_000, 86_400_000),
  }),
) as fc.Arbitrary<Step>;

Deno.test("AdaptiveBalancer keeps its promises in any order of events", () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 5, maxLength: 80 }),
      fc.boolean(),
      (steps, checks) => run(steps, checks),
    ),
    { numRuns: 300 },
  );
});

function run(steps: readonly Step[], checks: boolean): void {
  const policy = new AdaptivePolicy({
    settings: { ...DEFAULT_POLICY_SETTINGS, zone: "here" },
    random: seededRandom(1),
    outbox: { check: () => {}, decided: () => {} },
  });
  const balancer = policy.createBalancer({ modId: 1, cmdId: 1 });
  balancer.checks = checks;
  let members = new Set<number>();
  let nowMs = 5;
  function report(ip: number, changes: Partial<CallReport>): void {
    const known = balancer.report(
      { ip, port: 80, returnCode: 0, durationUs: 0, unused: false, ...changes },
      nowMs,
    );
    assertEquals(known, members.has(ip));
  }
  for (const step of steps) {
    switch (step.kind) {
      case "pick":
        for (let call = 0; call < step.count; call++) {
          const slot = balancer.pick(nowMs);
          assertEquals(slot === NO_HOST, members.size === 0);
          if (slot !== NO_HOST) assert(members.has(balancer.hosts.ip[slot]!));
        }
        break;
      case "report":
        for (let call = 0; call < step.count; call++) {
          report(step.host, {
            returnCode: step.fails ? 1 : 0,
            durationUs: step.us,
          });
        }
        break;
      case "unused":
        report(step.host, { unused: true });
        break;
      case "check":
        balancer.checked({ ip: step.host, port: 80 }, step.alive, nowMs);
        break;
      case "update":
        members = new Set(step.hosts);
        balancer.update(
          step.hosts.map((ip) => ({
            ip,
            port: 80,
            weight: ip % 2 === 0 ? 100 : step.weight,
            zone: ip % 3 === 0 ? "here" : step.zone,
          })),
          nowMs,
        );
        break;
      case "inherit":
        balancer.inherit(
          step.hosts.map((ip) => ({
            ip,
            port: 80,
            succ: 0,
            err: 1,
            overload: true,
          })),
          nowMs,
        );
        break;
      case "wait":
        nowMs += step.ms;
        policy.tick(nowMs);
    }
    check(balancer, members);
  }
  balancer.release();
  assertEquals(balancer.hosts.size, 0);
}

function check(
  balancer: ReturnType<AdaptivePolicy["createBalancer"]>,
  members: ReadonlySet<number>,
): void {
  const table = balancer.hosts;
  assertEquals(balancer.size, members.size);
  assertEquals(table.size, members.size);
  const statuses = balancer.status();
  assertEquals(new Set(statuses.map(({ ip }) => ip)), new Set(members));
  for (let slot = 0; slot < table.inFlight.length; slot++) {
    assert(table.inFlight[slot]! >= 0);
    assert(table.failing[slot]! >= 0 && table.worse[slot]! >= 0);
    assert(table.costs[slot]! >= 0);
    assert(table.share[slot]! >= 0 && table.share[slot]! <= 1);
    assert(Number.isFinite(table.latencyMs[slot]!));
    assert([0, 1, DOUBTED, RESTING].includes(table.state[slot]!));
  }
}
