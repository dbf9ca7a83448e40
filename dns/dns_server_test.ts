import { assert, assertEquals } from "@std/assert";
import { type HostAddress, MessageId } from "../proto/mod.ts";
import { type Peer, Rig, route, WATCH_MS } from "./testing/dns_fixture.ts";
import type { DnsServer } from "./dns_server.ts";
import { STALL_MS_MAX } from "./publisher.ts";
import { SUBSCRIPTION_EXPIRE_MS } from "./subscriptions.ts";

Deno.test("DnsServer answers with the hosts of a route, and with none where there are none", async () => {
  await using rig = new Rig(route(1, "192.168.1.177:7777", "10.0.0.1:1"));
  const server = await rig.start();
  const peer = (await rig.connect(server)).listen();
  await peer.ask(1);
  await peer.ask(9);
  assertEquals(peer.take(), ["1 10.0.0.1:1 192.168.1.177:7777", "9"]);
});

Deno.test("DnsServer answers negative ids with no hosts and does not subscribe to them", async () => {
  await using rig = new Rig();
  const server = await rig.start();
  const peer = (await rig.connect(server)).listen();
  await peer.ask(-1);
  await peer.ask(3, -2_147_483_648);
  assertEquals(peer.take(), ["-1", "3"]);
  assertEquals(server.counters.subscriptions, 0);
  assertEquals(server.counters.invalidKeys, 2);
});

Deno.test("DnsServer takes an empty body as route 0, 0", async () => {
  await using rig = new Rig({ ...route(0, "10.0.0.1:1"), modId: 0 });
  const peer = (await rig.connect(await rig.start())).listen();
  peer.connection.send(MessageId.getRouteRequest, new Uint8Array());
  await rig.clock.advance(1);
  assertEquals(peer.take(), ["0 10.0.0.1:1"]);
});

Deno.test("DnsServer closes a connection whose body does not decode, and no other", async () => {
  await using rig = new Rig(route(1, "10.0.0.1:1"));
  const server = await rig.start();
  const bad = (await rig.connect(server)).listen();
  const good = (await rig.connect(server)).listen();
  bad.connection.send(MessageId.getRouteRequest, new Uint8Array([8]));
  await rig.clock.advance(1);
  assertEquals(bad.connection.closed, true);
  await good.ask(1);
  assertEquals(good.take(), ["1 10.0.0.1:1"]);
  assertEquals(server.counters.protocolErrors, 1);
});

Deno.test("DnsServer pushes a change to those who asked for the route, also before it existed", async () => {
  await using rig = new Rig();
  const server = await rig.start();
  const asked = await (await rig.connect(server)).listen().ask(1);
  const other = await (await rig.connect(server)).listen().ask(2);
  assertEquals([asked.take(), other.take()], [["1"], ["2"]]);
  rig.store.set(route(1, "10.0.0.1:1"));
  await rig.clock.advance(WATCH_MS);
  assertEquals(asked.take(), ["1 10.0.0.1:1"]);
  rig.store.set(route(1));
  await rig.clock.advance(WATCH_MS);
  assertEquals([asked.take(), other.take()], [["1"], []]);
});

Deno.test("DnsServer encodes a changed route once for all its subscribers", async () => {
  await using rig = new Rig(route(1, "10.0.0.1:1"));
  const server = await rig.start();
  const peers: Peer[] = [];
  for (let count = 0; count < 50; count++) {
    peers.push(await (await rig.connect(server)).listen().ask(1));
  }
  const { encoded } = server.counters;
  rig.store.set(route(1, "10.0.0.1:2"));
  await rig.clock.advance(WATCH_MS);
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
async function fillUp(rig: Rig, server: DnsServer): Promise<void> {
  for (let port = 1; server.counters.waitingSubscribers === 0; port++) {
    assert(port < 20);
    rig.store.set({ modId: 1, cmdId: 9, hosts: largeHosts(port) });
    await rig.clock.advance(WATCH_MS);
  }
}

Deno.test("DnsServer sends one push, the newest, for the edits a peer did not read in time", async () => {
  await using rig = new Rig();
  const server = await rig.start();
  const slow = await rig.connect(server);
  await slow.ask(9);
  await slow.ask(1);
  await fillUp(rig, server);
  for (const address of ["10.0.0.1:1", "10.0.0.1:2", "10.0.0.1:3"]) {
    rig.store.set(route(1, address));
    await rig.clock.advance(WATCH_MS);
  }
  slow.listen();
  await rig.clock.advance(WATCH_MS);
  const heard = slow.take().filter((line) => line.startsWith("1"));
  assertEquals(heard, ["1", "1 10.0.0.1:3"]);
  assertEquals(server.counters.waitingSubscribers, 0);
});

Deno.test("DnsServer closes a subscriber that takes nothing, and serves the others meanwhile", async () => {
  await using rig = new Rig();
  const server = await rig.start();
  const dead = await (await rig.connect(server)).ask(9);
  const alive = await (await rig.connect(server)).listen().ask(1);
  await fillUp(rig, server);
  rig.store.set(route(1, "10.0.0.1:1"));
  await rig.clock.advance(WATCH_MS);
  assertEquals(alive.take(), ["1", "1 10.0.0.1:1"]);
  await rig.clock.advance(STALL_MS_MAX - 2_000);
  assertEquals(server.counters.connections, 2);
  await rig.clock.advance(4_000);
  assertEquals(server.counters.connections, 1);
  assertEquals(server.counters.stalledClosed, 1);
  assertEquals(server.counters.subscriptions, 1);
  dead.connection.close();
});

Deno.test("DnsServer forgets a subscription that nobody renews", async () => {
  await using rig = new Rig();
  const server = await rig.start();
  const peer = await (await rig.connect(server)).listen().ask(1);
  await rig.clock.advance(SUBSCRIPTION_EXPIRE_MS + 1_000);
  rig.store.set(route(1, "10.0.0.1:1"));
  await rig.clock.advance(WATCH_MS);
  assertEquals(peer.take(), ["1"]);
  assertEquals(server.counters.expired, 1);
});
