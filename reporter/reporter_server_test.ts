import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { VERSION } from "../net/mod.ts";
import { recordLogs } from "../net/testing/mod.ts";
import {
  decodeHelloAck,
  encodeHello,
  formatIp,
  type Frame,
  MessageId,
  parseIp,
} from "../proto/mod.ts";
import { StoreError } from "../store/mod.ts";
import { GONE_MS } from "./agents.ts";
import { reporterName } from "./name.ts";
import { DRAIN_MS_MAX } from "./reporter_server.ts";
import { FLUSH_MS } from "./status_writer.ts";
import { AWAY, encode, ReporterFixture, send, status } from "./testing/mod.ts";

Deno.test("ReporterServer writes what an agent says, with unsigned addresses", async () => {
  await using fixture = new ReporterFixture();
  const body = encode({
    modid: 1,
    cmdid: 2,
    caller: parseIp("192.168.0.9") | 0,
    ts: 4_294_967_295,
    results: [
      { ip: -1_062_731_343, port: 7777, succ: 4_294_967_295, err: 2 },
      { ip: 5, port: 1, overload: true },
    ],
  });
  send(await fixture.connect(), body);
  await fixture.clock.advance(FLUSH_MS);
  const key = { modId: 1, cmdId: 2, caller: parseIp("192.168.0.9") };
  const ts = 4_294_967_295;
  assertEquals(fixture.sink.batches, [[
    {
      ...key,
      ip: parseIp("192.168.1.177"),
      port: 7777,
      succ: 4_294_967_295,
      err: 2,
      ts,
      overload: false,
    },
    { ...key, ip: 5, port: 1, succ: 0, err: 0, ts, overload: true },
  ]]);
});

Deno.test("ReporterServer drops rows that no route can have, and takes the others", async () => {
  const good = { ip: 1, port: 80 };
  const cases = [
    { message: { modid: -1, cmdid: 1, results: [good, good] }, invalid: 2 },
    { message: { modid: 1, cmdid: -1, results: [good] }, invalid: 1 },
    { message: { results: [{ ip: 0, port: 80 }, good] }, invalid: 1, rows: 1 },
    { message: { results: [{ ip: 1, port: 0 }] }, invalid: 1 },
    { message: { results: [{ ip: 1, port: -5 }] }, invalid: 1 },
    { message: { results: [{ ip: 1, port: 65_536 }] }, invalid: 1 },
    { message: { results: [] }, invalid: 0 },
  ];
  for (const { message, invalid, rows = 0 } of cases) {
    await using fixture = new ReporterFixture();
    send(await fixture.connect(), encode(message));
    await fixture.clock.advance(FLUSH_MS);
    const { counters } = fixture.server;
    const name = JSON.stringify(message);
    assertEquals([counters.rowsInvalid, counters.rows], [invalid, rows], name);
    assertEquals(fixture.sink.batches.flat().length, rows, name);
  }
});

Deno.test("ReporterServer answers a Hello, and says nothing to a peer without one", async () => {
  await using fixture = new ReporterFixture();
  const ours = await fixture.connect();
  const original = await fixture.connect();
  const heard: Frame[] = [];
  for (const agent of [ours, original]) {
    agent.run((_, frame) => void heard.push(frame));
  }
  send(original, status(1, 1));
  await fixture.clock.advance(1);
  assertEquals(heard, []);
  const hello = { agentId: "0f".repeat(16), epoch: 1, name: "", zone: "" };
  ours.send(MessageId.hello, encodeHello({ ...hello, version: "1" }));
  await fixture.clock.advance(1);
  assertEquals(heard.map(({ id, body }) => [id, decodeHelloAck(body)]), [[
    MessageId.helloAck,
    { version: VERSION, features: 0, store: "", accepted: 0, held: 0 },
  ]]);
  assertEquals(fixture.server.counters.unknownIds, 0);
});

Deno.test("a reporter is called by its machine where another one has the same address", () => {
  const table: [hostname: string, machine: string | undefined, name: string][] =
    [
      ["0.0.0.0", "web-3", "web-3:7779"],
      ["::", "web-3", "web-3:7779"],
      ["127.0.0.1", "web-3", "web-3:7779"],
      ["10.0.0.1", "web-3", "10.0.0.1:7779"],
      ["0.0.0.0", undefined, "0.0.0.0:7779"],
      ["0.0.0.0", "w".repeat(70), `${"w".repeat(59)}:7779`],
    ];
  for (const [hostname, machine, name] of table) {
    assertEquals(reporterName({ hostname, port: 7779 }, machine), name);
  }
});

Deno.test("ReporterServer takes an empty body, and closes a connection whose body does not decode", async () => {
  await using fixture = new ReporterFixture();
  const agent = await fixture.connect();
  const bad = await fixture.connect();
  send(agent, new Uint8Array());
  send(bad, new Uint8Array([8]));
  send(agent, status(1, 1));
  await fixture.clock.advance(FLUSH_MS);
  assertEquals(fixture.server.counters.statuses, 2);
  assertEquals(fixture.server.counters.connections, 1);
  assertEquals(fixture.server.counters.protocolErrors, 1);
  assertEquals(fixture.sink.newest, "1:1");
});

Deno.test("ReporterServer lets rows wait for others, or for a full batch", async () => {
  await using fixture = new ReporterFixture({ batchRowsMax: 3 });
  const agent = await fixture.connect();
  send(agent, status(1, 1));
  await fixture.clock.advance(FLUSH_MS - 1);
  assertEquals(fixture.sink.batches.length, 0);
  send(agent, status(2, 1));
  await fixture.clock.advance(1);
  assertEquals(fixture.sink.batches.map(({ length }) => length), [2]);

  send(agent, status(3, 1), status(4, 1), status(5, 1), status(6, 1));
  await fixture.clock.advance(0);
  assertEquals(fixture.sink.batches.map(({ length }) => length), [2, 3]);
  await fixture.clock.advance(FLUSH_MS);
  assertEquals(fixture.sink.batches.map(({ length }) => length), [2, 3, 1]);
});

Deno.test("ReporterServer writes the newest of each key by order of arrival, not by ts", async () => {
  await using fixture = new ReporterFixture();
  const agent = await fixture.connect();
  const results = (succ: number) => [{ ip: 1, port: 80, succ }];
  send(agent, encode({ cmdid: 1, ts: 9, results: results(1) }));
  send(agent, encode({ cmdid: 1, ts: 8, results: results(2) }));
  await fixture.clock.advance(FLUSH_MS);
  assertEquals(fixture.sink.batches.length, 1);
  assertEquals(fixture.sink.newest, "1:2");
  assertEquals(fixture.server.counters.rowsReplaced, 1);
});

Deno.test("ReporterServer has a key written by one writer at a time, the newest last", async () => {
  await using fixture = new ReporterFixture({ sinkCount: 3, batchRowsMax: 2 });
  const agent = await fixture.connect();
  const gates = fixture.sinks.map(() => Promise.withResolvers<void>());
  for (const [index, sink] of fixture.sinks.entries()) {
    sink.gate = gates[index]!.promise;
  }
  for (let succ = 1; succ <= 5; succ++) {
    for (let cmdId = 1; cmdId <= 20; cmdId++) send(agent, status(cmdId, succ));
    await fixture.clock.advance(FLUSH_MS);
    gates[succ % 3]!.resolve();
    await fixture.clock.advance(FLUSH_MS);
  }
  const written = fixture.sinks.flatMap((sink) => {
    assertEquals(sink.activeMax, 1);
    assert(sink.batches.length > 0);
    return sink.batches.flat();
  });
  for (let cmdId = 1; cmdId <= 20; cmdId++) {
    const counts = written.filter((row) => row.cmdId === cmdId)
      .map(({ succ }) => succ);
    assertEquals(Math.max(...counts), 5, `${cmdId}`);
  }
  assertEquals(fixture.server.counters.rowsHeld, 0);
});

Deno.test("ReporterServer keeps the newest while the store is away, and writes it when it is back", async () => {
  await using fixture = new ReporterFixture();
  const agent = await fixture.connect();
  fixture.sink.failure = AWAY;
  for (let succ = 1; succ <= 100; succ++) {
    send(agent, status(1, succ), status(2 + succ % 3, succ));
    await fixture.clock.advance(300);
  }
  const { rowsHeld, writeFailures, writersFailing } = fixture.server.counters;
  assertEquals([rowsHeld, writersFailing], [4, 1]);
  // 30 s of waits that double up to 5 s.
  assert(writeFailures > 5 && writeFailures < 20, `${writeFailures}`);
  fixture.sink.failure = undefined;
  await fixture.clock.advance(5_000);
  assertEquals(fixture.sink.newest, "1:100 2:99 3:100 4:98");
  assertEquals(fixture.server.counters.rowsHeld, 0);
});

Deno.test("ReporterServer goes on reading while the store takes its time", async () => {
  await using fixture = new ReporterFixture();
  const agent = await fixture.connect();
  const gate = Promise.withResolvers<void>();
  fixture.sink.gate = gate.promise;
  send(agent, status(1, 1));
  await fixture.clock.advance(FLUSH_MS);
  send(agent, status(1, 2), status(2, 1));
  await fixture.clock.advance(FLUSH_MS);
  assertEquals(fixture.server.counters.statuses, 3);
  gate.resolve();
  await fixture.clock.advance(FLUSH_MS);
  assertEquals(fixture.sink.newest, "1:2 2:1");
});

Deno.test("ReporterServer at its bound stops reading who has new keys, and loses nothing", async () => {
  await using fixture = new ReporterFixture({ keysMax: 2 });
  fixture.sink.failure = AWAY;
  const blocked = await fixture.connect();
  const other = await fixture.connect();
  send(blocked, status(1, 1), status(2, 1), status(3, 1), status(4, 1));
  await fixture.clock.advance(FLUSH_MS);
  assertEquals(fixture.server.counters.statuses, 3);
  assertEquals(fixture.server.counters.connectionsBlocked, 1);
  send(other, status(1, 2));
  await fixture.clock.advance(FLUSH_MS);
  assertEquals(fixture.server.counters.statuses, 4);
  assertEquals(fixture.server.counters.rowsHeld, 2);
  fixture.sink.failure = undefined;
  await fixture.clock.advance(5_000);
  assertEquals(fixture.sink.newest, "1:2 2:1 3:1 4:1");
  assertEquals(fixture.server.counters.connectionsBlocked, 0);
});

Deno.test("ReporterServer under a flood holds no more than it may, whatever the store does", async () => {
  const AGENTS = 8;
  const keysMax = 500;
  for (const kind of ["slow", "failing", "hanging"]) {
    await using fixture = new ReporterFixture({ keysMax, batchRowsMax: 50 });
    const agents = await Promise.all(
      Array.from({ length: AGENTS }, () => fixture.connect()),
    );
    if (kind === "hanging") fixture.sink.gate = new Promise(() => {});
    let route = 0;
    for (let round = 0; round < 100; round++) {
      for (const agent of agents) {
        while (agent.writable && route < 1_000 * (round + 1)) {
          send(agent, status(route++, 1));
        }
      }
      fixture.sink.failure = kind === "failing" && round % 10 > 0
        ? AWAY
        : undefined;
      if (kind === "slow") fixture.sink.gate = fixture.clock.sleep(200);
      await fixture.clock.advance(20);
      const { rowsHeld, connectionsBlocked } = fixture.server.counters;
      assert(rowsHeld <= keysMax, `${rowsHeld}`);
      assert(connectionsBlocked <= AGENTS);
    }
    assertEquals(fixture.server.counters.connectionsBlocked > 0, true, kind);
    if (kind === "hanging") continue;
    fixture.sink.failure = undefined;
    fixture.sink.gate = Promise.resolve();
    await fixture.clock.advance(60_000);
    // Each connection had its turns, and nothing that was read is lost.
    const { rows, rowsWritten, rowsLost } = fixture.server.counters;
    assertEquals([rowsWritten, rowsLost], [rows, 0], kind);
    assertEquals(rows, route, kind);
  }
});

Deno.test("ReporterServer.run() writes what it holds before it ends", async () => {
  const fixture = new ReporterFixture({ batchRowsMax: 2 });
  const agent = await fixture.connect();
  send(agent, status(1, 1), status(2, 1), status(3, 1));
  await fixture.clock.advance(0);
  fixture.stop.abort();
  await fixture.clock.advance(0);
  await fixture.running;
  assertEquals(fixture.sink.newest, "1:1 2:1 3:1");
  assertEquals(agent.closed, false);
  agent.close();
});

Deno.test("ReporterServer.run() ends in time while the store is away or hangs, and reports are blocked", async () => {
  for (const kind of ["away", "hanging"]) {
    const fixture = new ReporterFixture({ keysMax: 1 });
    if (kind === "away") fixture.sink.failure = AWAY;
    else fixture.sink.gate = new Promise(() => {});
    const agent = await fixture.connect();
    send(agent, status(1, 1), status(2, 1), status(3, 1), status(4, 1));
    await fixture.clock.advance(FLUSH_MS);
    fixture.stop.abort();
    await fixture.clock.advance(DRAIN_MS_MAX);
    await fixture.running;
    const { rowsHeld, rowsLost } = fixture.server.counters;
    assertEquals(rowsHeld + rowsLost, 4, kind);
    assert(fixture.sink.attempts < 20);
    agent.close();
  }
});

Deno.test("ReporterServer.run() ends with an error that is none of the store's", async () => {
  const fixture = new ReporterFixture();
  fixture.sink.failure = new TypeError("bug");
  const agent = await fixture.connect();
  send(agent, status(1, 1));
  await fixture.clock.advance(FLUSH_MS);
  await assertRejects(() => fixture.running, TypeError, "bug");
  fixture.stop.abort();
  await fixture.clock.advance(5_000);
});

Deno.test("ReporterServer.open() needs a sink", () => {
  assertThrows(() => new ReporterFixture({ sinkCount: 0 }), TypeError, "empty");
});

/** The rows written last, as "cmdid caller succ". */
function newestOf(fixture: ReporterFixture): string[] {
  const rows = new Map<string, number>();
  for (const { cmdId, caller, succ } of fixture.sink.batches.flat()) {
    rows.set(`${cmdId} ${formatIp(caller)}`, succ);
  }
  return [...rows].map(([key, succ]) => `${key} ${succ}`).sort();
}

Deno.test("ReporterServer sums what two agents of one machine count, and replaces what each has counted before", async () => {
  await using fixture = new ReporterFixture();
  const [one, two] = [await fixture.connect(), await fixture.connect()];
  const hello = { epoch: 1, name: "", zone: "", version: "1" };
  one.send(
    MessageId.hello,
    encodeHello({ ...hello, agentId: "01".repeat(16) }),
  );
  two.send(
    MessageId.hello,
    encodeHello({ ...hello, agentId: "02".repeat(16) }),
  );
  const caller = parseIp("10.0.0.2");
  const told = (succ: number) =>
    encode({ cmdid: 1, caller, results: [{ ip: 1, port: 80, succ }] });
  send(one, told(400), told(500));
  await fixture.clock.advance(FLUSH_MS);
  send(two, told(3));
  await fixture.clock.advance(FLUSH_MS);
  assertEquals(newestOf(fixture), ["1 10.0.0.2 503"]);
  send(one, told(1));
  await fixture.clock.advance(FLUSH_MS);
  assertEquals(newestOf(fixture), ["1 10.0.0.2 4"]);
  // One that has gone counts no more.
  one.close();
  await fixture.clock.advance(GONE_MS);
  send(two, told(3));
  await fixture.clock.advance(FLUSH_MS);
  assertEquals(newestOf(fixture), ["1 10.0.0.2 3"]);
});

Deno.test("ReporterServer tells two agents apart by agent_id where there was no Hello, and original ones by their address", async () => {
  await using fixture = new ReporterFixture();
  const agents = [];
  for (let count = 0; count < 4; count++) agents.push(await fixture.connect());
  const caller = parseIp("10.0.0.2");
  const result = { ip: 1, port: 80 };
  for (const [index, agent] of agents.entries()) {
    const agent_id = new Uint8Array(index < 2 ? 16 : 0).fill(index);
    const results = [{ ...result, succ: 10 ** index }];
    send(agent, encode({ cmdid: 1, caller, results, agent_id }));
    await fixture.clock.advance(FLUSH_MS);
  }
  assertEquals(newestOf(fixture), ["1 10.0.0.2 1011"]);
});

Deno.test("ReporterServer keeps a status that tells another agent's caller under the address of its sender", async () => {
  await using fixture = new ReporterFixture();
  const owner = await fixture.connect("10.0.0.7");
  const forger = await fixture.connect("10.0.0.9");
  const caller = parseIp("10.0.0.7");
  const told = (succ: number) =>
    encode({ cmdid: 1, caller, results: [{ ip: 1, port: 80, succ }] });
  send(owner, told(5));
  send(forger, told(1_000));
  await fixture.clock.advance(FLUSH_MS);
  assertEquals(newestOf(fixture), ["1 10.0.0.7 5", "1 10.0.0.9 1000"]);
  assertEquals(fixture.server.counters.callersRefused, 1);
});

Deno.test("ReporterServer says once that statuses come too fast, however often there is room for some", async () => {
  using logs = recordLogs();
  await using fixture = new ReporterFixture({ keysMax: 2, batchRowsMax: 1 });
  const agent = await fixture.connect();
  for (let round = 0; round < 20; round++) {
    for (let cmdId = 1; cmdId <= 5; cmdId++) send(agent, status(cmdId, 1));
    await fixture.clock.advance(FLUSH_MS * 20);
  }
  await fixture.clock.advance(30_000);
  const lines = logs.lines.map((line) => line.slice(25))
    .filter((line) => line.includes("store takes"));
  assertEquals(lines, [
    "warning reporter: statuses come faster than the store takes them rowsHeld=2",
    "info reporter: the store takes statuses as they come",
  ]);
});

Deno.test("ReporterServer says nothing of a write that failed if the next one does not", async () => {
  using logs = recordLogs();
  await using fixture = new ReporterFixture();
  const agent = await fixture.connect();
  for (let round = 0; round < 3; round++) {
    send(agent, status(1, round + 1));
    fixture.sink.failure = AWAY;
    await fixture.clock.advance(FLUSH_MS);
    fixture.sink.failure = undefined;
    await fixture.clock.advance(1_000);
  }
  assertEquals(fixture.server.counters.writeFailures, 3);
  assertEquals(logs.lines.filter((line) => / writ/.test(line)), []);
});

Deno.test("ReporterServer says once that its store was away at the start, and once that it is there", async () => {
  for (const reports of [true, false]) {
    using logs = recordLogs();
    const { promise: opened, resolve } = Promise.withResolvers<void>();
    const opening = { error: AWAY, opened };
    await using fixture = new ReporterFixture({ opening });
    fixture.sink.failure = AWAY;
    const agent = await fixture.connect();
    if (reports) send(agent, status(1, 1));
    await fixture.clock.advance(60_000);
    fixture.sink.failure = undefined;
    const lines = () =>
      logs.lines.filter((line) => / writ/.test(line))
        .map((line) => line.slice(25).split(",")[0]);
    assertEquals(lines(), ["error reporter: cannot write statuses"]);
    resolve();
    await fixture.clock.advance(10_000);
    assertEquals(lines().length, 2);
    assert(lines()[1]!.startsWith("info reporter: writing statuses again"));
  }
});

Deno.test("ReporterServer says once that it cannot write, however many writers it has, and once that it can", async () => {
  using logs = recordLogs();
  await using fixture = new ReporterFixture({ sinkCount: 3, batchRowsMax: 1 });
  const agent = await fixture.connect();
  for (const sink of fixture.sinks) sink.failure = AWAY;
  for (let cmdId = 1; cmdId <= 9; cmdId++) send(agent, status(cmdId, 1));
  await fixture.clock.advance(60_000);
  assertEquals(fixture.server.counters.writersFailing, 3);
  for (const sink of fixture.sinks) sink.failure = undefined;
  await fixture.clock.advance(10_000);
  const lines = logs.lines.map((line) => line.slice(25));
  assertEquals(lines.filter((line) => line.includes("write")), [
    'error reporter: cannot write statuses, keeping the newest of each error="Cannot reach store"',
  ]);
  assertEquals(lines.filter((line) => line.includes("writing")).length, 1);
});

Deno.test("ReporterServer wakes while it remembers statuses, and for nothing else", async () => {
  await using fixture = new ReporterFixture();
  const { clock } = fixture;
  const wakeUpsIn = async (ms: number) => {
    const before = clock.wakeUps;
    await clock.advance(ms);
    return clock.wakeUps - before;
  };
  const agent = await fixture.connect();
  await clock.advance(10_000);
  assertEquals(await wakeUpsIn(600_000), 0);
  send(agent, status(1, 1));
  const wakeUps = await wakeUpsIn(620_000);
  assert(wakeUps < 70, `${wakeUps} wake-ups`);
  assertEquals(fixture.sink.batches.length, 1);
  assertEquals(await wakeUpsIn(500_000), 0);
});

Deno.test("ReporterServer sweeps the store every ten minutes, and says once that it cannot", async () => {
  const steps = [true, true, false];
  let calls = 0;
  using logs = recordLogs();
  const denied = new StoreError("Cannot remove statuses", { retry: false });
  await using fixture = new ReporterFixture({
    sweep: () => {
      calls += 1;
      const more = steps.shift();
      return more === undefined
        ? Promise.reject(denied)
        : Promise.resolve({ removed: 1, more });
    },
  });
  await fixture.clock.advance(599_000);
  assertEquals(calls, 0);
  await fixture.clock.advance(2_000);
  assertEquals([calls, fixture.server.counters.rowsRemoved], [3, 3]);
  await fixture.clock.advance(1_300_000);
  const said = logs.lines.filter((line) =>
    line.includes("cannot remove statuses of hosts that no route has")
  );
  assertEquals([calls, said.length], [5, 1]);
});
