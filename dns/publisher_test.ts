import { MemoryNetwork, VirtualClock } from "../net/testing/mod.ts";
import { assert, assertEquals } from "@std/assert";
import { type Clock, FramedConnection, loggerOf } from "../net/mod.ts";
import type { Route } from "../proto/mod.ts";
import { Publisher } from "./publisher.ts";
import { RouteTable } from "./route_table.ts";
import { Subscriptions } from "./subscriptions.ts";

const MANY = 20_000;

/** Routes (1, 0) to (1, count − 1), each with one host. */
function many(count: number, port: number): Route[] {
  return Array.from(
    { length: count },
    (_, cmdId) => ({ modId: 1, cmdId, hosts: [{ ip: 1, port }] }),
  );
}

/** A virtual clock whose turns end when the test says so. */
class SteppedClock extends VirtualClock implements Clock {
  #turn: (() => void) | undefined;

  override turn(): Promise<void> {
    return new Promise((resolve) => this.#turn = resolve);
  }

  /** Ends the turn; false if nothing waits for its end. */
  endTurn(): boolean {
    const turn = this.#turn;
    this.#turn = undefined;
    turn?.();
    return turn !== undefined;
  }
}

Deno.test("Publisher.publish() pushes many routes in slices, each once, as it is then", async () => {
  const clock = new SteppedClock();
  const network = new MemoryNetwork({ clock, random: () => 0 });
  const machine = network.machine("10.0.0.1");
  using listener = machine.listen({ hostname: "127.0.0.1", port: 7778 });
  const connecting = machine.connect(listener.local);
  await clock.advance(1);
  const peer = new FramedConnection(await listener.accept());
  let heard = 0;
  peer.run(() => {
    heard += 1;
  });
  const connection = new FramedConnection(await connecting);

  const table = new RouteTable({ logger: loggerOf("test") });
  const subscriptions = new Subscriptions({ clock });
  const publisher = new Publisher({ table, subscriptions, clock });
  for (const key of many(MANY, 1)) {
    subscriptions.subscribe({ connection, key, exists: true }, 0);
  }
  publisher.publish(table.apply(many(MANY, 1)));
  const early = publisher.counters.pushes;
  assert(early <= MANY / 5, `${early} pushes at once`);
  // What changes again before its push goes out is pushed once.
  publisher.publish(table.apply(many(MANY, 2)));
  let turns = 0;
  let before = early;
  do {
    assert(publisher.counters.pushes - before <= MANY / 5);
    before = publisher.counters.pushes;
    turns += 1;
    await clock.advance(1);
  } while (clock.endTurn());
  assert(turns > 5, `${turns} turns`);
  assertEquals(publisher.counters.pushes, MANY + early);
  await clock.advance(10);
  assertEquals(heard, MANY + early);
  connection.close();
  peer.close();
});

Deno.test("Publisher.delay is the time from a change until a subscriber took it", async () => {
  const clock = new VirtualClock();
  const network = new MemoryNetwork({ clock, random: () => 0 });
  const machine = network.machine("10.0.0.1");
  using listener = machine.listen({ hostname: "127.0.0.1", port: 7778 });
  const connecting = machine.connect(listener.local);
  await clock.advance(1);
  await listener.accept();
  const connection = new FramedConnection(await connecting);
  const table = new RouteTable({ logger: loggerOf("test") });
  const subscriptions = new Subscriptions({ clock });
  const publisher = new Publisher({ table, subscriptions, clock });
  const [route] = many(1, 1);
  subscriptions.subscribe({ connection, key: route!, exists: true }, 0);
  publisher.publish(table.apply([route!]));
  assertEquals(publisher.counters.pushes, 1);
  assertEquals(publisher.delay.sum, 0);

  const drained = Promise.withResolvers<void>();
  let isWritable = false;
  Object.defineProperties(connection, {
    writable: { get: () => isWritable },
    drained: { value: () => drained.promise },
  });
  publisher.publish(table.apply(many(1, 2)));
  await clock.advance(3_000);
  isWritable = true;
  drained.resolve();
  await clock.advance(0);
  assertEquals(publisher.counters.pushes, 2);
  assertEquals(publisher.delay.sum, 3);
  connection.close();
});
