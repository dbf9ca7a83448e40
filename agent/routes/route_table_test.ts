import { assertEquals } from "@std/assert";
import { ShardFixture } from "../testing/shard_fixture.ts";
import { REFRESHES_PER_SECOND_MAX } from "./route_table.ts";

const A = "10.0.0.1:1001";
const B = "10.0.0.2:1002";

Deno.test("Shard pulls an unknown route once, however often it is asked for", () => {
  const fixture = new ShardFixture();
  assertEquals(fixture.getHost("1/1"), 3);
  assertEquals(fixture.getHost("1/1"), 3);
  assertEquals(fixture.getRoute("1/1"), []);
  assertEquals(fixture.takePulls(), "1/1");
  fixture.update("1/1", A);
  assertEquals(fixture.getHost("1/1"), A);
  assertEquals(fixture.takePulls(), "");
});

Deno.test("Shard pulls an unknown route for getRoute as well", () => {
  const fixture = new ShardFixture();
  assertEquals(fixture.getRoute("1/1"), []);
  assertEquals(fixture.takePulls(), "1/1");
});

Deno.test("Shard pulls no route that cannot be", () => {
  const fixture = new ShardFixture();
  assertEquals(fixture.getHost("-1/1"), 3);
  assertEquals(fixture.getRoute("1/-1"), []);
  fixture.shard.update({ modId: -1, cmdId: 1, hosts: [{ ip: 1, port: 1 }] }, 0);
  assertEquals(fixture.takePulls(), "");
  assertEquals(fixture.shard.counters.unknownRoutes, 0);
  assertEquals(fixture.routes(), []);
});

Deno.test("Shard pulls again at a request when dns has not answered for 3 s", () => {
  const fixture = new ShardFixture();
  fixture.getHost("1/1");
  fixture.takePulls();
  fixture.run(2_999);
  fixture.getHost("1/1");
  assertEquals(fixture.takePulls(), "");
  fixture.run(1);
  assertEquals(fixture.takePulls(), "");
  fixture.getHost("1/1");
  assertEquals(fixture.takePulls(), "1/1");
});

Deno.test("Shard pulls a PULLING route again at the next request after dns is connected anew", () => {
  const fixture = new ShardFixture();
  fixture.getHost("1/1");
  fixture.takePulls();
  fixture.run(100);
  fixture.shard.onDnsLost();
  fixture.shard.onDnsConnected();
  fixture.run(100);
  assertEquals(fixture.takePulls(), "");
  fixture.getHost("1/1");
  fixture.getHost("1/1");
  assertEquals(fixture.takePulls(), "1/1");
});

Deno.test("Shard pulls a route with hosts again after dns is connected anew, at a request and not before", () => {
  const fixture = new ShardFixture({ settings: { updateTimeoutMs: 1_000 } });
  fixture.update("1/1", A);
  fixture.run(4_500);
  fixture.getHost("1/1");
  assertEquals(fixture.takePulls(), "1/1");
  fixture.shard.onDnsConnected();
  // Past a sweep, and before the pull would time out.
  fixture.run(1_000);
  assertEquals(fixture.takePulls(), "");
  fixture.getHost("1/1");
  fixture.getHost("1/1");
  assertEquals(fixture.takePulls(), "1/1");
});

Deno.test("Shard pulls a route at a request when its last update is more than update_timeout old", () => {
  const fixture = new ShardFixture();
  fixture.getHost("1/1");
  fixture.takePulls();
  fixture.update("1/1", A);
  fixture.run(15_000);
  assertEquals(fixture.getHost("1/1"), A);
  assertEquals(fixture.takePulls(), "");
  fixture.run(1);
  assertEquals(fixture.takePulls(), "");
  assertEquals(fixture.getHost("1/1"), A);
  assertEquals(fixture.getHost("1/1"), A);
  assertEquals(fixture.takePulls(), "1/1");
  fixture.update("1/1", A);
  assertEquals(fixture.getRoute("1/1"), [A]);
  assertEquals(fixture.takePulls(), "");
});

Deno.test("Shard pulls an old route for getRoute and for an overloaded one as well", () => {
  const fixture = new ShardFixture();
  fixture.update("1/1", A);
  fixture.update("1/2", B);
  fixture.report("1/1", A, "-".repeat(15));
  fixture.run(15_001);
  assertEquals(fixture.getHost("1/1"), 1);
  assertEquals(fixture.getRoute("1/2"), [B]);
  assertEquals(fixture.takePulls(), "1/1 1/2");
});

Deno.test("Shard.update() adds hosts, drops the missing ones, and keeps counters", () => {
  const fixture = new ShardFixture();
  fixture.update("1/1", A, B);
  fixture.report("1/1", A, "+");
  fixture.update("1/1", A, "10.0.0.3:1003");
  fixture.run(100);
  assertEquals(fixture.getRoute("1/1"), [A, "10.0.0.3:1003"]);
  assertEquals(fixture.statuses[0]?.hosts[0]?.succ, 1);
});

Deno.test("Shard.update() leaves out hosts that cannot be", () => {
  const fixture = new ShardFixture();
  const good = { ip: 1, port: 1 };
  const bad = [{ ip: 0, port: 1 }, { ip: 1, port: 0 }, { ip: 1, port: 65_536 }];
  fixture.shard.update({ modId: 1, cmdId: 1, hosts: [...bad, good] }, 0);
  fixture.shard.update({ modId: 1, cmdId: 2, hosts: bad }, 0);
  assertEquals(fixture.getRoute("1/1"), ["0.0.0.1:1"]);
  assertEquals(fixture.shard.counters.routes, 1);
});

Deno.test("Shard.update() creates a route with hosts unasked, and none without", () => {
  const fixture = new ShardFixture();
  fixture.update("1/1", A);
  fixture.update("1/2");
  assertEquals(fixture.routes(), ["1/1"]);
  const { routes, unknownRoutes } = fixture.shard.counters;
  assertEquals([routes, unknownRoutes], [1, 0]);
});

Deno.test("Shard asks dns for one unknown route once a second at most, whatever the flood", () => {
  const fixture = new ShardFixture();
  let pulls = 0;
  for (let tick = 0; tick < 100; tick++) {
    for (let count = 0; count < 50; count++) fixture.getHost("9/9");
    if (fixture.takePulls() !== "") {
      pulls += 1;
      fixture.update("9/9");
    }
    fixture.run(100);
  }
  assertEquals(pulls, 10);
});

Deno.test("Shard asks again for an unknown route at a request 1 s after the last pull, not before", () => {
  const fixture = new ShardFixture();
  fixture.getHost("9/9");
  fixture.update("9/9");
  fixture.takePulls();
  fixture.run(999);
  fixture.getHost("9/9");
  assertEquals(fixture.takePulls(), "");
  fixture.run(1);
  fixture.getHost("9/9");
  assertEquals(fixture.takePulls(), "9/9");
});

Deno.test("Shard may pull again as soon as its pull is answered", () => {
  const fixture = new ShardFixture({ settings: { updateTimeoutMs: 500 } });
  fixture.getHost("1/1");
  fixture.update("1/1", A);
  fixture.takePulls();
  fixture.run(501);
  fixture.getHost("1/1");
  assertEquals(fixture.takePulls(), "1/1");
});

Deno.test("Shard serves a route that dns calls empty, asks again after 1 s, and forgets it when it is empty again", () => {
  const fixture = new ShardFixture();
  fixture.update("1/1", A);
  fixture.update("1/1");
  fixture.run(900);
  assertEquals(fixture.getHost("1/1"), A);
  assertEquals(fixture.takePulls(), "");
  fixture.run(100);
  assertEquals(fixture.takePulls(), "1/1");
  assertEquals(fixture.getHost("1/1"), A);
  fixture.update("1/1");
  assertEquals(fixture.forgotten, ["1/1"]);
  assertEquals(fixture.shard.counters.emptiedRoutes, 1);
  assertEquals(fixture.routes(), []);
  assertEquals(fixture.getHost("1/1"), 3);
  assertEquals(fixture.takePulls(), "1/1");
});

Deno.test("Shard does not believe a second empty answer before it has asked again", () => {
  const fixture = new ShardFixture();
  fixture.update("1/1", A);
  for (let tick = 0; tick < 9; tick++) {
    fixture.update("1/1");
    fixture.run(100);
  }
  assertEquals(fixture.getHost("1/1"), A);
  fixture.run(100);
  assertEquals(fixture.takePulls(), "1/1");
});

Deno.test("Shard goes on with a route that has hosts again when asked again", () => {
  const fixture = new ShardFixture();
  fixture.update("1/1", A);
  fixture.update("1/1");
  fixture.run(1_000);
  fixture.update("1/1", B);
  assertEquals(fixture.getRoute("1/1"), [B]);
  fixture.run(5_000);
  assertEquals(fixture.takePulls(), "1/1");
  // Hosts came: the next empty answer is the first again.
  fixture.update("1/1");
  assertEquals(fixture.getRoute("1/1"), [B]);
});

Deno.test("Shard repeats its question about an empty route every 3 s until dns answers", () => {
  const fixture = new ShardFixture();
  fixture.update("1/1", A);
  fixture.update("1/1");
  fixture.run(7_000);
  assertEquals(fixture.takePulls(), "1/1 1/1 1/1");
  assertEquals(fixture.getHost("1/1"), A);
});

Deno.test("Shard leaves the pulling of a route with an empty answer to its retry", () => {
  const fixture = new ShardFixture();
  fixture.update("1/1", A);
  fixture.run(20_000);
  fixture.update("1/1");
  assertEquals(fixture.getHost("1/1"), A);
  assertEquals(fixture.takePulls(), "");
});

Deno.test("Shard sends no status of a route it has forgotten", () => {
  const fixture = new ShardFixture();
  fixture.update("1/1", A);
  fixture.update("1/1");
  fixture.run(1_000);
  fixture.report("1/1", A, "+");
  fixture.update("1/1");
  fixture.run(2_000);
  assertEquals(fixture.statuses, []);
});

Deno.test("Shard pulls old routes a few hundred a second, so that a hundred thousand cost little", () => {
  const fixture = new ShardFixture({ settings: { updateTimeoutMs: 1_000 } });
  const routes = Array.from(
    { length: REFRESHES_PER_SECOND_MAX + 50 },
    (_, index) => `1/${index}`,
  );
  const ask = () => {
    for (const route of routes) assertEquals(fixture.getHost(route), A);
    return fixture.takePulls().split(" ").length;
  };
  for (const route of routes) fixture.update(route, A);
  fixture.nowMs = 1_001;
  assertEquals(ask(), REFRESHES_PER_SECOND_MAX);
  fixture.nowMs = 2_000;
  // Those that are being pulled are not pulled again, and the second is not over.
  assertEquals(fixture.getHost(routes.at(-1)!), A);
  assertEquals(fixture.takePulls(), "");
  fixture.nowMs = 2_001;
  assertEquals(ask(), 50);
});
