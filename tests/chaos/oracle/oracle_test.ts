/**
 * An oracle that finds nothing is worth nothing: each mistake is planted in a
 * system that is right in everything else, and must be found.
 */
import { assert, assertEquals } from "@std/assert";
import { ANOTHER, FakeAgent, type Mutation } from "./fake_agent.ts";
import type { Disturbance } from "./disturbances.ts";
import { type HostEdit, NEWS_MS_MAX, Oracle } from "./oracle.ts";

const KEY = { modId: 1, cmdId: 1 };
const A = "10.0.0.1:80";
const B = "10.0.0.2:80";
const C = "10.0.0.3:80";
const D = "10.0.0.4:80";

/** An oracle and a system of one agent, which hear of the same edits, in virtual time. */
class Trial {
  readonly oracle = new Oracle();
  readonly agent: FakeAgent;
  nowMs = 0;

  constructor(mutation?: Mutation) {
    this.agent = new FakeAgent(mutation);
    this.edit({ ...ANOTHER });
    for (const address of [A, B, C, D]) {
      this.edit({ ...KEY, address, value: "open" });
    }
    this.edit({ ...KEY, address: C, value: "absent" });
    this.edit({ ...KEY, address: D, value: "drained" });
    // The first answer is of before: from then on the agent knows the route.
    this.oracle.judge({
      ...KEY,
      agent: 0,
      askedMs: this.nowMs,
      answeredMs: this.nowMs,
      outcome: { state: "listed", hosts: new FakeHosts().all },
    });
    this.nowMs += 2 * NEWS_MS_MAX;
  }

  /** An edit that takes 100 ms until it is acknowledged. */
  edit(edit: HostEdit): void {
    this.oracle.begin(edit, this.nowMs);
    this.agent.edit(edit);
    this.oracle.acknowledge(edit, this.nowMs += 100);
    this.nowMs += 100;
  }

  /** Asks for a host and for all, and looks into the store. */
  look(): void {
    for (const outcome of [this.agent.getHost(KEY), this.agent.getRoute(KEY)]) {
      const [askedMs, answeredMs] = [this.nowMs, this.nowMs + 1];
      this.oracle.judge({ ...KEY, agent: 0, askedMs, answeredMs, outcome });
    }
    for (const text of this.oracle.lostEdits(KEY, this.agent.stored(KEY))) {
      this.oracle.fail("lost edit", text);
    }
  }

  /** Kinds of what was found wrong. */
  get found(): string[] {
    return [...this.oracle.wrong.keys()];
  }
}

/** The hosts of the route while it was made. */
class FakeHosts {
  readonly all = [1, 2, 4].map((last) => ({ ip: 0x0a000000 + last, port: 80 }));
}

const MUTATIONS: Readonly<Record<Mutation, string>> = {
  "answers with a removed host": "wrong answer: found",
  "answers with a drained host": "wrong answer: found",
  "answers with a host of another route": "wrong answer: found",
  "answers with a host that was never added": "wrong answer: found",
  "forgets a route": "wrong answer: no_route",
  "does not answer": "wrong answer: timeout",
  "lists a host less": "wrong answer: listed",
  "lists a host more": "wrong answer: listed",
  "lists a host twice": "wrong answer: listed",
  "rests all hosts": "wrong answer: overloaded",
  "loses an edit in the store": "lost edit",
  "undoes an edit in the store": "lost edit",
};

Deno.test("Oracle finds nothing in a system that makes no mistake", () => {
  const trial = new Trial();
  trial.look();
  trial.edit({ ...KEY, address: C, value: "open" });
  trial.edit({ ...KEY, address: A, value: "absent" });
  trial.look();
  assertEquals([...trial.oracle.wrong], []);
});

for (const [mutation, kind] of Object.entries(MUTATIONS)) {
  Deno.test(`Oracle finds a system that ${mutation}`, () => {
    const trial = new Trial(mutation as Mutation);
    assertEquals(trial.found, []);
    trial.look();
    assertEquals(trial.found, [kind]);
  });
}

Deno.test("Oracle finds each mistake while strangers and reporters are at fault, too", () => {
  for (const [mutation, kind] of Object.entries(MUTATIONS)) {
    const trial = new Trial(mutation as Mutation);
    const other: Disturbance[] = ["store", "disk 0", "agent 1"];
    for (const what of other) trial.oracle.disturbances.begin(what, 0);
    trial.look();
    assertEquals(trial.found, [kind], mutation);
  }
});

Deno.test("Oracle excuses old answers while news cannot reach an agent, and no others", () => {
  const excused: Mutation[] = [
    "answers with a removed host",
    "lists a host more",
    // The route was being made when the feed broke.
    "answers with a drained host",
    "lists a host less",
    "forgets a route",
    // A route without hosts has none in use.
    "rests all hosts",
  ];
  for (const [mutation, kind] of Object.entries(MUTATIONS)) {
    const trial = new Trial(mutation as Mutation);
    trial.oracle.disturbances.begin("feed", 0);
    trial.look();
    const expected = excused.includes(mutation as Mutation) ? [] : [kind];
    assertEquals(trial.found, expected, mutation);
  }
});

Deno.test("Oracle excuses nothing of before the last agreement", () => {
  const trial = new Trial("answers with a removed host");
  trial.oracle.disturbances.begin("feed", 0);
  trial.nowMs += 60_000;
  trial.oracle.agree(new Map([["1,1", trial.agent.stored(KEY)]]), trial.nowMs);
  trial.look();
  assertEquals(trial.found, ["wrong answer: found"]);
});

Deno.test("Oracle excuses an agent that is away, and hosts that rest after failures", () => {
  const excuses: [Mutation, Disturbance][] = [
    ["does not answer", "agent 0"],
    ["rests all hosts", "calls"],
  ];
  for (const [mutation, disturbance] of excuses) {
    const trial = new Trial(mutation);
    const end = trial.oracle.disturbances.begin(disturbance, 0);
    trial.look();
    assertEquals(trial.found, []);
    end(trial.nowMs);
    trial.nowMs += 400_000;
    trial.look();
    assert(trial.oracle.wrongCount > 0, mutation);
  }
});

Deno.test("Oracle takes either outcome of an edit that was not acknowledged, until all agree", () => {
  const trial = new Trial();
  trial.oracle.begin({ ...KEY, address: A, value: "absent" }, trial.nowMs);
  const without = new Map([[B, "open"], [D, "drained"]] as const);
  const whole = trial.agent.stored(KEY);
  assertEquals(trial.oracle.lostEdits(KEY, whole), []);
  assertEquals(trial.oracle.lostEdits(KEY, without), []);
  trial.oracle.agree(new Map([["1,1", without]]), trial.nowMs += 1_000);
  assertEquals(trial.oracle.lostEdits(KEY, whole).length, 1);
  assertEquals(trial.oracle.lostEdits(KEY, without), []);
});

Deno.test("Oracle blames no one for the time in which the machine stood still", () => {
  const trial = new Trial("does not answer");
  for (const gapMs of [100, 900, 100, 1_500]) {
    trial.oracle.tick(trial.nowMs += gapMs);
  }
  assertEquals(trial.oracle.stalledMs, 1_500);
  const judge = (askedMs: number) =>
    trial.oracle.judge({
      ...{ ...KEY, agent: 0, askedMs, answeredMs: trial.nowMs },
      outcome: { state: "timeout" },
    });
  judge(trial.nowMs - 1_000);
  assertEquals(trial.oracle.wrongCount, 0);
  trial.oracle.tick(trial.nowMs += 100);
  judge(trial.nowMs - 50);
  assertEquals(trial.oracle.wrongCount, 1);
  // It may stand still without a tick until now.
  judge(trial.nowMs);
  trial.nowMs += 2_000;
  judge(trial.nowMs - 1_000);
  assertEquals(trial.oracle.wrongCount, 2);
});
