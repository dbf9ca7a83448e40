/** What the policy tells those who do not see it: states, reasons and events. */
import { assert, assertEquals } from "@std/assert";
import {
  HostEventKind,
  hostEventKindName,
  HostReason,
  hostReasonName,
} from "../../../proto/mod.ts";
import { addressOf, DEAD, LoadFixture } from "../../testing/load_fixture.ts";

/** Events of a host, as in "ejected refused". */
function eventsOf(service: LoadFixture, host: number): string[] {
  const { table } = service.route;
  return service.changes.flatMap(({ row, kind, reason }) =>
    table.ip[row] === addressOf(host).ip && kind !== undefined
      ? [`${hostEventKindName(kind)} ${hostReasonName(reason)}`]
      : []
  );
}

/** State and reason of a host; undefined: it is plainly in use. */
function stateOf(service: LoadFixture, host: number): string | undefined {
  const state = service.route.hosts.outages(service.nowMs)
    .find(({ ip }) => ip === addressOf(host).ip);
  return state && `${state.state} ${hostReasonName(state.reason)}`;
}

const CONDUCTS = [
  { conduct: { fails: 1, failureMs: 1 }, reason: "refused" },
  { conduct: { fails: 1, failureMs: 200 }, reason: "timeout" },
  { conduct: { fails: 1, failureMs: 10 }, reason: "failing" },
  { conduct: { latencyMs: 1_000 }, reason: "slow" },
];

for (const { conduct, reason } of CONDUCTS) {
  Deno.test(`a host that behaves as ${JSON.stringify(conduct)} is ejected as ${reason}`, () => {
    // Or a slow host would hardly be called.
    const settings = { latencyTolerance: 1_000 };
    const service = new LoadFixture(10, { settings }).run(10, 1_000);
    service.set(3, conduct);
    service.run(20, 1_000);
    assertEquals(stateOf(service, 3), `ejected ${reason}`);
    assertEquals(eventsOf(service, 3).at(-1), `ejected ${reason}`);
  });
}

Deno.test("a host that fails more often than the others is ejected for that", () => {
  const service = new LoadFixture(10);
  service.setAll({ fails: 0.05, failureMs: 10 });
  service.run(60, 1_000);
  service.set(3, { fails: 0.15, failureMs: 10 });
  service.run(60, 1_000);
  const ejected = eventsOf(service, 3)
    .filter((event) => event.startsWith("ejected"));
  assertEquals(ejected[0], "ejected worse_than_peers");
});

Deno.test("a host is ejected once and returns once, however often its probes fail between", () => {
  const service = new LoadFixture(10).run(10, 1_000);
  service.set(3, { fails: 1, failureMs: 1 });
  service.run(30, 1_000);
  service.set(3);
  service.run(120, 1_000);
  assertEquals(stateOf(service, 3), undefined);
  const probes = service.decisions
    .filter(({ text }) => text.startsWith("Ejected")).length;
  assert(probes > 1, `${probes} ejections`);
  const events = eventsOf(service, 3)
    .filter((event) => !event.startsWith("suspected"));
  assertEquals(events, ["ejected refused", "returned refused"]);
});

Deno.test("a host that a health check finds gone is ejected as refused, and checks that fail are events", () => {
  const service = new LoadFixture(10, { healthChecks: true }).run(10, 1_000);
  service.set(3, { ...DEAD, failureMs: 10 });
  service.run(20, 1_000);
  assertEquals(stateOf(service, 3), "ejected refused");
  const events = new Set(eventsOf(service, 3));
  assert(events.has("check_failed refused"), [...events].join(", "));
});

Deno.test("hosts that come back together, as panic ends, are events each", () => {
  const service = new LoadFixture(2).run(10, 1_000);
  service.setAll({ fails: 1, failureMs: 10 });
  service.run(20, 1_000);
  assertEquals(service.ejected, "0 1");
  service.setAll();
  service.run(1, 1_000);
  for (const host of [0, 1]) {
    assertEquals(eventsOf(service, host).at(-1), "returned failing");
  }
});

Deno.test("an ejection tells the numbers that the host had until then", () => {
  const service = new LoadFixture(10).run(10, 1_000);
  service.set(3, { fails: 1, failureMs: 1 });
  service.run(5, 1_000);
  const change = service.changes
    .find(({ kind }) => kind === HostEventKind.ejected)!;
  assert(change.failures > 0 && change.calls > change.failures);
  assert(change.meanUs > 5_000 && change.meanUs < 11_000, `${change.meanUs}`);
  assert(Math.abs(change.peersMeanUs - 10_000) < 1_000);
});

Deno.test("Balancer.restore() keeps the reason, and is no event", () => {
  const service = new LoadFixture(3);
  service.route.hosts.restore([{
    ...addressOf(1),
    state: "ejected",
    reason: HostReason.timeout,
    forMs: 5_000,
    waitMs: 60_000,
    ejections: 3,
  }], service.nowMs);
  assertEquals(stateOf(service, 1), "ejected timeout");
  assertEquals(eventsOf(service, 1), []);
  assertEquals(service.changes.length > 0, true);
});

Deno.test("Balancer.openPicks() counts picks that are not reported", () => {
  const service = new LoadFixture(1);
  const { balancer } = service.route.hosts;
  for (let pick = 0; pick < 5; pick++) service.call();
  assertEquals(balancer.openPicks!(0, 0), 5);
  service.report(0, true);
  assertEquals(balancer.openPicks!(0, 0), 4);
});
