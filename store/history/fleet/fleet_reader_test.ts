import { assertAlmostEquals, assertEquals } from "@std/assert";
import { HostReason, HostState, parseAddress } from "../../../proto/mod.ts";
import { MemoryHistoryStore } from "../../memory/history_store.ts";
import { MemoryStore } from "../../memory/store.ts";
import { FakeFleet, StoreTestClock } from "../../testing/mod.ts";
import { FleetReader, PASTS_MAX } from "./fleet_reader.ts";

/** Half a minute after the begin of minute {@linkcode MINUTE}. */
const NOW_S = 1_700_000_070;
const MINUTE = 28_333_334;

const A = "10.0.0.1:80";
const B = "10.0.0.2:80";
const ROUTE = { modId: 1, cmdId: 7 };

/** A store in memory, agents that report to it, and a reader. */
async function setUp() {
  const clock = new StoreTestClock();
  clock.ms = NOW_S * 1_000;
  const history = new MemoryHistoryStore({ clock });
  const routes = new MemoryStore();
  await routes.edit({
    add: [A, B].map((host) => ({ ...ROUTE, ...parseAddress(host) })),
  });
  let reads = 0;
  const counted: typeof history.routeHistory = (query) => {
    reads += 1;
    return history.routeHistory(query);
  };
  const reader = new FleetReader({
    history: new Proxy(history, {
      get: (target, name) => {
        if (name === "routeHistory") return counted;
        const value = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    }),
    routes,
    wallSeconds: () => clock.wallSeconds(),
  });
  return {
    clock,
    history,
    fleet: new FakeFleet(history),
    reader,
    reads: () => reads,
  };
}

Deno.test("FleetReader: a store without a word of an agent has no time, and no calls are not good calls", async () => {
  const { reader, history } = await setUp();
  const none = await reader.read();
  assertEquals([none.asOf, none.routes, none.problems], [undefined, [], []]);

  await history.beat([FakeFleet.agent("web-1")]);
  const silent = await reader.read();
  assertEquals([silent.asOf, silent.newestMinute], [NOW_S, undefined]);
  const { problem } = await reader.readRoute(ROUTE);
  assertEquals([problem.calls, problem.isFailing], [0, false]);
});

Deno.test("FleetReader: calls are those of the last 60 s, of the newest minute and of a part of the one before", async () => {
  const { reader, fleet, history } = await setUp();
  await history.beat([FakeFleet.agent("web-1")]);
  await fleet.call(MINUTE - 2, [{ ...ROUTE, host: A, calls: 999 }]);
  await fleet.call(MINUTE - 1, [{ ...ROUTE, host: A, calls: 600, failed: 60 }]);
  await fleet.call(MINUTE, [{ ...ROUTE, host: B, calls: 300, failed: 300 }]);
  const { routes, asOf, newestMinute } = await reader.read();
  assertEquals([asOf, newestMinute, routes.length], [NOW_S, MINUTE, 1]);
  assertAlmostEquals(routes[0]!.calls, 600);
  assertAlmostEquals(routes[0]!.failed, 330);
  const { hosts } = await reader.readRoute(ROUTE);
  assertEquals(hosts.map(({ calls }) => calls?.failed), [300, 30]);
});

Deno.test("FleetReader: a problem has its usual, its begin, hosts out of how many, and at how many callers", async () => {
  const { reader, fleet, history } = await setUp();
  await history.beat([FakeFleet.agent("web-1"), FakeFleet.agent("web-2")]);
  for (let minute = MINUTE - 60; minute <= MINUTE; minute++) {
    const failed = minute >= MINUTE - 3 ? 120 : 1;
    await fleet.call(minute, [
      { ...ROUTE, host: A, calls: 500, failed, callers: 2 },
      { ...ROUTE, host: B, calls: 500, callers: 2 },
    ]);
  }
  await fleet.see(["web-1", "web-2"], {
    ...ROUTE,
    host: A,
    since: NOW_S - 3,
    reason: HostReason.timeout,
  });
  await fleet.see(["web-1"], {
    ...ROUTE,
    host: B,
    since: NOW_S - 3,
    reason: HostReason.slow,
    state: HostState.suspect,
  });
  const { problems } = await reader.read();
  const [problem] = problems;
  assertEquals(problems.length, 1);
  assertEquals(problem!.usual, 0.001);
  assertEquals(problem!.failingSince, (MINUTE - 3) * 60);
  assertEquals(problem!.isFailing, true);
  assertEquals([problem!.hosts, problem!.out.length], [2, 1]);
  assertEquals([problem!.out[0]!.out, problem!.out[0]!.callers], [2, 2]);
  assertEquals(problem!.reasons, [{ reason: HostReason.timeout, callers: 2 }]);
});

Deno.test("FleetReader: a route that is not called, but whose hosts are out, is a problem", async () => {
  const { reader, fleet, history } = await setUp();
  await history.beat([FakeFleet.agent("web-1")]);
  const reason = HostReason.refused;
  await fleet.see(["web-1"], { ...ROUTE, host: A, since: NOW_S - 900, reason });
  const { problems, routes } = await reader.read();
  assertEquals([problems.length, routes.length], [1, 0]);
  assertEquals([problems[0]!.calls, problems[0]!.out[0]!.callers], [0, 1]);
});

Deno.test("FleetReader: the past of a route is read once in a minute", async () => {
  const { reader, fleet, history, reads, clock } = await setUp();
  await history.beat([FakeFleet.agent("web-1")]);
  await fleet.call(MINUTE, [{ ...ROUTE, host: A, calls: 500, failed: 500 }]);
  await reader.read();
  assertEquals(reads(), 3);
  await reader.read();
  assertEquals(reads(), 4);
  clock.ms += 60_000;
  await history.beat([FakeFleet.agent("web-1")]);
  await fleet.call(MINUTE + 1, [{ ...ROUTE, host: A, calls: 9, failed: 9 }]);
  await reader.read();
  assertEquals(reads(), 7);
});

Deno.test("FleetReader: the pasts that are held are bounded, also where the minute stays", async () => {
  const { reader, reads } = await setUp();
  for (let cmdId = 1; cmdId <= PASTS_MAX; cmdId++) {
    await reader.readRoute({ modId: 1, cmdId });
  }
  await reader.readRoute({ modId: 1, cmdId: 1 });
  assertEquals(reads(), 3 * PASTS_MAX + 1);
  await reader.readRoute({ modId: 2, cmdId: 1 });
  await reader.readRoute({ modId: 1, cmdId: 1 });
  assertEquals(reads(), 3 * PASTS_MAX + 1 + 3 + 3);
});

Deno.test("FleetReader: an agent without a word for a minute is silent, for a day gone, and a clock that is ahead is no time", async () => {
  const { reader, history, clock } = await setUp();
  await history.beat([
    FakeFleet.agent("web-1", { zone: "eu-1b" }),
    FakeFleet.agent("web-2", { zone: "eu-1b" }),
    FakeFleet.agent("web-3"),
  ]);
  clock.ms += 61_000;
  await history.beat([FakeFleet.agent("web-3")]);
  const { agents } = await reader.read();
  assertEquals([agents.count, agents.silent.length], [3, 2]);
  assertEquals([agents.silentSince, agents.silentZone], [NOW_S, "eu-1b"]);

  clock.ms += 86_400_000;
  await history.beat([FakeFleet.agent("web-3")]);
  const later = await reader.read();
  assertEquals([later.agents.count, later.agents.silent.length], [1, 0]);

  const asOf = later.asOf;
  clock.ms += 3_600_000;
  await history.beat([FakeFleet.agent("web-1")]);
  clock.ms -= 3_600_000;
  assertEquals((await reader.read()).asOf, asOf);
});

Deno.test("FleetReader: a host that the route has no more is shown while callers tell of it", async () => {
  const { reader, fleet, history } = await setUp();
  await history.beat([FakeFleet.agent("web-1")]);
  await fleet.call(MINUTE, [{ ...ROUTE, host: "10.0.0.9:80", calls: 5 }]);
  const { hosts } = await reader.readRoute(ROUTE);
  assertEquals(
    hosts.map(({ ip, host, calls }) => [
      ip & 255,
      host !== undefined,
      calls !== undefined,
    ]),
    [[1, true, false], [2, true, false], [9, false, true]],
  );
});

Deno.test("FleetReader.read() has the routes of which each agent holds a host out", async () => {
  const { reader, fleet, history } = await setUp();
  await history.beat(["web-1", "web-2"].map((name) => FakeFleet.agent(name)));
  const seen = { since: NOW_S - 10, reason: HostReason.refused };
  const other = { modId: 2, cmdId: 1 };
  await fleet.see(["web-1", "web-2"], { ...ROUTE, host: A, ...seen });
  await fleet.see(["web-1"], { ...ROUTE, host: B, ...seen });
  await fleet.see(["web-1"], { ...other, host: A, ...seen });
  const state = HostState.suspect;
  await fleet.see(["web-2"], { ...other, host: A, ...seen, state });
  const { outAt } = await reader.read();
  const routesOf = (name: string) => [
    ...outAt.get(FakeFleet.identity(name))?.keys() ?? [],
  ];
  assertEquals(outAt.size, 2);
  assertEquals(routesOf("web-1").map(({ modId }) => modId).sort(), [1, 2]);
  assertEquals(routesOf("web-2").map(({ modId }) => modId), [1]);
});
