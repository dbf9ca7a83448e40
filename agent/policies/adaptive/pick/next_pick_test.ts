import { assert, assertEquals } from "@std/assert";
import { addressOf, DEAD, LoadFixture } from "../../../testing/load_fixture.ts";

Deno.test("a route whose hosts are called seldom sends no call to a host that died before", () => {
  for (
    const [hosts, callsPerSecond] of [[5, 1], [50, 5], [200, 100]] as const
  ) {
    const service = new LoadFixture(hosts, { healthChecks: true });
    service.run(60, callsPerSecond);
    service.set(1, DEAD);
    service.set(2, DEAD);
    service.run(300, callsPerSecond);
    // A host that was checked just before it died.
    assert(service.failed <= 1, `${hosts}: ${service.failed}`);
  }
});

Deno.test("a route whose hosts are called often has none checked ahead of calls", () => {
  const service = new LoadFixture(10, { healthChecks: true });
  service.run(30, 100);
  assertEquals(service.checks, []);
});

Deno.test("a quiet route sends a check for each call at most, and 32 a second", () => {
  const rare = new LoadFixture(10, { healthChecks: true }).run(100, 1);
  assert(rare.checks.length >= 90 && rare.checks.length <= 100);
  const large = new LoadFixture(1_000, { healthChecks: true }).run(60, 500);
  const perSecond = large.checks.length / 60;
  assert(perSecond > 20 && perSecond <= 33, `${perSecond}`);
});

Deno.test("a quiet route spreads calls over all hosts", () => {
  const service = new LoadFixture(5, { healthChecks: true });
  service.run(1_000, 1);
  for (let host = 0; host < 5; host++) {
    assert(service.share(host) > 0.6, `${service.sent}`);
  }
});

Deno.test("a quiet route that becomes busy does not send all calls to the host that was checked last", () => {
  const service = new LoadFixture(10, { healthChecks: true }).run(60, 1);
  service.run(0.1, 2_000);
  assert(Math.max(...service.sent) < 60, `${service.sent}`);
});

Deno.test("a host that refuses checks and answers calls stays in use, although others accept checks", () => {
  const service = new LoadFixture(5, { healthChecks: true });
  service.set(3, { accepts: false });
  // Busy at first: it answers calls before it is checked.
  service.run(5, 200).run(600, 1);
  assertEquals(service.decisions, []);
  service.run(1, 200).run(10, 200);
  assert(service.share(3) > 0.8, `${service.sent}`);
});

Deno.test("a route that may not health check sends no check ahead", () => {
  const service = new LoadFixture(5).run(60, 1);
  assertEquals(service.checks, []);
});

Deno.test("a host that joins a quiet route and accepts no connection gets no call", () => {
  const service = new LoadFixture(5, { healthChecks: true }).run(60, 1);
  const { route, nowMs } = service;
  service.set(5, DEAD);
  const hosts = [0, 1, 2, 3, 4, 5].map(addressOf);
  route.hosts.update(hosts, { healthChecks: true, nowMs });
  service.run(300, 1);
  assertEquals([service.failed, service.ejected], [0, "5"]);
});

Deno.test("a host that leaves a quiet route after it was checked is not picked any more", () => {
  for (const left of [0, 1, 2, 3, 4]) {
    const service = new LoadFixture(5, { healthChecks: true }).run(60, 1);
    const { route, nowMs } = service;
    route.hosts.update([addressOf(left)], { healthChecks: true, nowMs });
    // Its row may be that of a host of another route.
    assertEquals(service.call(), left);
  }
});
