import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { recordLogs } from "../../net/testing/mod.ts";
import { encodeLeaseSync, leaseHash } from "../../proto/mod.ts";
import { LeaseFixture, leaseHost, type LeasePeerFake } from "../testing/mod.ts";
import { RegisterKeys } from "./register_keys.ts";

const [A, B, C] = ["10.1.0.1:80", "10.1.0.2:80", "10.1.0.3:80"] as const;
const KEY = "a key of 32 characters or of more";
const NEW_KEY = "the key that comes after that one";
const WHY_NONE =
  "dns 10.0.0.1 asks for [register] key, and this agent has none";
const WHY_OTHER =
  "dns 10.0.0.1 asks for [register] key, and this agent has another";

/** A dns that asks for a key, and gives each connection a nonce of its own. */
async function start(...keys: string[]) {
  let nonces = 0;
  const asked = new RegisterKeys(() =>
    (nonces += 1).toString(16).padStart(32, "0")
  );
  asked.keys = keys;
  const fixture = await LeaseFixture.start({ keys: asked });
  return { fixture, asked };
}

async function connect(
  fixture: LeaseFixture,
  { name = "a", ip = "10.1.0.1", key = "" } = {},
): Promise<LeasePeerFake> {
  const agent = await fixture.connect(name, ip);
  agent.key = key;
  return agent;
}

Deno.test("LeaseKeeper registers an agent with the key, and tells others in words why it does not, also on its own machine", async () => {
  using logs = recordLogs();
  const { fixture } = await start(KEY);
  await using _ = fixture;
  const agent = await connect(fixture, { key: KEY });
  await agent.register(A);
  assertEquals([agent.last(), await fixture.stored()], [["stored"], [A]]);

  // As an older agent does, which knows no keys.
  const older = await connect(fixture, { name: "o", ip: "10.1.0.2" });
  await older.register(B, C);
  assertEquals(older.last(), [
    "stored",
    `${B}: ${WHY_NONE}`,
    `${C}: ${WHY_NONE}`,
  ]);
  const other = { name: "w", ip: "10.1.0.3", key: NEW_KEY };
  const wrong = await connect(fixture, other);
  await wrong.register(C);
  assertEquals(wrong.last(), ["stored", `${C}: ${WHY_OTHER}`]);
  const local = await connect(fixture, { name: "l", ip: "10.0.0.1" });
  await local.register("10.0.0.1:80");
  assertEquals(local.last(), ["stored", `10.0.0.1:80: ${WHY_NONE}`]);

  assertEquals([await fixture.stored(), await fixture.leases()], [[A], ["a"]]);
  const lines = logs.lines.filter((line) => line.includes("without the key"));
  assertEquals(lines.length, 3);
  assertStringIncludes(lines.join(), "10.1.0.3");
  assert(!logs.lines.join().includes(KEY));
  const { counters } = fixture.server;
  assertEquals(counters.leaseSyncsUnsigned, 3);
  assertEquals(counters.registrationsRefused, 4);
});

Deno.test("LeaseKeeper does not ask an agent that it has refused for the same again and again", async () => {
  const { fixture } = await start(KEY);
  await using _ = fixture;
  const agent = await connect(fixture);
  await agent.register(A);
  const { length } = agent.acks;
  await agent.renew(60_000);
  assertEquals(agent.acks.length, length);
  assertEquals(agent.last(), ["stored", `${A}: ${WHY_NONE}`]);
  await agent.register(B);
  assertEquals(agent.last(), ["stored", `${B}: ${WHY_NONE}`]);
  fixture.isAllowed = () => false;
  await agent.renew(5_000);
  assertEquals(agent.last(), ["all"]);
});

Deno.test("LeaseKeeper takes what an agent signed on its own connection only, and there once", async () => {
  const { fixture } = await start(KEY);
  await using _ = fixture;
  const agent = await connect(fixture, { key: KEY });
  await agent.register(A);
  const heard = agent.sent;
  agent.say();
  await fixture.clock.advance(100);
  await agent.register(B);
  assertEquals(await fixture.stored(), [B]);

  // Who has read the network says it again, there and on a connection of his own.
  agent.send(heard);
  await fixture.clock.advance(100);
  assertEquals(await fixture.stored(), [B]);
  assertEquals(agent.last(), ["stored"]);
  const thief = await connect(fixture);
  thief.send(heard);
  await fixture.clock.advance(100);
  assertStringIncludes(thief.acks.at(-1)?.refused[0]?.reason ?? "", WHY_OTHER);
  assertEquals(await fixture.stored(), [B]);
  assertEquals(fixture.server.counters.leaseSyncsUnsigned, 2);
});

Deno.test("LeaseKeeper refuses what was changed on its way", async () => {
  const { fixture } = await start(KEY);
  await using _ = fixture;
  const agent = await connect(fixture, { key: KEY });
  await agent.register(A);
  const [one, two] = [A, B].map((address) =>
    encodeLeaseSync({
      renewal: 9,
      ttlMs: 30_000,
      hash: leaseHash([leaseHost(address)]),
      all: true,
      hosts: [leaseHost(address)],
    })
  );
  // The host of one, the MAC of another.
  const mac = agent.sent.subarray(agent.sent.length - 19);
  for (const body of [one!, two!]) {
    agent.send(new Uint8Array([...body, ...mac]));
    await fixture.clock.advance(100);
    assertEquals(agent.acks.at(-1)?.refused[0]?.reason, WHY_OTHER);
  }
  assertEquals(await fixture.stored(), [A]);
});

Deno.test("LeaseKeeper keeps every host while the key is changed, in whatever order agents take it", async () => {
  const { fixture, asked } = await start(KEY);
  await using _ = fixture;
  const first = await connect(fixture, { key: KEY });
  const second = await connect(fixture, {
    name: "b",
    ip: "10.1.0.2",
    key: KEY,
  });
  await first.register(A);
  await second.register(B);
  const { sync } = fixture.calls;
  const renewBoth = async () => {
    first.say();
    second.say();
    await fixture.clock.advance(5_000);
    assertEquals([first.last(), second.last()], [["stored"], ["stored"]]);
  };
  asked.keys = [NEW_KEY, KEY];
  await renewBoth();
  first.key = NEW_KEY;
  await renewBoth();
  second.key = NEW_KEY;
  await renewBoth();
  asked.keys = [NEW_KEY];
  await renewBoth();
  assertEquals(fixture.calls.sync, sync);
  assertEquals(await fixture.stored(), [A, B]);
});

Deno.test("LeaseKeeper lets the hosts of an agent whose key is good no more go as those of a dead machine, and takes them back", async () => {
  const { fixture, asked } = await start(KEY);
  await using _ = fixture;
  const agent = await connect(fixture, { key: KEY });
  await agent.register(A, B);
  asked.keys = [NEW_KEY];
  await agent.renew(5_000);
  assertEquals(agent.last(), ["all"]);
  await agent.register(A, B);
  assertEquals(agent.last()[1], `${A}: ${WHY_OTHER}`);
  // Callers go on with what they have, until the lease has expired.
  await agent.renew(4 * 60_000);
  assertEquals(await fixture.stored(), [A, B]);
  assertEquals(await fixture.leases(), ["a overdue"]);
  await agent.renew(2 * 60_000);
  assertEquals((await fixture.stored()).length, 1);
  agent.key = NEW_KEY;
  await agent.register(A, B);
  assertEquals([agent.last(), await fixture.stored()], [["stored"], [A, B]]);
});

Deno.test("LeaseKeeper gives agents a nonce each, also while it asks for no key", async () => {
  const { fixture, asked } = await start();
  await using _ = fixture;
  const first = await connect(fixture, { key: KEY });
  const second = await connect(fixture, { name: "b", ip: "10.1.0.2" });
  assertEquals([first.nonce.length, second.nonce.length], [32, 32]);
  assert(first.nonce !== second.nonce);
  const { nonce } = first;
  await first.register(A);
  await second.register(B);
  assertEquals([first.last(), second.last()], [["stored"], ["stored"]]);
  // From now on it does, on the connections that there are.
  asked.keys = [KEY];
  first.say();
  await second.register(B);
  await fixture.clock.advance(5_000);
  assertEquals(first.last(), ["stored"]);
  assertEquals(second.last(), ["stored", `${B}: ${WHY_NONE}`]);
  assertEquals(first.nonce, nonce);
});

Deno.test("LeaseKeeper bears any bytes behind a LeaseSync, and registers nothing for them", async () => {
  const { fixture } = await start(KEY);
  await using _ = fixture;
  const body = encodeLeaseSync({
    renewal: 1,
    ttlMs: 30_000,
    hash: leaseHash([leaseHost(A)]),
    all: true,
    hosts: [leaseHost(A)],
  });
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), async (bytes) => {
      const agent = await connect(fixture);
      agent.send(new Uint8Array([...body, ...bytes]));
      await fixture.clock.advance(1);
      agent.send(new Uint8Array([...body, 0x82, 0x01, 0x10, ...bytes]));
      await fixture.clock.advance(1);
      agent.connection.close();
      await fixture.clock.advance(1);
    }),
    { numRuns: 50 },
  );
  await fixture.clock.advance(1_000);
  assertEquals([await fixture.stored(), await fixture.leases()], [[], []]);
});
