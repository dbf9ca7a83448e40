import { assertEquals, assertStringIncludes } from "@std/assert";
import { HostEventKind, HostReason } from "../../../../proto/mod.ts";
import type { FakeFleet } from "../../../../store/testing/mod.ts";
import { ExitCode } from "../../exit_code.ts";
import {
  FakeEnvironment,
  FakeTerminal,
  onFleet,
  onStore,
} from "../../testing/mod.ts";
import { stepOf, tierOf, toTimeline } from "./timeline.ts";

/** The wall clock of commands under test is 20 s after the begin of this minute. */
const MINUTE = 28_333_333;

const A = "10.0.0.1:80";
const B = "10.0.0.2:80";
const ROUTE = { modId: 1, cmdId: 7 };

/** Calls in two of the last four minutes, and what happened to A in the second. */
async function tell(fleet: FakeFleet): Promise<void> {
  await fleet.call(MINUTE - 2, [{ ...ROUTE, host: A, calls: 600, us: 300 }]);
  await fleet.call(MINUTE, [
    { ...ROUTE, host: A, calls: 100, failed: 50, us: 300 },
    { ...ROUTE, host: B, calls: 100, us: 900, callers: 2 },
  ]);
  const event = { ...ROUTE, host: A, minute: MINUTE, callers: 2 };
  const reason = HostReason.timeout;
  await fleet.happen({ ...event, kind: HostEventKind.ejected, reason });
  await fleet.happen({ ...event, kind: HostEventKind.returned, reason });
}

Deno.test("lars history prints numbers, with events between them, where there is no terminal", async () => {
  await onFleet(tell, async (lars) => {
    const { code, output } = await lars(
      ..."history 1 7 --minutes 4".split(" "),
    );
    assertEquals([code, output.split("\n")], [ExitCode.found, [
      "1/7  last 4 min until HH:MM, 1 min each",
      "no calls counted before HH:MM",
      "from   calls/s  fail/s  fail %    mean       p99     max  callers",
      "HH:MM       10       0     0 %  300 µs  ≤ 500 µs  300 µs        1",
      "HH:MM        -       -       -       -         -       -        -",
      "HH:MM       10     2.5  25.0 %  600 µs  ≤ 500 µs  900 µs        2",
      "  HH:MM 10.0.0.1:80 ejected at 2 callers: timeout (adaptive)",
      "  HH:MM 10.0.0.1:80 returned at 2 callers (adaptive)",
      "",
    ]]);
    const host = await lars(..."history 1 7 10.0.0.2:80 --hours 1".split(" "));
    assertEquals(host.output.split("\n").slice(-2), [
      "HH:MM        5       0     0 %  900 µs  900 µs        2",
      "",
    ]);
  });
});

Deno.test("lars history --json has the steps with calls, and their events", async () => {
  await onFleet(tell, async (lars) => {
    const { output } = await lars(
      ..."history 1 7 10.0.0.1:80 --minutes 4 --json".split(" "),
    );
    const { host, stepS, steps, events } = JSON.parse(output);
    assertEquals([host, stepS], [A, 60]);
    assertEquals(
      steps.map((step: { calls: number; failed: number; seconds: number }) => [
        step.calls,
        step.failed,
        step.seconds,
      ]),
      [[600, 0, 60], [100, 50, 20]],
    );
    assertEquals(
      events.map(({ kind }: { kind: string }) => kind),
      ["returned", "ejected"],
    );
  });
});

Deno.test("lars history prints bars on a terminal, in steps that fit", async () => {
  await onFleet(tell, async (_lars, { runIn }) => {
    const output = async (columns: number) => {
      const environment = new FakeEnvironment();
      environment.terminal = new FakeTerminal({ columns });
      const line = "history 1 7 --minutes 20".split(" ");
      return (await runIn(environment, ...line)).output.split("\n");
    };
    assertEquals(await output(80), [
      "1/7  last 20 min until HH:MM, 1 min each",
      "calls/s  ·················█·█ max 10, now 10",
      "fail/s   ·················▁·█ max 2.5, now 2.5",
      "fail %   ·················▁·█ max 25.0 %, now 25.0 %",
      "mean     ·················▅·█ max 600 µs, now 600 µs",
      "p99      ·················█·█ max ≤ 500 µs, now ≤ 500 µs",
      "max      ·················▄·█ max 900 µs, now 900 µs",
      "callers  ·················▅·█ max 2, now 2",
      "events                      +",
      "         HH:MM          HH:MM",
      "· no calls counted",
      "! ejected, o returned, + both",
      "",
      "events, newest first",
      "HH:MM 10.0.0.1:80 returned at 2 callers (adaptive)",
      "HH:MM 10.0.0.1:80 ejected at 2 callers: timeout (adaptive)",
      "",
    ]);
    const [head, calls] = await output(40);
    assertEquals(head, "1/7  last 20 min until HH:MM, 2 min each");
    assertStringIncludes(calls!, "calls/s  ········█▅ max 5, now 2.5");
  });
});

Deno.test("lars history says what it cannot show, and why", async () => {
  await onFleet(tell, async (lars) => {
    const cases: [line: string, code: number, says: string][] = [
      ["1 7 --minutes 5 --days 1", ExitCode.wrongUsage, "give one of"],
      ["1 7 --minutes 0", ExitCode.wrongUsage, "from 1 to 576000"],
      ["1 7 --days 401", ExitCode.wrongUsage, "from 1 to 400"],
      [
        "1 7 10.0.0.1:80 --days 8",
        ExitCode.wrongUsage,
        "Cannot show 8 d of a host as only 7 days are kept",
      ],
      ["9 9", ExitCode.noSuchRoute, "Cannot show (9, 9) as there is no such"],
      ["9 9 --json", ExitCode.noSuchRoute, "Cannot show (9, 9) as there is"],
    ];
    for (const [line, code, says] of cases) {
      const ran = await lars("history", ...line.split(" "));
      assertEquals([ran.code, ran.output], [code, ""], line);
      assertStringIncludes(ran.errors, says);
    }
  });
  await onStore(async (lars) => {
    await lars("route", "add", "1", "7", A);
    const { code, output } = await lars("history", "1", "7", "--hours", "2");
    assertEquals([code, output], [
      ExitCode.found,
      "1/7  no data: no agent has reported calls of the last 2 h; --days looks further back\n",
    ]);
  });
});

Deno.test("a span is read by the finest periods that are kept for it, in steps that fit", () => {
  const hours = 3_600;
  const cases: [
    seconds: number,
    subject: "host" | "route",
    max: number,
    expected: [string | undefined, number],
  ][] = [
    [hours, "route", 60, ["minute", 60]],
    [hours, "route", 44, ["minute", 120]],
    [3 * hours, "host", 60, ["minute", 300]],
    [4 * hours, "host", 60, ["ten", 600]],
    [48 * hours, "route", 60, ["minute", 3_600]],
    [49 * hours, "route", 60, ["hour", 3_600]],
    [168 * hours, "host", 60, ["ten", 14_400]],
    [400 * 24 * hours, "route", 60, ["hour", 604_800]],
    [400 * 24 * hours, "route", 10, ["hour", 1_209_600]],
  ];
  for (const [seconds, subject, max, [tier, step]] of cases) {
    assertEquals(tierOf(seconds, subject), tier);
    const found = stepOf({ seconds, tier: tierOf(seconds, subject)! }, max);
    assertEquals(found, step, `${seconds} of a ${subject} in ${max}`);
  }
  assertEquals(tierOf(169 * hours, "host"), undefined);
});

Deno.test("a timeline adds rows up, and leaves a gap where none is", () => {
  const row = {
    ...ROUTE,
    calls: 10,
    failed: 1,
    timed: 10,
    sumUs: 50,
    maxUs: 9,
    callers: 3,
  };
  const { from, steps } = toTimeline([
    { ...row, period: 9, latency: [1, 2] },
    { ...row, period: 10, latency: [3, 4] },
    { ...row, period: 11, latency: [5, 6], maxUs: 7, callers: 4 },
    { ...row, period: 15, latency: [] },
  ], { span: { seconds: 360, tier: "minute" }, stepS: 120, to: 15 * 60 + 5 });
  assertEquals(from, 600);
  assertEquals(
    steps.map((step) => step && [step.calls, step.maxUs, step.callers]),
    [[20, 9, 4], undefined, [10, 9, 3]],
  );
  assertEquals(steps[0]!.latency, [8, 10]);
  assertEquals(steps.map((step) => step?.seconds), [120, undefined, 65]);
  // A step that has just begun holds the calls of one report.
  const begun = toTimeline([{ ...row, period: 10, latency: [] }], {
    span: { seconds: 60, tier: "minute" },
    stepS: 60,
    to: 603,
  });
  assertEquals(begun.steps[0]!.seconds, 10);
});
