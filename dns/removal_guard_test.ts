/** A store that is new, empty or another one does not empty a dns that runs. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { recordLogs } from "../net/testing/mod.ts";
import type { Route } from "../proto/mod.ts";
import type { DnsServer } from "./dns_server.ts";
import {
  COMPARE_MS,
  DnsFixture,
  type Peer,
  route,
  WATCH_MS,
} from "./testing/mod.ts";

const OTHER = "b".repeat(32);

/** Routes (1, 1) to (1, count). */
function routes(count: number): Route[] {
  return Array.from(
    { length: count },
    (_, index) => route(index + 1, "10.0.0.1:1"),
  );
}

/** A dns over these routes, and a peer that said Hello. */
async function begin(...given: Route[]) {
  const fixture = new DnsFixture(...given);
  const server = await fixture.start();
  const peer = await (await fixture.connect(server)).listen().greet();
  const { store, clock } = fixture;
  return {
    fixture,
    server,
    peer,
    store,
    /** Sets routes as a person does by SQL who writes no RouteChange. */
    byHand(...changed: Route[]) {
      for (const each of changed) store.set(each, "nothing");
    },
    /** Time for a poll and for `comparisons` full comparisons. */
    pass: (comparisons = 1) =>
      clock.advance(COMPARE_MS * comparisons + WATCH_MS * 2),
    [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose](),
  };
}

/** The hosts of routes as a peer is answered. */
async function answers(peer: Peer, ...cmdIds: number[]): Promise<string[]> {
  peer.take();
  for (const cmdId of cmdIds) await peer.ask(cmdId);
  return peer.take();
}

function held(server: DnsServer): number {
  return server.counters.removalsHeld;
}

Deno.test("DnsServer goes on with its routes when its store is another one and empty, and says so once", async () => {
  using logs = recordLogs();
  await using run = await begin(...routes(4));
  const { server, peer, store, byHand } = run;
  store.storeIdentity = { identity: OTHER, accepted: 3 };
  byHand(route(1), route(2), route(3), route(4));
  await run.pass(3);
  assertEquals(await answers(peer, 1, 4), ["1 10.0.0.1:1", "4 10.0.0.1:1"]);
  assertEquals([held(server), server.counters.routes], [4, 4]);
  assertEquals(peer.acks.at(-1)?.store, OTHER);
  const errors = () => logs.lines.filter((line) => line.includes(" error "));
  assertEquals(errors().length, 1);
  for (const said of ["lars store accept", OTHER, "missing=4", "routes=4"]) {
    assertStringIncludes(errors()[0]!, said);
  }
  // What is added to the other store is served.
  byHand(route(5, "10.0.0.5:5"));
  await run.pass();
  assertEquals(await answers(peer, 5, 1), ["5 10.0.0.5:5", "1 10.0.0.1:1"]);
  assertEquals(held(server), 4);

  await store.accept();
  await run.pass();
  assertEquals(await answers(peer, 5, 1), ["5 10.0.0.5:5", "1"]);
  assertEquals([held(server), server.counters.routes], [0, 1]);
  assertEquals(peer.acks.at(-1)?.accepted, 4);
  assertEquals(errors().length, 1);
  assertEquals(
    logs.lines.filter((line) => line.includes("routes are as the store has"))
      .length,
    1,
  );
});

Deno.test("DnsServer tells that it is between two stores before it tells a route of the other, and which that is when it has all", async () => {
  await using run = await begin(route(1, "10.0.0.1:1"));
  const { peer, store } = run;
  await peer.ask(1);
  peer.take();
  const order: string[] = [];
  peer.acks.push = (ack) => order.push(ack.store.slice(0, 1));
  peer.heard.push = (line) => order.push(line);
  store.storeIdentity = { identity: OTHER, accepted: 0 };
  store.set(route(1, "10.0.0.1:1", "10.0.0.2:2"), "nothing");
  await run.pass();
  assertEquals(order.slice(0, 3), ["0", "1 10.0.0.1:1 10.0.0.2:2", "b"]);
});

Deno.test("DnsServer that met an empty store does not name the one before until it has compared all routes with that again", async () => {
  await using run = await begin();
  const { peer, store, fixture } = run;
  const own = store.storeIdentity;
  const named = () => peer.acks.at(-1)?.store.slice(0, 1);
  store.storeIdentity = { identity: OTHER, accepted: 0 };
  await run.pass();
  assertEquals(named(), "b");
  // It is back, and cannot be compared yet: what is missing says nothing of it.
  const { promise, resolve } = Promise.withResolvers<void>();
  store.gate = promise;
  store.set(route(1, "10.0.0.1:1"), "nothing");
  store.storeIdentity = own;
  await run.pass(2);
  assertEquals([await answers(peer, 1), named()], [["1"], "0"]);
  resolve();
  await fixture.clock.advance(WATCH_MS);
  assertEquals([await answers(peer, 1), named()], [["1 10.0.0.1:1"], "a"]);
});

Deno.test("DnsServer holds a comparison that takes more than half of all routes, however the table grows", async () => {
  await using run = await begin(...routes(1_000));
  const { server, peer, byHand } = run;
  byHand(...routes(1_000).slice(3).map(({ cmdId }) => route(cmdId)));
  await run.pass();
  assertEquals([held(server), server.counters.routes], [997, 1_000]);
  // With these the missing ones are less than half, and still nobody meant it.
  byHand(...routes(4_000).slice(2_000));
  await run.pass(2);
  assertEquals([held(server), server.counters.routes], [997, 3_000]);
  assertEquals(await answers(peer, 500), ["500 10.0.0.1:1"]);
  // Who returns is held no more; the others still are.
  byHand(...routes(900).slice(3));
  await run.pass();
  assertEquals(held(server), 100);
  byHand(...routes(1_000).slice(900));
  await run.pass();
  assertEquals([held(server), server.counters.routes], [0, 3_000]);
  // From now on a few may go again.
  byHand(route(1), route(2));
  await run.pass();
  assertEquals([held(server), server.counters.routes], [0, 2_998]);
});

Deno.test("DnsServer holds all that a comparison takes if one route loses more than half of its hosts", async () => {
  const [a, b, c, d] = ["10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:1", "10.0.0.4:1"];
  await using run = await begin(
    route(1, a, b, c),
    route(2, a, b, c),
    route(3, a),
  );
  const { server, peer, store, byHand } = run;
  byHand(route(1, c, d), route(2, a, b));
  await run.pass(3);
  // What is added is served, what is gone too.
  assertEquals(await answers(peer, 1, 2), [
    `1 ${a} ${b} ${c} ${d}`,
    `2 ${a} ${b} ${c}`,
  ]);
  assertEquals(held(server), 2);
  // A change that a RouteChange names is meant, and the rest was little.
  store.set(route(1, d));
  await run.pass();
  assertEquals(await answers(peer, 1, 2), [`1 ${d} named`, `2 ${a} ${b}`]);
  assertEquals(held(server), 0);
});

Deno.test("DnsServer takes what a held route has got meanwhile: weights, settings, and hosts that return", async () => {
  const a = { ip: 1, port: 1 };
  const b = { ip: 2, port: 1 };
  const key = { modId: 1, cmdId: 1 };
  await using run = await begin({ ...key, hosts: [a, b] });
  const { server, peer, byHand } = run;
  byHand({ ...key, hosts: [{ ip: 3, port: 1, weight: 7 }] });
  await run.pass();
  assertEquals(held(server), 1);
  byHand({ ...key, hosts: [a, { ip: 3, port: 1 }] });
  await run.pass();
  // One of two is not more than half.
  assertEquals(await answers(peer, 1), ["1 0.0.0.1:1 0.0.0.3:1"]);
  assertEquals(held(server), 0);
});

Deno.test("DnsServer takes another store for its own that has all its routes", async () => {
  await using run = await begin(...routes(10));
  const { server, store, byHand } = run;
  store.storeIdentity = { identity: OTHER, accepted: 0 };
  await run.pass();
  assertEquals(held(server), 0);
  byHand(route(1));
  await run.pass();
  assertEquals([held(server), server.counters.routes], [0, 9]);
});

Deno.test("DnsServer whose own store is back ends holding", async () => {
  using logs = recordLogs();
  await using run = await begin(...routes(10));
  const { server, store, byHand } = run;
  const own = store.storeIdentity;
  store.storeIdentity = { identity: undefined, accepted: 0 };
  byHand(...routes(10).map(({ cmdId }) => route(cmdId)));
  await run.pass();
  assertEquals([held(server), server.counters.routes], [10, 10]);
  store.storeIdentity = own;
  byHand(...routes(9));
  await run.pass();
  // What is missing in its own store was missing in another one only by chance.
  assertEquals([held(server), server.counters.routes], [1, 10]);
  byHand(...routes(10));
  await run.pass();
  assertEquals(held(server), 0);
  assertEquals(logs.lines.filter((line) => line.includes(" error ")).length, 1);
});

Deno.test("DnsServer over a store without an identity takes away what that does not have", async () => {
  await using fixture = new DnsFixture(...routes(4));
  fixture.store.storeIdentity = { identity: undefined, accepted: 0 };
  const server = await fixture.start();
  for (const { cmdId } of routes(3)) fixture.store.set(route(cmdId), "nothing");
  await fixture.clock.advance(COMPARE_MS + WATCH_MS);
  assertEquals([held(server), server.counters.routes], [0, 1]);
});

Deno.test("DnsServer takes what was accepted before it has compared", async () => {
  await using run = await begin(...routes(4));
  const { server, store, byHand } = run;
  byHand(route(1), route(2), route(3));
  await store.accept();
  await run.pass();
  assertEquals([held(server), server.counters.routes], [0, 1]);
  // That was for what was meant then, not for all that comes.
  byHand(route(4));
  await run.pass();
  assertEquals([held(server), server.counters.routes], [1, 1]);
});

Deno.test("DnsServer says nothing of an edit by hand that it compares between its rows and its name", async () => {
  using logs = recordLogs();
  await using run = await begin(route(1, "10.0.0.1:1", "10.0.0.2:2"));
  const { server, peer, store, fixture } = run;
  // The original's way: the rows, RouteVersion, and RouteChange last.
  store.set(route(1, "10.0.0.3:3"), "unnamed");
  await fixture.clock.advance(WATCH_MS * 2);
  assertEquals(held(server), 1);
  store.set(route(1, "10.0.0.3:3"));
  await fixture.clock.advance(WATCH_MS * 2);
  assertEquals(await answers(peer, 1), ["1 10.0.0.3:3 named"]);
  await run.pass();
  assertEquals(held(server), 0);
  assertEquals(logs.lines.filter((line) => line.includes(" error ")), []);
});

Deno.test("DnsServer beside one that removes the names of edits takes what most of a route's hosts are, and holds most of all routes", async () => {
  await using run = await begin(...routes(3));
  const { server, peer, store, byHand } = run;
  // Not known yet to be so: held, until it is.
  byHand(route(1, "10.0.0.9:9"));
  await run.pass();
  assertEquals(held(server), 1);
  store.namesLost = true;
  await run.pass();
  assertEquals(await answers(peer, 1), ["1 10.0.0.9:9"]);
  byHand(route(1, "10.0.0.8:8"));
  await run.pass();
  assertEquals([await answers(peer, 1), held(server)], [["1 10.0.0.8:8"], 0]);
  byHand(route(1), route(2));
  await run.pass();
  assertEquals([held(server), server.counters.routes], [2, 3]);
});

Deno.test("DnsServer never serves half of an edit that a comparison reads before its name is polled", async () => {
  const before = route(1, "10.0.0.1:1", "10.0.0.2:2");
  const after = route(1, "10.0.0.3:3");
  await using run = await begin(before);
  const { server, peer, store } = run;
  await peer.ask(1);
  peer.take();
  // Committed between the poll that begins the comparison and its snapshot.
  const scan = store.scan.bind(store);
  store.scan = () => {
    store.scan = scan;
    store.set(after);
    return scan();
  };
  await run.pass();
  assertEquals(store.scans > 1, true);
  assertEquals([peer.take(), held(server)], [["1 10.0.0.3:3 named"], 0]);
});
