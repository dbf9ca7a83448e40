/** What an agent believes a dns whose store is not the one that its routes came from. */
import { assertEquals } from "@std/assert";
import { BETWEEN_STORES, parseAddress, type Route } from "../../proto/mod.ts";
import { HOST, World } from "../testing/agent_fixture.ts";

const OWN = { identity: "aa".repeat(16), accepted: 0 };
const OTHER = { identity: "bb".repeat(16), accepted: 0 };
const SECOND = parseAddress("10.1.1.1:80");
const ROUTE: Route = { modId: 1, cmdId: 1, hosts: [HOST, SECOND] };
const ADDRESS = "192.168.1.177:7777";

/** A world whose routes on disk are of {@linkcode OWN}. */
function start(store = OWN): Promise<World> {
  return World.start([ROUTE], { store });
}

/** Hosts that programs get for a route. */
async function hosts(world: World, modId = 1): Promise<string[]> {
  const found = new Set<string>();
  for (let count = 0; count < 6; count++) {
    found.add(await world.getHost(modId, 1));
  }
  return [...found].sort();
}

const BOTH = ["10.1.1.1:80", ADDRESS];

Deno.test("Agent keeps its routes from a dns with another store that is empty", async () => {
  await using world = await start();
  world.dns("10.0.0.1", [], { store: OTHER });
  await world.clock.advance(20_000);
  assertEquals(await hosts(world), BOTH);
  assertEquals(world.agent.counters.removalsHeld, 1);
  // What is new is taken.
  assertEquals(await hosts(world, 7), ["no route"]);
});

Deno.test("Agent without routes takes no store for its own of which dns holds routes that it has lost", async () => {
  await using world = await World.start([], {});
  world.dns("10.0.0.1", [ROUTE], { store: OTHER, held: 1 });
  await world.clock.advance(1_000);
  await world.getHost(1, 1);
  await world.clock.advance(1_000);
  assertEquals(await hosts(world), BOTH);
  assertEquals(world.store, undefined);
});

Deno.test("Agent keeps its routes from a dns between two stores, and takes none of the two for its own there", async () => {
  const between = { identity: BETWEEN_STORES, accepted: 0 };
  for (const store of [OWN, undefined]) {
    await using world = await World.start([ROUTE], { ...(store && { store }) });
    const dns = world.dns("10.0.0.1", [], { store: between });
    await world.clock.advance(20_000);
    assertEquals(await hosts(world), BOTH);
    assertEquals(world.store, store);
    dns.edit({ ...ROUTE, modId: 2 });
    await world.clock.advance(2_000);
    assertEquals(world.store, store);
  }
});

Deno.test("Agent keeps the hosts that another store lacks, and takes those that it adds", async () => {
  await using world = await start();
  const added = parseAddress("10.2.2.2:80");
  const dns = world.dns("10.0.0.1", [{ ...ROUTE, hosts: [added] }], {
    store: OTHER,
  });
  await world.clock.advance(20_000);
  assertEquals(await hosts(world), ["10.1.1.1:80", "10.2.2.2:80", ADDRESS]);
  dns.edit({ ...ROUTE, hosts: [SECOND] });
  await world.clock.advance(10);
  assertEquals(await hosts(world), ["10.1.1.1:80"]);
  assertEquals(world.agent.counters.removalsHeld, 0);
});

Deno.test("Agent takes a route away that an edit in another store names", async () => {
  await using world = await start();
  const dns = world.dns("10.0.0.1", [], { store: OTHER });
  await world.clock.advance(5_000);
  dns.edit({ ...ROUTE, hosts: [] });
  await world.clock.advance(2_000);
  assertEquals(await hosts(world), ["no route"]);
});

Deno.test("Agent takes what another store lacks when a person accepts it", async () => {
  await using world = await start();
  const dns = world.dns("10.0.0.1", [{ ...ROUTE, hosts: [SECOND] }], {
    store: OTHER,
  });
  await world.clock.advance(20_000);
  assertEquals(await hosts(world), BOTH);
  dns.accept();
  await world.clock.advance(2_000);
  assertEquals(await hosts(world), ["10.1.1.1:80"]);
  assertEquals(world.agent.counters.removalsHeld, 0);
  assertEquals(world.store, { ...OTHER, accepted: 1 });
});

Deno.test("Agent that was away takes another store that was accepted more often than the one it knew", async () => {
  await using world = await start();
  world.dns("10.0.0.1", [{ ...ROUTE, hosts: [SECOND] }], {
    store: { ...OTHER, accepted: 1 },
  });
  await world.clock.advance(2_000);
  assertEquals(await hosts(world), ["10.1.1.1:80"]);
});

Deno.test("Agent holds nothing any more when the routes return", async () => {
  await using world = await start();
  const dns = world.dns("10.0.0.1", [], { store: OTHER });
  await world.clock.advance(5_000);
  dns.push(ROUTE);
  await world.clock.advance(10);
  assertEquals(world.agent.counters.removalsHeld, 0);
  assertEquals(await hosts(world), BOTH);
  // It is another store all the same.
  dns.push({ ...ROUTE, hosts: [] });
  await world.clock.advance(5_000);
  assertEquals(await hosts(world), BOTH);
});

Deno.test("Agent of two dns goes to the one with the store that it knows", async () => {
  for (
    const [own, other] of [["10.0.0.1", "10.0.0.2"], ["10.0.0.2", "10.0.0.1"]]
  ) {
    await using world = await start();
    const known = world.dns(own!, [ROUTE], { store: OWN });
    const empty = world.dns(other!, [], { store: OTHER });
    await world.clock.advance(20_000);
    assertEquals(await hosts(world), BOTH);
    assertEquals([known.connections.size, empty.connections.size], [1, 0]);
    await known.stop();
    await world.clock.advance(20_000);
    assertEquals(await hosts(world), BOTH);
    assertEquals(empty.connections.size, 1);
    world.dns(own!, [{ ...ROUTE, hosts: [SECOND] }], { store: OWN });
    await world.clock.advance(120_000);
    assertEquals(await hosts(world), ["10.1.1.1:80"]);
    assertEquals(world.agent.counters.removalsHeld, 0);
  }
});

Deno.test("Agent that knows no store yet finds the dns that has routes", async () => {
  for (
    const [own, other] of [["10.0.0.1", "10.0.0.2"], ["10.0.0.2", "10.0.0.1"]]
  ) {
    await using world = await World.start();
    world.dns(own!, [ROUTE], { store: OWN });
    const empty = world.dns(other!, [], { store: OTHER });
    await world.clock.advance(2_000);
    await world.getHost(1, 1);
    await world.clock.advance(5_000);
    await world.getHost(1, 1);
    await world.clock.advance(2_000);
    assertEquals(await hosts(world), BOTH);
    assertEquals(empty.connections.size, 0);
  }
});

Deno.test("Agent stays with a dns of another store where every dns has that", async () => {
  await using world = await start();
  const one = world.dns("10.0.0.1", [], { store: OTHER });
  const two = world.dns("10.0.0.2", [], { store: OTHER });
  // At first after a minute, later after hours.
  await world.clock.advance(6 * 3_600_000);
  const accepted = [one, two].map(({ server }) => server.counters.accepted);
  assertEquals(Math.max(...accepted) <= 10, true);
  assertEquals(one.connections.size + two.connections.size, 1);
  assertEquals(await hosts(world), BOTH);
});

Deno.test("Agent believes the store that it knows, and an original dns after its second word", async () => {
  for (const store of [OWN, undefined]) {
    await using world = await start();
    world.dns("10.0.0.1", [], store && { store });
    await world.clock.advance(5_000);
    assertEquals(await hosts(world), ["no route"]);
  }
});

Deno.test("Agent knows a store from the first routes that it gives, and keeps that over its restart", async () => {
  await using world = await World.start();
  const dns = world.dns("10.0.0.1", [ROUTE], { store: OWN });
  await world.clock.advance(1_000);
  await world.getHost(7, 1);
  await world.clock.advance(3_000);
  assertEquals(world.store, undefined);
  await world.getHost(1, 1);
  await world.clock.advance(3_000);
  assertEquals(world.store, OWN);
  dns.accept();
  await world.clock.advance(3_000);
  assertEquals(world.store, { ...OWN, accepted: 1 });
});
