import { assert, assertEquals } from "@std/assert";
import { DEAD, LoadFixture } from "../../testing/load_fixture.ts";
import { SUSPECT } from "./hosts.ts";
import { HostReason } from "../../../proto/mod.ts";

/** Ten hosts that have had their calls for 10 s, and of which a slow one is ejected before it is avoided. */
function slowService(): LoadFixture {
  const settings = { latencyTolerance: 1_000 };
  return new LoadFixture(10, { settings }).run(10, 1_000);
}

/** When host 3 was called, in seconds since it died. */
function callsTo3(service: LoadFixture, seconds: number): number[] {
  const at: number[] = [];
  for (let step = 0; step < seconds * 10; step++) {
    service.run(0.1, 1_000);
    for (let call = 0; call < service.sent[3]!; call++) at.push(step / 10);
  }
  return at;
}

Deno.test("Ejections.extend() makes each ejection eight times as long as the one before, up to a minute", () => {
  const service = new LoadFixture(10).run(10, 1_000);
  service.set(3, DEAD);
  const at = callsTo3(service, 200);
  const waits = at.slice(1).map((seconds, index) => seconds - at[index]!);
  assertEquals(waits.length, 5);
  for (const [index, most] of [1, 8, 60, 60, 60].entries()) {
    assert(
      waits[index]! > most * 0.85 - 0.2 && waits[index]! < most + 0.2,
      `${waits}`,
    );
  }
});

Deno.test("Ejections.step() probes ejected hosts with no more than one call in 1,000", () => {
  const service = new LoadFixture(10, { settings: { ejectionMaxMs: 100 } });
  service.run(10, 100);
  for (let host = 0; host < 5; host++) service.set(host, DEAD);
  service.run(100, 100);
  const probes = service.decisions
    .filter(({ text }) => text.startsWith("Probed")).length;
  assert(probes >= 8 && probes <= 3 + 11, `${probes} probes`);
});

Deno.test("Ejections.step() takes a probe without a report for no failure, and probes again", () => {
  const service = new LoadFixture(10).run(10, 1_000);
  service.set(3, DEAD);
  service.run(5, 1_000);
  service.set(3, { reported: 0 });
  service.run(60, 1_000);
  service.set(3);
  service.run(60, 1_000);
  assertEquals(service.events(3).at(-1), "Returns");
});

for (
  const [reason, conduct] of [
    ["fails", DEAD],
    ["is slow", { latencyMs: 1_000 }],
  ] as const
) {
  Deno.test(`Ejections.probeNow() brings a host that ${reason} back although its first probe is slow by chance`, () => {
    const service = slowService();
    service.set(3, conduct);
    service.run(20, 1_000);
    service.set(3, { latencyMs: 80 });
    let seconds = 0;
    while (service.run(0.01, 1_000).sent[3] === 0) {
      assert((seconds += 0.01) < 60);
    }
    service.set(3);
    service.run(2, 1_000);
    assertEquals(service.events(3).slice(-3), ["Probed", "Probed", "Returns"]);
  });
}

Deno.test("Ejections.probeNow() gives a host that stays slow three probes, as one may be slow by chance", () => {
  const service = slowService();
  service.set(3, DEAD);
  service.run(5, 1_000);
  service.set(3, { latencyMs: 1_000 });
  service.run(60, 1_000);
  assertEquals(service.events(3).slice(-4), [
    "Probed",
    "Probed",
    "Probed",
    "Ejected",
  ]);
  assertEquals(service.ejected, "3");
});

Deno.test("Ejections.step() health checks no host of a route that may not", () => {
  const service = new LoadFixture(10).run(10, 1_000);
  service.set(3, DEAD);
  service.run(60, 1_000);
  assertEquals(service.checks, []);
});

Deno.test("Ejections.onHealthCheck() finds that a host is back, without a program's call", () => {
  const service = new LoadFixture(10, { healthChecks: true }).run(10, 1_000);
  service.set(3, DEAD);
  service.run(60, 1_000);
  assertEquals(service.failed, 1);
  service.set(3);
  service.run(70, 1_000);
  assertEquals([service.failed, service.ejected], [0, ""]);
});

Deno.test("Ejections.onHealthCheck() believes no refusal where no host accepts a check", () => {
  const service = new LoadFixture(10, { healthChecks: true });
  service.setAll({ accepts: false });
  service.run(10, 1_000);
  service.set(3, { fails: 1, accepts: false });
  service.run(20, 1_000);
  assert(service.checks.length > 0);
  assert(!service.decisions.some(({ text }) => text.includes("refuses")));
  service.set(3, { accepts: false });
  service.run(70, 1_000);
  assertEquals(service.ejected, "");
});

Deno.test("Ejections.step() probes when health checks are never answered, or fail for an hour", () => {
  for (const accepts of [undefined, false]) {
    const service = new LoadFixture(10, { healthChecks: true }).run(10, 1_000);
    service.set(3, DEAD);
    service.run(20, 1_000);
    service.set(3, { accepts });
    service.run(3_900, 20);
    assertEquals(service.ejected, "");
  }
});

Deno.test("Ejections.stepHealthChecks() checks a host when it is due, with no pick at that time and no tick before", () => {
  const service = new LoadFixture(10, { healthChecks: true }).run(10, 1_000);
  service.set(3, DEAD);
  service.run(1, 1_000);
  const { policy } = service.route;
  const before = service.checks.length;
  const dueMs = policy.dueMs();
  assert(dueMs > service.nowMs && dueMs < service.nowMs + 60_000);
  policy.tick(dueMs - 1);
  assertEquals(service.checks.length, before);
  policy.tick(dueMs);
  assertEquals(service.checks.slice(before), [3]);
  // Nor is it due again at once, which would keep a thread busy.
  assert(policy.dueMs() > dueMs);
});

Deno.test("Ejections.stepHealthChecks() checks no hosts of a route without picks", () => {
  const service = new LoadFixture(10, { healthChecks: true }).run(10, 1_000);
  service.set(3, DEAD);
  service.run(1, 1_000);
  const before = service.checks.length;
  for (let tick = 0; tick < 10_000; tick++) {
    service.route.policy.tick(service.nowMs + tick * 100);
  }
  assert(service.checks.length <= before + 1);
});

Deno.test("Ejections.restore() holds failures against each of many suspects, as the columns of histories grow", () => {
  const service = new LoadFixture(50);
  const { route, nowMs, shared: { hosts, settings } } = service;
  const rows = route.hosts.rows.slice(0, 20);
  route.hosts.restore(
    rows.map((row) => ({
      ...route.table.address(row),
      state: "suspect",
      reason: HostReason.failing,
      forMs: 100,
      waitMs: 900,
      ejections: 0,
    })),
    nowMs,
  );
  for (const row of rows) {
    assertEquals(hosts.state[row], SUSPECT);
    assertEquals(hosts.failingCusumOf(row), settings.suspectThreshold);
  }
});

Deno.test("Ejections.eject() forgets the calls that are still in flight: the first probe decides", () => {
  for (let seed = 1; seed <= 3; seed++) {
    const service = new LoadFixture(4, { seed });
    service.setAll({ latencyMs: 100 });
    service.run(8, 1_000);
    const untilMs = service.nowMs + 2_000;
    while (service.nowMs < untilMs) {
      const latencyMs = Math.max(100, untilMs - service.nowMs);
      service.set(3, { latencyMs });
      service.run(0.005, 1_000);
    }
    service.set(3, { latencyMs: 100 });
    service.run(3, 1_000);
    assertEquals(service.events(3).slice(-2), ["Probed", "Returns"]);
  }
});

Deno.test("Ejections.probedMsOf() tells a call that began before the probe from it", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const service = new LoadFixture(4, { seed });
    service.setAll({ latencyMs: 100 });
    service.run(20, 100);
    // It hangs for a second: half of the callers give up after 0.5 s, half after 2 s.
    for (let call = 0; call < 100; call++) {
      service.set(3, { fails: 1, failureMs: call % 2 === 0 ? 500 : 2_000 });
      service.run(0.01, 100);
    }
    service.set(3, { latencyMs: 100 });
    service.run(30, 100);
    assertEquals(service.events(3), [], `seed ${seed}`);
  }
});

Deno.test("Ejections.probedMsOf() keeps no host out whose callers say that calls took longer than they did", () => {
  const service = new LoadFixture(4).run(10, 100);
  service.set(3, DEAD);
  service.run(5, 100);
  // The caller counts its wait for an earlier host too.
  service.set(3, { latencyMs: 10, saysMs: 40 });
  service.run(90, 100);
  assert(service.events(3).includes("Returns"), `${service.events(3)}`);
});
