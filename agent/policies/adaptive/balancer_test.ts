import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { addressOf, DEAD, LoadFixture } from "../../testing/load_fixture.ts";
import { NO_HOST } from "../balancer.ts";

const SEEDS = 20;

/** Asserts that `count` is at most `worst` for each of 20 seeds, and `mean` for all on average. */
function assertBounds(
  bounds: { worst: number; mean: number },
  count: (seed: number) => number,
): void {
  const counts = Array.from({ length: SEEDS }, (_, index) => count(index + 1));
  const mean = counts.reduce((sum, each) => sum + each, 0) / SEEDS;
  assert(Math.max(...counts) <= bounds.worst, `by seed: ${counts}`);
  assert(mean <= bounds.mean, `mean ${mean}, by seed: ${counts}`);
}

Deno.test("AdaptiveBalancer gives equal hosts equal shares", () => {
  const service = new LoadFixture(10).run(60, 1_000);
  for (let host = 0; host < 10; host++) {
    assert(Math.abs(service.share(host) - 1) < 0.1, `${service.sent}`);
  }
});

Deno.test("AdaptiveBalancer sends a dead host at most two calls in the first second, and five in two minutes", () => {
  assertBounds({ worst: 2, mean: 2 }, (seed) => {
    const service = new LoadFixture(10, { seed }).run(10, 1_000);
    service.set(3, DEAD);
    return service.run(1, 1_000).failed;
  });
  // The fifth is due after 121 s on average, 3 s earlier or later.
  assertBounds({ worst: 5, mean: 4.75 }, (seed) => {
    const service = new LoadFixture(10, { seed }).run(10, 1_000);
    service.set(3, DEAD);
    service.run(120, 1_000);
    assertEquals(service.ejected, "3");
    return service.failed;
  });
});

Deno.test("AdaptiveBalancer sends one call to a dead host that it may health check", () => {
  assertBounds({ worst: 1, mean: 1 }, (seed) => {
    const service = new LoadFixture(10, { healthChecks: true, seed });
    service.run(10, 1_000).set(3, DEAD);
    service.run(120, 1_000);
    assertEquals(service.ejected, "3");
    return service.failed;
  });
});

Deno.test("AdaptiveBalancer leaves a silent host before its first call has timed out", () => {
  assertBounds({ worst: 3, mean: 2 }, (seed) => {
    const service = new LoadFixture(10, { seed }).run(10, 1_000);
    service.set(3, { fails: 1, failureMs: 500 });
    const calls = service.run(0.45, 1_000).sent[3]!;
    service.run(5, 1_000);
    assertEquals(service.ejected, "3");
    return calls;
  });
});

Deno.test("AdaptiveBalancer ejects a host that fails 30 %, and lets no lucky call bring it back for long", () => {
  assertBounds({ worst: 8, mean: 5 }, (seed) => {
    const service = new LoadFixture(10, { seed }).run(10, 1_000);
    service.set(3, { fails: 0.3 });
    return service.run(120, 1_000).failed;
  });
});

Deno.test("AdaptiveBalancer ejects a host that fails 5 % where others never fail", () => {
  const service = new LoadFixture(10).run(10, 1_000);
  service.set(3, { fails: 0.05 });
  service.run(20, 1_000);
  assertEquals(service.events(3).includes("Ejected"), true);
});

for (const fails of [0.02, 0.12, 0.5]) {
  Deno.test(`AdaptiveBalancer ejects no host when all hosts begin to fail ${fails * 100} %`, () => {
    const service = new LoadFixture(10).run(20, 1_000);
    service.setAll({ fails });
    service.run(60, 1_000);
    assertEquals(service.decisions.map(({ text }) => text), []);
    for (let host = 0; host < 10; host++) assert(service.share(host) > 0.5);
  });
}

Deno.test("AdaptiveBalancer uses all hosts when all begin to fail 90 %", () => {
  const service = new LoadFixture(10).run(20, 1_000);
  service.setAll({ fails: 0.9 });
  service.run(60, 1_000);
  assertEquals([service.hostless, service.ejected], [0, ""]);
});

Deno.test("AdaptiveBalancer gives a host of a quarter of the speed fewer calls, and does not eject it", () => {
  const service = new LoadFixture(10);
  service.set(3, { latencyMs: 40 });
  service.run(60, 1_000);
  assert(service.share(3) < 0.5, `${service.share(3)}`);
  assertEquals(service.decisions, []);
});

for (const durations of [true, false]) {
  Deno.test(`AdaptiveBalancer nearly leaves a host ten times slower when callers ${durations ? "" : "do not "}say how long calls took`, () => {
    const service = new LoadFixture(10, { durations });
    service.set(3, { latencyMs: 100 });
    service.run(10, 1_000).run(60, 1_000);
    assert(service.share(3) < 0.05, `${service.share(3)}`);
  });
}

Deno.test("AdaptiveBalancer gives equal hosts equal shares, however little latencyTolerance allows", () => {
  const service = new LoadFixture(10, {
    settings: { latencyTolerance: 0.625 },
  });
  service.setAll({ varies: true });
  service.run(60, 2_000);
  for (let host = 0; host < 10; host++) {
    assertAlmostEquals(service.share(host), 1, 0.1);
  }
});

Deno.test("AdaptiveBalancer ejects a host a hundred times slower, and brings it back when it is well", () => {
  const service = new LoadFixture(10, {
    settings: { latencyTolerance: 1_000 },
  });
  service.run(5, 1_000);
  service.set(3, { latencyMs: 1_000 });
  service.run(20, 1_000);
  assertEquals(service.events(3)[0], "Ejected");
  service.set(3);
  service.run(70, 1_000).run(20, 1_000);
  assert(Math.abs(service.share(3) - 1) < 0.1);
});

Deno.test("AdaptiveBalancer ejects no host when all hosts become a hundred times slower", () => {
  const service = new LoadFixture(10).run(5, 1_000);
  service.setAll({ latencyMs: 1_000 });
  service.run(30, 1_000);
  assertEquals(service.decisions, []);
});

Deno.test("AdaptiveBalancer sends no more calls to a host that fails fast", () => {
  assertBounds({ worst: 4, mean: 3 }, (seed) => {
    const service = new LoadFixture(3, { seed }).run(5, 1_000);
    service.set(1, { fails: 1, failureMs: 0.1 });
    return service.run(10, 1_000).failed;
  });
});

Deno.test("AdaptiveBalancer takes a host that fails fast for no faster", () => {
  const service = new LoadFixture(2).run(5, 100);
  service.setAll({ fails: 0.5, failureMs: 0.1 });
  service.run(20, 100);
  for (const { reason } of service.route.hosts.explain(service.nowMs)) {
    assert(reason.includes("latency 10.0 ms"), reason);
  }
});

Deno.test("AdaptiveBalancer brings a host back to its share within 10 s of its first success, and not above", () => {
  const service = new LoadFixture(10).run(10, 1_000);
  service.set(3, DEAD);
  service.run(30, 1_000);
  service.set(3);
  let seconds = 0;
  while (service.run(1, 1_000).sent[3] === 0) assert(++seconds < 61);
  service.run(4, 1_000);
  assert(service.share(3) < 1.2);
  service.run(5, 1_000);
  assert(service.share(3) > 0.8 && service.share(3) < 1.2);
});

for (
  const [slow, { seconds, latencyMs }] of [
    ["its first eight calls", { seconds: 1, latencyMs: 40 }],
    ["its calls for 10 s", { seconds: 10, latencyMs: 20 }],
  ] as const
) {
  Deno.test(`AdaptiveBalancer brings a host back to its share soon after ${slow} were slow`, () => {
    const service = new LoadFixture(10).run(10, 1_000);
    service.set(3, DEAD);
    service.run(5, 1_000).set(3);
    while (service.events(3).at(-1) !== "Returns") {
      service.run(0.1, 1_000);
      assert(service.nowMs < 1_100_000);
    }
    service.set(3, { latencyMs });
    service.run(seconds, 1_000).set(3);
    service.run(4, 1_000).run(1, 1_000);
    assert(service.share(3) > 0.5, `${service.share(3)}`);
  });
}

Deno.test("AdaptiveBalancer calls all hosts when all are dead, and all at once when one answers", () => {
  const service = new LoadFixture(10).run(10, 1_000);
  service.setAll(DEAD);
  service.run(20, 1_000);
  assertEquals(service.hostless, 0);
  service.setAll();
  service.run(1, 1_000).run(2, 1_000);
  assertEquals([service.failed, service.hostless], [0, 0]);
  for (let host = 0; host < 10; host++) assert(service.share(host) < 1.5);
});

Deno.test("AdaptiveBalancer uses the last host alone when the others are dead, with four calls to each", () => {
  assertBounds({ worst: 8, mean: 8 }, (seed) => {
    const service = new LoadFixture(3, { seed }).run(10, 300);
    service.set(0, DEAD);
    service.set(1, DEAD);
    service.run(60, 300);
    assertEquals(service.ejected, "0 1");
    return service.failed;
  });
});

Deno.test("AdaptiveBalancer never refuses the only host", () => {
  const service = new LoadFixture(1).run(5, 100);
  service.set(0, DEAD);
  service.run(10, 100);
  assertEquals([service.sent[0], service.hostless], [1_000, 0]);
  service.set(0);
  service.run(1, 100);
  assertEquals([service.failed, service.ejected], [0, ""]);
});

Deno.test("AdaptiveBalancer answers NO_HOST only without hosts", () => {
  assertEquals(new LoadFixture(0).call(), NO_HOST);
});

Deno.test("AdaptiveBalancer does not mistake lost reports for load or failure", () => {
  const service = new LoadFixture(10);
  service.setAll({ reported: 0.9 });
  service.set(3, { reported: 0.9, latencyMs: 40 });
  service.run(60, 1_000);
  assertEquals(service.decisions, []);
  assert(service.share(3) < 0.5, `${service.share(3)}`);
  const { hosts } = service.shared;
  for (const row of service.route.hosts.rows) {
    assert(hosts.inFlightOf(row) < 10);
  }
});

Deno.test("AdaptiveBalancer spreads calls of clients that never report", () => {
  const service = new LoadFixture(10);
  service.setAll({ reported: 0 });
  service.run(60, 1_000);
  assertEquals(service.decisions, []);
  for (let host = 0; host < 10; host++) {
    assert(Math.abs(service.share(host) - 1) < 0.1);
  }
});

Deno.test("AdaptiveBalancer believes no failures of calls that it did not give", () => {
  const service = new LoadFixture(10).run(10, 100);
  for (let count = 0; count < 1_000; count++) {
    assertEquals(service.report(3, false), true);
  }
  service.run(1, 1_000);
  assertEquals(service.decisions, []);
  assert(Math.abs(service.share(3) - 1) < 0.2);
});

Deno.test("AdaptiveBalancer.report() takes an unused pick back", () => {
  const service = new LoadFixture(2);
  const { route: { hosts, table }, shared, nowMs } = service;
  assertEquals(service.report(7, true), false);
  const row = hosts.balancer.pick(nowMs);
  const unused = { returnCode: 1, durationUs: 0, unused: true };
  hosts.report({ ...table.address(row), ...unused }, nowMs);
  assertEquals(shared.hosts.inFlightOf(row), 0);
  assertEquals(hosts.status().map(({ err }) => err), [0, 0]);
});

Deno.test("AdaptiveBalancer gives calls by weight", () => {
  const weights = [100, 200, 300, 400];
  const service = new LoadFixture(weights.map((weight) => ({ weight })));
  service.run(30, 1_000);
  const all = service.sent.reduce((sum, count) => sum + count, 0);
  const shares = service.sent.map((sent) => Math.round(sent / all * 20) / 2);
  assertEquals(shares, [1, 2, 3, 4]);
});

Deno.test("AdaptiveBalancer stays in its zone until that is overloaded or dead", () => {
  const zones = ["here", "here", "there", "there"].map((zone) => ({ zone }));
  assertBounds({ worst: 6, mean: 5 }, (seed) => {
    const service = new LoadFixture(zones, { zone: "here", seed });
    service.run(10, 500);
    assertEquals(service.sent.slice(2), [0, 0]);
    service.set(0, { latencyMs: 200 });
    service.set(1, { latencyMs: 200 });
    service.run(10, 500).run(10, 500);
    assert(service.share(2) > 0.2, `${service.share(2)}`);
    service.set(0, DEAD);
    service.set(1, DEAD);
    return service.run(1, 500).run(10, 500).failed;
  });
});

Deno.test("AdaptiveBalancer keeps what it knows of hosts that stay, and forgets those that go", () => {
  const service = new LoadFixture(4).run(10, 400);
  service.set(1, DEAD);
  service.run(10, 400);
  const { route: { hosts, table }, nowMs } = service;
  const options = { healthChecks: false, nowMs };
  hosts.update([addressOf(0), addressOf(1), addressOf(5)], options);
  assertEquals([table.size, service.ejected], [3, "1"]);
  hosts.update([addressOf(0)], options);
  hosts.update([addressOf(0), addressOf(1)], options);
  assertEquals(service.ejected, "");
  hosts.release();
  assertEquals(table.size, 0);
});

Deno.test("AdaptiveBalancer.update() begins with hosts ejected that the balancer before had out of use", () => {
  const service = new LoadFixture(3).run(10, 300);
  service.set(1, DEAD);
  service.run(10, 300);
  const { route, nowMs } = service;
  const balancer = route.policy.createBalancer({ modId: 1, cmdId: 2 });
  service.set(1);
  route.hosts.update([0, 1, 2].map(addressOf), {
    healthChecks: false,
    nowMs,
    balancer,
  });
  assertEquals(service.ejected, "1");
  service.run(0.5, 100);
  assertEquals(service.sent[1], 0);
  service.run(20, 100);
  assertEquals(service.ejected, "");
});

Deno.test("AdaptiveBalancer.explain() gives the state of a host and the numbers behind it", () => {
  const service = new LoadFixture(3).run(10, 300);
  service.set(1, DEAD);
  service.run(12, 300);
  const reasons = service.route.hosts.explain(service.nowMs)
    .map(({ reason }) => reason.split(/[,:]/)[0]);
  assertEquals(reasons[0], "Serving for 22.0 s");
  assert(/^Ejected for \d\.\d s$/.test(reasons[1]!), reasons[1]);
});

Deno.test("AdaptiveBalancer reports ejections, probes and returns, and nothing else", () => {
  const service = new LoadFixture(10).run(10, 1_000);
  service.set(3, DEAD);
  service.run(30, 1_000);
  service.set(3);
  service.run(70, 1_000);
  const events = service.events(3);
  assertEquals([events[0], events.at(-2), events.at(-1)], [
    "Ejected",
    "Probed",
    "Returns",
  ]);
  assertEquals(service.decisions.length, events.length);
  assert(events.length < 10);
});

Deno.test("AdaptiveBalancer leaves a host its calls after a first one that took 200 times as long", () => {
  for (const callsPerSecond of [10, 200]) {
    const service = new LoadFixture(5);
    service.setAll({ latencyMs: 1 });
    service.set(2, { latencyMs: 200 });
    while (service.sent[2] === 0) service.run(0.1, callsPerSecond);
    service.set(2, { latencyMs: 1 });
    service.run(1, callsPerSecond).run(30, callsPerSecond);
    assert(service.share(2) > 0.75, `${callsPerSecond}: ${service.sent}`);
  }
});

Deno.test("AdaptiveBalancer sees that a new host is slow as soon on an old route as on a new one", () => {
  const calls = [1, 100].map((seconds) => {
    const service = new LoadFixture(3).run(seconds, 1_000);
    const hosts = [0, 1, 2, 3].map(addressOf);
    const { route, nowMs } = service;
    service.set(3, { latencyMs: 100 });
    route.hosts.update(hosts, { healthChecks: false, nowMs });
    return service.run(2, 1_000).sent[3]!;
  });
  assert(calls[1]! <= calls[0]! + 5, `${calls}`);
});

Deno.test("AdaptiveBalancer ejects a host that fails 15 % where the others fail 5 %", () => {
  const service = new LoadFixture(10);
  service.setAll({ fails: 0.05 });
  service.run(10, 1_000);
  service.set(3, { fails: 0.15 });
  service.run(60, 1_000);
  assertEquals(service.events(3)[0], "Ejected");
  assertEquals(service.decisions.length, service.events(3).length);
});

Deno.test("AdaptiveBalancer believes refusals although the first host of the route is dead too", () => {
  const service = new LoadFixture(10, { healthChecks: true }).run(5, 1_000);
  for (const host of [0, 1, 2]) service.set(host, DEAD);
  assert(service.run(0.2, 1_000).failed <= 6);
  assertEquals(service.ejected, "0 1 2");
  assertEquals(service.run(120, 1_000).failed, 0);
});

Deno.test("AdaptiveBalancer probes a dead host no more often where the others fail 3 %", () => {
  const service = new LoadFixture(10);
  service.setAll({ fails: 0.03 });
  service.run(20, 1_000);
  service.set(3, DEAD);
  service.run(1, 1_000).run(120, 1_000);
  assert(service.sent[3]! <= 4, `${service.sent}`);
});

Deno.test("AdaptiveBalancer takes hosts back soon where those in use fail a fifth of their calls", () => {
  const service = new LoadFixture(10).run(10, 1_000);
  for (const host of [0, 1, 2]) service.set(host, DEAD);
  service.run(20, 1_000);
  for (let host = 3; host < 10; host++) service.set(host, { fails: 0.2 });
  service.run(1, 1_000);
  for (const host of [0, 1, 2]) service.set(host);
  service.run(2, 1_000).run(1, 1_000);
  for (const host of [0, 1, 2]) assert(service.share(host) > 0.8);
});

/** More than any call can take: 2^32 - 1 microseconds. */
const FORGED_US = 2 ** 32 - 1;

for (const healthChecks of [true, false]) {
  const checked = healthChecks ? "checked" : "not checked";
  Deno.test(`AdaptiveBalancer lets a forged report a second hold no host down that is ${checked}`, () => {
    for (
      const [ok, durationUs] of [[false, 1_000], [false, FORGED_US], [
        true,
        FORGED_US,
      ]] as const
    ) {
      const service = new LoadFixture(10, { healthChecks }).run(20, 1_000);
      let sent = 0;
      for (let second = 0; second < 30; second++) {
        service.report(3, ok, durationUs);
        sent += service.run(1, 1_000).sent[3]!;
      }
      assert(sent > 0.5 * 3_000, `${ok} ${durationUs}: ${sent} of 3,000`);
      assertEquals(service.ejected, "");
    }
  });
}

Deno.test("AdaptiveBalancer goes on with all hosts after fifteen forged failures of each", () => {
  const service = new LoadFixture(10).run(20, 1_000);
  for (let count = 0; count < 150; count++) service.report(count % 10, false);
  service.run(1, 1_000);
  assertEquals([service.hostless, service.ejected], [0, ""]);
  for (let host = 0; host < 10; host++) assert(service.share(host) > 0.5);
});

Deno.test("AdaptiveBalancer keeps the shares of nine hosts of which one report says that it took an hour", () => {
  const service = new LoadFixture(10).run(20, 1_000);
  for (let host = 0; host < 9; host++) service.report(host, true, FORGED_US);
  service.run(10, 1_000);
  for (let host = 0; host < 10; host++) assert(service.share(host) > 0.7);
});

for (
  const [hosts, rate, latencyMs] of [[4, 1_000, 20], [4, 4_000, 20], [
    10,
    1_000,
    100,
  ]] as const
) {
  Deno.test(`AdaptiveBalancer gives ${hosts} equal hosts equal shares that have ${rate * latencyMs / hosts / 1_000} calls in flight each, of callers that do not say how long they took`, () => {
    const service = new LoadFixture(hosts, { durations: false });
    service.setAll({ latencyMs });
    service.run(20, rate).run(10, rate);
    for (let host = 0; host < hosts; host++) {
      assert(Math.abs(service.share(host) - 1) < 0.15, `${service.sent}`);
    }
  });
}

for (
  const [hosts, rate, latencyMs] of [[3, 1_000, 50], [4, 4_000, 20]] as const
) {
  Deno.test(`AdaptiveBalancer brings one of ${hosts} hosts back of callers that do not say how long calls took`, () => {
    const service = new LoadFixture(hosts, { durations: false });
    service.setAll({ latencyMs, varies: true });
    service.run(20, rate).set(1, DEAD);
    service.run(1, rate).set(1, { latencyMs, varies: true });
    service.run(20, rate).run(10, rate);
    assert(Math.abs(service.share(1) - 1) < 0.15, `${service.sent}`);
  });
}

Deno.test("AdaptiveBalancer ejects no host for being slow of callers that do not say how long calls took", () => {
  const service = new LoadFixture(3, { durations: false });
  service.setAll({ latencyMs: 50 });
  service.run(20, 1_000).set(1, DEAD);
  service.run(1, 1_000).set(1, { latencyMs: 50 });
  service.run(30, 1_000);
  const slow = service.decisions.filter(({ text }) =>
    /is slow|were slow/.test(text)
  );
  assertEquals(slow, []);
});

Deno.test("AdaptiveBalancer takes durations from those who say them, where others of the route do not", () => {
  const service = new LoadFixture(2).run(10, 100);
  for (let call = 0; call < 60; call++) {
    const host = service.call();
    service.nowMs += 30;
    service.report(host, true, 0);
  }
  for (const { reason } of service.route.hosts.explain(service.nowMs)) {
    assert(reason.includes("latency 10.0 ms"), reason);
  }
});

Deno.test("AdaptiveBalancer decides after a year of uptime as on the first day", () => {
  const sent = [0, 365].map((days) => {
    const startMs = 1_000_000 + days * 86_400_000;
    const service = new LoadFixture(10, { startMs });
    service.setAll({ varies: true });
    service.run(10, 2_000).set(3, DEAD);
    service.run(3, 2_000).set(3, { varies: true });
    return service.run(20, 2_000).sent;
  });
  assertEquals(sent[1], sent[0]);
});

Deno.test("AdaptiveBalancer.openPicks() is the number of calls under way, however long the route is used", () => {
  const service = new LoadFixture(1);
  service.set(0, { latencyMs: 100 });
  const [row] = service.route.hosts.rows;
  for (const seconds of [10, 100, 300]) {
    service.run(seconds, 200);
    const open = service.route.hosts.balancer.openPicks!(row!, service.nowMs);
    assert(open >= 18 && open <= 21, `${open} after ${seconds} s`);
  }
});
