import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { parseIp } from "../proto/mod.ts";
import { DRAIN_MS_MAX } from "./reporter_server.ts";
import { AWAY, encode, Rig, send, status } from "./testing/reporter_fixture.ts";
import { FLUSH_MS } from "./status_writer.ts";

Deno.test("ReporterServer writes what an agent says, with unsigned addresses", async () => {
  await using rig = new Rig();
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
  send(await rig.connect(), body);
  await rig.clock.advance(FLUSH_MS);
  const key = { modId: 1, cmdId: 2, caller: parseIp("192.168.0.9") };
  const ts = 4_294_967_295;
  assertEquals(rig.sink.batches, [[
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
    await using rig = new Rig();
    send(await rig.connect(), encode(message));
    await rig.clock.advance(FLUSH_MS);
    const { counters } = rig.server;
    const name = JSON.stringify(message);
    assertEquals([counters.rowsInvalid, counters.rows], [invalid, rows], name);
    assertEquals(rig.sink.batches.flat().length, rows, name);
  }
});

Deno.test("ReporterServer takes an empty body, and closes a connection whose body does not decode", async () => {
  await using rig = new Rig();
  const agent = await rig.connect();
  const bad = await rig.connect();
  send(agent, new Uint8Array());
  send(bad, new Uint8Array([8]));
  send(agent, status(1, 1));
  await rig.clock.advance(FLUSH_MS);
  assertEquals(rig.server.counters.statuses, 2);
  assertEquals(rig.server.counters.connections, 1);
  assertEquals(rig.server.counters.protocolErrors, 1);
  assertEquals(rig.sink.told, "1:1");
});

Deno.test("ReporterServer lets rows wait for others, or for a full batch", async () => {
  await using rig = new Rig({ batchRowsMax: 3 });
  const agent = await rig.connect();
  send(agent, status(1, 1));
  await rig.clock.advance(FLUSH_MS - 1);
  assertEquals(rig.sink.batches.length, 0);
  send(agent, status(2, 1));
  await rig.clock.advance(1);
  assertEquals(rig.sink.batches.map(({ length }) => length), [2]);

  send(agent, status(3, 1), status(4, 1), status(5, 1), status(6, 1));
  await rig.clock.advance(0);
  assertEquals(rig.sink.batches.map(({ length }) => length), [2, 3]);
  await rig.clock.advance(FLUSH_MS);
  assertEquals(rig.sink.batches.map(({ length }) => length), [2, 3, 1]);
});

Deno.test("ReporterServer writes the newest of each key by order of arrival, not by ts", async () => {
  await using rig = new Rig();
  const agent = await rig.connect();
  const results = (succ: number) => [{ ip: 1, port: 80, succ }];
  send(agent, encode({ cmdid: 1, ts: 9, results: results(1) }));
  send(agent, encode({ cmdid: 1, ts: 8, results: results(2) }));
  await rig.clock.advance(FLUSH_MS);
  assertEquals(rig.sink.batches.length, 1);
  assertEquals(rig.sink.told, "1:2");
  assertEquals(rig.server.counters.rowsReplaced, 1);
});

Deno.test("ReporterServer has a key written by one writer at a time, the newest last", async () => {
  await using rig = new Rig({ sinkCount: 3, batchRowsMax: 2 });
  const agent = await rig.connect();
  const gates = rig.sinks.map(() => Promise.withResolvers<void>());
  for (const [index, sink] of rig.sinks.entries()) {
    sink.gate = gates[index]!.promise;
  }
  for (let succ = 1; succ <= 5; succ++) {
    for (let cmdId = 1; cmdId <= 20; cmdId++) send(agent, status(cmdId, succ));
    await rig.clock.advance(FLUSH_MS);
    gates[succ % 3]!.resolve();
    await rig.clock.advance(FLUSH_MS);
  }
  const written = rig.sinks.flatMap((sink) => {
    assertEquals(sink.activeMax, 1);
    assert(sink.batches.length > 0);
    return sink.batches.flat();
  });
  for (let cmdId = 1; cmdId <= 20; cmdId++) {
    const counts = written.filter((row) => row.cmdId === cmdId)
      .map(({ succ }) => succ);
    assertEquals(Math.max(...counts), 5, `${cmdId}`);
  }
  assertEquals(rig.server.counters.rowsHeld, 0);
});

Deno.test("ReporterServer keeps the newest while the store is away, and writes it when it is back", async () => {
  await using rig = new Rig();
  const agent = await rig.connect();
  rig.sink.failure = AWAY;
  for (let succ = 1; succ <= 100; succ++) {
    send(agent, status(1, succ), status(2 + succ % 3, succ));
    await rig.clock.advance(300);
  }
  const { rowsHeld, writeFailures, writersFailing } = rig.server.counters;
  assertEquals([rowsHeld, writersFailing], [4, 1]);
  // 30 s of waits that double up to 5 s.
  assert(writeFailures > 5 && writeFailures < 20, `${writeFailures}`);
  rig.sink.failure = undefined;
  await rig.clock.advance(5_000);
  assertEquals(rig.sink.told, "1:100 2:99 3:100 4:98");
  assertEquals(rig.server.counters.rowsHeld, 0);
});

Deno.test("ReporterServer goes on reading while the store takes its time", async () => {
  await using rig = new Rig();
  const agent = await rig.connect();
  const gate = Promise.withResolvers<void>();
  rig.sink.gate = gate.promise;
  send(agent, status(1, 1));
  await rig.clock.advance(FLUSH_MS);
  send(agent, status(1, 2), status(2, 1));
  await rig.clock.advance(FLUSH_MS);
  assertEquals(rig.server.counters.statuses, 3);
  gate.resolve();
  await rig.clock.advance(FLUSH_MS);
  assertEquals(rig.sink.told, "1:2 2:1");
});

Deno.test("ReporterServer at its bound stops reading who has new keys, and loses nothing", async () => {
  await using rig = new Rig({ keysMax: 2 });
  rig.sink.failure = AWAY;
  const blocked = await rig.connect();
  const other = await rig.connect();
  send(blocked, status(1, 1), status(2, 1), status(3, 1), status(4, 1));
  await rig.clock.advance(FLUSH_MS);
  assertEquals(rig.server.counters.statuses, 3);
  assertEquals(rig.server.counters.connectionsHeldBack, 1);
  send(other, status(1, 2));
  await rig.clock.advance(FLUSH_MS);
  assertEquals(rig.server.counters.statuses, 4);
  assertEquals(rig.server.counters.rowsHeld, 2);
  rig.sink.failure = undefined;
  await rig.clock.advance(5_000);
  assertEquals(rig.sink.told, "1:2 2:1 3:1 4:1");
  assertEquals(rig.server.counters.connectionsHeldBack, 0);
});

Deno.test("ReporterServer under a flood holds no more than it may, whatever the store does", async () => {
  const AGENTS = 8;
  const keysMax = 500;
  for (const kind of ["slow", "failing", "hanging"]) {
    await using rig = new Rig({ keysMax, batchRowsMax: 50 });
    const agents = await Promise.all(
      Array.from({ length: AGENTS }, () => rig.connect()),
    );
    if (kind === "hanging") rig.sink.gate = new Promise(() => {});
    let route = 0;
    for (let round = 0; round < 100; round++) {
      for (const agent of agents) {
        while (agent.writable && route < 1_000 * (round + 1)) {
          send(agent, status(route++, 1));
        }
      }
      rig.sink.failure = kind === "failing" && round % 10 > 0
        ? AWAY
        : undefined;
      if (kind === "slow") rig.sink.gate = rig.clock.sleep(200);
      await rig.clock.advance(20);
      const { rowsHeld, connectionsHeldBack } = rig.server.counters;
      assert(rowsHeld <= keysMax, `${rowsHeld}`);
      assert(connectionsHeldBack <= AGENTS);
    }
    assertEquals(rig.server.counters.connectionsHeldBack > 0, true, kind);
    if (kind === "hanging") continue;
    rig.sink.failure = undefined;
    rig.sink.gate = Promise.resolve();
    await rig.clock.advance(60_000);
    // Each connection had its turns, and nothing that was read is lost.
    const { rows, rowsWritten, rowsLost } = rig.server.counters;
    assertEquals([rowsWritten, rowsLost], [rows, 0], kind);
    assertEquals(rows, route, kind);
  }
});

Deno.test("ReporterServer.run() writes what it holds before it ends", async () => {
  const rig = new Rig({ batchRowsMax: 2 });
  const agent = await rig.connect();
  send(agent, status(1, 1), status(2, 1), status(3, 1));
  await rig.clock.advance(0);
  rig.stop.abort();
  await rig.clock.advance(0);
  await rig.running;
  assertEquals(rig.sink.told, "1:1 2:1 3:1");
  assertEquals(agent.closed, false);
  agent.close();
});

Deno.test("ReporterServer.run() ends in time while the store is away or hangs, and somebody waits", async () => {
  for (const kind of ["away", "hanging"]) {
    const rig = new Rig({ keysMax: 1 });
    if (kind === "away") rig.sink.failure = AWAY;
    else rig.sink.gate = new Promise(() => {});
    const agent = await rig.connect();
    send(agent, status(1, 1), status(2, 1), status(3, 1), status(4, 1));
    await rig.clock.advance(FLUSH_MS);
    rig.stop.abort();
    await rig.clock.advance(DRAIN_MS_MAX);
    await rig.running;
    const { rowsHeld, rowsLost } = rig.server.counters;
    assertEquals(rowsHeld + rowsLost, 4, kind);
    assert(rig.sink.attempts < 20);
    agent.close();
  }
});

Deno.test("ReporterServer.run() ends with an error that is none of the store's", async () => {
  const rig = new Rig();
  rig.sink.failure = new TypeError("bug");
  const agent = await rig.connect();
  send(agent, status(1, 1));
  await rig.clock.advance(FLUSH_MS);
  await assertRejects(() => rig.running, TypeError, "bug");
  rig.stop.abort();
  await rig.clock.advance(5_000);
});

Deno.test("ReporterServer.open() needs a sink", () => {
  assertThrows(() => new Rig({ sinkCount: 0 }), TypeError, "empty");
});
