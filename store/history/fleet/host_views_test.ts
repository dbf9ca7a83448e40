import { assertEquals } from "@std/assert";
import { HostReason, HostState } from "../../../proto/mod.ts";
import type { HostStateRow } from "../types.ts";
import { isOutAtFew, reasonsOf, viewHosts } from "./host_views.ts";
import { windowAt } from "./window.ts";

const ROUTE = { modId: 1, cmdId: 7 };
const NOW_S = 6_000_030;
const WINDOW = windowAt(NOW_S);

/** What an agent says of a host: 10.0.0.`ip`. */
function say(
  agent: string,
  { ip = 1, ...more }: Partial<HostStateRow> = {},
): HostStateRow {
  return {
    ...ROUTE,
    ip,
    port: 80,
    agent,
    state: HostState.ejected,
    reason: HostReason.refused,
    since: NOW_S - 5,
    inFlight: 0,
    nextTryMs: 0,
    ...more,
  };
}

function view(
  states: HostStateRow[],
  { route, host }: { route: number; host: number },
) {
  const [first] = viewHosts(states, {
    window: WINDOW,
    routeCallers: route,
    callersOf: () => host,
  });
  return first!;
}

Deno.test("a host is out at k of the n callers that used it in the last minute, or would have", () => {
  const agents = (count: number) =>
    Array.from({ length: count }, (_, i) => `${i}`);
  const cases: [
    what: string,
    states: HostStateRow[],
    callers: { route: number; host: number },
    expected: [out: number, callers: number],
  ][] = [
    [
      "all have just put it out",
      agents(3).map((each) => say(each)),
      { route: 3, host: 3 },
      [3, 3],
    ],
    [
      "all have had it out for long, and none calls it",
      agents(65).map((each) => say(each, { since: NOW_S - 900 })),
      { route: 65, host: 0 },
      [65, 65],
    ],
    [
      "all have had it out for long, and some of them probe it",
      agents(65).map((each) => say(each, { since: NOW_S - 900 })),
      { route: 65, host: 10 },
      [65, 65],
    ],
    [
      "one has, and the others go on",
      [say("a", { since: NOW_S - 900 })],
      { route: 65, host: 64 },
      [1, 65],
    ],
    [
      "those of another zone never use it",
      agents(20).map((each) => say(each)),
      { route: 65, host: 20 },
      [20, 20],
    ],
    [
      "nothing is called",
      [say("a", { since: 0 })],
      { route: 0, host: 0 },
      [1, 1],
    ],
    [
      "suspect and drained are not out",
      [
        say("a", { state: HostState.suspect }),
        say("b", { state: HostState.drained, inFlight: 2 }),
      ],
      { route: 3, host: 3 },
      [0, 3],
    ],
    [
      "overloaded by the rule of the original is",
      [say("a", { state: HostState.overloaded })],
      { route: 3, host: 3 },
      [1, 3],
    ],
  ];
  for (const [what, states, callers, [out, of]] of cases) {
    const seen = view(states, callers);
    assertEquals([seen.out, seen.callers], [out, of], what);
  }
});

Deno.test("a view tells reasons by callers, the longest time, the nearest try, and calls in flight", () => {
  const seen = view([
    say("a", { reason: HostReason.timeout, since: NOW_S - 90, nextTryMs: 900 }),
    say("b", { nextTryMs: 300 }),
    say("c", { nextTryMs: 0 }),
    say("d", { state: HostState.drained, inFlight: 2 }),
  ], { route: 4, host: 4 });
  assertEquals(seen.reasons, [
    { reason: HostReason.refused, callers: 2 },
    { reason: HostReason.timeout, callers: 1 },
  ]);
  assertEquals([seen.outSince, seen.nextTryMs, seen.inFlight, seen.drained], [
    NOW_S - 90,
    300,
    2,
    1,
  ]);
  assertEquals(seen.agents, ["a", "b", "c"]);
});

Deno.test("a host that few of many callers hold out may not be what is broken", () => {
  const cases: [out: number, callers: number, expected: boolean][] = [
    [1, 65, true],
    [6, 65, true],
    [7, 65, false],
    [1, 3, true],
    [1, 2, false],
    [1, 1, false],
    [2, 3, false],
    [0, 65, false],
  ];
  const seen = view([], { route: 0, host: 0 });
  assertEquals(seen, undefined);
  const plain = view([say("a")], { route: 1, host: 1 });
  for (const [out, callers, expected] of cases) {
    assertEquals(isOutAtFew({ ...plain, out, callers }), expected);
  }
});

Deno.test("reasonsOf() counts a caller once for each reason, however many hosts it holds out", () => {
  assertEquals(
    reasonsOf([
      say("a"),
      say("a", { ip: 2 }),
      say("b", { reason: HostReason.timeout }),
      say("c", { state: HostState.suspect }),
      say("d"),
    ]),
    [
      { reason: HostReason.refused, callers: 2 },
      { reason: HostReason.timeout, callers: 1 },
    ],
  );
});
