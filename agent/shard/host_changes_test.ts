/** What a shard tells of hosts that are not plainly in use, and what happened to them. */
import { assert, assertEquals } from "@std/assert";
import {
  formatAddress,
  hostEventKindName,
  hostReasonName,
  hostStateName,
  parseAddress,
  WEIGHT_DRAINED,
} from "../../proto/mod.ts";
import { ShardFixture } from "../testing/shard_fixture.ts";
import { POLICY_NAMES } from "../policies/mod.ts";
import { LEFT_HOSTS_MAX, LEFT_MS, LeftHosts } from "../routes/left_hosts.ts";
import { EVENTS_MAX } from "./host_changes.ts";

const A = "10.0.0.1:1001";
const B = "10.0.0.2:1002";
const KEY = { modId: 1, cmdId: 1 };

/** The states told since this was last called, as in "1/1 10.0.0.1:1001 ejected refused". */
function takeStates({ states }: ShardFixture): string[] {
  return states.splice(0).flatMap(({ modId, cmdId, hosts }) =>
    hosts.length === 0
      ? [`${modId}/${cmdId} all in use`]
      : hosts.map((host) =>
        `${modId}/${cmdId} ${formatAddress(host)} ${
          hostStateName(host.state)
        } ${hostReasonName(host.reason)}`
      )
  );
}

/** The events told since this was last called, as in "10.0.0.1:1001 ejected refused lars". */
function takeEvents({ events }: ShardFixture): string[] {
  return events.splice(0).flatMap(({ events }) =>
    events.map((event) =>
      `${formatAddress(event)} ${hostEventKindName(event.kind)} ${
        hostReasonName(event.reason)
      } ${event.policy}`
    )
  );
}

/** Makes hosts drained or not. */
function drain(fixture: ShardFixture, ...drained: boolean[]): void {
  const hosts = [A, B].map((host, index) => ({
    ...parseAddress(host),
    ...(drained[index] && { weight: WEIGHT_DRAINED }),
  }));
  fixture.shard.update({ ...KEY, hosts }, fixture.nowMs);
}

Deno.test("Shard tells that a host is overloaded, and that it is back, with the numbers", () => {
  const fixture = new ShardFixture();
  fixture.update("1/1", A, B);
  fixture.run(1_000);
  fixture.report("1/1", A, "+" + "-".repeat(15));
  fixture.run(100);
  assertEquals(takeStates(fixture), [`1/1 ${A} overloaded overload_rule`]);
  const [{ events, dropped } = { events: [], dropped: -1 }] = fixture.events;
  assertEquals([events.length, dropped], [1, 0]);
  assertEquals([events[0]!.calls, events[0]!.failures], [16, 15]);
  assertEquals(takeEvents(fixture), [`${A} ejected overload_rule lars`]);
  fixture.report("1/1", A, "+".repeat(15));
  fixture.run(1_000);
  assertEquals(takeStates(fixture), ["1/1 all in use"]);
  assertEquals(takeEvents(fixture), [`${A} returned overload_rule lars`]);
  assertEquals(fixture.shard.dueMs() > fixture.nowMs + 1_000, true);
});

Deno.test("Shard tells of a host that changes often once a second, as it is then", () => {
  const fixture = new ShardFixture();
  fixture.update("1/1", A, B);
  for (let step = 0; step < 50; step++) {
    fixture.report("1/1", A, (step % 2 === 0 ? "-" : "+").repeat(15));
    fixture.run(100);
  }
  const told = takeStates(fixture);
  assert(told.length >= 4 && told.length <= 6, `${told.length} messages`);
  fixture.run(1_000);
  assertEquals(takeStates(fixture), ["1/1 all in use"]);
  assertEquals(takeEvents(fixture).length, 50);
});

Deno.test("Shard counts the events for which there is no room", () => {
  const fixture = new ShardFixture();
  fixture.update("1/1", A, B);
  for (let step = 0; step < EVENTS_MAX + 7; step++) {
    fixture.report("1/1", A, (step % 2 === 0 ? "-" : "+").repeat(15));
  }
  fixture.run(1_000);
  assertEquals(
    fixture.events.map(({ events, dropped }) => [events.length, dropped]),
    [[EVENTS_MAX, 7]],
  );
  // The first of each two, also of those that are not told.
  assertEquals([...fixture.shard.ejections], [
    ["overload_rule lars", Math.ceil((EVENTS_MAX + 7) / 2)],
  ]);
});

Deno.test("Shard tells that hosts are gone that were out of use, with their route or without", () => {
  const fixture = new ShardFixture();
  fixture.update("1/1", A, B);
  fixture.update("2/2", A, B);
  for (const route of ["1/1", "2/2"]) fixture.report(route, A, "-".repeat(15));
  fixture.run(1_000);
  assertEquals(takeStates(fixture).length, 2);
  fixture.run(200_000);
  fixture.update("1/1", B);
  fixture.run(1_000);
  assertEquals(takeStates(fixture), ["1/1 all in use"]);
  fixture.update("2/2");
  fixture.run(1_100);
  fixture.update("2/2");
  assertEquals(takeStates(fixture), ["2/2 all in use"]);
});

/** What was told of a host since this was last called: its calls under way, "in use", or nothing. */
function inFlightAt({ states }: ShardFixture, address: string) {
  return states.splice(0).map(({ hosts }) =>
    hosts.find((host) => formatAddress(host) === address)?.inFlight ?? "in use"
  );
}

for (const policy of POLICY_NAMES) {
  Deno.test(`Shard tells of a host that has left its route until its calls have ended, and then for a while, under ${policy}`, () => {
    const fixture = new ShardFixture({ policy });
    fixture.update("1/1", A);
    for (let pick = 0; pick < 3; pick++) fixture.getHost("1/1");
    fixture.update("1/1", A, B);
    fixture.update("1/1", B);
    fixture.run(100);
    assertEquals(inFlightAt(fixture, A), [3]);
    assertEquals(fixture.getRoute("1/1"), [B]);
    fixture.report("1/1", A, "+-+-+");
    fixture.run(1_000);
    assertEquals(inFlightAt(fixture, A), [0]);
    assertEquals(takeEvents(fixture), []);
    // Other news of the route do not make it forgotten.
    drain(fixture, true, false);
    fixture.update("1/1", B);
    fixture.run(2_000);
    assertEquals(inFlightAt(fixture, A), [0]);
    fixture.run(LEFT_MS - 1_000);
    assertEquals(inFlightAt(fixture, A), ["in use"]);
    assertEquals(fixture.shard.dueMs() > fixture.nowMs + 2_000, true);
  });
}

for (const policy of POLICY_NAMES) {
  Deno.test(`Shard takes calls of a host that has left for lost when they are not reported, and forgets it when it returns, under ${policy}`, () => {
    const fixture = new ShardFixture({ policy });
    fixture.update("1/1", A);
    fixture.getHost("1/1");
    fixture.update("1/1", B);
    fixture.run(119_000);
    assertEquals(inFlightAt(fixture, A), [1]);
    fixture.run(2_000);
    assertEquals(inFlightAt(fixture, A), [0]);
    fixture.update("1/1", A, B);
    fixture.run(1_000);
    assertEquals(inFlightAt(fixture, A), ["in use"]);
    fixture.run(200_000);
    assertEquals(inFlightAt(fixture, A), []);
  });
}

Deno.test("Shard takes picks for lost after twice the longest call of the last minutes, or two seconds", () => {
  for (
    const [durationMs, isLeft, lostMs] of [
      [10, true, 2_000],
      [10, false, 2_000],
      [3_000, true, 6_000],
      [90_000, true, 120_000],
    ] as const
  ) {
    const fixture = new ShardFixture();
    const take = () => {
      const hosts = [{ ...parseAddress(A), weight: WEIGHT_DRAINED }];
      if (isLeft) fixture.update("1/1", B);
      else fixture.shard.update({ ...KEY, hosts }, fixture.nowMs);
    };
    const call = () => {
      fixture.getHost("1/1");
      fixture.shard.report(KEY, {
        ...parseAddress(A),
        returnCode: 0,
        durationUs: durationMs * 1_000,
        unused: false,
      }, fixture.nowMs);
    };
    fixture.update("1/1", A);
    call();
    fixture.run(1_000);
    fixture.getHost("1/1");
    take();
    fixture.run(lostMs - 200);
    assertEquals(inFlightAt(fixture, A), [1], `${durationMs} ms`);
    fixture.run(1_200);
    assertEquals(inFlightAt(fixture, A), [0], `${durationMs} ms`);
  }
});

Deno.test("Shard forgets within an hour that a call was long", () => {
  const fixture = new ShardFixture();
  const call = (durationUs: number) => {
    fixture.getHost("1/1");
    fixture.shard.report(
      KEY,
      { ...parseAddress(A), returnCode: 0, durationUs, unused: false },
      fixture.nowMs,
    );
  };
  fixture.update("1/1", A);
  call(60_000_000);
  for (let minute = 0; minute < 60; minute++) {
    fixture.run(60_000);
    call(1_000);
  }
  fixture.getHost("1/1");
  fixture.update("1/1", B);
  fixture.run(1_000);
  assertEquals(inFlightAt(fixture, A), [1]);
  fixture.run(8_000);
  assertEquals(inFlightAt(fixture, A), [0]);
});

Deno.test("Shard tells of the last host of a route, when the route is gone, and not of one that nobody asks for", () => {
  const fixture = new ShardFixture({ policy: "adaptive" });
  fixture.update("1/1", A);
  fixture.update("2/2", B);
  fixture.run(LEFT_MS + 1_000);
  fixture.getHost("1/1");
  for (const route of ["1/1", "2/2"]) fixture.update(route);
  fixture.run(1_100);
  for (const route of ["1/1", "2/2"]) fixture.update(route);
  assertEquals(fixture.routes(), []);
  assertEquals(takeStates(fixture), [`1/1 ${A} drained drained`]);
  fixture.report("1/1", A, "+");
  fixture.run(1_000);
  assertEquals(inFlightAt(fixture, A), [0]);
  fixture.update("1/1", B);
  fixture.run(1_000);
  fixture.run(LEFT_MS);
  assertEquals(takeStates(fixture), ["1/1 all in use"]);
});

Deno.test(`LeftHosts keeps ${LEFT_HOSTS_MAX} hosts, and forgets the one that left first`, () => {
  const left = new LeftHosts();
  const openMs = 120_000;
  const hostOf = (port: number) => ({
    ip: 1,
    port,
    openPicks: port % 2,
    openMs,
  });
  const states = (nowMs: number) => left.states(KEY, nowMs).length;
  for (let port = 1; port <= LEFT_HOSTS_MAX; port++) {
    assertEquals(left.add(KEY, [hostOf(port)], port), []);
  }
  const other = { modId: 2, cmdId: 2 };
  assertEquals(left.add(other, [hostOf(1)], 10_000), [KEY]);
  assertEquals([states(10_000), left.report(KEY, hostOf(1))], [
    LEFT_HOSTS_MAX - 1,
    false,
  ]);
  assertEquals(left.report(KEY, hostOf(3)), true);
  assertEquals(left.report(KEY, hostOf(3)), false);
  // Of many together those that have calls under way.
  const many = Array.from({ length: 1_000 }, (_, port) => ({
    ip: 2,
    port: port + 1,
    openPicks: Math.max(0, port - 990),
    openMs,
  }));
  left.add(KEY, many, 10_000);
  assertEquals([states(10_000), left.has(other)], [LEFT_HOSTS_MAX, false]);
  assertEquals(
    left.states(KEY, 10_000).filter(({ inFlight }) => inFlight > 0).length,
    9,
  );
  left.tick(10_000 + LEFT_MS - 1);
  assertEquals(left.has(KEY), true);
  left.tick(10_000 + LEFT_MS);
  assertEquals([left.has(KEY), left.dueMs], [false, Infinity]);
});

Deno.test("Shard tells that a host was drained or let back, but not that it came so", () => {
  const fixture = new ShardFixture();
  drain(fixture, true, false);
  fixture.run(1_000);
  assertEquals(takeStates(fixture), [`1/1 ${A} drained drained`]);
  assertEquals(takeEvents(fixture), []);
  drain(fixture, false, true);
  fixture.run(1_000);
  assertEquals(takeStates(fixture), [`1/1 ${B} drained drained`]);
  assertEquals(takeEvents(fixture), [
    `${A} undrained drained lars`,
    `${B} drained drained lars`,
  ]);
  drain(fixture, false, false);
  fixture.run(1_000);
  assertEquals(takeStates(fixture), ["1/1 all in use"]);
});

Deno.test("Shard tells how many calls of a drained host are not reported yet, until they are taken for lost", () => {
  const fixture = new ShardFixture({ policy: "adaptive" });
  const inFlight = () =>
    fixture.states.splice(0).map(({ hosts }) =>
      hosts.find((host) => formatAddress(host) === A)?.inFlight
    );
  drain(fixture, false, true);
  fixture.run(1_000);
  assertEquals(inFlight(), [undefined]);
  for (let pick = 0; pick < 3; pick++) {
    assertEquals(fixture.getHost("1/1"), A);
  }
  drain(fixture, true, true);
  fixture.run(1_000);
  assertEquals(inFlight(), [3]);
  fixture.report("1/1", A, "+");
  fixture.run(1_000);
  assertEquals(inFlight(), [2]);
  fixture.run(60_000);
  assertEquals(inFlight(), []);
  fixture.run(60_000);
  assertEquals(inFlight(), [0]);
  // Nothing more is waited for.
  assert(fixture.shard.dueMs() > fixture.nowMs + 2_000);
});

Deno.test("a reporter that takes totals gets statuses each minute, and when a host goes out of use or comes back", () => {
  const fixture = new ShardFixture();
  fixture.update("1/1", A, B);
  fixture.shard.onReporter(true, fixture.nowMs);
  const overloads = () =>
    fixture.statuses.splice(0).map(({ hosts }) =>
      hosts.filter(({ overload }) => overload).length
    );
  fixture.report("1/1", A, "+");
  fixture.run(1_000);
  assertEquals(overloads(), [0]);
  for (let second = 0; second < 58; second++) {
    fixture.report("1/1", A, "+");
    fixture.run(1_000);
  }
  assertEquals(overloads(), []);
  fixture.run(2_000);
  assertEquals(overloads(), [0]);
  fixture.report("1/1", A, "-".repeat(60));
  fixture.run(200);
  assertEquals(overloads(), [1]);
  fixture.report("1/1", A, "+".repeat(15));
  fixture.run(1_000);
  assertEquals(overloads(), [0]);
  // It has said all there is.
  fixture.run(120_000);
  assertEquals(overloads(), []);
});

Deno.test("a reporter that takes no totals gets what waits within a second", () => {
  const fixture = new ShardFixture();
  fixture.update("1/1", A, B);
  fixture.update("2/2", A, B);
  fixture.shard.onReporter(true, fixture.nowMs);
  for (const route of ["1/1", "2/2"]) fixture.report(route, A, "+");
  fixture.run(2_000);
  fixture.statuses.splice(0);
  fixture.report("1/1", A, "+");
  fixture.run(2_000);
  assertEquals(fixture.statuses.length, 0);
  fixture.shard.onReporter(false, fixture.nowMs);
  fixture.report("2/2", A, "+");
  fixture.run(1_000);
  assertEquals(fixture.statuses.splice(0).map(({ modId }) => modId).sort(), [
    1,
    2,
  ]);
  fixture.report("1/1", A, "-".repeat(15));
  fixture.run(1_000);
  assertEquals(fixture.statuses.length, 1);
});
