/** What an agent sends to reporters of every age. */
import { assert, assertEquals } from "@std/assert";
import { FramedConnection } from "../../../net/mod.ts";
import { recordLogs } from "../../../net/testing/mod.ts";
import {
  encodeHelloAck,
  encodeReportStatus,
  formatAddress,
  type Frame,
  HostReason,
  hostReasonName,
  HostState,
  type HostStateEntry,
  hostStateName,
  MessageId,
  parseAddress,
  parseIp,
  WEIGHT_DRAINED,
} from "../../../proto/mod.ts";
import { AGENT_IP, HOST, World } from "../../testing/agent_fixture.ts";
import { History, HistoryPeer } from "../../testing/history_peer.ts";

const AGENT_ID = "0123456789abcdef".repeat(2);
const OTHER = parseAddress("192.168.1.178:7777");
const ROUTE = { modId: 1, cmdId: 1, hosts: [HOST, OTHER] };
const AT = { hostname: "10.0.0.5", port: 7779 };

/** As in "1/1 192.168.1.177:7777 overloaded overload_rule". */
function named({ modId, cmdId, state, reason, ...host }: HostStateEntry) {
  return `${modId}/${cmdId} ${formatAddress(host)} ${hostStateName(state)} ${
    hostReasonName(reason)
  }`;
}

/** A reporter of a world. */
function peerOf(
  { clock, network }: World,
  options: { features?: number } = {},
): HistoryPeer {
  const history = new History();
  return new HistoryPeer({ clock, network, at: AT, history, ...options });
}

/** Reports calls of {@linkcode HOST} that failed. */
async function fail(world: World, calls: number): Promise<void> {
  for (let call = 0; call < calls; call++) {
    await world.report(1, 1, { returnCode: 1 });
  }
}

Deno.test("ReporterLink says first all hosts that are not in use, then changes, totals and events", async () => {
  await using world = await World.start([ROUTE], { agentId: AGENT_ID });
  await fail(world, 15);
  await world.clock.advance(1_000);
  const peer = peerOf(world);
  await world.clock.advance(1_000);
  assertEquals(
    peer.states.map(({ all, hosts }) => [all, hosts.map(named)]),
    [[true, [`1/1 ${formatAddress(HOST)} overloaded overload_rule`]]],
  );
  assertEquals(peer.ids.indexOf(MessageId.hostStates) >= 0, true);
  assertEquals(peer.events.map(({ failures }) => failures), [15]);
  assert(peer.events[0]!.ageMs >= 1_000);
  for (let call = 0; call < 15; call++) await world.report(1, 1);
  await world.clock.advance(1_000);
  assertEquals(
    peer.states.slice(1).map(({ all, hosts }) => [all, hosts.map(named)]),
    [[false, [`1/1 ${formatAddress(HOST)} in_use none`]]],
  );
  await world.clock.advance(10_000);
  assertEquals(peer.ids.filter((id) => id === MessageId.callTotals).length, 1);
  await peer.stop();
});

Deno.test("ReporterLink tells another reporter everything again, and counts nothing twice", async () => {
  await using world = await World.start([ROUTE], { agentId: AGENT_ID });
  const first = peerOf(world);
  first.acknowledges = false;
  await world.clock.advance(1_000);
  await fail(world, 15);
  await world.clock.advance(11_000);
  assertEquals(first.ids.filter((id) => id === MessageId.callTotals).length, 1);
  const ending = first.stop();
  await world.clock.advance(3_000);
  await ending;
  const second = peerOf(world);
  await world.clock.advance(5_000);
  assertEquals(second.states[0]!.all, true);
  assertEquals(second.states[0]!.hosts.length, 1);
  assertEquals(second.events, []);
  await fail(world, 1);
  await world.clock.advance(30_000);
  assertEquals(
    second.ids.filter((id) => id === MessageId.callTotals).length,
    2,
  );
  await second.stop();
});

Deno.test("ReporterLink tells a reporter that all hosts are in use, and nothing more of an idle agent", async () => {
  await using world = await World.start([ROUTE], { agentId: AGENT_ID });
  const peer = peerOf(world);
  await world.clock.advance(1_000);
  assertEquals(peer.states, [{ all: true, hosts: [] }]);
  const { ids } = peer;
  const before = ids.length;
  await world.clock.advance(600_000);
  assertEquals(ids.length, before);
  await peer.stop();
});

Deno.test("ReporterLink sends more states than a connection may queue, as the socket takes them", async () => {
  await using world = await World.start([], { agentId: AGENT_ID });
  const count = 120_000;
  const hosts = Array.from({ length: count }, (_, index) => ({
    ip: 0x0a00_0001 + index,
    port: 65_535,
    state: HostState.ejected,
    reason: HostReason.timeout,
    ageMs: 4_000_000_000,
    inFlight: 0,
    nextTryMs: 4_000_000_000,
  }));
  const routes = [{ modId: 2 ** 31 - 1, cmdId: 2 ** 31 - 1, hosts }];
  world.agent.receive(0, { kind: "states", routes });
  const peer = peerOf(world);
  await world.clock.advance(5_000);
  const told = peer.states.map(({ hosts }) => hosts.length);
  assertEquals(told.reduce((sum, each) => sum + each, 0), count);
  assertEquals(peer.states.map(({ all }) => all).indexOf(true, 1), -1);
  assertEquals(peer.connections.size, 1);
  await peer.stop();
});

/** The statuses that those of before got of these calls, as bodies. */
function statusesOf(agentId: string | undefined, startSeconds: number) {
  const other = { ...OTHER, succ: 0, err: 0, overload: false };
  const rows = [
    { second: 2, host: { ...HOST, succ: 1, err: 0, overload: false } },
    { second: 4, host: { ...HOST, succ: 0, err: 0, overload: true } },
    { second: 5, host: { ...HOST, succ: 1, err: 0, overload: true } },
  ];
  return rows.flatMap(({ second, host }) => [
    ...encodeReportStatus({
      modId: 1,
      cmdId: 1,
      hosts: [host, other],
      caller: parseIp(AGENT_IP),
      ts: startSeconds + second,
      ...(agentId !== undefined && { agentId }),
    }),
  ]);
}

/** What happens beside a reporter that takes no totals; the frames that it gets, without Hellos. */
async function framesOf(
  world: World,
  answer: (connection: FramedConnection) => void,
): Promise<Frame[]> {
  const frames: Frame[] = [];
  const listener = world.network.machine(AT.hostname).listen(AT);
  const accepted = listener.accept().then(async (stream) => {
    listener.close();
    const connection = new FramedConnection(stream);
    await connection.run((_, frame) => {
      if (frame.id === MessageId.hello) answer(connection);
      else frames.push(frame);
    });
  });
  await world.clock.advance(2_000);
  await world.report(1, 1);
  await world.clock.advance(1_999);
  await fail(world, 15);
  await world.clock.advance(985);
  await world.report(1, 1);
  await world.clock.advance(60_000);
  world.network.reset(AT.hostname);
  await accepted;
  return frames;
}

const OLDER = [
  { name: "an original reporter", acks: false },
  { name: "a reporter of before", acks: true },
];

for (const { name, acks } of OLDER) {
  Deno.test(`ReporterLink sends ${name} what it was always sent, byte for byte`, async () => {
    await using world = await World.start([ROUTE], { agentId: AGENT_ID });
    const startSeconds = world.clock.wallSeconds();
    const frames = await framesOf(world, (connection) => {
      const ack = {
        version: "1",
        features: 0,
        store: "",
        accepted: 0,
        held: 0,
      };
      if (acks) connection.send(MessageId.helloAck, encodeHelloAck(ack));
    });
    const expected = statusesOf(acks ? AGENT_ID : undefined, startSeconds);
    assertEquals(
      frames.map(({ id, body }) => [id, new Uint8Array(body).toHex()]),
      expected.map((body) => [
        MessageId.reportStatusRequest,
        new Uint8Array(body).toHex(),
      ]),
    );
  });
}

Deno.test("Agent writes a line when a host is ejected and one when it returns, and counts what is too much", async () => {
  using logs = recordLogs();
  const routes = Array.from(
    { length: 30 },
    (_, index) => ({ ...ROUTE, cmdId: index * 3 + 1 }),
  );
  await using world = await World.start(routes, { agentId: AGENT_ID });
  await fail(world, 15);
  await world.clock.advance(2_000);
  for (let call = 0; call < 15; call++) await world.report(1, 1);
  await world.clock.advance(2_000);
  const lines = () =>
    logs.lines.splice(0).map((line) => line.slice(line.indexOf(" ") + 1))
      .filter((line) => line.includes("host"));
  assertEquals(lines(), [
    "warning agent: host ejected modId=1 cmdId=1 host=192.168.1.177:7777 reason=overload_rule calls=15 failures=15 policy=lars",
    "info agent: host returned modId=1 cmdId=1 host=192.168.1.177:7777 reason=overload_rule calls=6 failures=0 policy=lars",
  ]);
  for (const { modId, cmdId } of routes) {
    for (let call = 0; call < 15; call++) {
      await world.report(modId, cmdId, { returnCode: 1 });
    }
  }
  await world.clock.advance(2_000);
  const many = lines();
  assert(many.length < 15, `${many.length} lines`);
  const leftOut = many.map((line) => Number(line.match(/leftOut=(\d+)/)?.[1]))
    .filter((count) => count > 0);
  const told = many.filter((line) => line.includes("host ejected modId"));
  const sum = leftOut.reduce((all, count) => all + count, 0);
  assertEquals(told.length + sum, routes.length);
});

Deno.test("Agent tells of drained hosts, and not that a host is drained which it hears of for the first time", async () => {
  await using world = await World.start([], { agentId: AGENT_ID });
  const drained = { ...OTHER, weight: WEIGHT_DRAINED };
  const dns = world.dns("10.0.0.1", [{ ...ROUTE, hosts: [HOST, drained] }]);
  const peer = peerOf(world);
  await world.clock.advance(1_000);
  await world.getHost(1, 1);
  await world.clock.advance(2_000);
  assertEquals(peer.states.flatMap(({ hosts }) => hosts.map(named)), [
    `1/1 ${formatAddress(OTHER)} drained drained`,
  ]);
  assertEquals(peer.events, []);
  assertEquals(dns.asked, ["1,1"]);
  await peer.stop();
});
