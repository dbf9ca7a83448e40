import { assert, assertEquals } from "@std/assert";
import { recordLogs } from "../../net/testing/mod.ts";
import {
  formatAddress,
  type HostAddress,
  HostReason,
  parseAddress,
  parseIp,
  type Route,
} from "../../proto/mod.ts";
import { DEFAULT_POLICY_SETTINGS } from "../policies/mod.ts";
import type { RouteOutages } from "../routes/route_hosts.ts";
import { AGENT_IP, HOST, World } from "../testing/agent_fixture.ts";
import type { OutageKeeper } from "./outage_file.ts";

Deno.test("Agent pulls a route that a program asks for, and answers with its host", async () => {
  await using world = await World.start();
  world.dns("10.0.0.1", [{ modId: 1, cmdId: 1, hosts: [HOST] }]);
  await world.clock.advance(1_000);

  assertEquals(await world.getHost(1, 1), "no route");
  assertEquals(await world.getHost(1, 1), "192.168.1.177:7777");
});

Deno.test("Agent answers a datagram that reached another port than the owner's", async () => {
  await using world = await World.start();
  world.dns("10.0.0.1", [{ modId: 1, cmdId: 1, hosts: [HOST] }]);
  await world.clock.advance(1_000);
  await world.getHost(1, 1);

  for (const port of [8888, 8889, 8890]) {
    assertEquals(await world.getHost(1, 1, port), "192.168.1.177:7777");
  }
});

Deno.test("Agent counts a report that reached another port where the route's calls are counted", async () => {
  await using world = await World.start();
  world.dns("10.0.0.1", [{ modId: 1, cmdId: 1, hosts: [HOST] }]);
  const statuses = world.reporter("10.0.0.5");
  await world.clock.advance(1_000);
  await world.getHost(1, 1);
  for (const port of [8888, 8889, 8890]) await world.report(1, 1, { port });
  await world.clock.advance(2_000);

  const last = statuses.at(-1);
  assertEquals(last?.results?.[0]?.succ, 3);
  assertEquals(last?.caller, parseIp(AGENT_IP) | 0);
});

Deno.test("Agent takes a pushed change without being asked", async () => {
  await using world = await World.start();
  const dns = world.dns("10.0.0.1", [{ modId: 1, cmdId: 1, hosts: [HOST] }]);
  await world.clock.advance(1_000);
  await world.getHost(1, 1);
  dns.push({ modId: 1, cmdId: 1, hosts: [parseAddress("10.1.1.1:80")] });
  await world.clock.advance(10);

  assertEquals(await world.getHost(1, 1), "10.1.1.1:80");
});

Deno.test("Agent subscribes again to all it knows when dns comes back", async () => {
  await using world = await World.start();
  const first = world.dns("10.0.0.1", [{ modId: 1, cmdId: 1, hosts: [HOST] }]);
  await world.clock.advance(1_000);
  await world.getHost(1, 1);
  await first.stop();
  assertEquals(await world.getHost(1, 1), "192.168.1.177:7777");
  const second = world.dns("10.0.0.1", [{
    modId: 1,
    cmdId: 1,
    hosts: [parseAddress("10.1.1.1:80")],
  }]);
  await world.clock.advance(4_000);

  assertEquals(second.asked, ["1,1"]);
  assertEquals(await world.getHost(1, 1), "10.1.1.1:80");
});

Deno.test("Agent subscribes again to many routes in slices", async () => {
  const disk = Array.from(
    { length: 2_000 },
    (_, index) => ({ modId: 1 + index, cmdId: 1, hosts: [HOST] }),
  );
  await using world = await World.start(disk);
  const dns = world.dns("10.0.0.1", []);
  while (dns.asked.length === 0) await world.clock.advance(5);
  assertEquals(dns.asked.length < disk.length, true);
  await world.clock.advance(1_000);

  assertEquals(new Set(dns.asked).size, disk.length);
});

Deno.test("Agent leaves a dns that is connected but has not answered for 3 s", async () => {
  await using world = await World.start();
  world.dns("10.0.0.1", [], { silent: true });
  await world.clock.advance(1_000);
  await world.getHost(1, 1);
  world.dns("10.0.0.2", [{ modId: 1, cmdId: 1, hosts: [HOST] }]);
  await world.clock.advance(6_000);
  await world.getHost(1, 1);

  assertEquals(await world.getHost(1, 1), "192.168.1.177:7777");
});

Deno.test("Agent started while every dns is away serves what it kept on disk", async () => {
  const disk: Route[] = [{ modId: 1, cmdId: 1, hosts: [HOST] }];
  await using world = await World.start(disk);
  await world.clock.advance(10);

  assertEquals(await world.getHost(1, 1), "192.168.1.177:7777");
});

Deno.test("Agent keeps routes on disk as dns says them, and drops those that are gone", async () => {
  await using world = await World.start();
  const dns = world.dns("10.0.0.1", [{ modId: 1, cmdId: 1, hosts: [HOST] }]);
  await world.clock.advance(1_000);
  await world.getHost(1, 1);
  await world.clock.advance(2_000);
  assertEquals(world.disk, [{ modId: 1, cmdId: 1, hosts: [HOST] }]);

  dns.routes.clear();
  dns.push({ modId: 1, cmdId: 1, hosts: [] });
  await world.clock.advance(3_000);
  assertEquals(world.disk, []);
});

Deno.test("Agent whose saves take long saves 5 % of the time at most", async () => {
  await using world = await World.start();
  const dns = world.dns("10.0.0.1", [{ modId: 1, cmdId: 1, hosts: [HOST] }]);
  world.saveMs = 2_000;
  await world.clock.advance(1_000);
  await world.getHost(1, 1);
  for (let port = 1; port <= 400; port++) {
    const hosts = [{ ...HOST, port }];
    dns.push({ modId: 1, cmdId: 1, hosts });
    await world.clock.advance(1_000);
  }

  // One in 40 s.
  assertEquals([world.saves >= 9, world.saves <= 11], [true, true]);
});

Deno.test("Agent does not save what dns says as before", async () => {
  await using world = await World.start();
  const route = { modId: 1, cmdId: 1, hosts: [HOST] };
  const dns = world.dns("10.0.0.1", [route]);
  await world.clock.advance(1_000);
  await world.getHost(1, 1);
  await world.clock.advance(2_000);
  dns.push(route);
  await world.clock.advance(2_000);

  assertEquals(world.saves, 1);
});

Deno.test("Agent goes on with a route that dns calls empty only once", async () => {
  await using world = await World.start();
  const dns = world.dns("10.0.0.1", [{ modId: 1, cmdId: 1, hosts: [HOST] }]);
  await world.clock.advance(1_000);
  await world.getHost(1, 1);
  dns.push({ modId: 1, cmdId: 1, hosts: [] });
  await world.clock.advance(5_000);

  assertEquals(await world.getHost(1, 1), "192.168.1.177:7777");
});

Deno.test("Agent holds the newest statuses while the reporter is away", async () => {
  await using world = await World.start();
  world.dns("10.0.0.1", [{ modId: 1, cmdId: 1, hosts: [HOST] }]);
  await world.clock.advance(1_000);
  await world.getHost(1, 1);
  for (let second = 0; second < 3; second++) {
    await world.report(1, 1);
    await world.clock.advance(1_500);
  }
  const statuses = world.reporter("10.0.0.5");
  await world.clock.advance(6_000);

  assertEquals(statuses.map(({ results }) => results?.[0]?.succ), [3]);
});

Deno.test("Agent leaves a reporter that takes nothing, and sends the newest to another", async () => {
  await using world = await World.start();
  world.dns("10.0.0.1", [{ modId: 1, cmdId: 1, hosts: manyHosts(3_000) }]);
  // Its network takes what fits the window, and its owner reads nothing.
  const stuck = world.network.machine("10.0.0.5")
    .listen({ hostname: "10.0.0.5", port: 7779 });
  const accepted = stuck.accept();
  await world.clock.advance(1_000);
  using _unread = await accepted;
  await world.getHost(1, 1);
  for (let second = 0; second < 12; second++) {
    await world.report(1, 1);
    await world.clock.advance(1_100);
  }
  stuck.close();
  const statuses = world.reporter("10.0.0.6");
  await world.clock.advance(40_000);

  const results = statuses.flatMap(({ results }) => results);
  const newest = results.findLast(({ port }) => port === HOST.port);
  assertEquals(newest?.succ, 12);
});

Deno.test("Agent that stops sends its last statuses first", async () => {
  const world = await World.start();
  world.dns("10.0.0.1", [{ modId: 1, cmdId: 1, hosts: [HOST] }]);
  const statuses = world.reporter("10.0.0.5");
  await world.clock.advance(1_000);
  await world.getHost(1, 1);
  await world.report(1, 1);
  await world.clock.advance(1_500);
  await world.report(1, 1);
  await world.report(1, 1);
  await world[Symbol.asyncDispose]();

  assertEquals(statuses.at(-1)?.results?.[0]?.succ, 3);
});

Deno.test("Agent that stops keeps which hosts are out of use, and the next one has them so in its first answer", async () => {
  const [first, second] = manyHosts(2);
  const disk: Route[] = [{ modId: 1, cmdId: 1, hosts: [first!, second!] }];
  const outage = {
    ...second!,
    state: "overloaded" as const,
    reason: HostReason.overloadRule,
    forMs: 3_000,
    waitMs: 0,
    ejections: 0,
  };
  let saved: RouteOutages[] = [{ modId: 1, cmdId: 1, hosts: [outage] }];
  const outages: OutageKeeper = {
    take: () => Promise.resolve(saved),
    save: (routes) => {
      saved = [...routes];
      return Promise.resolve();
    },
  };
  for (const forMs of [3_000, 4_000]) {
    assertEquals(saved, [{
      modId: 1,
      cmdId: 1,
      hosts: [{ ...outage, forMs }],
    }]);
    const world = await World.start(disk, { outages });
    for (let pick = 0; pick < 5; pick++) {
      assertEquals(await world.getHost(1, 1), formatAddress(first!));
    }
    await world.clock.advance(1_000 - world.clock.nowMs());
    await world[Symbol.asyncDispose]();
  }
});

Deno.test("Agent that cannot keep or read which hosts are out of use says so, serves and ends", async () => {
  using logs = recordLogs();
  const full = () => Promise.reject(new Error("No space left"));
  const disk: Route[] = [{ modId: 1, cmdId: 1, hosts: [HOST] }];
  const world = await World.start(disk, {
    outages: { take: full, save: full },
  });
  assertEquals(await world.getHost(1, 1), formatAddress(HOST));
  await world[Symbol.asyncDispose]();
  assertEquals(
    logs.lines.filter((line) => /out of use .*No space left/.test(line)).length,
    2,
  );
});

/** Hosts of which the first is HOST. */
function manyHosts(count: number): HostAddress[] {
  return Array.from(
    { length: count },
    (_, index) => ({ ip: HOST.ip, port: HOST.port + index }),
  );
}

Deno.test("Agent.configure() moves to servers that are listed now, and gives routes the policy of the file", async () => {
  await using world = await World.start();
  const { agent, clock } = world;
  world.dns("10.0.0.1", [{ modId: 1, cmdId: 1, hosts: [HOST] }]);
  await clock.advance(1_000);
  await world.getHost(1, 1);
  assertEquals(world.policyOf(1, 1), "lars");
  const moved = world.dns("10.0.0.3", [{ modId: 1, cmdId: 1, hosts: [HOST] }]);
  agent.configure({
    settings: {
      policy: "adaptive",
      settings: DEFAULT_POLICY_SETTINGS,
      healthChecks: false,
    },
    dns: [{ hostname: "10.0.0.3", port: 7778 }],
    reporter: [{ hostname: "10.0.0.5", port: 7779 }],
    resend: true,
  });
  await clock.advance(10);
  assertEquals(world.policyOf(1, 1), "adaptive");
  await clock.advance(4_000);
  assertEquals(moved.asked, ["1,1"]);
  assertEquals(await world.getHost(1, 1), "192.168.1.177:7777");
});

Deno.test("Agent without routes wakes for nothing", async () => {
  await using world = await World.start();
  world.dns("10.0.0.1", []);
  world.reporter("10.0.0.5");
  await world.clock.advance(10_000);
  const before = world.sleeps;
  await world.clock.advance(3_600_000);
  // Each link says every 5 s that it is there.
  assert(world.sleeps - before < 2 * 720 + 60);
});

Deno.test("Agent with routes that nobody asks for wakes for heartbeats and renewals, and forgets them in time", async () => {
  await using world = await World.start();
  const dns = world.dns("10.0.0.1", [{ modId: 1, cmdId: 1, hosts: [HOST] }]);
  world.reporter("10.0.0.5");
  await world.clock.advance(1_000);
  await world.getHost(1, 1);
  await world.clock.advance(10_000);
  const before = world.sleeps;
  await world.clock.advance(3_000_000);
  // An answer of dns every 5 s, which the shard takes and counts.
  const heartbeats = dns.asked.length;
  assert(heartbeats > 500);
  assert(world.sleeps - before < 10 * heartbeats);
  await world.clock.advance(600_000);
  assertEquals([world.agent.counter("routes"), world.disk], [0, []]);
  const after = world.sleeps;
  await world.clock.advance(3_600_000);
  assert(world.sleeps - after < 2 * 720 + 60);
});

Deno.test("Agent tells what its shards counted within a second or so, and nothing twice", async () => {
  await using world = await World.start();
  const received: number[] = [];
  const receive = world.agent.receive.bind(world.agent);
  world.agent.receive = (index, message) => {
    if (message.kind === "counters") received.push(message.counters.requests);
    receive(index, message);
  };
  for (let count = 0; count < 3; count++) await world.getHost(1, 1);
  await world.clock.advance(1_100);
  assertEquals(world.agent.counter("requests"), 3);
  await world.clock.advance(50_000);
  assertEquals(received, [3]);
});
