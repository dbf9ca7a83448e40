import { assert, assertEquals, assertThrows } from "@std/assert";
import { DEFAULT_POLICY_SETTINGS } from "../../../../agent/mod.ts";
import { parseAddress } from "../../../../proto/mod.ts";
import { Outcomes } from "./outcomes.ts";
import {
  formatEvent,
  formatHead,
  parseRecording,
  type RecordedEvent,
  type Recording,
} from "./recording.ts";
import { replay } from "./replay.ts";

const A = parseAddress("10.0.0.1:1001");
const B = parseAddress("10.0.0.2:1002");
const C = parseAddress("10.0.0.3:1003");
const KEY = { modId: 1, cmdId: 2 };

/** Round robin over hosts for a while, ten picks a second, `dead` refusing. */
function roundRobin(seconds: number, dead = B): RecordedEvent[] {
  const events: RecordedEvent[] = [];
  for (let index = 0; index < seconds * 10; index++) {
    const host = [A, B, C][index % 3]!;
    const atMs = index * 100;
    events.push({ kind: "pick", atMs, host });
    events.push({
      kind: "report",
      atMs: atMs + 10,
      host,
      returnCode: host === dead ? 1 : 0,
      durationUs: 10_000,
    });
  }
  return events;
}

function run(recording: Recording, policy = "lars") {
  return replay(recording, {
    policy,
    settings: DEFAULT_POLICY_SETTINGS,
    healthChecks: false,
    random: () => 0,
  });
}

Deno.test("parseRecording() reads what formatHead() and formatEvent() write", () => {
  const recording: Recording = {
    key: KEY,
    hosts: [A, B],
    events: [
      { kind: "pick", atMs: 0, host: A },
      { kind: "pick", atMs: 5, host: undefined },
      {
        kind: "report",
        atMs: 7,
        host: A,
        returnCode: -3,
        durationUs: 7_001,
      },
      { kind: "unused", atMs: 9, host: B },
    ],
  };
  const text = formatHead(recording) +
    recording.events.map(formatEvent).join("");
  assertEquals(parseRecording(text, "f"), recording);
});

const BROKEN: [string, string, string][] = [
  ["another file", "modid,cmdid\n", "line 1"],
  ["an unknown event", "# lars recording 1\n# route 1 1\n1,jump,\n", "line 3"],
  [
    "a host that is none",
    "# lars recording 1\n# route 1 1\n1,pick,x\n",
    "line 3",
  ],
  [
    "a time that is none",
    "# lars recording 1\n# route 1 1\n,pick,\n",
    "line 3",
  ],
  ["no route", "# lars recording 1\n1,pick,\n", "no route is named"],
];

for (const [what, text, message] of BROKEN) {
  Deno.test(`parseRecording() refuses ${what}, and says where`, () => {
    assertThrows(() => parseRecording(text, "f"), SyntaxError, message);
  });
}

Deno.test("Outcomes.at() is the call to that host nearest in time", () => {
  const outcomes = new Outcomes({
    events: [
      { kind: "pick", atMs: 0, host: A },
      { kind: "pick", atMs: 100, host: A },
      // The second call ends first: its duration tells.
      { kind: "report", atMs: 110, host: A, returnCode: 5, durationUs: 9_900 },
      {
        kind: "report",
        atMs: 200,
        host: A,
        returnCode: 0,
        durationUs: 199_000,
      },
    ],
  });
  const summary = (atMs: number) => {
    const { tookMs, returnCode, guessed } = outcomes.at(A, atMs);
    return [tookMs, returnCode, guessed];
  };
  assertEquals(summary(49), [200, 0, false]);
  assertEquals(summary(51), [10, 5, false]);
  assertEquals(summary(1_100), [10, 5, false]);
  assertEquals(summary(1_101), [10, 5, true]);
  // A host that was never called goes as the median success.
  assertEquals(outcomes.at(B, 0).tookMs, 200);
  assert(outcomes.at(B, 0).guessed);
});

Deno.test("replay() tells how many calls would have failed under the rule", () => {
  const recording = { key: KEY, hosts: [A, B, C], events: roundRobin(60) };
  const { recorded, replayed, guessed, decisions } = run(recording);
  assertEquals([recorded.picks, recorded.failures], [600, 200]);
  assertEquals(recorded.hosts.map(({ picks }) => picks), [200, 200, 200]);
  assertEquals(replayed.picks, 600);
  // The rule rests B after 15 failures, risks every eleventh pick on it, and
  // after 15 s begins anew: four times in a minute.
  assert(replayed.failures < 110, `${replayed.failures} failures`);
  assert(replayed.failures > 60, `${replayed.failures} failures`);
  assertEquals([replayed.tookMs[0], guessed], [10, 0]);
  assert(decisions[0]?.text.startsWith("Becomes overloaded"));
});

Deno.test("replay() counts picks without a host, recorded and replayed", () => {
  const events: RecordedEvent[] = roundRobin(60)
    .map((event) => ({ ...event, host: B } as RecordedEvent))
    .map((event) =>
      event.kind === "report" ? { ...event, returnCode: 1 } : event
    );
  events.push({ kind: "pick", atMs: 60_000, host: undefined });
  const { recorded, replayed } = run({ key: KEY, hosts: [B], events });
  assertEquals(recorded.none, 1);
  assert(replayed.none > 400, `${replayed.none}`);
});
