import { MemoryNetwork, VirtualClock } from "../net/testing/mod.ts";
import { assertEquals } from "@std/assert";
import { FramedConnection } from "../net/mod.ts";
import type { RouteKey } from "../proto/mod.ts";
import {
  EXPIRE_BATCH_MAX,
  SUBSCRIPTION_EXPIRE_MS,
  Subscriptions,
} from "./subscriptions.ts";

/** Connections that nothing is sent over. */
async function connections(count: number): Promise<FramedConnection[]> {
  const clock = new VirtualClock();
  const network = new MemoryNetwork({ clock, random: () => 0 });
  const machine = network.machine("10.0.0.1");
  using listener = machine.listen({ hostname: "127.0.0.1", port: 7778 });
  const opened = Array.from(
    { length: count },
    () => machine.connect(listener.local),
  );
  await clock.advance(1);
  return (await Promise.all(opened)).map((each) => new FramedConnection(each));
}

function key(cmdId: number) {
  return { modId: 1, cmdId };
}

function subscribersOf(
  subscriptions: Subscriptions,
  key: RouteKey,
): FramedConnection[] {
  const subscribers = subscriptions.topicOf(key)?.subscribers ?? [];
  return [...subscribers].map(({ connection }) => connection);
}

Deno.test("Subscriptions.topicOf() has each connection that asked, once", async () => {
  const [a, b] = await connections(2) as [FramedConnection, FramedConnection];
  const subscriptions = new Subscriptions();
  subscriptions.subscribe({ connection: a, key: key(1) }, 0);
  subscriptions.subscribe({ connection: a, key: key(1) }, 1);
  subscriptions.subscribe({ connection: b, key: key(1) }, 2);
  subscriptions.subscribe({ connection: b, key: key(2) }, 3);
  assertEquals(subscribersOf(subscriptions, key(1)), [a, b]);
  assertEquals(subscribersOf(subscriptions, key(2)), [b]);
  assertEquals(subscribersOf(subscriptions, key(3)), []);
  assertEquals(subscriptions.size, 3);
});

Deno.test("Subscriptions.drop() forgets the connection, and routes without subscribers", async () => {
  const [a, b] = await connections(2) as [FramedConnection, FramedConnection];
  const subscriptions = new Subscriptions();
  subscriptions.subscribe({ connection: a, key: key(1) }, 0);
  subscriptions.subscribe({ connection: b, key: key(1) }, 0);
  subscriptions.subscribe({ connection: a, key: key(2) }, 0);
  subscriptions.drop(a);
  subscriptions.drop(a);
  assertEquals(subscribersOf(subscriptions, key(1)), [b]);
  assertEquals(subscriptions.size, 1);
  assertEquals(subscriptions.topicOf(key(2)), undefined);
});

Deno.test("Subscriptions.subscribe() lets the least recently asked route go at the bound", async () => {
  const [a, b] = await connections(2) as [FramedConnection, FramedConnection];
  const subscriptions = new Subscriptions({ perConnectionMax: 2 });
  subscriptions.subscribe({ connection: b, key: key(2) }, 0);
  subscriptions.subscribe({ connection: a, key: key(1) }, 0);
  subscriptions.subscribe({ connection: a, key: key(2) }, 1);
  subscriptions.subscribe({ connection: a, key: key(1) }, 2);
  subscriptions.subscribe({ connection: a, key: key(3) }, 3);
  assertEquals(subscribersOf(subscriptions, key(1)), [a]);
  assertEquals(subscribersOf(subscriptions, key(2)), [b]);
  assertEquals(subscribersOf(subscriptions, key(3)), [a]);
  assertEquals(subscriptions.counters.evicted, 1);
});

Deno.test("Subscriptions.subscribe() holds the bound of all connections together", async () => {
  const [a, b] = await connections(2) as [FramedConnection, FramedConnection];
  const subscriptions = new Subscriptions({ max: 2 });
  subscriptions.subscribe({ connection: a, key: key(1) }, 0);
  subscriptions.subscribe({ connection: a, key: key(2) }, 0);
  subscriptions.subscribe({ connection: b, key: key(1) }, 0);
  assertEquals(subscriptions.counters, { evicted: 0, expired: 0, refused: 1 });
  subscriptions.subscribe({ connection: a, key: key(3) }, 0);
  assertEquals(subscriptions.size, 2);
  assertEquals(subscribersOf(subscriptions, key(1)), []);
});

Deno.test("Subscriptions.expire() ends those not asked for in time and keeps renewed ones", async () => {
  const [a] = await connections(1) as [FramedConnection];
  const subscriptions = new Subscriptions();
  subscriptions.subscribe({ connection: a, key: key(1) }, 0);
  subscriptions.subscribe({ connection: a, key: key(2) }, 0);
  subscriptions.subscribe({ connection: a, key: key(1) }, 1);
  subscriptions.expire(SUBSCRIPTION_EXPIRE_MS - 1);
  assertEquals(subscriptions.size, 2);
  subscriptions.expire(SUBSCRIPTION_EXPIRE_MS);
  assertEquals(subscribersOf(subscriptions, key(1)), [a]);
  assertEquals(subscribersOf(subscriptions, key(2)), []);
  assertEquals(subscriptions.counters.expired, 1);
});

Deno.test("Subscriptions.expire() does a bounded piece of work at a time", async () => {
  const [a] = await connections(1) as [FramedConnection];
  const subscriptions = new Subscriptions();
  for (let cmdId = 0; cmdId < EXPIRE_BATCH_MAX + 1; cmdId++) {
    subscriptions.subscribe({ connection: a, key: key(cmdId) }, 0);
  }
  subscriptions.expire(SUBSCRIPTION_EXPIRE_MS);
  assertEquals(subscriptions.size, 1);
  subscriptions.expire(SUBSCRIPTION_EXPIRE_MS);
  assertEquals(subscriptions.size, 0);
});
