import { assertEquals } from "@std/assert";
import type { HostAddress, RouteHost } from "../../../proto/mod.ts";
import type { HostDecision } from "../../routes/host_table.ts";
import type { SingleRoute } from "../../routes/single_route.ts";
import {
  A,
  B,
  C,
  larsRoute,
  overload,
  pickFrom,
  report,
  stateOf,
  update,
} from "../../testing/lars_fixture.ts";

/** The picks one after another, "-" for none: "A B - A". */
function picks(route: SingleRoute, count: number): string {
  const names = new Map<HostAddress["ip"] | undefined, string>([
    [A.ip, "A"],
    [B.ip, "B"],
    [C.ip, "C"],
  ]);
  return Array.from(
    { length: count },
    () => names.get(pickFrom(route)?.ip) ?? "-",
  ).join(" ");
}

Deno.test("LarsBalancer.pick() answers undefined without hosts", () => {
  assertEquals(pickFrom(larsRoute([])), undefined);
});

Deno.test("LarsBalancer.pick() takes idle hosts in turn", () => {
  assertEquals(picks(larsRoute([A, B, C]), 7), "A B C A B C A");
});

Deno.test("LarsBalancer.pick() probes an overloaded host at every eleventh pick", () => {
  const route = larsRoute([A, B]);
  overload(route, B);
  assertEquals(
    picks(route, 33),
    "A A A A A A A A A A B A A A A A A A A A A B A A A A A A A A A A B",
  );
});

Deno.test("LarsBalancer.pick() answers ten times undefined and then a probe when all are overloaded", () => {
  const route = larsRoute([A]);
  overload(route, A);
  assertEquals(
    picks(route, 22),
    "- - - - - - - - - - A - - - - - - - - - - A",
  );
});

Deno.test("LarsBalancer.pick() probes overloaded hosts in turn, in the order they became so", () => {
  const route = larsRoute([A, B, C], { probeNum: 1 });
  overload(route, C);
  overload(route, A);
  assertEquals(picks(route, 8), "B C B A B C B A");
});

Deno.test("LarsBalancer.pick() counts no access while no host is overloaded", () => {
  const route = larsRoute([A, B], { probeNum: 2 });
  picks(route, 50);
  overload(route, B);
  assertEquals(picks(route, 3), "A A B");
});

Deno.test("LarsBalancer.pick() keeps its access count while hosts come and go", () => {
  const route = larsRoute([A, B], { probeNum: 2 });
  overload(route, B);
  assertEquals(picks(route, 1), "A");
  report(route, { host: B, run: "++++++" });
  assertEquals(picks(route, 2), "A B");
  overload(route, A);
  assertEquals(picks(route, 2), "B A");
});

Deno.test("LarsBalancer.pick() probes at every pick when probe_num is 0", () => {
  const route = larsRoute([A, B], { probeNum: 0 });
  overload(route, B);
  assertEquals(picks(route, 3), "B B B");
});

Deno.test("LarsBalancer.report() keeps a host's place in the idle queue when its window begins anew", () => {
  const route = larsRoute([A, B]);
  report(route, { host: A, run: "+", nowMs: 15_000 });
  assertEquals(picks(route, 2), "A B");
});

Deno.test("LarsBalancer.report() moves a host to the tail of the other queue", () => {
  const route = larsRoute([A, B, C]);
  overload(route, A);
  report(route, { host: A, run: "++++++" });
  assertEquals(picks(route, 3), "B C A");
});

Deno.test("LarsBalancer.update() keeps the counters of hosts that stay and drops the others from both queues", () => {
  const route = larsRoute([A, B, C], { probeNum: 1 });
  overload(route, B);
  report(route, { host: A, run: "+-" });
  update(route, [A], 5);
  assertEquals(stateOf(route, A), "idle 1/1");
  assertEquals(route.table.size, 1);
  assertEquals(picks(route, 4), "A A A A");
});

Deno.test("LarsBalancer.update() puts a host that comes back at the tail of idle, with counters of its own", () => {
  const route = larsRoute([A, B]);
  overload(route, A);
  update(route, [B], 0);
  update(route, [A, B], 0);
  assertEquals(stateOf(route, A), "idle 0/0");
  assertEquals(picks(route, 3), "B A B");
});

Deno.test("LarsBalancer.update() takes a host named twice once", () => {
  const route = larsRoute([A, B, A]);
  assertEquals(route.table.size, 2);
  update(route, [A, A], 0);
  assertEquals(route.table.size, 1);
});

Deno.test("LarsBalancer.update() may drop every host", () => {
  const route = larsRoute([A, B]);
  overload(route, A);
  update(route, [], 0);
  assertEquals([route.table.size, pickFrom(route)], [0, undefined]);
});

Deno.test("LarsBalancer serves 5,000 hosts in turn", () => {
  const hosts = Array.from(
    { length: 5000 },
    (_, index) => ({ ip: 1 + index, port: 80 }),
  );
  const route = larsRoute(hosts);
  for (const { ip } of hosts) assertEquals(pickFrom(route)?.ip, ip);
  assertEquals(pickFrom(route)?.ip, 1);
});

Deno.test("LarsBalancer.openPicks() counts the picks of the last minute or two without a report", () => {
  const route = larsRoute([A, B]);
  const [row] = route.hosts.rows;
  const { balancer } = route.hosts;
  const open = (nowMs: number) => balancer.openPicks?.(row!, nowMs);
  const pick = (nowMs: number) => {
    for (let each = 0; each < 2; each++) balancer.pick(nowMs);
  };
  assertEquals(open(0), 0);
  for (const nowMs of [1, 2, 70_000]) pick(nowMs);
  assertEquals(open(70_000), 3);
  const result = { returnCode: 0, durationUs: 1, unused: false };
  balancer.report(row!, { ...A, ...result }, 70_000);
  balancer.report(row!, { ...A, ...result, unused: true }, 70_000);
  assertEquals(open(70_000), 1);
  pick(131_000);
  assertEquals([open(131_072), open(196_608)], [2, 0]);
  // Whoever reports more than was picked has no picks to its credit.
  for (let each = 0; each < 5; each++) {
    balancer.report(row!, { ...A, ...result }, 200_000);
  }
  pick(200_000);
  assertEquals(open(200_000), 1);
});

Deno.test("LarsBalancer.openPicks() of more picks than are counted stops there, and does not begin again at 0", () => {
  const route = larsRoute([A]);
  const [row] = route.hosts.rows;
  const { balancer } = route.hosts;
  for (let each = 0; each < 70_000; each++) balancer.pick(1);
  assertEquals(balancer.openPicks?.(row!, 1), 65_535);
});

Deno.test("LarsBalancer.explain() gives the state of a host and its counts", () => {
  const route = larsRoute([A, B]);
  overload(route, B);
  report(route, { host: A, run: "+-" });
  report(route, { host: B, run: "+" });
  assertEquals(
    route.hosts.explain(2500).map(({ reason }) => reason),
    [
      "Idle, window of 2.5 s: 1 of 2 calls failed, the last 1 in a row",
      "Overloaded for 2.5 s: 1 of 1 calls succeeded, the last 1 in a row",
    ],
  );
});

Deno.test("LarsBalancer.explain() names what a host has that the policy does not look at", () => {
  const route = larsRoute([A, B, C]);
  const reasons = (...hosts: RouteHost[]) => {
    update(route, hosts);
    return route.hosts.explain(0).map(({ reason }) =>
      reason.replace(/^Idle.*in a row/, "")
    );
  };
  const note = "; the policy lars does not look at its ";
  assertEquals(
    reasons({ ...A, weight: 50, zone: "eu" }, { ...B, zone: "us" }, C),
    [`${note}weight 50 and zone eu`, `${note}zone us`, ""],
  );
  assertEquals(reasons(A, B, C), ["", "", ""]);
});

Deno.test("LarsBalancer.report() counts nothing for a host that was picked and not called", () => {
  const route = larsRoute([A]);
  const given = { ...A, returnCode: 1, durationUs: 0, unused: true };
  assertEquals(route.hosts.report(given, 0), true);
  assertEquals(route.hosts.report({ ...given, ...B }, 0), false);
  assertEquals(stateOf(route, A), "idle 0/0");
});

Deno.test("LarsBalancer.update() begins with hosts overloaded that the balancer before had out of use", () => {
  const route = larsRoute([A, B, C]);
  overload(route, A);
  overload(route, C);
  const balancer = route.policy.createBalancer({ modId: 1, cmdId: 2 });
  route.hosts.update([A, B], { healthChecks: false, nowMs: 0, balancer });
  assertEquals(stateOf(route, A), "overloaded 0/0");
  assertEquals(stateOf(route, B), "idle 0/0");
  assertEquals(picks(route, 3), "B B B");
});

Deno.test("RouteHosts.release() gives its rows to the next route", () => {
  const route = larsRoute([A, B]);
  assertEquals(route.table.size, 2);
  route.hosts.release();
  assertEquals(route.table.size, 0);
});

Deno.test("LarsBalancer reports each change of state, and what led to it", () => {
  const decisions: HostDecision[] = [];
  const route = larsRoute([A, B], {}, decisions);
  overload(route, A);
  report(route, { host: A, run: "++++++", nowMs: 2_000 });
  assertEquals(decisions, [
    {
      modId: 1,
      cmdId: 2,
      ...A,
      atMs: 0,
      text:
        "Becomes overloaded: Idle, window of 0.0 s: 15 of 15 calls failed, the last 15 in a row",
    },
    {
      modId: 1,
      cmdId: 2,
      ...A,
      atMs: 2_000,
      text:
        "Becomes idle: Overloaded for 2.0 s: 6 of 6 calls succeeded, the last 6 in a row",
    },
  ]);
});
