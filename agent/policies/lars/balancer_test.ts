import { assertEquals } from "@std/assert";
import type { HostAddress } from "../../../proto/mod.ts";
import type { Decision } from "../balancer.ts";
import type { LarsBalancer } from "./balancer.ts";
import {
  A,
  B,
  balancerOf,
  C,
  overload,
  pickFrom,
  report,
  stateOf,
} from "../../testing/lars_balancer.ts";

/** The picks one after another, "-" for none: "A B - A". */
function picks(balancer: LarsBalancer, count: number): string {
  const names = new Map<HostAddress["ip"] | undefined, string>([
    [A.ip, "A"],
    [B.ip, "B"],
    [C.ip, "C"],
  ]);
  return Array.from(
    { length: count },
    () => names.get(pickFrom(balancer)?.ip) ?? "-",
  ).join(" ");
}

Deno.test("LarsBalancer.pick() answers undefined without hosts", () => {
  assertEquals(pickFrom(balancerOf([])), undefined);
});

Deno.test("LarsBalancer.pick() takes idle hosts in turn", () => {
  assertEquals(picks(balancerOf([A, B, C]), 7), "A B C A B C A");
});

Deno.test("LarsBalancer.pick() probes an overloaded host at every eleventh pick", () => {
  const balancer = balancerOf([A, B]);
  overload(balancer, B);
  assertEquals(
    picks(balancer, 33),
    "A A A A A A A A A A B A A A A A A A A A A B A A A A A A A A A A B",
  );
});

Deno.test("LarsBalancer.pick() answers ten times undefined and then a probe when all are overloaded", () => {
  const balancer = balancerOf([A]);
  overload(balancer, A);
  assertEquals(
    picks(balancer, 22),
    "- - - - - - - - - - A - - - - - - - - - - A",
  );
});

Deno.test("LarsBalancer.pick() probes overloaded hosts in turn, in the order they became so", () => {
  const balancer = balancerOf([A, B, C], { probeNum: 1 });
  overload(balancer, C);
  overload(balancer, A);
  assertEquals(picks(balancer, 8), "B C B A B C B A");
});

Deno.test("LarsBalancer.pick() counts no access while no host is overloaded", () => {
  const balancer = balancerOf([A, B], { probeNum: 2 });
  picks(balancer, 50);
  overload(balancer, B);
  assertEquals(picks(balancer, 3), "A A B");
});

Deno.test("LarsBalancer.pick() keeps its access count while hosts come and go", () => {
  const balancer = balancerOf([A, B], { probeNum: 2 });
  overload(balancer, B);
  assertEquals(picks(balancer, 1), "A");
  report(balancer, { host: B, run: "++++++" });
  assertEquals(picks(balancer, 2), "A B");
  overload(balancer, A);
  assertEquals(picks(balancer, 2), "B A");
});

Deno.test("LarsBalancer.pick() probes at every pick when probe_num is 0", () => {
  const balancer = balancerOf([A, B], { probeNum: 0 });
  overload(balancer, B);
  assertEquals(picks(balancer, 3), "B B B");
});

Deno.test("LarsBalancer.report() keeps a host's place in the idle queue when its window begins anew", () => {
  const balancer = balancerOf([A, B]);
  report(balancer, { host: A, run: "+", nowMs: 15_000 });
  assertEquals(picks(balancer, 2), "A B");
});

Deno.test("LarsBalancer.report() moves a host to the tail of the other queue", () => {
  const balancer = balancerOf([A, B, C]);
  overload(balancer, A);
  report(balancer, { host: A, run: "++++++" });
  assertEquals(picks(balancer, 3), "B C A");
});

Deno.test("LarsBalancer.update() keeps the counters of hosts that stay and drops the others from both queues", () => {
  const balancer = balancerOf([A, B, C], { probeNum: 1 });
  overload(balancer, B);
  report(balancer, { host: A, run: "+-" });
  balancer.update([A], 5);
  assertEquals(stateOf(balancer, A), "idle 1/1");
  assertEquals(balancer.size, 1);
  assertEquals(picks(balancer, 4), "A A A A");
});

Deno.test("LarsBalancer.update() puts a host that comes back at the tail of idle, with counters of its own", () => {
  const balancer = balancerOf([A, B]);
  overload(balancer, A);
  balancer.update([B], 0);
  balancer.update([A, B], 0);
  assertEquals(stateOf(balancer, A), "idle 0/0");
  assertEquals(picks(balancer, 3), "B A B");
});

Deno.test("LarsBalancer.update() takes a host named twice once", () => {
  const balancer = balancerOf([A, B, A]);
  assertEquals(balancer.size, 2);
  balancer.update([A, A], 0);
  assertEquals(balancer.size, 1);
});

Deno.test("LarsBalancer.update() may drop every host", () => {
  const balancer = balancerOf([A, B]);
  overload(balancer, A);
  balancer.update([], 0);
  assertEquals([balancer.size, pickFrom(balancer)], [0, undefined]);
});

Deno.test("LarsBalancer serves 5,000 hosts in turn", () => {
  const hosts = Array.from(
    { length: 5000 },
    (_, index) => ({ ip: 1 + index, port: 80 }),
  );
  const balancer = balancerOf(hosts);
  for (const { ip } of hosts) assertEquals(pickFrom(balancer)?.ip, ip);
  assertEquals(pickFrom(balancer)?.ip, 1);
});

Deno.test("LarsBalancer.explain() says why a host is where it is", () => {
  const balancer = balancerOf([A, B]);
  overload(balancer, B);
  report(balancer, { host: A, run: "+-" });
  report(balancer, { host: B, run: "+" });
  assertEquals(
    balancer.explain(2500).map(({ reason }) => reason),
    [
      "Idle with 1 of 2 calls failed in a window that began 2.5 s ago, 1 in a row at last",
      "Overloaded for 2.5 s with 1 of 1 calls well since, 1 in a row at last",
    ],
  );
});

Deno.test("LarsBalancer.report() counts nothing for a host that was picked and not called", () => {
  const balancer = balancerOf([A]);
  const given = { ...A, returnCode: 1, durationUs: 0, unused: true };
  assertEquals(balancer.report(given, 0), true);
  assertEquals(balancer.report({ ...given, ...B }, 0), false);
  assertEquals(stateOf(balancer, A), "idle 0/0");
});

Deno.test("LarsBalancer.inherit() lets hosts rest that rested under another policy", () => {
  const balancer = balancerOf([A, B]);
  balancer.inherit([
    { ...A, succ: 3, err: 9, overload: true },
    { ...B, succ: 3, err: 1, overload: false },
    { ...C, succ: 0, err: 0, overload: true },
  ], 0);
  assertEquals(stateOf(balancer, A), "overloaded 0/0");
  assertEquals(picks(balancer, 3), "B B B");
});

Deno.test("LarsBalancer.release() gives its slots to the next balancer", () => {
  const balancer = balancerOf([A, B]);
  const { hosts } = balancer;
  assertEquals(hosts.size, 2);
  balancer.release();
  assertEquals(hosts.size, 0);
});

Deno.test("LarsBalancer tells each change of state, and what led to it", () => {
  const decisions: Decision[] = [];
  const balancer = balancerOf([A, B], {}, decisions);
  overload(balancer, A);
  report(balancer, { host: A, run: "++++++", nowMs: 2_000 });
  assertEquals(decisions, [
    {
      modId: 1,
      cmdId: 2,
      ...A,
      atMs: 0,
      text:
        "Becomes overloaded: Idle with 15 of 15 calls failed in a window that began 0.0 s ago, 15 in a row at last",
    },
    {
      modId: 1,
      cmdId: 2,
      ...A,
      atMs: 2_000,
      text:
        "Becomes idle: Overloaded for 2.0 s with 6 of 6 calls well since, 6 in a row at last",
    },
  ]);
});
