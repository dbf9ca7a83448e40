import { assert, assertEquals } from "@std/assert";
import { recordLogs, seededRandom } from "../../net/testing/mod.ts";
import {
  HostEventKind,
  HostReason,
  HostState,
  type HostStateEntry,
} from "../../proto/mod.ts";
import { HistoryOffError } from "../../store/mod.ts";
import { AWAY, HistoryFixture } from "../testing/mod.ts";
import { WAIT_MAX_MS, WAIT_MIN_MS } from "./totals_commit.ts";
import { SILENT_MS } from "./silent_agents.ts";

const EJECTED: HostStateEntry = {
  modId: 1,
  cmdId: 1,
  ip: 7,
  port: 80,
  state: HostState.ejected,
  reason: HostReason.refused,
  ageMs: 4_000,
  inFlight: 2,
  nextTryMs: 500,
};

Deno.test("History adds up what agents report, by host and by route", async () => {
  await using fixture = new HistoryFixture();
  const reporter = fixture.addReporter();
  const [one, other] = [fixture.addAgent(), fixture.addAgent()];
  await fixture.connect(one, reporter);
  await fixture.connect(other, reporter);
  assert(one.takesHistory);
  const host = { ip: 7, timed: 2, durationUs: 300, maxUs: 200 };
  one.report({ ...host, calls: 5, failures: 1 });
  other.report({ ...host, calls: 3, maxUs: 900 }, { ip: 8, calls: 1 });
  await fixture.clock.advance(WAIT_MIN_MS);
  assertEquals([one.waiting.size, other.waiting.size], [0, 0]);
  const [first, second] = await fixture.hosts();
  assertEquals(
    [first?.calls, first?.failed, first?.timed, first?.sumUs, first?.maxUs],
    [8, 1, 4, 600, 900],
  );
  assertEquals([first?.callers, second?.calls, second?.callers], [2, 1, 1]);
  const [route] = await fixture.store.routeTotals({
    from: 0,
    to: 2 ** 31,
    limit: 9,
  });
  assertEquals(
    [route?.calls, route?.failed, route?.callers, route?.latency[0]],
    [9, 1, 2, 4],
  );
});

Deno.test("History counts an agent as a caller once a minute, ten minutes and hour", async () => {
  await using fixture = new HistoryFixture();
  const reporter = fixture.addReporter();
  const agent = fixture.addAgent();
  await fixture.connect(agent, reporter);
  for (let at = 0; at < 8; at++) {
    agent.report({ ip: 7, calls: 1 });
    await fixture.clock.advance(20_000);
  }
  const range = { key: { modId: 1, cmdId: 1 }, from: 0, to: 2 ** 31 };
  const minutes = await fixture.store.hostHistory({ tier: "minute", ...range });
  const tens = await fixture.store.hostHistory({ tier: "ten", ...range });
  const hours = await fixture.store.routeHistory({ tier: "hour", ...range });
  assertEquals(minutes.length > 1, true);
  for (const row of [...minutes, ...tens, ...hours]) {
    assertEquals(row.callers, 1);
  }
});

Deno.test("History leaves out hosts that no route has, and counts what a lost one still had", async () => {
  await using fixture = new HistoryFixture();
  const key = { modId: 1, cmdId: 1 };
  const [kept, removed] = [7, 8].map((ip) => ({ ...key, ip, port: 80 }));
  await fixture.routes.edit({ add: [kept!, removed!] });
  const reporter = fixture.addReporter();
  const agent = fixture.addAgent();
  await fixture.connect(agent, reporter);
  agent.report({ ip: 7, calls: 1 }, { ip: 8, calls: 2 }, { ip: 9, calls: 4 });
  await fixture.clock.advance(WAIT_MIN_MS);
  await fixture.routes.edit({ remove: [removed!] });
  await fixture.clock.advance(6_000);
  agent.report({ ip: 8, calls: 8 });
  await fixture.clock.advance(WAIT_MIN_MS);
  const calls = (await fixture.hosts()).map(({ ip, calls }) => [ip, calls]);
  assertEquals(calls, [[7, 1], [8, 10]]);
  assertEquals(reporter.server.counters.hostsRefused, 1);
  assertEquals(agent.waiting.size, 0);
});

Deno.test("History acknowledges what another reporter has committed, and counts it once", async () => {
  await using fixture = new HistoryFixture();
  const [first, second] = [fixture.addReporter(), fixture.addReporter()];
  const agent = fixture.addAgent();
  await fixture.connect(agent, first);
  first.fate = ({ method }) => method === "commit" ? "done but failed" : "done";
  agent.report({ ip: 7, calls: 5 });
  await fixture.clock.advance(WAIT_MIN_MS);
  assertEquals(agent.waiting.size, 1);
  await fixture.connect(agent, second);
  await fixture.clock.advance(WAIT_MAX_MS);
  assertEquals(agent.waiting.size, 0);
  assertEquals((await fixture.hosts()).map(({ calls }) => calls), [5]);
});

Deno.test("History keeps what comes while the store is away, and loses nothing", async () => {
  using logs = recordLogs();
  await using fixture = new HistoryFixture();
  const reporter = fixture.addReporter();
  const agent = fixture.addAgent();
  await fixture.connect(agent, reporter);
  reporter.fate = () => "failed";
  for (let at = 0; at < 3; at++) {
    agent.report({ ip: 7, calls: 1 });
    agent.tell([{ ...EJECTED, inFlight: at }]);
    await fixture.clock.advance(WAIT_MAX_MS);
  }
  const { historyFrames, historyLagMs } = reporter.server.counters;
  assertEquals([historyFrames, historyLagMs > 2 * WAIT_MAX_MS], [3, true]);
  reporter.fate = () => "done";
  await fixture.clock.advance(WAIT_MAX_MS);
  assertEquals((await fixture.hosts()).map(({ calls }) => calls), [3]);
  assertEquals(agent.waiting.size, 0);
  const states = await fixture.store.states();
  assertEquals(states.map(({ inFlight }) => inFlight), [2]);
  assertEquals(textsOf(logs), [
    "cannot write history, agents keep what is not acknowledged",
    "the store of history answers again",
  ]);
});

Deno.test("History is off, and agents send none, where the store has no tables for it", async () => {
  using logs = recordLogs();
  await using fixture = new HistoryFixture();
  const reporter = fixture.addReporter();
  let isOff = true;
  reporter.fate = () => {
    if (isOff) throw new HistoryOffError("Tables are missing");
    return "done";
  };
  const agent = fixture.addAgent();
  await fixture.connect(agent, reporter);
  await fixture.clock.advance(60_000);
  assertEquals(agent.takesHistory, false);
  assertEquals(textsOf(logs), ["going on without history"]);
  isOff = false;
  await fixture.clock.advance(60_000);
  assertEquals(agent.takesHistory, true);
});

Deno.test("History that is off fails no more, though the store was away before", async () => {
  using logs = recordLogs();
  await using fixture = new HistoryFixture();
  const reporter = fixture.addReporter();
  reporter.fate = () => "failed";
  await fixture.connect(fixture.addAgent(), reporter);
  await fixture.clock.advance(60_000);
  assertEquals(reporter.server.storeFailure, AWAY.message);
  reporter.fate = () => {
    throw new HistoryOffError("Tables are missing");
  };
  await fixture.clock.advance(60_000);
  assertEquals(reporter.server.storeFailure, undefined);
  assertEquals(reporter.server.counters.historyFailing, 0);
  assertEquals(textsOf(logs), [
    "cannot write history, agents keep what is not acknowledged",
    "the store of history answers again",
    "going on without history",
  ]);
});

Deno.test("History writes states within a second, and replaces what an agent said before", async () => {
  await using fixture = new HistoryFixture();
  const reporter = fixture.addReporter();
  const agent = fixture.addAgent();
  await fixture.connect(agent, reporter);
  agent.tell([EJECTED, { ...EJECTED, ip: 8 }], { all: true });
  await fixture.clock.advance(1_000);
  const [row, ...others] = await fixture.store.states();
  assertEquals(others.length, 1);
  assertEquals(row, {
    agent: agent.hello.agentId,
    modId: 1,
    cmdId: 1,
    ip: 7,
    port: 80,
    state: HostState.ejected,
    reason: HostReason.refused,
    since: fixture.clock.wallSeconds() - 5,
    inFlight: 2,
    nextTryMs: 500,
  });
  agent.tell([{ ...EJECTED, state: HostState.inUse }]);
  await fixture.clock.advance(1_000);
  assertEquals((await fixture.store.states()).map(({ ip }) => ip), [8]);
  agent.tell([{ ...EJECTED, ip: 9 }], { all: true });
  agent.tell([{ ...EJECTED, ip: 10 }]);
  await fixture.clock.advance(1_000);
  assertEquals((await fixture.store.states()).map(({ ip }) => ip), [9, 10]);
});

Deno.test("History makes one event of what many agents see in a minute", async () => {
  await using fixture = new HistoryFixture();
  const reporter = fixture.addReporter();
  const event = {
    modId: 1,
    cmdId: 1,
    ip: 7,
    port: 80,
    kind: HostEventKind.ejected,
    reason: HostReason.refused,
    ageMs: 0,
    calls: 10,
    failures: 5,
    meanUs: 100,
    peersMeanUs: 90,
    policy: "adaptive",
  };
  for (let number = 0; number < 5; number++) {
    const agent = fixture.addAgent();
    await fixture.connect(agent, reporter);
    agent.tellEvents([{ ...event, failures: 5 + number }]);
    agent.tellEvents([event], 3);
    await fixture.clock.advance(1_000);
  }
  const [row, ...others] = await fixture.store.events({ limit: 9 });
  assertEquals(others, []);
  assertEquals(
    [row?.callers, row?.names, row?.failures, row?.policy],
    [5, ["agent 1", "agent 2", "agent 3"], 9, "adaptive"],
  );
  const { events, eventsDropped } = reporter.server.counters;
  assertEquals([events, eventsDropped], [10, 15]);
});

Deno.test("History removes the states of an agent that is gone, but of none that reports elsewhere", async () => {
  await using fixture = new HistoryFixture();
  const [first, second] = [fixture.addReporter(), fixture.addReporter()];
  const [gone, moved] = [fixture.addAgent(), fixture.addAgent()];
  for (const agent of [gone, moved]) {
    await fixture.connect(agent, first);
    agent.tell([EJECTED], { all: true });
  }
  await fixture.clock.advance(1_000);
  gone.disconnect();
  await fixture.connect(moved, second);
  moved.tell([EJECTED], { all: true });
  await fixture.clock.advance(SILENT_MS - 5_000);
  assertEquals((await fixture.store.states()).length, 2);
  await fixture.clock.advance(30_000);
  const states = await fixture.store.states();
  assertEquals(states.map(({ agent }) => agent), [moved.hello.agentId]);
});

Deno.test("History closes a peer that sends history but has not said who it is", async () => {
  using _logs = recordLogs();
  await using fixture = new HistoryFixture();
  const reporter = fixture.addReporter();
  const agent = fixture.addAgent();
  agent.hello = { ...agent.hello, agentId: "" };
  await fixture.connect(agent, reporter);
  agent.report({ ip: 7, calls: 1 });
  await fixture.clock.advance(WAIT_MIN_MS);
  assertEquals(agent.connection?.closed, true);
  assertEquals(reporter.server.counters.protocolErrors, 1);
});

for (const seed of [1, 2, 3, 4, 5, 6]) {
  Deno.test(`History counts each frame once while agents move, reporters die and the store fails, seed ${seed}`, async () => {
    using _logs = recordLogs();
    const random = seededRandom(seed);
    const pick = <Item>(items: readonly Item[]) =>
      items[Math.floor(random() * items.length)]!;
    await using fixture = new HistoryFixture({ random });
    const alive = [fixture.addReporter(), fixture.addReporter()];
    const agents = [1, 2, 3].map(() => fixture.addAgent());
    /** Every frame is of a host of its own, so that the store tells how often each was counted. */
    let ip = 0;
    const sent = new Map<number, ReturnType<HistoryFixture["addAgent"]>>();
    const lost = new Set<number>();
    const fates = ["done", "done", "failed", "done but failed"] as const;
    for (let step = 0; step < 150; step++) {
      const agent = pick(agents);
      const action = random();
      if (action < 0.6) {
        agent.report({ ip: ++ip, calls: 1 });
        sent.set(ip, agent);
      } else if (action < 0.85) {
        await fixture.connect(agent, pick(alive));
      } else if (action < 0.9) {
        for (const [host, by] of sent) {
          if (by === agent) lost.add(host);
        }
        agent.restart(1_000 + step);
      } else if (action < 0.95) {
        for (const each of alive) each.fate = () => pick(fates);
      } else {
        // It dies in the middle of what it does.
        const at = Math.floor(random() * alive.length);
        const dead = alive[at]!;
        dead.fate = () => "never ends";
        for (const each of agents) each.disconnect();
        dead.stop.abort();
        alive[at] = fixture.addReporter();
      }
      await fixture.clock.advance(random() * 3_000);
    }
    for (const each of alive) each.fate = () => "done";
    for (const agent of agents) await fixture.connect(agent, alive[0]!);
    await fixture.clock.advance(60_000);
    const counted = new Map(
      (await fixture.hosts()).map(({ ip, calls }) => [ip, calls]),
    );
    for (const host of sent.keys()) {
      const calls = counted.get(host) ?? 0;
      // What an agent had not been told of when it died may be there or not.
      assert(
        calls === 1 || calls === 0 && lost.has(host),
        `host ${host}: ${calls}`,
      );
    }
    assertEquals(agents.map(({ waiting }) => waiting.size), [0, 0, 0]);
    assert(counted.size > sent.size / 2);
  });
}

/** The sentences of log lines, without what follows them. */
function textsOf({ lines }: { lines: readonly string[] }): string[] {
  return lines.map((line) =>
    /\breporter[: ]+(.*?)( \w+=.*)?$/.exec(line)?.[1] ?? line
  );
}
