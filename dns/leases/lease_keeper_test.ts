import { assertEquals, assertMatch } from "@std/assert";
import { parseAddress, parseIp } from "../../proto/mod.ts";
import { HostReason, HostState } from "../../proto/mod.ts";
import { LeasesOffError } from "../../store/mod.ts";
import { LeaseFixture, leaseHost } from "../testing/mod.ts";

const KEY = { modId: 1, cmdId: 1 };
const [A, B, C] = ["10.1.0.1:80", "10.1.0.2:80", "10.1.0.3:80"] as const;
const MINUTE_MS = 60_000;

function rowOf(address: string) {
  return { ...KEY, ...parseAddress(address) };
}

Deno.test("LeaseKeeper says that a registration is stored when it is, and serves it", async () => {
  await using fixture = await LeaseFixture.start();
  const agent = await fixture.connect("a", "10.1.0.1");
  assertEquals(agent.takesLeases, true);
  await agent.register(A, { ...parseAddress(B), notReady: true });
  assertEquals(agent.last(), ["stored"]);
  assertEquals(await fixture.stored(), [A]);
  await fixture.clock.advance(200);
  assertEquals(fixture.served(), ["1/1"]);
  agent.say({
    changes: [leaseHost(B), leaseHost({ ...parseAddress(A), gone: true })],
  });
  await fixture.clock.advance(100);
  assertEquals(agent.last(), ["stored"]);
  assertEquals(await fixture.stored(), [B]);
  assertEquals(agent.acks.at(-1)?.renewal, agent.renewal);
  await agent.register();
  assertEquals(agent.last(), ["stored"]);
  assertEquals([await fixture.stored(), await fixture.leases()], [[], []]);
});

Deno.test("LeaseKeeper asks for the whole set where it does not know it, and asks the store nothing for a renewal", async () => {
  await using fixture = await LeaseFixture.start();
  const agent = await fixture.connect("a", "10.1.0.1");
  agent.say({ hash: 7 });
  await fixture.clock.advance(100);
  assertEquals(agent.last(), ["all"]);
  await agent.register(A);
  agent.say({ hash: 7 });
  await fixture.clock.advance(100);
  assertEquals(agent.last(), ["all"]);
  const { sync } = fixture.calls;
  await agent.renew(60_000);
  assertEquals(agent.last(), ["stored"]);
  assertEquals([fixture.calls.sync, fixture.calls.renew], [sync, 6]);
  // Another dns, or this one after a restart, finds what is stored.
  agent.connection.close();
  const again = await fixture.connect("a", "10.1.0.1");
  await again.register(A);
  assertEquals(again.last(), ["none"]);
  await again.renew(5_000);
  assertEquals(again.last(), ["stored"]);
  assertEquals(fixture.calls.sync, sync);
});

Deno.test("LeaseKeeper registers what many agents say together in few transactions", async () => {
  await using fixture = await LeaseFixture.start();
  const agents = await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      const agent = await fixture.connect(`n${index}`, `10.1.1.${index + 1}`);
      agent.register(`10.1.1.${index + 1}:80`);
      return agent;
    }),
  );
  await fixture.clock.advance(1_000);
  assertEquals(agents.filter((each) => each.last()[0] !== "stored"), []);
  assertEquals((await fixture.stored()).length, 50);
  assertEquals((fixture.calls.sync ?? 0) <= 3, true);
});

Deno.test("LeaseKeeper keeps the newest set while the store is away, and tells agents to try elsewhere", async () => {
  await using fixture = await LeaseFixture.start();
  const agent = await fixture.connect("a", "10.1.0.1");
  fixture.takeAway();
  await agent.register(A);
  await agent.register(B);
  assertEquals(agent.last(), ["none"]);
  await fixture.clock.advance(30_000);
  fixture.failure = undefined;
  await fixture.clock.advance(10_000);
  assertEquals(agent.last(), ["stored"]);
  assertEquals(await fixture.stored(), [B]);
});

Deno.test("LeaseKeeper takes no registrations while their tables are missing", async () => {
  await using fixture = await LeaseFixture.start();
  const agent = await fixture.connect("a", "10.1.0.1");
  fixture.failure = new LeasesOffError("Cannot use instances");
  await fixture.clock.advance(6_000);
  assertEquals(agent.takesLeases, false);
  await agent.register(A);
  assertEquals(agent.last(), ["none"]);
  fixture.failure = undefined;
  await fixture.clock.advance(6_000);
  assertEquals(agent.takesLeases, true);
  await agent.register(A);
  assertEquals(agent.last(), ["stored"]);
});

Deno.test("LeaseKeeper refuses agents that may not register, and hosts that cannot be", async () => {
  await using fixture = await LeaseFixture.start();
  fixture.isAllowed = (hostname) => hostname !== "10.2.0.1";
  const stranger = await fixture.connect("s", "10.2.0.1");
  await stranger.register("10.2.0.1:80");
  const [state, why] = stranger.last();
  assertEquals(state, "stored");
  assertMatch(why ?? "", /10\.2\.0\.1 is not in \[register\] networks/);
  stranger.say({ hash: 7 });
  await fixture.clock.advance(100);
  assertEquals(stranger.last()[0], "all");
  const agent = await fixture.connect("a", "10.1.0.1");
  await agent.register("127.0.0.1:80", A);
  assertMatch(agent.last().join(), /^stored,127\.0\.0\.1:80: a loopback/);
  assertEquals(await fixture.stored(), [A]);
  assertEquals(fixture.server.counters.registrationsRefused, 2);
  // What is refused is not asked of the store again and again.
  const { sync } = fixture.calls;
  await agent.renew(20_000);
  assertEquals(fixture.calls.sync, sync);
});

Deno.test("LeaseKeeper lets a new agent take over from the one that was at its address, and no other", async () => {
  await using fixture = await LeaseFixture.start();
  const agent = await fixture.connect("a", "10.1.0.1");
  await agent.register(A);
  const other = await fixture.connect("o", "10.1.0.9");
  await other.register(A);
  assertEquals(other.last(), [
    "stored",
    `${A}: agent a at 10.1.0.1 has registered it`,
  ]);
  agent.connection.close();
  const heir = await fixture.connect("h", "10.1.0.1");
  await heir.register(A);
  assertEquals(heir.last(), ["stored"]);
  assertEquals(await fixture.leases(), ["h", "o"]);
  // Who is refused gets what is free by then.
  heir.connection.close();
  await other.renew(60_000);
  assertEquals(other.last(), ["stored"]);
  assertEquals(await fixture.stored(), [A]);
});

Deno.test("LeaseKeeper refuses one of two agents that both live at one address", async () => {
  await using fixture = await LeaseFixture.start();
  const first = await fixture.connect("a", "10.1.0.1");
  await first.register(A, B);
  const second = await fixture.connect("b", "10.1.0.1");
  await second.register(A);
  for (let turn = 0; turn < 12; turn++) {
    first.say();
    await second.renew(5_000);
  }
  const { sync = 0 } = fixture.calls;
  const states = [first, second].map((agent) => agent.last().length);
  assertEquals(states.toSorted(), [1, 2]);
  assertEquals(await fixture.stored(), [A, B]);
  for (let turn = 0; turn < 4; turn++) {
    first.say();
    await second.renew(5_000);
  }
  // One try at each look, and nothing changes hands.
  assertEquals((fixture.calls.sync ?? 0) - sync <= 5, true);
  assertEquals([first, second].map((agent) => agent.last().length), states);
});

Deno.test("LeaseKeeper finds what a person removes, drains and takes back, and tells the agent", async () => {
  await using fixture = await LeaseFixture.start();
  const agent = await fixture.connect("a", "10.1.0.1");
  await agent.register(A, B);
  await agent.renew(10_000);
  await fixture.store.edit({ remove: [rowOf(A)] });
  await agent.renew(15_000);
  assertEquals(agent.last(), ["stored", `${A}: removed by hand`]);
  assertEquals(await fixture.stored(), [B]);
  const [drain] = await fixture.store.drains();
  await fixture.store.edit({ undrain: [drain!] });
  await agent.renew(15_000);
  assertEquals([agent.last(), await fixture.stored()], [["stored"], [A, B]]);
  const ip = parseIp("10.1.0.2");
  const why = { who: "alice", reason: "disk" };
  await fixture.store.edit({ drain: [{ ip, ...why }] });
  await agent.renew(10_000);
  assertEquals(agent.last(), ["stored", `${B}: drained by a person`]);
});

Deno.test("LeaseKeeper ends the lease of a dead machine within six minutes, and writes again what a living one lost", async () => {
  await using fixture = await LeaseFixture.start();
  const dead = await fixture.connect("d", "10.1.0.1");
  await dead.register(A);
  const agent = await fixture.connect("a", "10.1.0.2");
  await agent.register(B, C);
  dead.connection.close();
  await agent.renew(45_000);
  assertEquals(await fixture.leases(), ["a", "d overdue"]);
  assertEquals(fixture.server.counters.leasesOverdue, 1);
  await agent.renew(4 * MINUTE_MS);
  assertEquals(await fixture.stored(), [A, B, C]);
  await agent.renew(75_000);
  assertEquals([await fixture.leases(), await fixture.stored()], [["a"], [
    B,
    C,
  ]]);
  assertEquals(fixture.server.counters.instancesExpired, 1);

  // As a restore of a backup does, or a dns that was wrong.
  const [lease] = await fixture.store.leases().leases();
  await fixture.store.leases().expire([lease!], { by: { actor: "x" } });
  assertEquals(await fixture.stored(), []);
  await agent.renew(10_000);
  assertEquals(await fixture.stored(), [B, C]);
});

Deno.test("LeaseKeeper ends no lease for a store that could not be read or written", async () => {
  await using fixture = await LeaseFixture.start();
  const agent = await fixture.connect("a", "10.1.0.1");
  await agent.register(A);
  await fixture.store.edit({ add: [rowOf(B)] });
  fixture.takeAway();
  await agent.renew(60 * MINUTE_MS);
  fixture.failure = undefined;
  await agent.renew(2 * MINUTE_MS);
  assertEquals([await fixture.leases(), await fixture.stored()], [["a"], [
    A,
    B,
  ]]);
  assertEquals(fixture.calls.expire, undefined);
});

Deno.test("LeaseKeeper ends no lease for a store that could be written for a moment only", async () => {
  await using fixture = await LeaseFixture.start();
  const agent = await fixture.connect("a", "10.1.0.1");
  await agent.register(A);
  await fixture.store.edit({ add: [rowOf(B)] });
  fixture.isReadOnly = true;
  await agent.renew(2 * MINUTE_MS);
  fixture.isReadOnly = false;
  // Long enough to mark the lease, and too short to renew it.
  for (let turn = 0; turn < 100; turn++) {
    await fixture.clock.advance(100);
    if ((await fixture.leases())[0] === "a overdue") break;
  }
  fixture.isReadOnly = true;
  assertEquals(await fixture.leases(), ["a overdue"]);
  await agent.renew(10 * MINUTE_MS);
  fixture.isReadOnly = false;
  await agent.renew(2 * MINUTE_MS);
  assertEquals([await fixture.leases(), await fixture.stored()], [["a"], [
    A,
    B,
  ]]);
  assertEquals(fixture.calls.expire, undefined);
});

Deno.test("LeaseKeeper suspends expiry when many are overdue, but for hosts that their callers find dead", async () => {
  const dead = parseAddress(A);
  const state = {
    ...rowOf(A),
    agent: "c",
    state: HostState.ejected,
    reason: HostReason.refused,
    since: 0,
    inFlight: 0,
    nextTryMs: 0,
  };
  let minutes = 0;
  await using fixture = await LeaseFixture.start({
    evidence: {
      states: ({ host } = {}) =>
        Promise.resolve(host?.ip === dead.ip ? [state] : []),
      newestMinute: () => Promise.resolve(5),
      hostHistory: () => {
        minutes += 1;
        const calls = { calls: 9, failed: 9, timed: 0, sumUs: 0, maxUs: 0 };
        return Promise.resolve([
          { ...KEY, ...dead, period: 5, callers: 2, ...calls },
        ]);
      },
    },
  });
  await fixture.store.edit({
    add: [rowOf("10.9.0.1:80"), rowOf("10.9.0.2:80")],
  });
  for (const address of [A, B, C]) {
    const agent = await fixture.connect(
      address,
      parseAddress(address) && address.split(":")[0]!,
    );
    await agent.register(address);
    agent.connection.close();
  }
  await fixture.clock.advance(90_000);
  assertEquals(fixture.server.counters.expirySuspended, 1);
  assertEquals(minutes > 0, true);
  const byHand = ["10.9.0.1:80", "10.9.0.2:80"];
  assertEquals(await fixture.stored(), [B, C, ...byHand]);
  await fixture.clock.advance(20 * MINUTE_MS);
  // Two that are left are few: they go, as two dead machines do.
  assertEquals(await fixture.stored(), [...byHand]);
});
