import { assertEquals } from "@std/assert";
import { ShardFixture } from "../testing/shard_fixture.ts";
import { UNKNOWN_ROUTES_MAX } from "../routes/route_table.ts";

const A = "10.0.0.1:1001";
const B = "10.0.0.2:1002";

Deno.test("Shard drops an entry without hosts that was not asked for in 60 s", () => {
  const fixture = new ShardFixture();
  fixture.getHost("1/1");
  fixture.getHost("1/2");
  fixture.run(30_000);
  fixture.getHost("1/1");
  fixture.run(29_999);
  assertEquals(fixture.shard.counters.unknownRoutes, 2);
  fixture.run(1);
  assertEquals(fixture.shard.counters.unknownRoutes, 1);
  fixture.run(30_000);
  const { unknownRoutes, expiredRoutes } = fixture.shard.counters;
  assertEquals([unknownRoutes, expiredRoutes], [0, 2]);
  assertEquals(fixture.forgotten, []);
});

Deno.test("Shard drops a route with hosts that was not asked for in an hour, while dns is there", () => {
  const fixture = new ShardFixture();
  fixture.shard.onDnsConnected();
  fixture.update("1/1", A);
  fixture.update("1/2", B);
  fixture.leap(1_800_000);
  fixture.getHost("1/2");
  fixture.leap(1_799_999);
  assertEquals(fixture.routes(), ["1/1", "1/2"]);
  fixture.leap(5_000);
  assertEquals(fixture.routes(), ["1/2"]);
  assertEquals(fixture.forgotten, ["1/1"]);
  assertEquals(fixture.shard.counters.expiredRoutes, 1);
  assertEquals(fixture.shard.counters.routes, 1);
});

Deno.test("Shard drops a route with hosts after exactly an hour", () => {
  for (const [durationMs, routes] of [[3_599_999, 1], [3_600_000, 0]]) {
    const fixture = new ShardFixture();
    fixture.shard.onDnsConnected();
    fixture.update("1/1", A);
    fixture.leap(durationMs ?? 0);
    assertEquals(fixture.routes().length, routes);
  }
});

Deno.test("Shard keeps every route with hosts while there is no dns", () => {
  const fixture = new ShardFixture();
  fixture.shard.onDnsConnected();
  fixture.update("1/1", A);
  fixture.shard.onDnsLost();
  fixture.leap(100_000_000);
  assertEquals(fixture.getHost("1/1"), A);
  fixture.leap(100_000_000);
  fixture.shard.onDnsConnected();
  fixture.leap(5_000);
  assertEquals(fixture.routes(), []);
});

Deno.test("Shard pulls a route with hosts every 5 min, so that dns goes on pushing it", () => {
  const fixture = new ShardFixture();
  fixture.update("1/1", A);
  let pulls = 0;
  for (let minute = 0; minute < 30; minute++) {
    fixture.leap(60_000);
    if (fixture.takePulls() !== "") {
      pulls += 1;
      fixture.update("1/1", A);
    }
  }
  assertEquals(pulls, 6);
});

Deno.test("Shard renews many routes a part at a time, and each of them within some seconds", () => {
  const fixture = new ShardFixture();
  const count = 2_000;
  for (let cmdId = 0; cmdId < count; cmdId++) fixture.update(`1/${cmdId}`, A);
  fixture.nowMs = 300_000;
  fixture.shard.tick(fixture.nowMs);
  const first = fixture.takePulls().split(" ").length;
  assertEquals(first < count, true);
  fixture.run(1_000);
  const rest = fixture.takePulls().split(" ").length;
  assertEquals(first + rest, count);
});

Deno.test("Shard keeps at most 16,384 entries without hosts, and evicts those asked for longest ago", () => {
  const fixture = new ShardFixture();
  fixture.update("1/0", A);
  fixture.getHost("0/0");
  for (let cmdId = 1; cmdId < UNKNOWN_ROUTES_MAX; cmdId++) {
    fixture.getHost(`0/${cmdId}`);
  }
  fixture.getHost("0/0");
  fixture.getHost("2/0");
  fixture.takePulls();
  const { unknownRoutes, evictedRoutes, routes } = fixture.shard.counters;
  assertEquals([unknownRoutes, evictedRoutes, routes], [16_384, 1, 1]);
  // 0/0 was asked for again, and so 0/1 had to go.
  fixture.getHost("0/0");
  assertEquals(fixture.takePulls(), "");
  fixture.getHost("0/1");
  assertEquals(fixture.takePulls(), "0/1");
  assertEquals(fixture.getHost("1/0"), A);
});
