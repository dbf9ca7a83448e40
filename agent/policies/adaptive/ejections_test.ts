import { assert, assertEquals } from "@std/assert";
import { DEAD, Service } from "../../testing/adaptive_service.ts";

/** When host 3 was risked a call, in seconds since it died. */
function risks(service: Service, seconds: number): number[] {
  const at: number[] = [];
  for (let step = 0; step < seconds * 10; step++) {
    service.run(0.1, 1_000);
    for (let call = 0; call < service.sent[3]!; call++) at.push(step / 10);
  }
  return at;
}

Deno.test("HostRests lets each rest be eight times as long as the one before, up to a minute", () => {
  const service = new Service(10).run(10, 1_000);
  service.set(3, DEAD);
  const at = risks(service, 200);
  const rests = at.slice(1).map((seconds, index) => seconds - at[index]!);
  assertEquals(rests.length, 5);
  for (const [index, most] of [1, 8, 60, 60, 60].entries()) {
    assert(
      rests[index]! > most * 0.85 - 0.2 && rests[index]! < most + 0.2,
      `${rests}`,
    );
  }
});

Deno.test("HostRests risks no more than one call in 1,000 on ejected hosts", () => {
  const service = new Service(10, { settings: { restMaxMs: 100 } });
  service.run(10, 100);
  for (let host = 0; host < 5; host++) service.set(host, DEAD);
  service.run(100, 100);
  const probes = service.decisions
    .filter(({ text }) => text.startsWith("Probed")).length;
  assert(probes >= 8 && probes <= 3 + 11, `${probes} probes`);
});

Deno.test("HostRests takes a call that nobody reports for no failure, and asks again", () => {
  const service = new Service(10).run(10, 1_000);
  service.set(3, DEAD);
  service.run(5, 1_000);
  service.set(3, { reported: 0 });
  service.run(60, 1_000);
  service.set(3);
  service.run(60, 1_000);
  assertEquals(service.told(3).at(-1), "Returns");
});

Deno.test("HostRests checks no host of a route that may not", () => {
  const service = new Service(10).run(10, 1_000);
  service.set(3, DEAD);
  service.run(60, 1_000);
  assertEquals(service.checks, []);
});

Deno.test("HostRests finds by checks that a host is back, without a user's call", () => {
  const service = new Service(10, { checks: true }).run(10, 1_000);
  service.set(3, DEAD);
  service.run(60, 1_000);
  assertEquals(service.failed, 1);
  service.set(3);
  service.run(70, 1_000);
  assertEquals([service.failed, service.resting], [0, ""]);
});

Deno.test("HostRests believes no refused check where no host accepts one", () => {
  const service = new Service(10, { checks: true });
  service.setAll({ accepts: false });
  service.run(10, 1_000);
  service.set(3, { fails: 1, accepts: false });
  service.run(20, 1_000);
  assert(service.checks.length > 0);
  assert(!service.decisions.some(({ text }) => text.includes("refuses")));
  service.set(3, { accepts: false });
  service.run(70, 1_000);
  assertEquals(service.resting, "");
});

Deno.test("HostRests risks a call when checks are never answered, or fail for minutes", () => {
  for (const accepts of [undefined, false]) {
    const service = new Service(10, { checks: true }).run(10, 1_000);
    service.set(3, DEAD);
    service.run(20, 1_000);
    service.set(3, { accepts });
    service.run(480, 200);
    assertEquals(service.resting, "");
  }
});

Deno.test("HostRests does not check hosts of a route that nobody uses", () => {
  const service = new Service(10, { checks: true }).run(10, 1_000);
  service.set(3, DEAD);
  service.run(1, 1_000);
  const before = service.checks.length;
  for (let tick = 0; tick < 10_000; tick++) {
    service.policy.tick(service.nowMs + tick * 100);
  }
  assert(service.checks.length <= before + 1);
});
