import { assert, assertEquals } from "@std/assert";
import { type HostAddress, MessageId } from "../proto/mod.ts";
import { STALL_MS_MAX, VERSION } from "../net/mod.ts";
import type { DnsServer } from "./dns_server.ts";
import { SUBSCRIPTION_EXPIRE_MS } from "./subscriptions.ts";
import { DnsFixture, type Peer, route, WATCH_MS } from "./testing/mod.ts";

Deno.test("DnsServer answers with the hosts of a route, and with none where there are none", async () => {
  await using fixture = new DnsFixture(
    route(1, "192.168.1.177:7777", "10.0.0.1:1"),
  );
  const server = await fixture.start();
  const peer = (await fixture.connect(server)).listen();
  await peer.ask(1);
  await peer.ask(9);
  assertEquals(peer.take(), ["1 10.0.0.1:1 192.168.1.177:7777", "9"]);
});

Deno.test("DnsServer answers negative ids with no hosts and does not subscribe to them", async () => {
  await using fixture = new DnsFixture();
  const server = await fixture.start();
  const peer = (await fixture.connect(server)).listen();
  await peer.ask(-1);
  await peer.ask(3, -2_147_483_648);
  assertEquals(peer.take(), ["-1", "3"]);
  assertEquals(server.counters.subscriptions, 0);
  assertEquals(server.counters.invalidKeys, 2);
});

Deno.test("DnsServer answers a Hello, and a peer without one hears what it always heard", async () => {
  await using fixture = new DnsFixture(route(1, "10.0.0.1:1"));
  const server = await fixture.start();
  const ours = (await fixture.connect(server)).listen();
  const original = (await fixture.connect(server)).listen();
  await ours.greet();
  assertEquals(ours.acks, [{
    version: VERSION,
    features: 0,
    store: "a".repeat(32),
    accepted: 0,
    held: 0,
  }]);
  await original.ask(1);
  await ours.ask(1);
  assertEquals([ours.take(), original.take()], [
    ["1 10.0.0.1:1"],
    ["1 10.0.0.1:1"],
  ]);
  assertEquals(original.acks, []);
  assertEquals(server.counters.unknownIds, 0);
});

Deno.test("DnsServer tells who said Hello which routes an edit named, until a comparison changes them", async () => {
  await using fixture = new DnsFixture(
    route(1, "10.0.0.1:1"),
    route(2, "10.0.0.1:1"),
    route(3, "10.0.0.1:1"),
  );
  const server = await fixture.start();
  const ours = await (await fixture.connect(server)).listen().greet();
  const original = (await fixture.connect(server)).listen();
  const steps = [
    { routes: [], heard: ["1 10.0.0.1:1", "2 10.0.0.1:1", "3 10.0.0.1:1"] },
    {
      routes: [route(1, "10.0.0.1:1", "10.0.0.2:1"), route(2)],
      heard: ["1 10.0.0.1:1 10.0.0.2:1 named", "2 named"],
    },
    {
      routes: [route(1, "10.0.0.1:1", "10.0.0.3:1"), route(2, "10.0.0.4:1")],
      feedSays: "unnamed" as const,
      heard: ["1 10.0.0.1:1 10.0.0.3:1", "2 10.0.0.4:1"],
    },
  ];
  for (const { routes, feedSays, heard } of steps) {
    for (const each of routes) fixture.store.set(each, feedSays);
    await fixture.clock.advance(WATCH_MS);
    // Asked for again, a route is as it was pushed.
    for (const peer of [ours, original]) {
      const pushed = peer.take().sort();
      const isFirst = routes.length === 0;
      for (const cmdId of isFirst ? [1, 2, 3] : [1, 2]) await peer.ask(cmdId);
      const expected = peer === ours
        ? heard
        : heard.map((line) => line.replace(" named", ""));
      assertEquals(peer.take(), expected);
      assertEquals(pushed, isFirst ? [] : expected);
    }
  }
});

Deno.test("DnsServer takes an empty body as route 0, 0", async () => {
  await using fixture = new DnsFixture({ ...route(0, "10.0.0.1:1"), modId: 0 });
  const peer = (await fixture.connect(await fixture.start())).listen();
  peer.connection.send(MessageId.getRouteRequest, new Uint8Array());
  await fixture.clock.advance(1);
  assertEquals(peer.take(), ["0 10.0.0.1:1"]);
});

Deno.test("DnsServer closes a connection whose body does not decode, and no other", async () => {
  await using fixture = new DnsFixture(route(1, "10.0.0.1:1"));
  const server = await fixture.start();
  const bad = (await fixture.connect(server)).listen();
  const good = (await fixture.connect(server)).listen();
  bad.connection.send(MessageId.getRouteRequest, new Uint8Array([8]));
  await fixture.clock.advance(1);
  assertEquals(bad.connection.closed, true);
  await good.ask(1);
  assertEquals(good.take(), ["1 10.0.0.1:1"]);
  assertEquals(server.counters.protocolErrors, 1);
});

Deno.test("DnsServer pushes a change to those who asked for the route, also before it existed", async () => {
  await using fixture = new DnsFixture();
  const server = await fixture.start();
  const asked = await (await fixture.connect(server)).listen().ask(1);
  const other = await (await fixture.connect(server)).listen().ask(2);
  assertEquals([asked.take(), other.take()], [["1"], ["2"]]);
  fixture.store.set(route(1, "10.0.0.1:1"));
  await fixture.clock.advance(WATCH_MS);
  assertEquals(asked.take(), ["1 10.0.0.1:1"]);
  fixture.store.set(route(1));
  await fixture.clock.advance(WATCH_MS);
  assertEquals([asked.take(), other.take()], [["1"], []]);
});

Deno.test("DnsServer encodes a changed route once for all its subscribers", async () => {
  await using fixture = new DnsFixture(route(1, "10.0.0.1:1"));
  const server = await fixture.start();
  const peers: Peer[] = [];
  for (let count = 0; count < 50; count++) {
    peers.push(await (await fixture.connect(server)).listen().ask(1));
  }
  const { encoded } = server.counters;
  fixture.store.set(route(1, "10.0.0.1:2"));
  await fixture.clock.advance(WATCH_MS);
  assertEquals(server.counters.encoded - encoded, 1);
  assertEquals(server.counters.pushes, 50);
  for (const peer of peers) assertEquals(peer.heard.at(-1), "1 10.0.0.1:2");
});

/** Enough to fill what a stream and a queue take, with few pushes. */
function largeHosts(port: number): HostAddress[] {
  return Array.from({ length: 3_000 }, (_, index) => ({
    ip: 0xc0a8_0000 + index,
    port,
  }));
}

/** Changes a large route until a peer that does not read takes no more. */
async function fillUp(fixture: DnsFixture, server: DnsServer): Promise<void> {
  for (let port = 1; server.counters.waitingSubscribers === 0; port++) {
    assert(port < 20);
    fixture.store.set({ modId: 1, cmdId: 9, hosts: largeHosts(port) });
    await fixture.clock.advance(WATCH_MS);
  }
}

Deno.test("DnsServer sends one push, the newest, for the edits a peer did not read in time", async () => {
  await using fixture = new DnsFixture();
  const server = await fixture.start();
  const slow = await fixture.connect(server);
  await slow.ask(9);
  await slow.ask(1);
  await fillUp(fixture, server);
  for (const address of ["10.0.0.1:1", "10.0.0.1:2", "10.0.0.1:3"]) {
    fixture.store.set(route(1, address));
    await fixture.clock.advance(WATCH_MS);
  }
  slow.listen();
  await fixture.clock.advance(WATCH_MS);
  const heard = slow.take().filter((line) => line.startsWith("1"));
  assertEquals(heard, ["1", "1 10.0.0.1:3"]);
  assertEquals(server.counters.waitingSubscribers, 0);
});

Deno.test("DnsServer closes a subscriber that takes nothing, and goes on serving the others", async () => {
  await using fixture = new DnsFixture();
  const server = await fixture.start();
  const dead = await (await fixture.connect(server)).ask(9);
  const alive = await (await fixture.connect(server)).listen().ask(1);
  await fillUp(fixture, server);
  fixture.store.set(route(1, "10.0.0.1:1"));
  await fixture.clock.advance(WATCH_MS);
  assertEquals(alive.take(), ["1", "1 10.0.0.1:1"]);
  await fixture.clock.advance(STALL_MS_MAX - 2_000);
  assertEquals(server.counters.connections, 2);
  await fixture.clock.advance(4_000);
  assertEquals(server.counters.connections, 1);
  assertEquals(server.counters.stalledClosed, 1);
  assertEquals(server.counters.subscriptions, 1);
  dead.connection.close();
});

Deno.test("DnsServer ends a subscription that is not renewed", async () => {
  await using fixture = new DnsFixture();
  const server = await fixture.start();
  const peer = await (await fixture.connect(server)).listen().ask(1);
  await fixture.clock.advance(SUBSCRIPTION_EXPIRE_MS + 1_000);
  fixture.store.set(route(1, "10.0.0.1:1"));
  await fixture.clock.advance(WATCH_MS);
  assertEquals(peer.take(), ["1"]);
  assertEquals(server.counters.expired, 1);
});
