import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertRejects,
} from "@std/assert";
import type { HealthCheck } from "../net/mod.ts";
import { recordLogs } from "../net/testing/mod.ts";
import { StoreError } from "../store/mod.ts";
import { COMMIT_MS, QUIET_POLL_MS } from "./feed_loop.ts";
import { dnsHealth } from "./health.ts";
import {
  COMPARE_MS,
  DnsFixture,
  type Peer,
  route,
  routeIn,
  WATCH_MS,
} from "./testing/mod.ts";

const AWAY = new StoreError("Cannot reach store", { retry: true });

Deno.test("DnsServer pushes nothing when a change leaves the hosts as they were", async () => {
  await using fixture = new DnsFixture(route(1, "10.0.0.1:1"));
  const peer = await (await fixture.connect(await fixture.start())).listen()
    .ask(1);
  peer.take();
  fixture.store.set(route(1, "10.0.0.1:1"));
  await fixture.clock.advance(COMPARE_MS * 2);
  assertEquals(peer.take(), []);
});

Deno.test("DnsServer pushes both of two edits within one second", async () => {
  await using fixture = new DnsFixture(route(1, "10.0.0.1:1"));
  const peer = await (await fixture.connect(await fixture.start())).listen()
    .ask(1);
  peer.take();
  const second = fixture.clock.wallSeconds();
  for (const address of ["10.0.0.1:2", "10.0.0.1:3"]) {
    fixture.store.set(route(1, address));
    await fixture.clock.advance(WATCH_MS);
  }
  assertEquals(fixture.clock.wallSeconds(), second);
  assertEquals(peer.take(), ["1 10.0.0.1:2", "1 10.0.0.1:3"]);
});

Deno.test("DnsServer finds an edit without a RouteChange row by full comparison", async () => {
  const cases = [
    { feedSays: "unnamed", withinMs: WATCH_MS },
    { feedSays: "nothing", withinMs: COMPARE_MS + WATCH_MS },
  ] as const;
  for (const { feedSays, withinMs } of cases) {
    await using fixture = new DnsFixture(
      route(1, "10.0.0.1:1", "10.0.0.1:2"),
      route(2, "10.0.0.1:1"),
    );
    const server = await fixture.start();
    const peer = (await fixture.connect(server)).listen();
    await peer.ask(1);
    await peer.ask(2);
    peer.take();
    fixture.store.set(route(1, "10.0.0.1:2", "10.0.0.1:3"), feedSays);
    fixture.store.set(route(2), feedSays);
    await fixture.clock.advance(withinMs);
    assertEquals(
      peer.take(),
      ["1 10.0.0.1:2 10.0.0.1:3", "2"],
      feedSays,
    );
    assertEquals(server.counters.routesFoundByComparison, 2);
  }
});

Deno.test("DnsServer compares again for an unnamed edit that a running comparison cannot see", async () => {
  await using fixture = new DnsFixture(route(1, "10.0.0.1:1"));
  const peer = await (await fixture.connect(await fixture.start())).listen()
    .ask(1);
  peer.take();
  const gate = Promise.withResolvers<void>();
  fixture.store.gate = gate.promise;
  fixture.store.set(route(1, "10.0.0.1:1", "10.0.0.1:2"), "unnamed");
  await fixture.clock.advance(WATCH_MS);
  fixture.store.set(route(1, "10.0.0.1:2", "10.0.0.1:3"), "unnamed");
  await fixture.clock.advance(WATCH_MS);
  gate.resolve();
  await fixture.clock.advance(1);
  assertEquals(peer.take(), [
    "1 10.0.0.1:1 10.0.0.1:2",
    "1 10.0.0.1:2 10.0.0.1:3",
  ]);
});

Deno.test("DnsServer lets a poll during a comparison win over the older snapshot", async () => {
  await using fixture = new DnsFixture(
    route(1, "10.0.0.1:1"),
    route(2, "10.0.0.1:1"),
  );
  const server = await fixture.start();
  const peer = await (await fixture.connect(server)).listen().ask(1);
  peer.take();
  const gate = Promise.withResolvers<void>();
  fixture.store.gate = gate.promise;
  await fixture.clock.advance(COMPARE_MS + WATCH_MS);
  assertEquals(fixture.store.scans, 2);
  fixture.store.set(route(1, "10.0.0.1:2"));
  fixture.store.set(route(2));
  fixture.store.set(route(3, "10.0.0.1:3"));
  await fixture.clock.advance(WATCH_MS);
  assertEquals(peer.take(), ["1 10.0.0.1:2"]);
  gate.resolve();
  await fixture.clock.advance(WATCH_MS);
  assertEquals(server.counters.comparisons, 1);
  assertEquals(peer.take(), []);
  assertEquals(routeIn(server.table, route(2)), undefined);
  assertEquals(server.table.size, 2);
});

Deno.test("DnsServer: any number of them on one store publish each change", async () => {
  await using fixture = new DnsFixture();
  const peers: Peer[] = [];
  for (let server = 0; server < 3; server++) {
    const peer = (await fixture.connect(await fixture.start())).listen();
    peers.push(await peer.ask(1));
    peer.take();
  }
  fixture.store.set(route(1, "10.0.0.1:1"));
  await fixture.clock.advance(WATCH_MS);
  for (const peer of peers) assertEquals(peer.take(), ["1 10.0.0.1:1"]);
});

Deno.test("DnsServer goes on serving while the store is away, and catches up", async () => {
  for (const retry of [true, false]) {
    await using fixture = new DnsFixture(route(1, "10.0.0.1:1"));
    const server = await fixture.start();
    const peer = await (await fixture.connect(server)).listen().ask(1);
    fixture.store.failure = new StoreError("Cannot reach store", { retry });
    await fixture.clock.advance(60_000);
    assertEquals(server.counters.storeAway, 1);
    await peer.ask(1);
    assertEquals(peer.take(), ["1 10.0.0.1:1", "1 10.0.0.1:1"]);
    fixture.store.set(route(1, "10.0.0.1:1", "10.0.0.1:2"), "nothing");
    fixture.store.failure = undefined;
    await fixture.clock.advance(5_000 + WATCH_MS);
    assertEquals(peer.take(), ["1 10.0.0.1:1 10.0.0.1:2"]);
    assertEquals(server.counters.storeAway, 0);
    assert(server.counters.storeFailures < 40);
  }
});

Deno.test("DnsServer says once that its store is away, also when it was just comparing, and once that it is back", async () => {
  using logs = recordLogs();
  await using fixture = new DnsFixture(route(1, "10.0.0.1:1"));
  await fixture.start();
  const { promise, resolve } = Promise.withResolvers<void>();
  fixture.store.gate = promise;
  await fixture.clock.advance(COMPARE_MS);
  fixture.store.failure = AWAY;
  resolve();
  await fixture.clock.advance(60_000);
  fixture.store.failure = undefined;
  await fixture.clock.advance(10_000);
  const lines = logs.lines.filter((line) => / (can|cannot) /.test(line));
  assertEquals(lines.map((line) => line.slice(25).split(",")[0]), [
    "error dns: cannot read route changes now",
    "info dns: can read route changes again",
  ]);
});

Deno.test("DnsServer compares all routes as soon as the store is back", async () => {
  await using fixture = new DnsFixture(route(1, "10.0.0.1:1"));
  const server = await fixture.start();
  fixture.store.failure = AWAY;
  await fixture.clock.advance(WATCH_MS * 5);
  fixture.store.set(route(1, "10.0.0.1:1", "10.0.0.1:2"), "nothing");
  fixture.store.failure = undefined;
  await fixture.clock.advance(WATCH_MS * 10);
  assertEquals(server.counters.routesFoundByComparison, 1);
});

Deno.test("DnsServer.open() waits for a store that is away", async () => {
  await using fixture = new DnsFixture(route(1, "10.0.0.1:1"));
  fixture.store.failure = AWAY;
  const starting = fixture.start();
  await fixture.clock.advance(60_000);
  fixture.store.failure = undefined;
  await fixture.clock.advance(5_000);
  assertEquals((await starting).table.size, 1);
});

Deno.test("DnsServer.open() stops waiting when it is told to", async () => {
  await using fixture = new DnsFixture();
  fixture.store.failure = AWAY;
  const stop = new AbortController();
  const opening = fixture.open(stop.signal);
  await fixture.clock.advance(1);
  stop.abort(new Error("stopped"));
  await assertRejects(() => opening, Error, "stopped");
});

Deno.test("DnsServer.open() fails where trying again cannot help", async () => {
  await using fixture = new DnsFixture();
  fixture.store.failure = new StoreError("Access denied", { retry: false });
  await assertRejects(() => fixture.open(), StoreError, "Access denied");
});

Deno.test("DnsServer.run() ends with an error that is none of the store's", async () => {
  const fixture = new DnsFixture();
  const server = await fixture.open();
  const stop = new AbortController();
  const running = assertRejects(
    () => server.run(stop.signal),
    TypeError,
    "bug",
  );
  fixture.store.failure = new TypeError("bug");
  await fixture.clock.advance(WATCH_MS);
  await running;
  stop.abort();
  await fixture.clock.advance(WATCH_MS);
});

Deno.test("DnsServer with routes that nobody asks for wakes for its polls alone", async () => {
  await using fixture = new DnsFixture(route(1, "10.0.0.1:1"));
  const { clock, store } = fixture;
  store.givesHints = true;
  const server = await fixture.start();
  const peer = await fixture.connect(server);
  await peer.listen().ask(1);
  await clock.advance(10_000);
  const before = { wakeUps: clock.wakeUps, polls: server.counters.polls };
  await clock.advance(600_000);
  const polls = server.counters.polls - before.polls;
  const wakeUps = clock.wakeUps - before.wakeUps;
  // One every two seconds, and one after each comparison.
  assert(polls <= 370, `${polls} polls`);
  assert(wakeUps <= polls, `${wakeUps} wake-ups, ${polls} polls`);
});

Deno.test("DnsServer polls a store that gives hints soon after one, and seldom without", async () => {
  await using fixture = new DnsFixture(route(1, "10.0.0.1:1"));
  const { clock, store } = fixture;
  store.givesHints = true;
  const peer = await (await fixture.connect(await fixture.start())).listen()
    .ask(1);
  await clock.advance(5_000);
  const before = store.polls;
  await clock.advance(20_000);
  // Some more for the comparisons.
  assert(store.polls - before <= 30, `${store.polls - before} polls`);
  peer.take();
  store.set(route(1, "10.0.0.1:2"));
  await clock.advance(COMMIT_MS);
  assertEquals(peer.take(), ["1 10.0.0.1:2"]);
});

Deno.test("DnsServer finds a commit that is visible only after its hint, or has none", async () => {
  await using fixture = new DnsFixture(route(1, "10.0.0.1:1"));
  const { clock, store } = fixture;
  store.givesHints = true;
  const peer = await (await fixture.connect(await fixture.start())).listen()
    .ask(1);
  await clock.advance(5_000);
  peer.take();
  store.hint();
  await clock.advance(400);
  store.set(route(1, "10.0.0.1:2"), { hint: false });
  await clock.advance(WATCH_MS);
  assertEquals(peer.take(), ["1 10.0.0.1:2"]);
  await clock.advance(5_000);
  store.set(route(1, "10.0.0.1:3"), { hint: false });
  await clock.advance(QUIET_POLL_MS);
  assertEquals(peer.take(), ["1 10.0.0.1:3"]);
});

Deno.test("DnsServer polls once more after a poll that saw a commit, and finds one that was hinted at with it", async () => {
  await using fixture = new DnsFixture(route(1, "10.0.0.1:1"));
  const { clock, store } = fixture;
  store.givesHints = true;
  store.tellsCommits = true;
  const peer = await (await fixture.connect(await fixture.start())).listen()
    .ask(1);
  await clock.advance(5_000);
  const before = store.polls;
  for (let edit = 1; edit <= 20; edit++) {
    peer.take();
    store.set(route(1, `10.0.0.1:${edit}`));
    await clock.advance(WATCH_MS / 2);
    store.set(route(1, `10.0.0.2:${edit}`), { hint: false });
    await clock.advance(WATCH_MS);
    assertEquals(peer.take().at(-1), `1 10.0.0.2:${edit}`);
    await clock.advance(1_000 - 1.5 * WATCH_MS);
  }
  // Two for each edit, one between two, and some for the comparisons: without that, seven for each.
  assert(store.polls - before <= 80, `${store.polls - before} polls`);
});

Deno.test("DnsServer polls a store whose hints have ended as often as one without, until it gives some again", async () => {
  await using fixture = new DnsFixture(route(1, "10.0.0.1:1"));
  const { clock, store } = fixture;
  store.givesHints = true;
  await fixture.start();
  await clock.advance(5_000);
  store.givesHints = false;
  store.hint();
  await clock.advance(QUIET_POLL_MS);
  const ended = store.polls;
  await clock.advance(5_000);
  assert(store.polls - ended >= 45, `${store.polls - ended} polls`);
  store.givesHints = true;
  await clock.advance(10_000);
  const given = store.polls;
  await clock.advance(10_000);
  assert(store.polls - given <= 20, `${store.polls - given} polls`);
});

Deno.test("a dns without its store tells how old its routes are, and is ready as long as it has some", async () => {
  for (const routes of [[route(1, "10.0.0.1:1")], []]) {
    await using fixture = new DnsFixture(...routes);
    const server = await fixture.start();
    await fixture.clock.advance(COMPARE_MS);
    const { feed } = server;
    assert(feed.lagSeconds <= WATCH_MS / 1_000, `${feed.lagSeconds}`);
    assertEquals(dnsHealth(server)[0]?.ok, true);
    const [before] = feed.operations.errors();
    assertEquals(before, { labels: { operation: "poll" }, value: 0 });

    fixture.store.failure = AWAY;
    await fixture.clock.advance(60_000);
    assert(feed.lagSeconds >= 60, `${feed.lagSeconds}`);
    const [{ ok, reason }] = dnsHealth(server) as [HealthCheck];
    assertEquals(ok, routes.length > 0, reason);
    assertMatch(reason, /^away, /);
    assertNotEquals(feed.operations.errors()[0]?.value, 0);
  }
});
