import { assert, assertEquals } from "@std/assert";
import {
  encodeFrame,
  formatIp,
  lars,
  MessageId,
  parseDatagram,
} from "../../proto/mod.ts";
import {
  RECORDED_CALLS_MAX,
  RECORDING_EXPIRE_MS,
  RECORDINGS_MAX,
} from "./recorder.ts";
import { ShardFixture } from "../testing/shard_fixture.ts";

const A = "10.0.0.1:1001";
const B = "10.0.0.2:1002";

/** What the shard answers to an ExplainRequest. */
function explain(
  fixture: ShardFixture,
  request: Partial<lars.ExplainRequest> = {},
): lars.ExplainResponse {
  const answer = fixture.send(encodeFrame(
    MessageId.explainRequest,
    lars.ExplainRequest.encode({ seq: 7, modid: 1, cmdid: 1, ...request })
      .finish(),
  ));
  assert(typeof answer !== "number");
  const frame = parseDatagram(answer);
  assertEquals(frame?.id, MessageId.explainResponse);
  return lars.ExplainResponse.decode(frame!.body);
}

/** Calls as in "pick .1, fail .1 ok .2 unused .1". */
function callsOf({ call }: lars.ExplainResponse): string {
  return call.map(({ host, report, retcode, unused }) => {
    const kind = unused ? "unused" : retcode === 0 ? "ok" : "fail";
    const where = host ? `.${formatIp(host.ip ?? 0).split(".")[3]}` : "none";
    return `${report ? kind : "pick"} ${where}`;
  }).join(", ");
}

Deno.test("ShardDatagrams.handle() explains a route: its policy, its hosts, overloaded ones first, and what was decided", () => {
  const fixture = new ShardFixture();
  fixture.update("1/1", A, B);
  fixture.nowMs = 1_000;
  fixture.report("1/1", B, "-".repeat(15));
  fixture.nowMs = 1_500;
  const answer = explain(fixture);
  assertEquals([answer.seq, answer.policy], [7, "lars"]);
  assertEquals(
    answer.host.map(({ host, overload }) => [host?.port, overload ?? false]),
    [[1002, true], [1001, false]],
  );
  assertEquals(
    answer.host[0]?.reason,
    "Overloaded for 0.5 s: 0 of 0 calls succeeded, the last 0 in a row",
  );
  const [decision] = answer.decision;
  assertEquals(
    [decision?.number, decision?.age_ms, decision?.host?.port, decision?.text],
    [
      1,
      500,
      1002,
      "Becomes overloaded: Idle, window of 1.0 s: 15 of 15 calls failed, the last 15 in a row",
    ],
  );
  assertEquals(explain(fixture, { after_decision: 1 }).decision, []);
  assertEquals(explain(fixture, { cmdid: 2 }).decision, []);
});

Deno.test("ShardDatagrams.handle() explains nothing of an unknown route, and does not begin to know it", () => {
  const fixture = new ShardFixture();
  const answer = explain(fixture, { with_calls: true });
  assertEquals([answer.policy, answer.host, answer.call], ["", [], []]);
  assertEquals(fixture.takePulls(), "");
  assertEquals(fixture.shard.counters.unknownRoutes, 0);
});

Deno.test("ShardDatagrams.handle() records picks and reports of a route from when they are asked for", () => {
  const fixture = new ShardFixture();
  fixture.update("1/1", A, B);
  fixture.getHost("1/1");
  assertEquals(callsOf(explain(fixture, { with_calls: true })), "");
  fixture.getHost("1/1");
  fixture.report("1/1", B, "-+");
  const answer = explain(fixture, { with_calls: true });
  assertEquals(callsOf(answer), "pick .2, fail .2, ok .2");
  const newer = explain(fixture, { with_calls: true, after_call: 2 });
  assertEquals(callsOf(newer), "ok .2");
});

Deno.test("ShardDatagrams.handle() stops recording when it is not asked for any more", () => {
  const fixture = new ShardFixture();
  fixture.update("1/1", A);
  explain(fixture, { with_calls: true });
  fixture.run(RECORDING_EXPIRE_MS - 1_000);
  fixture.getHost("1/1");
  assertEquals(callsOf(explain(fixture, { with_calls: true })), "pick .1");
  fixture.run(RECORDING_EXPIRE_MS);
  assertEquals(callsOf(explain(fixture, { with_calls: true })), "");
});

Deno.test("ShardDatagrams.handle() records a few routes at a time only", () => {
  const fixture = new ShardFixture();
  for (let cmdid = 1; cmdid <= RECORDINGS_MAX + 1; cmdid++) {
    fixture.update(`1/${cmdid}`, A);
    explain(fixture, { cmdid, with_calls: true });
    fixture.getHost(`1/${cmdid}`);
  }
  const callsOfRoute = (cmdid: number) =>
    callsOf(explain(fixture, { cmdid, with_calls: true }));
  assertEquals(callsOfRoute(RECORDINGS_MAX), "pick .1");
  assertEquals(callsOfRoute(RECORDINGS_MAX + 1), "");
});

Deno.test("ShardDatagrams.handle() keeps the last calls only, and their numbers show the gap", () => {
  const fixture = new ShardFixture();
  fixture.update("1/1", A);
  explain(fixture, { with_calls: true });
  for (let pick = 0; pick < RECORDED_CALLS_MAX + 10; pick++) {
    fixture.getHost("1/1");
  }
  const { call } = explain(fixture, { with_calls: true });
  assertEquals(call[0]?.number, 11);
});

Deno.test("ShardDatagrams.handle() fits an explanation into a datagram, however long it is", () => {
  const fixture = new ShardFixture();
  const hosts = Array.from(
    { length: 2_000 },
    (_, index) => `10.1.${index >> 8}.${index & 255}:7777`,
  );
  fixture.update("1/1", ...hosts);
  explain(fixture, { with_calls: true });
  for (const host of hosts) fixture.report("1/1", host, "-".repeat(15));
  const answer = explain(fixture, { with_calls: true });
  assert(answer.host.length > 100, `${answer.host.length} hosts`);
  assert(answer.decision.length > 50, `${answer.decision.length} decisions`);
  assert(answer.call.length > 300, `${answer.call.length} calls`);
  // The newest decisions and the oldest calls: the next question goes on there.
  assertEquals(answer.decision.at(-1)?.number, 2_000);
  assertEquals(answer.call[0]?.number, 1);
});

Deno.test("ShardDatagrams.handle() counts what is no ExplainRequest as a bad datagram", () => {
  const fixture = new ShardFixture();
  const body = new Uint8Array([0xff]);
  assertEquals(fixture.send(encodeFrame(MessageId.explainRequest, body)), 0);
  assertEquals(fixture.shard.counters.badDatagrams, 1);
});
