import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  encodeFrame,
  formatIp,
  lars,
  MessageId,
  parseAddress,
  parseDatagram,
  type RouteHost,
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
  assertEquals([answer.host.length, answer.host_count], [64, 2_000]);
  assert(answer.decision.length > 50, `${answer.decision.length} decisions`);
  assert(answer.call.length > 300, `${answer.call.length} calls`);
  // The newest decisions and the oldest calls: the next question goes on there.
  assertEquals(answer.decision.at(-1)?.number, 2_000);
  assertEquals(answer.call[0]?.number, 1);
});

Deno.test("ShardDatagrams.handle() explains all hosts of a route, some in each answer, those out of use first", () => {
  const fixture = new ShardFixture();
  const hosts = Array.from(
    { length: 200 },
    (_, index) => `10.1.1.${index + 1}:7777`,
  );
  fixture.update("1/1", ...hosts);
  fixture.report("1/1", hosts[150]!, "-".repeat(15));
  const found: (string | undefined)[] = [];
  for (;;) {
    const { host } = explain(fixture, { after_host: found.length });
    if (host.length === 0) break;
    found.push(...host.map(({ host }) => formatIp(host!.ip!)));
  }
  assertEquals(found[0], "10.1.1.151");
  assertEquals(new Set(found).size, 200);
  assertEquals(found.length, 200);
});

Deno.test("ShardDatagrams.handle() gives explanations no more than their share of time, and counts those that it drops", () => {
  const fixture = new ShardFixture();
  const hosts = Array.from(
    { length: 3_600 },
    (_, index) => `10.1.${index >> 8}.${index & 255}:7777`,
  );
  fixture.update("1/1", ...hosts);
  const request = encodeFrame(
    MessageId.explainRequest,
    lars.ExplainRequest.encode({ seq: 7, modid: 1, cmdid: 1 }).finish(),
  );
  const answers = () => {
    let count = 0;
    for (let asked = 0; asked < 1_000; asked++) {
      if (typeof fixture.send(request) !== "number") count += 1;
    }
    return count;
  };
  const atOnce = answers();
  assert(atOnce < 50, `${atOnce} of 1,000 were answered`);
  assertEquals(fixture.shard.counters.explainsDropped, 1_000 - atOnce);
  // What 100 ms allow, and no more than was saved up.
  fixture.nowMs += 100;
  const later = answers();
  assert(later > 0 && later <= atOnce, `${later} were answered later`);
});

Deno.test("ShardDatagrams.handle() says in an explanation which settings of hosts the policy ignores", () => {
  const fixture = new ShardFixture();
  const host = { ...parseAddress(A), weight: 50 };
  const update = (host: RouteHost, policy: string) => {
    const settings = { policy };
    const hosts = [host, { ...parseAddress(B), weight: 0 }];
    fixture.shard.update({ modId: 1, cmdId: 1, hosts, settings }, 0);
    return explain(fixture).note;
  };
  const [weight] = update(host, "lars");
  assertStringIncludes(weight!, "policy lars does not look at the weight of");
  const [both] = update({ ...host, zone: "eu-1" }, "lars");
  assertStringIncludes(both!, "does not look at the weight and zone of");
  assertEquals(update(host, "adaptive"), []);
  assertEquals(update({ ...host, weight: 100 }, "lars"), []);
  fixture.shard.onDnsConnected({ isOtherStore: true });
  const [store] = update(host, "adaptive");
  assertStringIncludes(store!, "dns has another store");
});

Deno.test("ShardDatagrams.handle() counts what is no ExplainRequest as a bad datagram", () => {
  const fixture = new ShardFixture();
  const body = new Uint8Array([0xff]);
  assertEquals(fixture.send(encodeFrame(MessageId.explainRequest, body)), 0);
  assertEquals(fixture.shard.counters.badDatagrams, 1);
});
