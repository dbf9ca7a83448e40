import { assertEquals, assertStringIncludes } from "@std/assert";
import { InstanceCheck, LEASE_HOSTS_MAX, parseIp } from "../../proto/mod.ts";
import {
  idOf,
  MACHINE_IP,
  RegistrationsFixture,
} from "../testing/registrations_fixture.ts";
import { CHANGES_MAX } from "./change_budget.ts";
import { INSTANCES_MAX } from "./registrations.ts";

Deno.test("Registrations.register() gives dns the hosts, pending until it has them", () => {
  const fixture = new RegistrationsFixture();
  const routes = [{ modId: 1, cmdId: 1 }, { modId: 2, cmdId: 3 }];
  assertEquals(fixture.register({ routes }), "pending: waits");
  assertEquals(fixture.hosts, [`1/1 ${MACHINE_IP}:80`, `2/3 ${MACHINE_IP}:80`]);
  assertEquals(fixture.lease.hosts[0]!.zone, "a");
  fixture.store();
  assertEquals(fixture.beat(), "served");
});

Deno.test("Registrations takes a request that comes again for a beat", () => {
  const fixture = new RegistrationsFixture();
  for (let count = 0; count < 100; count++) fixture.register();
  assertEquals([fixture.leaseChanges, fixture.told], [1, ["registered 1"]]);
  fixture.advance(10_000);
  fixture.register();
  fixture.advance(10_000);
  assertEquals(fixture.beat(), "pending: waits");
});

Deno.test("Registrations.register() takes what an instance says anew", () => {
  const fixture = new RegistrationsFixture();
  fixture.register();
  fixture.register({ port: 81, weight: 50 });
  assertEquals(fixture.hosts, [`1/1 ${MACHINE_IP}:81`]);
  assertEquals(fixture.lease.hosts[0]!.weight, 50);
  assertEquals(fixture.told, ["registered 1"]);
});

Deno.test("Registrations forgets an instance that has not beaten for its ttl", () => {
  const fixture = new RegistrationsFixture();
  fixture.register({ ttlMs: 3_000 });
  fixture.register({ instance: idOf(2), port: 81 });
  fixture.advance(2_900);
  assertEquals(fixture.hosts.length, 2);
  fixture.advance(1_100);
  assertEquals(fixture.hosts, [`1/1 ${MACHINE_IP}:81`]);
  assertEquals(fixture.told.at(-1), "left 1: no beat");
  assertEquals(fixture.beat(1), "unknown");
  assertEquals(fixture.register({ ttlMs: 3_000 }), "pending: waits");
  fixture.advance(60_000);
  assertEquals([fixture.hosts, fixture.registrations.dueMs()], [[], Infinity]);
});

Deno.test("Registrations gives everybody a ttl anew when the agent was stopped itself", () => {
  const fixture = new RegistrationsFixture();
  fixture.register();
  fixture.advance(5_000);
  fixture.nowMs += 600_000;
  fixture.registrations.tick(fixture.nowMs);
  assertEquals(fixture.hosts.length, 1);
  fixture.advance(9_000);
  assertEquals(fixture.beat(), "pending: waits");
});

Deno.test("Registrations takes readiness from the program and from its check", () => {
  const fixture = new RegistrationsFixture();
  const ready = [`1/1 ${MACHINE_IP}:80`];
  const out = [`1/1 ${MACHINE_IP}:80!`];
  fixture.register({ check: InstanceCheck.tcp });
  assertEquals(fixture.hosts, out);
  fixture.registrations.onCheck(idOf(1), "", 0);
  assertEquals(fixture.hosts, ready);
  assertEquals(fixture.beat(1, true), "not_ready");
  assertEquals(fixture.hosts, out);
  fixture.registrations.onCheck(idOf(1), "nothing listens", 0);
  fixture.store();
  assertEquals(fixture.beat(1, false), "not_ready: nothing listens");
  fixture.registrations.onCheck(idOf(1), "", 0);
  assertEquals(fixture.hosts, ready);
  fixture.store();
  assertEquals(fixture.beat(), "served");
});

Deno.test("Registrations says what dns refuses, and what a person drained", () => {
  const fixture = new RegistrationsFixture();
  fixture.register();
  fixture.store();
  const [host] = fixture.lease.hosts;
  const override = (refused: string[], drained: string[]) =>
    fixture.lease.override({
      refused: refused.map((reason) => ({ ...host!, reason })),
      drained: drained.map((reason) => ({ ...host!, reason })),
    });
  override([], ["by ann"]);
  assertEquals(fixture.beat(), "drained: by ann");
  assertEquals(fixture.beat(1, true), "drained: by ann");
  fixture.beat(1, false);
  fixture.store();
  override(["of another machine"], []);
  assertEquals(fixture.beat(), "refused: of another machine");
  override([], []);
  assertEquals(fixture.beat(), "served");
});

Deno.test("Registrations.deregister() makes an instance not ready, and forgets it after its drain", () => {
  const fixture = new RegistrationsFixture();
  fixture.register({ drainMs: 5_000 });
  fixture.store();
  assertEquals(fixture.deregister(), false);
  assertEquals(fixture.hosts, [`1/1 ${MACHINE_IP}:80!`]);
  assertEquals(fixture.beat(), "not_ready: it deregisters");
  assertEquals(
    fixture.register({ drainMs: 5_000 }),
    "not_ready: it deregisters",
  );
  fixture.advance(4_000);
  assertEquals(fixture.deregister(), false);
  fixture.advance(2_000);
  assertEquals(fixture.hosts, []);
  assertEquals(fixture.told.at(-1), "left 1: deregistered");
  assertEquals(fixture.deregister(), true);
});

Deno.test("Registrations.deregister() is done a second after dns has taken the instance out", () => {
  const fixture = new RegistrationsFixture();
  fixture.register({ drainMs: 60_000 });
  fixture.store();
  assertEquals(fixture.deregister(), false);
  fixture.advance(5_000);
  assertEquals(fixture.deregister(), false);
  fixture.store();
  fixture.registrations.onVerdict(fixture.nowMs);
  fixture.advance(900);
  assertEquals(fixture.deregister(), false);
  fixture.advance(100);
  assertEquals(fixture.deregister(), true);
  assertEquals(fixture.hosts, []);
});

/** What dns knows of the calls of a host that leaves: those at callers that have not stopped. */
function draining(
  { cmdId = 1, inFlight = 0, callers = 0, done = false },
) {
  const host = { modId: 1, cmdId, ip: parseIp(MACHINE_IP), port: 80 };
  return { ...host, inFlight, callers, done };
}

Deno.test("Registrations.deregister() is done when dns says that all calls have ended, or its time is over", () => {
  for (const isDone of [true, false]) {
    const fixture = new RegistrationsFixture();
    const routes = [{ modId: 1, cmdId: 1 }, { modId: 1, cmdId: 2 }];
    fixture.register({ routes, drainMs: 60_000 });
    fixture.store();
    fixture.leave();
    assertEquals(fixture.lease.hosts.map(({ leaving }) => leaving), [
      true,
      true,
    ]);
    fixture.store();
    const [one, two] = [
      draining({ inFlight: 2, callers: 1 }),
      draining({ cmdId: 2, inFlight: 1, callers: 2 }),
    ];
    fixture.lease.drain([one, two]);
    assertEquals(fixture.leave(), { done: false, inFlight: 3, callers: 3 });
    fixture.advance(5_000);
    fixture.lease.drain([draining({ done: true }), two]);
    fixture.registrations.onVerdict(fixture.nowMs);
    assertEquals(fixture.leave(), { done: false, inFlight: 1, callers: 2 });
    if (isDone) {
      fixture.lease.drain([
        draining({ done: true }),
        draining({ cmdId: 2, done: true }),
      ]);
      fixture.registrations.onVerdict(fixture.nowMs);
      // Dns knew better than a second after.
      assertEquals(fixture.hosts, []);
    } else {
      fixture.advance(54_000);
      assertEquals(fixture.leave().done, false);
      fixture.advance(1_000);
    }
    assertEquals(fixture.leave(), { done: true, inFlight: 0, callers: 0 });
  }
});

Deno.test("Registrations.deregister() waits for the rest of a second where dns ceases to know of calls", () => {
  const fixture = new RegistrationsFixture();
  fixture.register({ drainMs: 60_000 });
  fixture.store();
  fixture.leave();
  fixture.store();
  fixture.lease.drain([draining({ callers: 1 })]);
  assertEquals(fixture.leave().done, false);
  fixture.advance(500);
  fixture.lease.drain([]);
  assertEquals(fixture.leave().done, false);
  fixture.advance(500);
  assertEquals(fixture.leave().done, true);
});

Deno.test("Registrations.deregister() that names a shorter time is obeyed, and a longer is not", () => {
  const fixture = new RegistrationsFixture();
  fixture.register({ drainMs: 60_000 });
  fixture.store();
  fixture.leave();
  fixture.store();
  fixture.lease.drain([draining({ callers: 1 })]);
  fixture.advance(2_000);
  assertEquals(fixture.deregister(1, 3_000), false);
  assertEquals(fixture.deregister(1, 30_000), false);
  // As it was, not as it registered.
  assertEquals(fixture.deregister(1, 0), false);
  fixture.advance(2_500);
  assertEquals(fixture.deregister(1), false);
  fixture.advance(500);
  assertEquals(fixture.deregister(1), true);
});

Deno.test("Registrations tells dns that an instance leaves which was not ready before", () => {
  const fixture = new RegistrationsFixture();
  fixture.register({ drainMs: 60_000, notReady: true });
  fixture.store();
  const { hash } = fixture.lease;
  fixture.leave();
  assertEquals([fixture.lease.hash, fixture.lease.isStored], [hash, false]);
  fixture.store();
  fixture.lease.drain([draining({ done: true })]);
  assertEquals(fixture.leave().done, true);
});

Deno.test("Registrations.deregister() is done at once without a drain, or when no dns knows the instance", () => {
  const fixture = new RegistrationsFixture();
  fixture.register();
  fixture.store();
  assertEquals(fixture.deregister(), true);
  const alone = new RegistrationsFixture();
  alone.register({ drainMs: 5_000 });
  assertEquals(alone.deregister(), true);
  assertEquals(alone.hosts, []);
});

Deno.test("Registrations registers no instance again that has deregistered", () => {
  const fixture = new RegistrationsFixture();
  fixture.register();
  fixture.deregister();
  assertStringIncludes(fixture.register(), "refused: this instance has");
  // Its registration came late, behind the end of it.
  assertEquals(fixture.deregister(2), true);
  assertStringIncludes(fixture.register({ instance: idOf(2) }), "refused");
  assertEquals(fixture.hosts, []);
});

Deno.test("Registrations keeps a host while one of several instances serves it", () => {
  const fixture = new RegistrationsFixture();
  fixture.register({ drainMs: 5_000 });
  fixture.register({ instance: idOf(2), drainMs: 5_000, notReady: true });
  fixture.store();
  // The newest speaks for the host, as the others may be dead.
  assertEquals(fixture.hosts, [`1/1 ${MACHINE_IP}:80!`]);
  assertEquals(fixture.deregister(2), true);
  assertEquals(fixture.hosts, [`1/1 ${MACHINE_IP}:80`]);
  assertEquals(fixture.deregister(1), false);
  assertEquals(fixture.hosts, [`1/1 ${MACHINE_IP}:80!`]);
});

Deno.test("Registrations has one that stays speak for a host, before one that leaves, and then the newest", () => {
  const fixture = new RegistrationsFixture();
  const routes = [{ modId: 1, cmdId: 1 }, { modId: 2, cmdId: 2 }];
  fixture.register({ weight: 10 });
  fixture.register({ instance: idOf(2), weight: 20, routes, drainMs: 5_000 });
  const weights = () => fixture.lease.hosts.map(({ weight }) => weight);
  assertEquals(weights(), [20, 20]);
  fixture.register({ weight: 30 });
  assertEquals(weights().toSorted(), [20, 30]);
  fixture.register({ instance: idOf(2), weight: 40, routes, drainMs: 5_000 });
  fixture.store();
  assertEquals(fixture.deregister(2), false);
  assertEquals(fixture.hosts.toSorted(), [
    `1/1 ${MACHINE_IP}:80`,
    `2/2 ${MACHINE_IP}:80!`,
  ]);
});

Deno.test("Registrations.register() refuses with a sentence that says what to do", () => {
  const off = new RegistrationsFixture({ enabled: false });
  assertStringIncludes(off.register(), "set [register] enabled = on");
  const allow = [{ modId: 1, cmdId: undefined }, { modId: 2, cmdId: 3 }];
  const some = new RegistrationsFixture({ allow });
  const routes = [{ modId: 1, cmdId: 9 }, { modId: 2, cmdId: 3 }];
  assertEquals(some.register({ routes }), "pending: waits");
  assertEquals(
    some.register({ routes: [{ modId: 2, cmdId: 4 }], instance: idOf(2) }),
    "refused: [register] allow of this agent does not have route 2/4",
  );
  const ip = parseIp("10.0.0.8");
  assertStringIncludes(
    some.register({ ip, instance: idOf(2) }),
    "10.0.0.8 is no address of this machine: if it is reached there, set [register] advertise = 10.0.0.8",
  );
  assertStringIncludes(
    some.register({ port: 0, instance: idOf(2) }),
    "port must be 1 to 65535",
  );
  assertEquals(some.registrations.counters.registrationsRefused, 3);
});

Deno.test(`Registrations has ${INSTANCES_MAX} instances, and ${LEASE_HOSTS_MAX} hosts of routes, at most`, () => {
  const fixture = new RegistrationsFixture();
  for (let number = 1; number <= INSTANCES_MAX; number++) {
    fixture.register({ instance: idOf(number), port: number });
    fixture.nowMs += 1_000 / CHANGES_MAX;
  }
  assertEquals(fixture.hosts.length, INSTANCES_MAX);
  const one = { instance: idOf(999), port: 999 };
  assertStringIncludes(fixture.register(one), "which is its limit");
  assertEquals(
    fixture.register({ instance: idOf(5), port: 5 }),
    "pending: waits",
  );

  const wide = new RegistrationsFixture();
  const routes = Array.from(
    { length: 32 },
    (_, at) => ({ modId: 1, cmdId: at }),
  );
  for (let number = 1; number <= 12; number++) {
    wide.register({ instance: idOf(number), port: number, routes });
  }
  assertEquals(wide.hosts.length, 384);
  assertStringIncludes(
    wide.register({ ...one, routes }),
    "may serve 400 routes together: it would be 416",
  );
});

Deno.test(`Registrations puts off changes beyond ${CHANGES_MAX} a second, but never that an instance goes out`, () => {
  const fixture = new RegistrationsFixture();
  let number = 0;
  const register = () =>
    fixture.register({ instance: idOf(++number), port: number });
  for (let count = 0; count < CHANGES_MAX; count++) register();
  assertStringIncludes(register(), "pending: many programs register at once");
  assertEquals(fixture.beat(number), "unknown");
  assertEquals(fixture.beat(1, true), "not_ready");
  assertStringIncludes(fixture.beat(1, false), "many programs");
  fixture.advance(1_000 / CHANGES_MAX);
  assertEquals(fixture.beat(1, false), "pending: waits");
  assertEquals(fixture.registrations.counters.registrationsDenied, 2);
  assertEquals(fixture.deregister(2), true);
});

Deno.test("Registrations.configure() sends away whom the settings do not allow any more", () => {
  const fixture = new RegistrationsFixture();
  fixture.register();
  fixture.register({ instance: idOf(2), routes: [{ modId: 2, cmdId: 1 }] });
  const allow = [{ modId: 2, cmdId: undefined }];
  fixture.registrations.configure({ enabled: true, allow, advertise: [] }, 0);
  assertEquals(fixture.hosts, [`2/1 ${MACHINE_IP}:80`]);
  assertEquals(fixture.told.at(-1), "left 1: not allowed any more");
  const ip = parseIp("192.0.2.1");
  const advertise = [{ ip, bits: 32 }];
  fixture.registrations.configure({ enabled: true, allow, advertise }, 0);
  assertEquals(fixture.hosts, ["2/1 192.0.2.1:80"]);
  const other = { instance: idOf(3), routes: [{ modId: 2, cmdId: 3 }], ip };
  fixture.register(other);
  assertEquals(fixture.hosts, ["2/1 192.0.2.1:80", "2/3 192.0.2.1:80"]);
  fixture.registrations.configure({ enabled: true, allow, advertise: [] }, 0);
  assertEquals(fixture.hosts, [`2/1 ${MACHINE_IP}:80`]);
  assertStringIncludes(fixture.beat(3), "refused: 192.0.2.1 is no address");
});

Deno.test("Registrations.restore() keeps instances as they were for a ttl", () => {
  const before = new RegistrationsFixture();
  before.register({ ttlMs: 5_000 });
  before.register({ instance: idOf(2), port: 81, notReady: true });
  before.register({ instance: idOf(3), port: 82, drainMs: 3_000 });
  before.store();
  before.deregister(3);
  const after = new RegistrationsFixture();
  after.registrations.restore(before.registrations.saved(), 0);
  assertEquals(after.hosts.toSorted(), before.hosts.toSorted());
  assertEquals(after.lease.hash, before.lease.hash);
  assertEquals(after.beat(2, true), "not_ready");
  after.advance(4_000);
  assertEquals(after.hosts.length, 2);
  after.advance(2_000);
  assertEquals(after.hosts, [`1/1 ${MACHINE_IP}:81!`]);
});
