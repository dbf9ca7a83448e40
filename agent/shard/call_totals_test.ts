/** What a shard tells of calls: each once, whatever becomes of hosts and routes. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  CallTotalsDecoder,
  formatAddress,
  LATENCY_COUNTS,
  numberCallTotals,
  parseAddress,
} from "../../proto/mod.ts";
import { ShardFixture } from "../testing/shard_fixture.ts";
import { DEPARTED_HOSTS_MAX } from "./call_totals.ts";

const A = "10.0.0.1:1001";
const B = "10.0.0.2:1002";

/** Sums as tests write them: "1/1 10.0.0.1:1001" → [calls, failures, timed, durationUs]. */
type Sums = Record<string, number[]>;

/** Adds up what a shard gave: hosts, and for each route its counts by duration. */
function sumsOf(fixture: ShardFixture): { hosts: Sums; latency: Sums } {
  const decoder = new CallTotalsDecoder();
  const hosts: Sums = {};
  const latency: Sums = {};
  const add = (sums: Sums, key: string, values: number[]) =>
    sums[key] = values.map((value, index) => value + (sums[key]?.[index] ?? 0));
  for (const body of fixture.totals.flatMap(({ bodies }) => bodies)) {
    decoder.decode(numberCallTotals(1, body));
    for (let route = 0; route < decoder.routeCount; route++) {
      const key = `${decoder.modId[route]}/${decoder.cmdId[route]}`;
      const first = route * LATENCY_COUNTS;
      add(latency, key, [
        ...decoder.latency.subarray(first, first + LATENCY_COUNTS),
      ]);
      const end = decoder.firstHost[route + 1]!;
      for (let row = decoder.firstHost[route]!; row < end; row++) {
        const ip = decoder.ip[row]!;
        const port = decoder.port[row]!;
        add(hosts, `${key} ${formatAddress({ ip, port })}`, [
          decoder.calls[row]!,
          decoder.failures[row]!,
          decoder.timed[row]!,
          decoder.durationUs[row]!,
        ]);
      }
    }
  }
  return { hosts, latency };
}

function report(
  fixture: ShardFixture,
  host: string,
  { route = "1/1", ...call }: {
    route?: string;
    failed?: boolean;
    durationUs?: number;
    unused?: boolean;
  } = {},
): boolean {
  const [modId, cmdId] = route.split("/").map(Number);
  const { failed = false, durationUs = 0, unused = false } = call;
  return fixture.shard.report(
    { modId: modId!, cmdId: cmdId! },
    {
      ...parseAddress(host),
      returnCode: failed ? 1 : 0,
      durationUs,
      unused,
    },
    fixture.nowMs,
  );
}

/** Lets the shard hand over what is due. */
function handOver(fixture: ShardFixture): void {
  fixture.run(10_000);
  fixture.shard.tellTotals(fixture.nowMs);
  fixture.run(200);
}

Deno.test("Shard tells after 10 s that it has totals, gives them when it is asked, and begins anew", () => {
  const fixture = new ShardFixture();
  fixture.update("1/1", A, B);
  report(fixture, A, { durationUs: 700 });
  report(fixture, A, { failed: true, durationUs: 5_000_000 });
  report(fixture, B);
  report(fixture, B, { unused: true });
  fixture.run(9_900);
  assertEquals([fixture.totalsDue, fixture.totals], [0, []]);
  fixture.run(100);
  assertEquals([fixture.totalsDue, fixture.totals], [1, []]);
  fixture.run(60_000);
  assertEquals([fixture.totalsDue, fixture.totals], [1, []]);
  fixture.shard.tellTotals(fixture.nowMs);
  fixture.run(100);
  assertEquals(fixture.totals.map(({ isLast }) => isLast), [true]);
  assertEquals(sumsOf(fixture), {
    hosts: { [`1/1 ${A}`]: [2, 1, 2, 5_000_700], [`1/1 ${B}`]: [1, 0, 0, 0] },
    latency: { "1/1": [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] },
  });
  fixture.run(60_000);
  assertEquals(fixture.totalsDue, 1);
  report(fixture, A);
  handOver(fixture);
  assertEquals(fixture.totalsDue, 2);
  assertEquals(sumsOf(fixture).hosts[`1/1 ${A}`]![0], 3);
});

Deno.test("Shard without reports waits for nothing", () => {
  const fixture = new ShardFixture();
  const idle = fixture.shard.dueMs();
  assertEquals(idle, Infinity);
  fixture.update("1/1", A);
  const known = fixture.shard.dueMs();
  report(fixture, A);
  handOver(fixture);
  // Only the route's own renewal is left.
  assertEquals(fixture.shard.dueMs(), known);
});

Deno.test("a duration counts at the first bound that is not below it", () => {
  const fixture = new ShardFixture();
  fixture.update("1/1", A);
  for (const durationUs of [1, 500, 501, 3_000_000, 3_000_001, 2 ** 32 - 1]) {
    report(fixture, A, { durationUs });
  }
  handOver(fixture);
  assertEquals(
    sumsOf(fixture).latency["1/1"],
    [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2],
  );
});

Deno.test("a host that leaves its route, and a route that is dropped, leave their calls", () => {
  const fixture = new ShardFixture();
  fixture.update("1/1", A, B);
  report(fixture, A, { durationUs: 100 });
  report(fixture, B, { durationUs: 100 });
  fixture.update("1/1", B);
  // Its row is another's now, of another route.
  fixture.update("2/2", "10.0.0.3:80");
  report(fixture, "10.0.0.3:80", { route: "2/2", failed: true });
  fixture.update("1/1", A, B);
  report(fixture, A, { durationUs: 100 });
  // Dns says twice that the route is empty.
  fixture.update("2/2");
  fixture.run(1_100);
  fixture.update("2/2");
  assertEquals(fixture.forgotten, ["2/2"]);
  handOver(fixture);
  assertEquals(sumsOf(fixture), {
    hosts: {
      [`1/1 ${A}`]: [2, 0, 2, 200],
      [`1/1 ${B}`]: [1, 0, 1, 100],
      "2/2 10.0.0.3:80": [1, 1, 0, 0],
    },
    latency: {
      "1/1": [3, ...new Array(11).fill(0)],
      "2/2": new Array(12).fill(0),
    },
  });
});

Deno.test("calls that were reported of a drained host count as well", () => {
  const fixture = new ShardFixture();
  const key = { modId: 1, cmdId: 1 };
  fixture.shard.update({ ...key, hosts: [parseAddress(A)] }, 0);
  report(fixture, A);
  const drained = [{ ...parseAddress(A), weight: 0 }];
  fixture.shard.update({ ...key, hosts: drained }, 0);
  report(fixture, A, { failed: true });
  handOver(fixture);
  assertEquals(sumsOf(fixture).hosts, { [`1/1 ${A}`]: [2, 1, 0, 0] });
});

Deno.test("Shard gives many totals in slices, a tick each, and takes reports between", () => {
  const fixture = new ShardFixture();
  const hosts = Array.from(
    { length: 40 },
    (_, index) => formatAddress({ ip: 0x0a00_0001 + index, port: 80 }),
  );
  for (let modId = 0; modId < 300; modId++) {
    fixture.update(`${modId}/1`, ...hosts);
    for (const host of hosts) report(fixture, host, { route: `${modId}/1` });
  }
  fixture.run(10_000);
  fixture.shard.tellTotals(fixture.nowMs);
  fixture.run(100);
  assertEquals(fixture.totals.map(({ isLast }) => isLast), [false]);
  // One of those that were given, and one of those that were not.
  report(fixture, hosts[0]!, { route: "0/1" });
  report(fixture, hosts[0]!, { route: "299/1" });
  fixture.run(1_000);
  assertEquals(fixture.totals.map(({ isLast }) => isLast), [
    false,
    false,
    true,
  ]);
  const given = sumsOf(fixture).hosts;
  assertEquals(Object.keys(given).length, 300 * 40);
  assertEquals(given[`0/1 ${hosts[0]}`]![0], 1);
  assertEquals(given[`299/1 ${hosts[0]}`]![0], 2);
  handOver(fixture);
  assertEquals(fixture.totalsDue, 2);
  assertEquals(sumsOf(fixture).hosts[`0/1 ${hosts[0]}`]![0], 2);
});

Deno.test("Shard.flush() gives all totals, asked or not", () => {
  const fixture = new ShardFixture();
  fixture.update("1/1", A, B);
  report(fixture, A);
  report(fixture, B);
  fixture.update("1/1", B);
  fixture.shard.flush(fixture.nowMs);
  assertEquals(sumsOf(fixture).hosts, {
    [`1/1 ${A}`]: [1, 0, 0, 0],
    [`1/1 ${B}`]: [1, 0, 0, 0],
  });
  fixture.shard.flush(fixture.nowMs);
  assertEquals(fixture.totals.length, 1);
});

Deno.test("Shard counts the calls of hosts that left for which it has no room", () => {
  const fixture = new ShardFixture();
  const extra = 10;
  for (let index = 0; index < DEPARTED_HOSTS_MAX + extra; index++) {
    const host = formatAddress({ ip: 0x0a00_0001 + index, port: 80 });
    fixture.update("1/1", host);
    report(fixture, host);
  }
  fixture.update("1/1", A);
  assertEquals(fixture.shard.counters.uncountedCalls, extra);
  handOver(fixture);
  assertEquals(Object.keys(sumsOf(fixture).hosts).length, DEPARTED_HOSTS_MAX);
});

Deno.test("property: what a shard gives is what was reported, whatever happens between", () => {
  const hosts = [A, B, "10.0.0.3:1003", "10.0.0.4:1004"];
  const routes = ["1/1", "2/1", "3/1"];
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("report" as const),
        route: fc.constantFrom(...routes),
        host: fc.constantFrom(...hosts),
        failed: fc.boolean(),
        durationUs: fc.constantFrom(0, 400, 90_000),
        unused: fc.constantFrom(false, false, false, true),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("update" as const),
        route: fc.constantFrom(...routes),
        hosts: fc.subarray(hosts),
        drained: fc.nat({ max: 5 }),
        policy: fc.constantFrom("lars", "adaptive"),
      }),
    },
    fc.record({ kind: fc.constant("ask" as const) }),
    fc.record({ kind: fc.constant("wait" as const), ms: fc.nat(12_000) }),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const fixture = new ShardFixture();
    const reported: Sums = {};
    const latency: Sums = {};
    for (const each of steps) {
      if (each.kind === "wait") fixture.run(each.ms);
      else if (each.kind === "ask") fixture.shard.tellTotals(fixture.nowMs);
      else if (each.kind === "update") {
        const [modId, cmdId] = each.route.split("/").map(Number);
        fixture.shard.update({
          modId: modId!,
          cmdId: cmdId!,
          hosts: each.hosts.map((host, index) => ({
            ...parseAddress(host),
            ...(index === each.drained && { weight: 0 }),
          })),
          settings: { policy: each.policy },
        }, fixture.nowMs);
      } else if (report(fixture, each.host, each) && !each.unused) {
        const { failed, durationUs } = each;
        const timed = durationUs > 0 ? 1 : 0;
        const key = `${each.route} ${each.host}`;
        reported[key] = [1, failed ? 1 : 0, timed, durationUs]
          .map((value, index) => value + (reported[key]?.[index] ?? 0));
        latency[each.route] ??= new Array(LATENCY_COUNTS).fill(0);
        if (timed) latency[each.route]![durationUs > 500 ? 7 : 0]! += 1;
      }
    }
    fixture.run(500);
    fixture.shard.flush(fixture.nowMs);
    assertEquals(sumsOf(fixture), { hosts: reported, latency });
    assert(fixture.totals.every(({ bodies }) => bodies.length <= 1));
  }));
});
