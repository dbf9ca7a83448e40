import { assertEquals } from "@std/assert";
import {
  type CallReport,
  encodeFrame,
  lars,
  MessageId,
  parseAddress,
  type RouteKey,
  toWireAddress,
} from "../../proto/mod.ts";
import { createPolicy } from "../policies/mod.ts";
import { ShardFixture } from "../testing/shard_fixture.ts";

const A = "10.0.0.1:1001";
const B = "10.0.0.2:1002";

const UNKNOWN_REPORTS: [string, lars.ReportRequest.$Properties][] = [
  ["an unknown route", { modid: 9, cmdid: 9, host: wire(A) }],
  ["a negative route", { modid: -1, cmdid: 2, host: wire(A) }],
  ["an unknown host", { modid: 1, cmdid: 1, host: wire(B) }],
  ["no host", { modid: 1, cmdid: 1 }],
  ["port 0", { modid: 1, cmdid: 1, host: { ip: wire(A).ip } }],
  [
    "a port too large, with the key of another address",
    { modid: 1, cmdid: 1, host: { ip: wire(A).ip - 1, port: 1001 + 65_536 } },
  ],
];

for (const [what, message] of UNKNOWN_REPORTS) {
  Deno.test(`ShardDatagrams.handle() lets a report of ${what} change nothing`, () => {
    const fixture = new ShardFixture();
    fixture.update("1/1", A);
    const body = lars.ReportRequest.encode({ ...message, retcode: 1 }).finish();
    assertEquals(
      fixture.send(encodeFrame(MessageId.reportRequest, body)),
      0,
    );
    const { reports, unknownReports, badDatagrams } = fixture.shard.counters;
    assertEquals([reports, unknownReports, badDatagrams], [1, 1, 0]);
    fixture.run(2_000);
    assertEquals(fixture.statuses, []);
    assertEquals(fixture.takePulls(), "");
  });
}

const ABSENT_HOSTS = [
  { more: [], reports: 1, unknownReports: 1 },
  { more: [A], reports: 1, unknownReports: 0 },
  { more: [A, B], reports: 2, unknownReports: 1 },
  { host: A, more: [A], reports: 2, unknownReports: 0 },
  { host: B, more: [A], reports: 2, unknownReports: 1 },
];

for (const { host, more, ...expected } of ABSENT_HOSTS) {
  Deno.test(
    `ShardDatagrams.handle() counts a report of ${
      host ?? "no host"
    } with further results of ${more.join(" and ") || "none"}`,
    () => {
      const fixture = new ShardFixture();
      fixture.update("1/1", A);
      const body = lars.ReportRequest.encode({
        modid: 1,
        cmdid: 1,
        ...(host && { host: wire(host) }),
        more: more.map((address) => ({ host: wire(address), retcode: 1 })),
      }).finish();
      fixture.send(encodeFrame(MessageId.reportRequest, body));
      const { reports, unknownReports, badDatagrams } = fixture.shard.counters;
      assertEquals({ reports, unknownReports }, expected);
      assertEquals(badDatagrams, 0);
      fixture.run(2_000);
      const [status] = fixture.statuses;
      const failures = more.filter((address) => address === A).length;
      assertEquals(status?.hosts[0]?.err ?? 0, failures);
    },
  );
}

Deno.test("ShardDatagrams.handle() hands host, return code and duration of a report to the balancer", () => {
  const seen: CallReport[] = [];
  const fixture = new ShardFixture({
    policies: new Map([["lars", (options) => {
      const policy = createPolicy("lars", options);
      const createBalancer = (key: RouteKey) => {
        const balancer = policy.createBalancer(key);
        balancer.report = (_row, call) => seen.push({ ...call });
        return balancer;
      };
      return { createBalancer, dueMs: () => Infinity, tick: () => {} };
    }]]),
  });
  fixture.update("1/1", A);
  const body = lars.ReportRequest.encode({
    modid: 1,
    cmdid: 1,
    host: wire(A),
    retcode: -5,
    duration_us: 4_000_000_000,
  }).finish();
  fixture.send(encodeFrame(MessageId.reportRequest, body));
  assertEquals(seen, [{
    ...parseAddress(A),
    returnCode: -5,
    durationUs: 4_000_000_000,
    unused: false,
  }]);
});

Deno.test("Shard.tick() sends a route's status at once, and then once a second while there is news", () => {
  const fixture = new ShardFixture();
  fixture.update("1/1", A, B);
  fixture.update("1/2", A);
  fixture.report("1/1", A, "+-");
  fixture.run(100);
  const a = { ...parseAddress(A), succ: 1, err: 1, overload: false };
  const b = { ...parseAddress(B), succ: 0, err: 0, overload: false };
  assertEquals(fixture.statuses, [{ modId: 1, cmdId: 1, hosts: [a, b] }]);
  for (let tick = 0; tick < 9; tick++) {
    fixture.report("1/1", A, "+");
    fixture.run(100);
  }
  assertEquals(fixture.statuses.length, 1);
  fixture.run(100);
  assertEquals(fixture.statuses[1]?.hosts, [{ ...a, succ: 10 }, b]);
  fixture.run(5_000);
  assertEquals(fixture.statuses.length, 2);
  assertEquals(fixture.shard.counters.statuses, 2);
});

Deno.test("Shard.flush() sends what a second has not let through", () => {
  const fixture = new ShardFixture();
  fixture.update("1/1", A);
  fixture.report("1/1", A, "+");
  fixture.run(100);
  fixture.report("1/1", A, "+");
  fixture.shard.flush(fixture.nowMs);
  fixture.shard.flush(fixture.nowMs);
  assertEquals(fixture.statuses.map(({ hosts }) => hosts[0]?.succ), [1, 2]);
});

function wire(address: string) {
  return toWireAddress(parseAddress(address));
}
