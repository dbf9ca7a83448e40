/** Programs that register with an agent, and a dns that takes their leases. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { recordLogs } from "../../net/testing/mod.ts";
import {
  encodeBeatRequest,
  encodeDeregisterRequest,
  encodeFrame,
  encodeRegisterRequest,
  InstanceCheck,
  instanceStateName,
  type InstanceStatus,
  MessageId,
  parseIp,
  readBeatResponse,
  readDeregisterResponse,
  readRegisterResponse,
  type RegisterRequest,
} from "../../proto/mod.ts";
import { AGENT_IP, HOST, World } from "../testing/agent_fixture.ts";
import { ShardFixture } from "../testing/shard_fixture.ts";
import { LeaseTable } from "../testing/lease_peer.ts";
import {
  idOf,
  REGISTER_ON,
  requestOf,
} from "../testing/registrations_fixture.ts";
import { RENEW_MS } from "./lease_link.ts";
import type { SavedInstance } from "./instance.ts";
import type { RegistrationOptions } from "./registrar.ts";

const AGENT_ID = "0123456789abcdef".repeat(2);

function start(options: Partial<RegistrationOptions> = {}): Promise<World> {
  return World.start([{ modId: 9, cmdId: 9, hosts: [HOST] }], {
    agentId: AGENT_ID,
    registrations: {
      settings: REGISTER_ON,
      addresses: () => ({ ips: [parseIp(AGENT_IP)] }),
      ...options,
    },
  });
}

async function register(
  world: World,
  change: Partial<RegisterRequest> = {},
  port?: number,
): Promise<string> {
  const body = encodeRegisterRequest(requestOf(change));
  const answer = await world.ask(MessageId.registerRequest, body, port);
  return textOf(readRegisterResponse(answer!)!);
}

async function beat(world: World, number = 1, notReady = false) {
  const body = encodeBeatRequest({ seq: 9, instance: idOf(number), notReady });
  const answer = await world.ask(MessageId.beatRequest, body);
  return textOf(readBeatResponse(answer!)!);
}

async function deregister(world: World, number = 1): Promise<boolean> {
  const request = { seq: 9, instance: idOf(number), drainMs: 0 };
  const body = encodeDeregisterRequest(request);
  const answer = await world.ask(MessageId.deregisterRequest, body);
  return readDeregisterResponse(answer!)!.done;
}

function textOf({ state, reason }: InstanceStatus): string {
  const name = instanceStateName(state);
  return reason === "" ? name : `${name}: ${reason}`;
}

Deno.test("Agent registers a program at any of its ports, and tells dns at once", async () => {
  await using world = await start();
  const leases = new LeaseTable();
  world.dns("10.0.0.1", [], { leases });
  await world.clock.advance(1_000);
  for (const number of [1, 2, 3]) {
    const change = { instance: idOf(number), port: 80 + number };
    const outcome = await register(world, change, 8887 + number);
    assertEquals(outcome, "pending: dns has not stored it yet");
    assertEquals(await beat(world, number), "served");
  }
  assertEquals(leases.of(AGENT_ID), [
    "1/1 10.0.0.9:81",
    "1/1 10.0.0.9:82",
    "1/1 10.0.0.9:83",
  ]);
  assertEquals(world.agent.registrations, new Map([["served", 3]]));
});

Deno.test("Agent renews the lease of its machine while there are instances, and is idle without", async () => {
  await using world = await start();
  const leases = new LeaseTable();
  world.dns("10.0.0.1", [], { leases });
  // The host of a route that this dns has not is forgotten by then.
  await world.clock.advance(180_000);
  assertEquals(leases.syncs.length, 0);
  await register(world, { ttlMs: 300_000 });
  await world.clock.advance(12 * RENEW_MS);
  const whole = leases.syncs.filter(({ all }) => all);
  assertEquals([leases.syncs.length, whole.length], [13, 1]);
  assertEquals(leases.syncs.map(({ renewal }) => renewal).at(-1), 13);
  await deregister(world);
  await world.clock.advance(2_000);
  assertEquals(leases.of(AGENT_ID), []);
  const { length } = leases.syncs;
  const { sleeps } = world;
  const beganMs = world.clock.nowMs();
  await world.clock.advance(60_000);
  assertEquals(leases.syncs.length, length);
  const idle = world.sleeps - sleeps;
  await using other = await start();
  other.dns("10.0.0.1", []);
  await other.clock.advance(beganMs);
  const before = other.sleeps;
  await other.clock.advance(60_000);
  assertEquals(idle, other.sleeps - before);
});

Deno.test("Agent tells another dns, which knows nothing, the whole set", async () => {
  await using world = await start();
  const leases = new LeaseTable();
  const first = world.dns("10.0.0.1", [], { leases });
  await world.clock.advance(1_000);
  await register(world);
  await first.stop();
  leases.clear();
  assertEquals(await beat(world), "served");
  world.dns("10.0.0.2", [], { leases });
  await world.clock.advance(4_000);
  assertEquals(leases.of(AGENT_ID), ["1/1 10.0.0.9:80"]);
  leases.clear();
  await world.clock.advance(5_000);
  assertEquals(leases.of(AGENT_ID), ["1/1 10.0.0.9:80"]);
});

Deno.test("Agent sends one change at a time, and the newest when dns is slow", async () => {
  await using world = await start();
  const leases = new LeaseTable();
  leases.mayStore = () => false;
  world.dns("10.0.0.1", [], { leases });
  await world.clock.advance(1_000);
  for (let number = 1; number <= 10; number++) {
    await register(world, { instance: idOf(number), port: number });
  }
  assertEquals(leases.syncs.length, 1);
  assertStringIncludes(await beat(world), "pending");
  leases.mayStore = () => true;
  await world.clock.advance(RENEW_MS);
  assertEquals(leases.of(AGENT_ID).length, 10);
  assertEquals(await beat(world), "served");
});

Deno.test("Agent does not flood a dns that asks for all again and again", async () => {
  await using world = await start();
  const leases = new LeaseTable();
  const of = leases.take.bind(leases);
  leases.take = (agentId, body) => {
    const answer = of(agentId, body);
    leases.clear();
    return of(agentId, body) ?? answer;
  };
  await world.clock.advance(0);
  let count = 0;
  leases.mayStore = () => {
    count += 1;
    leases.clear();
    return true;
  };
  world.dns("10.0.0.1", [], { leases });
  await world.clock.advance(1_000);
  await register(world);
  await world.clock.advance(50_000);
  assert(count < 50, `${count} renewals`);
});

Deno.test("Agent says that a dns takes no registrations, goes on, and finds one that does", async () => {
  using logs = recordLogs();
  await using world = await start();
  world.dns("10.0.0.1", [{ modId: 1, cmdId: 1, hosts: [HOST] }]);
  await world.clock.advance(1_000);
  const why = "pending: this dns does not take registrations";
  assertEquals(await register(world, { ttlMs: 300_000 }), why);
  await world.clock.advance(30_000);
  assertEquals(await beat(world), why);
  assertEquals(await world.getHost(1, 1), "no route");
  assertEquals(await world.getHost(1, 1), "192.168.1.177:7777");
  const said = () =>
    logs.lines.filter((line) => line.includes("registrations wait")).length;
  assertEquals(said(), 1);
  const leases = new LeaseTable();
  world.dns("10.0.0.2", [{ modId: 1, cmdId: 1, hosts: [HOST] }], { leases });
  await world.clock.advance(120_000);
  assertEquals(await beat(world), "served");
  assertEquals(said(), 1);
});

Deno.test("Agent goes seldom from one dns to the next where none takes registrations", async () => {
  using logs = recordLogs();
  await using world = await start();
  world.dns("10.0.0.1", []);
  world.dns("10.0.0.2", []);
  await world.clock.advance(1_000);
  await register(world, { ttlMs: 300_000 });
  for (let minutes = 0; minutes < 180; minutes += 4) {
    await world.clock.advance(240_000);
    await beat(world);
  }
  const connected = logs.lines.filter((line) => / connected/.test(line)).length;
  assert(connected > 5 && connected < 15, `${connected} connections`);
});

Deno.test("Agent hears what dns refuses, and says it once", async () => {
  using logs = recordLogs();
  await using world = await start();
  const leases = new LeaseTable();
  leases.refused.set("10.0.0.9:80", "it is another agent's");
  leases.drained.set("10.0.0.9:81", "drained by ann");
  world.dns("10.0.0.1", [], { leases });
  await world.clock.advance(1_000);
  await register(world);
  await register(world, { instance: idOf(2), port: 81 });
  assertEquals(await beat(world), "refused: it is another agent's");
  assertEquals(await beat(world, 2), "drained: drained by ann");
  for (let count = 0; count < 5; count++) {
    await world.clock.advance(3_000);
    await beat(world);
    await beat(world, 2);
  }
  const said = logs.lines.filter((line) => line.includes("dns refuses"));
  assertEquals(said.length, 1);
  leases.refused.clear();
  leases.drained.clear();
  await world.clock.advance(RENEW_MS);
  assertEquals([await beat(world), await beat(world, 2)], ["served", "served"]);
});

Deno.test("Agent checks a program that asks for it, and takes it out at once when nobody listens", async () => {
  await using world = await start();
  const leases = new LeaseTable();
  world.dns("10.0.0.1", [], { leases });
  await world.clock.advance(1_000);
  await register(world, { check: InstanceCheck.tcp, ttlMs: 300_000 });
  assertEquals(await beat(world), "not_ready: nothing listens at its port");
  assertEquals(leases.of(AGENT_ID), ["1/1 10.0.0.9:80!"]);
  const listener = world.network.machine(AGENT_IP)
    .listen({ hostname: AGENT_IP, port: 80 });
  await world.clock.advance(2_000);
  assertEquals(await beat(world), "served");
  listener.close();
  await world.clock.advance(2_000);
  assertEquals(leases.of(AGENT_ID), ["1/1 10.0.0.9:80!"]);
  const other = world.network.machine(AGENT_IP)
    .listen({ hostname: AGENT_IP, port: 81 });
  let asked = 0;
  const accepting = (async () => {
    for (;; asked++) await other.accept();
  })().catch(() => {});
  await register(world, { check: InstanceCheck.tcp, ttlMs: 30_000, port: 81 });
  await world.clock.advance(2_000);
  assertEquals(leases.of(AGENT_ID), ["1/1 10.0.0.9:81"]);
  await deregister(world);
  const before = asked;
  await world.clock.advance(20_000);
  assertEquals([before > 0, asked], [true, before]);
  other.close();
  await accepting;
});

Deno.test("Agent knows its own address from the connection to dns, and waits for that", async () => {
  const ips = ["172.17.0.1", AGENT_IP].map(parseIp);
  await using world = await start({ addresses: () => ({ ips }) });
  assertEquals(
    await register(world, { ttlMs: 60_000 }),
    "pending: no dns answers",
  );
  const leases = new LeaseTable();
  world.dns("10.0.0.1", [], { leases });
  await world.clock.advance(5_000);
  assertEquals(leases.of(AGENT_ID), ["1/1 10.0.0.9:80"]);
  assertEquals(await beat(world), "served");
});

Deno.test("Agent says that an instance is gone a second after dns has taken it out", async () => {
  await using world = await start();
  const leases = new LeaseTable();
  world.dns("10.0.0.1", [], { leases });
  await world.clock.advance(1_000);
  await register(world, { drainMs: 60_000 });
  await world.clock.advance(1_500);
  assertEquals(await deregister(world), false);
  assertEquals(leases.of(AGENT_ID), ["1/1 10.0.0.9:80!"]);
  await world.clock.advance(1_000);
  assertEquals(await deregister(world), true);
  await world.clock.advance(1);
  assertEquals(leases.of(AGENT_ID), []);
});

Deno.test("Agent asks a program over HTTP, and goes on with it after a single answer that is none", async () => {
  await using world = await start();
  world.dns("10.0.0.1", [], { leases: new LeaseTable() });
  const listener = world.network.machine(AGENT_IP)
    .listen({ hostname: AGENT_IP, port: 80 });
  const asked: string[] = [];
  let status = "200 OK";
  const serving = (async () => {
    for (;;) {
      const stream = await listener.accept();
      const buffer = new Uint8Array(1_000);
      const length = await stream.read(buffer) ?? 0;
      asked.push(new TextDecoder().decode(buffer.subarray(0, length)));
      if (status !== "") {
        const answer = `HTTP/1.1 ${status}\r\n\r\n`;
        await stream.write(new TextEncoder().encode(answer));
        stream.close();
      }
    }
  })().catch(() => {});
  await world.clock.advance(1_000);
  const check = { check: InstanceCheck.http, path: "/healthz?a=1" };
  await register(world, { ...check, ttlMs: 300_000 });
  await world.clock.advance(10);
  assertEquals(await beat(world), "served");
  assertStringIncludes(
    asked[0]!,
    "GET /healthz?a=1 HTTP/1.1\r\nHost: 10.0.0.9:80\r\n",
  );
  status = "503 Busy";
  await world.clock.advance(2_000);
  assertEquals(await beat(world), "served");
  await world.clock.advance(2_000);
  assertEquals(await beat(world), "not_ready: GET /healthz?a=1 answers 503");
  status = "204 No Content";
  await world.clock.advance(2_000);
  assertEquals(await beat(world), "served");
  status = "";
  await world.clock.advance(6_000);
  assertEquals(
    await beat(world),
    "not_ready: its port has not answered for 1000 ms",
  );
  listener.close();
  await serving;
});

Deno.test("Agent looks whether a process lives, and says where it cannot tell", async () => {
  for (
    const [lives, outcome] of [
      [true, "served"],
      [false, "not_ready: this agent sees no process 77"],
      [
        undefined,
        "not_ready: this agent cannot see processes: it needs Linux and --allow-ffi",
      ],
    ] as const
  ) {
    await using world = await start({
      lives: (pid) => pid === 77 ? lives : undefined,
    });
    world.dns("10.0.0.1", [], { leases: new LeaseTable() });
    await world.clock.advance(1_000);
    await register(world, { check: InstanceCheck.pid, pid: 77 });
    assertEquals(await beat(world), outcome);
  }
});

Deno.test("Agent keeps instances over a restart without dns, and saves what changes", async () => {
  let saved: SavedInstance[] = [];
  let saves = 0;
  const keeper = {
    load: () => Promise.resolve(saved),
    save: (instances: readonly SavedInstance[]) => {
      saves += 1;
      saved = structuredClone([...instances]);
      return Promise.resolve();
    },
  };
  {
    await using world = await start({ keeper });
    await register(world);
    await world.clock.advance(1_000);
    assertEquals(saved.length, 1);
    for (let count = 0; count < 20; count++) await beat(world);
    assertEquals(saves <= 2, true);
  }
  await using world = await start({ keeper });
  await world.clock.advance(5_000);
  assertEquals(await beat(world), "pending: no dns answers");
  const leases = new LeaseTable();
  world.dns("10.0.0.1", [], { leases });
  await world.clock.advance(9_000);
  assertEquals(leases.of(AGENT_ID), ["1/1 10.0.0.9:80"]);
  await world.clock.advance(7_000);
  assertEquals(leases.of(AGENT_ID), []);
  assertEquals(saved, []);
});

Deno.test("Agent tells dns that there is nothing any more, also in the run after, and only if there ever was something", async () => {
  const told = async (saved: SavedInstance[] | undefined) => {
    await using world = await start({
      keeper: {
        load: () => Promise.resolve(saved),
        // A file would say that there was something.
        save: () => Promise.reject(new Error("nothing has changed")),
      },
    });
    using logs = recordLogs();
    const leases = new LeaseTable();
    world.dns("10.0.0.1", [], { leases });
    await world.clock.advance(60_000);
    assertEquals(logs.lines.filter((line) => /cannot keep/.test(line)), []);
    return leases.syncs.map(({ all, hosts }) => [all, hosts.length]);
  };
  assertEquals(await told([]), [[true, 0]]);
  assertEquals(await told(undefined), []);
});

Deno.test("Agent goes on with a file of registrations that it cannot read, and says so", async () => {
  using logs = recordLogs();
  let saves = 0;
  const keeper = {
    load: () => Promise.reject(new Error("damaged")),
    save: () => {
      saves += 1;
      return Promise.reject(new Error("no space"));
    },
  };
  await using world = await start({ keeper });
  const lines = (text: string) =>
    logs.lines.filter((line) => line.includes(text)).length;
  assertEquals(lines("registrations of the run before are not known"), 1);
  await register(world);
  await world.clock.advance(10_000);
  assertEquals(lines("cannot keep registrations in the data folder"), 1);
  assert(saves > 5 && saves <= 12, `${saves} attempts`);
  assertEquals(await beat(world), "pending: no dns answers");
});

Deno.test("Agent refuses everybody as its file says nothing, and bounds what it logs of it", async () => {
  using logs = recordLogs();
  await using world = await World.start();
  for (let number = 1; number <= 30; number++) {
    const outcome = await register(world, { instance: idOf(number) });
    assertStringIncludes(outcome, "refused: this agent registers no programs");
  }
  const lines = () =>
    logs.lines.filter((line) => line.includes("program is not registered"));
  assertEquals(lines().length, 5);
  assertStringIncludes(lines()[0]!, "set [register] enabled = on");
  await world.clock.advance(2_000);
  assertEquals(lines().length, 6);
});

Deno.test("ShardDatagrams hands 1000 requests a second to the hub, and counts the others", () => {
  const fixture = new ShardFixture({ index: 1, shards: 3 });
  const request = { seq: 1, instance: idOf(1), notReady: false };
  const beat = encodeFrame(MessageId.beatRequest, encodeBeatRequest(request));
  for (
    const { nowMs, forwarded, dropped } of [
      { nowMs: 0, forwarded: 1_000, dropped: 500 },
      { nowMs: 999, forwarded: 1_000, dropped: 2_000 },
      { nowMs: 1_000, forwarded: 2_000, dropped: 2_500 },
    ]
  ) {
    fixture.nowMs = nowMs;
    for (let count = 0; count < 1_500; count++) fixture.send(beat);
    const { registrationsDropped } = fixture.shard.counters;
    assertEquals([fixture.forwarded.length, registrationsDropped], [
      forwarded,
      dropped,
    ]);
  }
  assertEquals(fixture.forwarded.at(-1), `3 ${beat.toHex()}`);
  assertEquals(fixture.shard.counters.badDatagrams, 0);
});

Deno.test("Agent registers 100 programs that hammer it within 5 s, among forged beats, and answers others", async () => {
  await using world = await start();
  const leases = new LeaseTable();
  world.dns("10.0.0.1", [{ modId: 1, cmdId: 1, hosts: [HOST] }], { leases });
  await world.clock.advance(1_000);
  await world.getHost(1, 1);
  const waiting = new Set(Array.from({ length: 100 }, (_, at) => at + 1));
  const startMs = world.clock.nowMs();
  for (let forged = 0x10_000; waiting.size > 0; forged++) {
    assertEquals(await beat(world, forged), "unknown");
    for (const number of waiting) {
      const change = { instance: idOf(number), port: 1_000 + number };
      const outcome = await register(world, change, 8888 + number % 3);
      if (!outcome.includes("many programs")) waiting.delete(number);
    }
    assertEquals(await world.getHost(1, 1), "192.168.1.177:7777");
  }
  await world.clock.advance(10);
  assert(world.clock.nowMs() - startMs < 5_000);
  assertEquals(leases.of(AGENT_ID).length, 100);
  assert(leases.syncs.length <= 110, `${leases.syncs.length} frames`);
  assertEquals(world.agent.registrations, new Map([["served", 100]]));
});

Deno.test("Agent does not answer what is no request of a program that registers", async () => {
  await using world = await start();
  for (
    const id of [
      MessageId.registerRequest,
      MessageId.beatRequest,
      MessageId.deregisterRequest,
    ]
  ) {
    for (const bytes of [[], [0xff], [0x12, 2, 1, 2], [0x12, 0x7f]]) {
      assertEquals(await world.ask(id, new Uint8Array(bytes)), undefined);
    }
  }
  assertEquals(await beat(world), "unknown");
});
