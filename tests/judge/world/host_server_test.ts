import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  FAILED,
  HostServer,
  OK,
  REFUSED,
  ROUND_TRIP_MS,
  TIMED_OUT,
} from "./host_server.ts";
import { LoadHistory } from "./load_history.ts";
import type { HostPlan } from "./scenario.ts";

const MEAN_MS = 10;
const TIMEOUT_MS = 500;

function serverOf(plan: HostPlan, queueMax?: number): HostServer {
  return new HostServer(plan, {
    serviceMs: MEAN_MS,
    timeoutMs: TIMEOUT_MS,
    failLevel: 0,
    queueMax,
  });
}

/** A call of mean length at `nowMs`: how it ends and after how long, without the way. */
function call(server: HostServer, nowMs: number, failDraw = 0.99) {
  server.accept(nowMs, 1, failDraw);
  return { outcome: server.outcome, ms: server.latencyMs - ROUND_TRIP_MS };
}

Deno.test("HostServer works on one call a worker, the others wait in order", () => {
  const server = serverOf({ workers: 2 });
  const waits = [0, 0, 0, 0, 0].map((nowMs) => call(server, nowMs).ms);
  waits.forEach((ms, index) =>
    assertAlmostEquals(ms, [10, 10, 20, 20, 30][index]!)
  );
  assertAlmostEquals(call(server, 100).ms, 10);
});

Deno.test("HostServer carries work over changes of speed and pauses", () => {
  const server = serverOf({
    phases: [
      { fromMs: 5, speed: 0.1 },
      { fromMs: 15, speed: 0 },
      { fromMs: 100 },
    ],
  });
  // 5 ms at full speed, 10 ms at a tenth, the rest after the pause.
  assertAlmostEquals(call(server, 0).ms, 104);
});

Deno.test("HostServer swallows what its queue does not hold, and fails its callers late", () => {
  const server = serverOf({ workers: 1 });
  const outcomes = Array.from({ length: 300 }, () => call(server, 0).outcome);
  assertEquals(outcomes.filter((outcome) => outcome === OK).length, 49);
  assertEquals(outcomes.at(-1), TIMED_OUT);
  // What callers gave up is worked on: 209 calls take 2,090 ms.
  assertAlmostEquals(call(server, 2_000).ms, 100);
});

Deno.test("HostServer ends calls as its phase says", () => {
  const table: [HostPlan["phases"], number, number][] = [
    [[{ fromMs: 0, reach: "refused" }], REFUSED, 0],
    [[{ fromMs: 0, reach: "silent" }], TIMED_OUT, TIMEOUT_MS - ROUND_TRIP_MS],
    [[{ fromMs: 0, failShare: 0.5 }], FAILED, 10],
    [[{ fromMs: 0, failShare: 0.5, failMs: 1 }], FAILED, 1],
    [[{ fromMs: 0, failShare: 0.1 }], OK, 10],
    [[{ fromMs: 0, delayMs: 100 }], OK, 110],
    [[{ fromMs: 0, delayMs: 600 }], TIMED_OUT, TIMEOUT_MS - ROUND_TRIP_MS],
    [[{ fromMs: 500, reach: "refused" }], OK, 10],
  ];
  for (const [phases = [], outcome, ms] of table) {
    const result = call(serverOf({ phases }), 0, 0.3);
    assertEquals(result.outcome, outcome);
    assertAlmostEquals(result.ms, ms);
  }
});

Deno.test("HostServer.check() finds what a connection would", () => {
  const server = serverOf({
    phases: [
      { fromMs: 0 },
      { fromMs: 10, reach: "refused" },
      { fromMs: 20, reach: "silent" },
    ],
  });
  const found = [5, 15, 25].map((nowMs) => server.check(nowMs));
  assertEquals(found, [ROUND_TRIP_MS, -ROUND_TRIP_MS, -1_000]);
});

Deno.test("HostServer refuses what a bounded queue has no room for", () => {
  const server = serverOf({ workers: 1 }, 2);
  const outcomes = [0, 0, 0, 0].map((nowMs) => call(server, nowMs).outcome);
  assertEquals(outcomes, [OK, OK, OK, FAILED]);
  assertAlmostEquals(call(server, 1).ms, 0);
  assertEquals(call(server, 10.1).outcome, OK);
});

Deno.test("HostServer takes longer for its first call", () => {
  const server = serverOf({ firstCallMs: 200 });
  assertAlmostEquals(call(server, 0).ms, 210);
  assertAlmostEquals(call(server, 1).ms, 10);
});

Deno.test("HostServer.probe() says how many calls it has, and what calls took that met as many", () => {
  const server = serverOf({ workers: 1 });
  server.load = new LoadHistory();
  assertEquals(server.probe(0), { inFlight: 0, latencyMs: 0 });
  call(server, 0);
  call(server, 0);
  assertEquals(server.probe(1)?.inFlight, 2);
  // One call met itself alone and took 10 ms, one met another and took 20.
  assertEquals(server.probe(100), { inFlight: 0, latencyMs: 10 });
});

Deno.test("HostServer.probe() is not answered by a host that is down", () => {
  const server = serverOf({ phases: [{ fromMs: 10, reach: "silent" }] });
  assertEquals(server.probe(20), undefined);
});
