import { MemoryNetwork, VirtualClock } from "../net/testing/mod.ts";
import { assert, assertEquals } from "@std/assert";
import { FramedConnection } from "../net/mod.ts";
import type { RouteKey } from "../proto/mod.ts";
import {
  EXPIRE_BATCH_MAX,
  SUBSCRIPTION_EXPIRE_MS,
  Subscriptions,
  type SubscriptionsOptions,
} from "./subscriptions.ts";

/** A clock that stands still but for the turns of the event loop. */
function subscriptionsOf(options: Partial<SubscriptionsOptions> = {}) {
  return new Subscriptions({ clock: new VirtualClock(), ...options });
}

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
  const subscriptions = subscriptionsOf();
  subscriptions.subscribe({ connection: a, key: key(1), exists: true }, 0);
  subscriptions.subscribe({ connection: a, key: key(1), exists: true }, 1);
  subscriptions.subscribe({ connection: b, key: key(1), exists: true }, 2);
  subscriptions.subscribe({ connection: b, key: key(2), exists: true }, 3);
  assertEquals(subscribersOf(subscriptions, key(1)), [a, b]);
  assertEquals(subscribersOf(subscriptions, key(2)), [b]);
  assertEquals(subscribersOf(subscriptions, key(3)), []);
  assertEquals(subscriptions.size, 3);
});

Deno.test("Subscriptions.drop() forgets the connection, and routes without subscribers", async () => {
  const [a, b] = await connections(2) as [FramedConnection, FramedConnection];
  const subscriptions = subscriptionsOf();
  subscriptions.subscribe({ connection: a, key: key(1), exists: true }, 0);
  subscriptions.subscribe({ connection: b, key: key(1), exists: true }, 0);
  subscriptions.subscribe({ connection: a, key: key(2), exists: true }, 0);
  subscriptions.drop(a);
  subscriptions.drop(a);
  assertEquals(subscribersOf(subscriptions, key(1)), [b]);
  assertEquals(subscriptions.size, 1);
  assertEquals(subscriptions.topicOf(key(2)), undefined);
});

Deno.test("Subscriptions.subscribe() lets the least recently asked route go at the bound", async () => {
  const [a, b] = await connections(2) as [FramedConnection, FramedConnection];
  const subscriptions = subscriptionsOf({
    present: { perConnectionMax: 2, max: 9 },
  });
  subscriptions.subscribe({ connection: b, key: key(2), exists: true }, 0);
  subscriptions.subscribe({ connection: a, key: key(1), exists: true }, 0);
  subscriptions.subscribe({ connection: a, key: key(2), exists: true }, 1);
  subscriptions.subscribe({ connection: a, key: key(1), exists: true }, 2);
  subscriptions.subscribe({ connection: a, key: key(3), exists: true }, 3);
  assertEquals(subscribersOf(subscriptions, key(1)), [a]);
  assertEquals(subscribersOf(subscriptions, key(2)), [b]);
  assertEquals(subscribersOf(subscriptions, key(3)), [a]);
  assertEquals(subscriptions.counters.evicted, 1);
});

Deno.test("Subscriptions.subscribe() holds the bound of all connections together", async () => {
  const [a, b] = await connections(2) as [FramedConnection, FramedConnection];
  const subscriptions = subscriptionsOf({
    present: { perConnectionMax: 9, max: 2 },
  });
  subscriptions.subscribe({ connection: a, key: key(1), exists: true }, 0);
  subscriptions.subscribe({ connection: a, key: key(2), exists: true }, 0);
  subscriptions.subscribe({ connection: b, key: key(1), exists: true }, 0);
  assertEquals(subscriptions.counters, { evicted: 0, expired: 0, refused: 1 });
  subscriptions.subscribe({ connection: a, key: key(3), exists: true }, 0);
  assertEquals(subscriptions.size, 2);
  assertEquals(subscribersOf(subscriptions, key(1)), []);
});

Deno.test("Subscriptions.expire() ends those not asked for in time and keeps renewed ones", async () => {
  const [a] = await connections(1) as [FramedConnection];
  const subscriptions = subscriptionsOf();
  subscriptions.subscribe({ connection: a, key: key(1), exists: true }, 0);
  subscriptions.subscribe({ connection: a, key: key(2), exists: true }, 0);
  subscriptions.subscribe({ connection: a, key: key(1), exists: true }, 1);
  subscriptions.expire(SUBSCRIPTION_EXPIRE_MS - 1);
  assertEquals(subscriptions.size, 2);
  subscriptions.expire(SUBSCRIPTION_EXPIRE_MS);
  assertEquals(subscribersOf(subscriptions, key(1)), [a]);
  assertEquals(subscribersOf(subscriptions, key(2)), []);
  assertEquals(subscriptions.counters.expired, 1);
});

Deno.test("Subscriptions.expire() does a bounded piece of work at a time", async () => {
  const [a] = await connections(1) as [FramedConnection];
  const subscriptions = subscriptionsOf();
  for (let cmdId = 0; cmdId < EXPIRE_BATCH_MAX + 1; cmdId++) {
    subscriptions.subscribe(
      { connection: a, key: key(cmdId), exists: true },
      0,
    );
  }
  subscriptions.expire(SUBSCRIPTION_EXPIRE_MS);
  assertEquals(subscriptions.size, 1);
  subscriptions.expire(SUBSCRIPTION_EXPIRE_MS);
  assertEquals(subscriptions.size, 0);
});

Deno.test("Subscriptions.subscribe() ends none to a route that exists for any number to routes that do not", async () => {
  const [a, b] = await connections(2) as [FramedConnection, FramedConnection];
  const subscriptions = subscriptionsOf({
    absent: { perConnectionMax: 3, max: 5 },
  });
  subscriptions.subscribe({ connection: a, key: key(0), exists: true }, 0);
  for (let cmdId = 1; cmdId <= 1_000; cmdId++) {
    for (const connection of [a, b]) {
      const absent = { modId: 2, cmdId };
      subscriptions.subscribe({ connection, key: absent, exists: false }, 1);
    }
  }
  assertEquals(subscribersOf(subscriptions, key(0)), [a]);
  assertEquals([subscriptions.size, subscriptions.absent], [6, 5]);
  // The newest stay, the others are told when they ask again.
  const newest = { modId: 2, cmdId: 1_000 };
  assertEquals(subscribersOf(subscriptions, newest), [a, b]);
});

Deno.test("Subscriptions.appeared() counts a route as one that exists, for all its subscribers", async () => {
  const [a, b] = await connections(2) as [FramedConnection, FramedConnection];
  const subscriptions = subscriptionsOf({
    absent: { perConnectionMax: 1, max: 2 },
  });
  for (const connection of [a, b]) {
    subscriptions.subscribe({ connection, key: key(1), exists: false }, 0);
  }
  subscriptions.appeared(subscriptions.topicOf(key(1))!);
  for (const connection of [a, b]) {
    subscriptions.subscribe({ connection, key: key(2), exists: false }, 0);
  }
  assertEquals(subscribersOf(subscriptions, key(1)), [a, b]);
  assertEquals(subscribersOf(subscriptions, key(2)), [a, b]);
  assertEquals([subscriptions.size, subscriptions.absent], [4, 2]);
  // Asked for again when it has gone, it is one that does not exist.
  subscriptions.subscribe({ connection: a, key: key(1), exists: false }, 1);
  assertEquals(subscribersOf(subscriptions, key(2)), [b]);
  assertEquals([subscriptions.size, subscriptions.absent], [3, 2]);
  subscriptions.expire(SUBSCRIPTION_EXPIRE_MS);
  assertEquals([subscriptions.size, subscriptions.absent], [1, 1]);
});

Deno.test("Subscriptions.drop() ends many subscriptions in slices, between which others are served", async () => {
  const [a, b] = await connections(2) as [FramedConnection, FramedConnection];
  const clock = new VirtualClock();
  const subscriptions = new Subscriptions({ clock });
  for (const connection of [a, b]) {
    for (let cmdId = 0; cmdId < 10_000; cmdId++) {
      subscriptions.subscribe({ connection, key: key(cmdId), exists: true }, 0);
    }
  }
  subscriptions.drop(a);
  subscriptions.drop(b);
  assert(subscriptions.size > 15_000, `${subscriptions.size} left`);
  // While the old ones end, the connection may have new ones.
  subscriptions.subscribe({ connection: b, key: key(9_999), exists: true }, 1);
  await clock.advance(0);
  assertEquals(subscriptions.size, 1);
  assertEquals(subscribersOf(subscriptions, key(9_999)), [b]);
});
