import { assertEquals, assertFalse } from "@std/assert";
import {
  A,
  B,
  larsRoute,
  overload,
  pickFrom,
  report,
  stateOf,
  update,
} from "../../testing/lars_fixture.ts";

// Defaults: vsucc starts at 180, so verr / (180 + verr) passes 0.1 with the
// 21st failure; 20 / 200 is 0.1 itself. Each success allows a ninth more.
const OVERLOAD_BY_COUNTS: [string, string, string][] = [
  ["14 failures in a row leave it idle", "-".repeat(14), "idle 0/14"],
  ["the 15th in a row overloads it", "-".repeat(15), "overloaded 0/0"],
  [
    "a success ends the row",
    "-".repeat(14) + "+" + "-".repeat(5),
    "idle 1/19",
  ],
  // vsucc 181: 20/201 is below 0.1, 21/202 = 0.10396 is above.
  [
    "20 failures beside one success leave it idle",
    "-".repeat(14) + "+" + "-".repeat(6),
    "idle 1/20",
  ],
  [
    "the 21st beside one success overloads it",
    "-".repeat(14) + "+" + "-".repeat(7),
    "overloaded 0/0",
  ],
  // vsucc 189: 21/210 is 0.1 itself, 22/211 = 0.10427 is above.
  [
    "21 failures beside nine successes are exactly 0.1: idle",
    "-".repeat(10) + "+".repeat(9) + "-".repeat(11),
    "idle 9/21",
  ],
  [
    "22 failures beside nine successes are more than 0.1: overloaded",
    "-".repeat(10) + "+".repeat(9) + "-".repeat(12),
    "overloaded 0/0",
  ],
  // The counts begin anew when it becomes overloaded, and failures change nothing then.
  ["failures go on being counted", "-".repeat(20), "overloaded 0/5"],
];

for (const [sentence, run, expected] of OVERLOAD_BY_COUNTS) {
  Deno.test(`LarsBalancer.report() judges an idle host: ${sentence}`, () => {
    const route = larsRoute([A, B]);
    report(route, { host: A, run });
    assertEquals(stateOf(route, A), expected);
    assertEquals(stateOf(route, B), "idle 0/0");
  });
}

Deno.test("LarsBalancer.report() overloads by rate alone at exactly the 21st failure", () => {
  const route = larsRoute([A], { continuousErrorLimit: 1000 });
  report(route, { host: A, run: "-".repeat(20) });
  assertEquals(stateOf(route, A), "idle 0/20");
  report(route, { host: A, run: "-" });
  assertEquals(stateOf(route, A), "overloaded 0/0");
});

// Overloaded: vsucc 0, verr 5, so vsucc / (vsucc + 5) passes 0.5 with the 6th
// success; 5 / 10 is 0.5 itself.
const IDLE_BY_COUNTS: [string, string, string][] = [
  ["five successes are exactly 0.5: overloaded", "+++++", "overloaded 5/0"],
  ["the sixth is more than 0.5: idle", "++++++", "idle 0/0"],
  ["one failure asks for one more", "-++++++", "overloaded 6/1"],
  ["and then it is idle", "-+++++++", "idle 0/0"],
  // verr 25: by rate it would take 26 successes, in a row 15.
  [
    "14 in a row after 20 failures: overloaded",
    "-".repeat(20) + "+".repeat(14),
    "overloaded 14/20",
  ],
  [
    "the 15th in a row: idle",
    "-".repeat(20) + "+".repeat(15),
    "idle 0/0",
  ],
  [
    "a failure ends the row",
    "-".repeat(20) + "+".repeat(14) + "-" + "+".repeat(12),
    "overloaded 26/21",
  ],
  // verr 26: 26 / 52 is 0.5 itself, 27 / 53 is above.
  [
    "then the rate decides",
    "-".repeat(20) + "+".repeat(14) + "-" + "+".repeat(13),
    "idle 0/0",
  ],
];

for (const [sentence, run, expected] of IDLE_BY_COUNTS) {
  Deno.test(`LarsBalancer.report() judges an overloaded host: ${sentence}`, () => {
    const route = larsRoute([A]);
    overload(route, A);
    report(route, { host: A, run });
    assertEquals(stateOf(route, A), expected);
  });
}

Deno.test("LarsBalancer.report() credits a host that became idle with 180 successes again", () => {
  const route = larsRoute([A]);
  overload(route, A);
  report(route, { host: A, run: "++++++" });
  report(route, { host: A, run: "-".repeat(14) });
  assertEquals(stateOf(route, A), "idle 0/14");
});

// Reports in a window that began at 0; the last one comes at `atMs`.
const WINDOWS: [string, string, number, string][] = [
  ["before 15 s nothing is judged", "+---", 14_999, "idle 1/3"],
  // 7 of 10 is 0.7 itself, 7 of 11 below.
  [
    "at 15 s a rate of exactly 0.7 overloads, also by a success",
    "++-------+",
    15_000,
    "overloaded 0/0",
  ],
  [
    "at 15 s a rate below 0.7 begins a new window",
    "+++-------+",
    15_000,
    "idle 0/0",
  ],
  ["a failure is judged as well", "+---", 15_000, "overloaded 0/0"],
  ["a failure may end a good window", "++-", 15_000, "idle 0/0"],
  ["one failure alone is 100 %", "-", 15_000, "overloaded 0/0"],
];

for (const [sentence, run, atMs, expected] of WINDOWS) {
  Deno.test(`LarsBalancer.report() judges windows: ${sentence}`, () => {
    const route = larsRoute([A]);
    report(route, { host: A, run: run.slice(0, -1) });
    report(route, { host: A, run: run.slice(-1), nowMs: atMs });
    assertEquals(stateOf(route, A), expected);
  });
}

Deno.test("LarsBalancer.report() does not overload a new host for its first failure", () => {
  const route = larsRoute([]);
  update(route, [A], 1_000_000);
  report(route, { host: A, run: "-", nowMs: 1_014_999 });
  assertEquals(stateOf(route, A), "idle 0/1");
});

Deno.test("LarsBalancer.report() begins a new window with all counts reset", () => {
  const route = larsRoute([A], { continuousErrorLimit: 3 });
  report(route, { host: A, run: "+++++" });
  // The second failure in a row ends the window: 2 of 7.
  report(route, { host: A, run: "-" });
  report(route, { host: A, run: "-", nowMs: 20_000 });
  assertEquals(stateOf(route, A), "idle 0/0");
  report(route, { host: A, run: "--", nowMs: 34_999 });
  assertEquals(stateOf(route, A), "idle 0/2");
  report(route, { host: A, run: "+", nowMs: 34_999 });
  report(route, { host: A, run: "-", nowMs: 35_000 });
  // 3 of 4 failed, and the window began at 20 s.
  assertEquals(stateOf(route, A), "overloaded 0/0");
});

Deno.test("LarsBalancer.report() makes a host idle when overload_timeout has passed, and not before a report", () => {
  const route = larsRoute([A]);
  overload(route, A);
  assertEquals(pickFrom(route, 1_000_000), undefined);
  assertEquals(stateOf(route, A), "overloaded 0/0");
  report(route, { host: A, run: "-", nowMs: 14_999 });
  assertEquals(stateOf(route, A), "overloaded 0/1");
  report(route, { host: A, run: "-", nowMs: 15_000 });
  assertEquals(stateOf(route, A), "idle 0/0");
});

Deno.test("LarsBalancer.report() stops after step 2: a host just overloaded does not rest out a timeout of 0", () => {
  const route = larsRoute([A], { overloadTimeoutMs: 0 });
  overload(route, A);
  assertEquals(stateOf(route, A), "overloaded 0/0");
  report(route, { host: A, run: "+" });
  assertEquals(stateOf(route, A), "idle 0/0");
});

Deno.test("LarsBalancer.report() stops after step 2: a failure that overloads ends no window", () => {
  const route = larsRoute([A]);
  report(route, { host: A, run: "-".repeat(14) + "+".repeat(100) });
  report(route, { host: A, run: "-".repeat(14) });
  // 29 of 129 would begin a new window at 15 s; the 15th in a row comes first.
  report(route, { host: A, run: "-", nowMs: 15_000 });
  assertEquals(stateOf(route, A), "overloaded 0/0");
});

Deno.test("LarsBalancer.report() stops after step 3: the window of a host just idle begins then", () => {
  const route = larsRoute([A], { idleTimeoutMs: 0, windowErrorRate: 0 });
  report(route, { host: A, run: "-" });
  assertEquals(stateOf(route, A), "overloaded 0/0");
  report(route, { host: A, run: "++++++" });
  assertEquals(stateOf(route, A), "idle 0/0");
});

Deno.test("LarsBalancer.report() takes any return code but 0 for a failure", () => {
  const route = larsRoute([A]);
  for (const returnCode of [-1, 1, 2, 404]) {
    route.hosts.report({ ...A, returnCode, durationUs: 0, unused: false }, 0);
  }
  assertEquals(stateOf(route, A), "idle 0/4");
});

Deno.test("LarsBalancer.report() changes nothing for an unknown host", () => {
  const route = larsRoute([A]);
  const unknown = [B, { ip: A.ip, port: A.port + 1 }];
  for (const host of unknown) {
    assertFalse(
      route.hosts.report(
        { ...host, returnCode: 1, durationUs: 0, unused: false },
        99_999,
      ),
    );
  }
  assertEquals(stateOf(route, A), "idle 0/0");
  assertEquals(route.table.size, 1);
});
