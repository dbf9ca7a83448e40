import { assertEquals, assertRejects } from "@std/assert";
import {
  DUTY_TTL_MS,
  type HistoryBatch,
  type HostEvent,
  type HostStateRow,
  STATE_IN_USE,
} from "../../history/types.ts";
import { StoreError } from "../../types.ts";
import type { TestBody } from "../fixture.ts";
import { type Call, callsOf, hostRow, routeRow } from "../history_calls.ts";

const AGENT = "a".repeat(32);
const OTHER = "b".repeat(32);
const KEY = { modId: 1, cmdId: 2 };
const HOST = { ip: 0xffff_fffe, port: 65_535 };
const CALL: Call = { ...KEY, ...HOST, calls: 3, failed: 1, us: 500 };

/** Batch `seq` of the first start of an agent, after the one before it. */
function batchOf(
  seq: number,
  calls: readonly Call[],
  { agent = AGENT, minute = 100 }: { agent?: string; minute?: number } = {},
): HistoryBatch {
  const expected = seq === 1 ? undefined : { epoch: 7, seq: seq - 1 };
  const agents = [{ agent, epoch: 7, seq, expected }];
  return { minute, agents, ...callsOf(calls) };
}

/** What every store does with calls over time. */
export const historyTests: Record<string, TestBody> = {
  async "commit() adds calls to each period, once for each batch"(fixture) {
    await using store = await fixture.openHistory();
    const done = { conflicts: [] };
    assertEquals(await store.progress([AGENT]), new Map());
    const first = batchOf(1, [CALL, { ...CALL, cmdId: 1, failed: 0 }]);
    assertEquals(await store.commit(first), done);
    const next = { ...CALL, newInLong: 0 };
    assertEquals(await store.commit(batchOf(2, [next], { minute: 101 })), done);
    // Its answer was lost.
    assertEquals(await store.commit(batchOf(2, [CALL])), {
      conflicts: [AGENT],
    });
    const again = { ...CALL, us: 9_000, newInMinute: 0, newInLong: 0 };
    assertEquals(
      await store.commit(batchOf(3, [again], { minute: 101 })),
      done,
    );
    assertEquals(
      await store.progress([AGENT, OTHER]),
      new Map([[AGENT, { epoch: 7, seq: 3 }]]),
    );

    const range = { key: KEY, from: 0, to: 1_000 };
    assertEquals(await store.hostHistory({ ...range, tier: "minute" }), [
      hostRow(100, [CALL]),
      hostRow(101, [CALL, again]),
    ]);
    assertEquals(await store.hostHistory({ ...range, tier: "ten" }), [
      { ...hostRow(10, [CALL, next, again]), callers: 1 },
    ]);
    assertEquals(await store.routeHistory({ ...range, tier: "minute" }), [
      routeRow(100, [CALL]),
      routeRow(101, [CALL, again]),
    ]);
    assertEquals(await store.routeHistory({ ...range, tier: "hour" }), [
      { ...routeRow(1, [CALL, next, again]), callers: 1 },
    ]);
  },
  async "commit() writes nothing if one agent is not where it is expected"(
    fixture,
  ) {
    await using store = await fixture.openHistory();
    await using other = await fixture.openHistory();
    await store.commit(batchOf(1, [CALL]));
    const calls = callsOf([CALL]);
    const agents = [
      { agent: AGENT, epoch: 7, seq: 2, expected: undefined },
      { agent: OTHER, epoch: 1, seq: 1, expected: undefined },
    ];
    assertEquals(await other.commit({ minute: 100, agents, ...calls }), {
      conflicts: [AGENT],
    });
    agents[1]!.expected = { epoch: 1, seq: 1 } as never;
    agents[0]!.expected = { epoch: 6, seq: 1 } as never;
    const { conflicts } = await other.commit({ minute: 100, agents, ...calls });
    assertEquals(conflicts.sort(), [AGENT, OTHER]);
    assertEquals((await store.progress([AGENT, OTHER])).size, 1);
    assertEquals(
      await store.routeHistory({ key: KEY, from: 0, to: 200, tier: "minute" }),
      [routeRow(100, [CALL])],
    );
    // A new start of the agent begins at 1 again.
    const expected = { epoch: 7, seq: 1 };
    const restarted = { agent: AGENT, epoch: 2 ** 53 - 1, seq: 1, expected };
    const batch = { minute: 100, agents: [restarted], ...callsOf([]) };
    assertEquals(await other.commit(batch), { conflicts: [] });
    assertEquals(
      await store.progress([AGENT]),
      new Map([
        [AGENT, { epoch: 2 ** 53 - 1, seq: 1 }],
      ]),
    );
  },
  async "commit() stops at the top of a column, and refuses what is no count"(
    fixture,
  ) {
    await using store = await fixture.openHistory();
    const most = Number.MAX_SAFE_INTEGER;
    const many = { ...CALL, calls: most, failed: most, us: most };
    await store.commit(batchOf(1, [many]));
    await store.commit(batchOf(2, [many]));
    const range = { key: KEY, from: 0, to: 200 };
    const [minute] = await store.hostHistory({ ...range, tier: "minute" });
    assertEquals(
      [minute?.calls, minute?.failed, minute?.sumUs, minute?.maxUs],
      [2 ** 32 - 1, 2 ** 32 - 1, most, 2 ** 32 - 1],
    );
    const [hour] = await store.routeHistory({ ...range, tier: "hour" });
    assertEquals([hour?.calls, hour?.latency.at(-1)], [most, most]);
    const [total] = await store.hostTotals(range);
    assertEquals([total?.calls, total?.sumUs], [2 ** 32 - 1, most]);
    for (
      const wrong of [
        { calls: -1 },
        { us: 1.5 },
        { modId: 2 ** 31 },
        { port: 65_536 },
        { calls: NaN },
      ]
    ) {
      await assertRejects(
        () => store.commit(batchOf(3, [{ ...CALL, ...wrong }])),
        RangeError,
      );
    }
    const [twice] = batchOf(3, []).agents;
    await assertRejects(
      () =>
        store.commit({
          minute: 1,
          agents: [twice!, twice!],
          ...callsOf([CALL]),
        }),
      RangeError,
      "once",
    );
    assertEquals((await store.progress([AGENT])).get(AGENT)?.seq, 2);
  },
  async "commit() takes rows in any order, and one route twice"(fixture) {
    await using store = await fixture.openHistory();
    const calls = [3, 1, 2, 1].map((modId) => ({ ...CALL, modId }));
    await store.commit(batchOf(1, calls));
    const totals = await store.hostTotals({ from: 100, to: 100 });
    assertEquals(totals, [
      hostRow(100, [calls[1]!, calls[3]!]),
      hostRow(100, [calls[2]!]),
      hostRow(100, [calls[0]!]),
    ]);
  },
  async "routes and hosts are added up over minutes, worst and in pages"(
    fixture,
  ) {
    await using store = await fixture.openHistory();
    const [a, b, c, d] = [4, 0, 9, 4].map((failed, modId) => ({
      ...CALL,
      modId,
      failed,
      calls: 10,
    })) as [Call, Call, Call, Call];
    await store.commit(batchOf(1, [a, b, c, d], { minute: 99 }));
    await store.commit(batchOf(2, [a, b], { minute: 100 }));
    await store.commit(batchOf(3, [a, a, a], { minute: 101 }));
    const range = { from: 99, to: 100 };
    const most = (row: { callers: number }) => ({ ...row, callers: 1 });
    const sums = [
      most(routeRow(100, [a, a])),
      most(routeRow(100, [b, b])),
      routeRow(99, [c]),
      routeRow(99, [d]),
    ];
    assertEquals(
      await store.worstRoutes({ ...range, limit: 2 }),
      [sums[2], sums[0]] as never,
    );
    const all = await store.worstRoutes({ ...range, limit: 9 });
    assertEquals(all.map(({ modId }) => modId), [2, 0, 3]);
    const page = await store.routeTotals({ ...range, limit: 3 });
    assertEquals(page, sums.slice(0, 3) as never);
    const after = { modId: 2, cmdId: KEY.cmdId };
    assertEquals(
      await store.routeTotals({ ...range, after, limit: 3 }),
      sums.slice(3) as never,
    );
    assertEquals(
      await store.hostTotals({ ...range, key: { ...KEY, modId: 0 } }),
      [most(hostRow(100, [a, a]))] as never,
    );
    assertEquals((await store.hostTotals(range)).length, 4);
    const hours = await store.routeTotals({
      from: 1,
      to: 1,
      tier: "hour",
      limit: 9,
    });
    assertEquals(hours.map(({ modId, calls }) => [modId, calls]), [
      [0, 50],
      [1, 20],
      [2, 10],
      [3, 10],
    ]);
    const none = { from: 1, to: 98 };
    assertEquals(await store.routeTotals({ ...none, limit: 9 }), []);
    assertEquals(await store.hostTotals({ ...none, key: KEY }), []);
    assertEquals(await store.newestMinute(1_000), 101);
    assertEquals(await store.newestMinute(100), 100);
    assertEquals(await store.newestMinute(98), undefined);
  },
  async "hostHistory() reads one host, of one route"(fixture) {
    await using store = await fixture.openHistory();
    const host = { ip: 1, port: 2 };
    const one = { ...CALL, ...host };
    await store.commit(batchOf(1, [CALL, one, { ...one, modId: 2 }]));
    const range = { from: 100, to: 100, key: KEY, tier: "minute" as const };
    assertEquals(await store.hostHistory({ ...range, host }), [
      hostRow(100, [one]),
    ]);
    assertEquals((await store.hostHistory(range)).map(({ ip }) => ip), [
      1,
      HOST.ip,
    ]);
  },
  async "expire() keeps the newest periods that are there"(fixture) {
    await using store = await fixture.openHistory();
    // A clock that was wrong for a moment, a gap of years, and then 184 minutes.
    const minutes = [
      5_000_000,
      7,
      ...Array.from({ length: 184 }, (_, i) => 1_000 + i),
    ];
    for (const [index, minute] of minutes.entries()) {
      await store.commit(batchOf(index + 1, [CALL], { minute }));
    }
    while (await store.expire());
    const range = { key: KEY, from: 0, to: 6_000_000 };
    const kept = await store.hostHistory({ ...range, tier: "minute" });
    assertEquals(
      kept.map(({ period }) => period),
      minutes.toSorted((a, b) => a - b).slice(-180),
    );
    const routes = await store.routeHistory({ ...range, tier: "minute" });
    assertEquals(routes.length, minutes.length);
    const hours = await store.routeHistory({ ...range, tier: "hour" });
    assertEquals(
      hours.reduce((sum, { calls }) => sum + calls, 0),
      minutes.length * CALL.calls,
    );
  },
  async "beat() says who is connected, and in which order they left"(fixture) {
    await using store = await fixture.openHistory();
    await using other = await fixture.openHistory();
    const shown = (agent: string) => ({
      agent,
      name: `it's "ä" \\ of ${agent[0]}`,
      version: "1.2.3",
      zone: "eu-1",
      address: "10.0.0.1:4242",
      reporter: "reporter@host",
    });
    await store.commit(batchOf(1, [CALL]));
    await store.beat([shown(AGENT), shown(OTHER)]);
    await other.beat([shown(AGENT)]);
    const [first, second] = await store.agents();
    const progress = { epoch: 7, seq: 1 };
    const beats = { beat: first!.beat, seenAt: first!.seenAt };
    assertEquals(first, { ...shown(AGENT), progress, ...beats });
    assertEquals(second?.progress, undefined);
    assertEquals(first!.beat > second!.beat && second!.beat > 0, true);
    assertEquals(await store.commit(batchOf(1, [CALL], { agent: OTHER })), {
      conflicts: [],
    });
    await assertRejects(
      () => store.beat([{ ...shown(AGENT), name: "n".repeat(65) }]),
      RangeError,
    );
    await assertRejects(
      () => store.beat([{ ...shown(AGENT), agent: "'" }]),
      RangeError,
    );
  },
  async "writeStates() replaces what an agent told, and ends what is in use"(
    fixture,
  ) {
    await using store = await fixture.openHistory();
    const row: HostStateRow = {
      ...KEY,
      ...HOST,
      agent: AGENT,
      state: 3,
      reason: 1,
      since: 1_700_000_000,
      inFlight: 2,
      nextTryMs: 500,
    };
    const others = [{ ...row, agent: OTHER }, { ...row, ip: 5 }];
    await store.writeStates({ rows: [row, ...others] });
    await store.writeStates({
      rows: [{ ...row, state: 2 }, { ...others[0]!, state: STATE_IN_USE }],
    });
    assertEquals(await store.states(), [others[1]!, { ...row, state: 2 }]);
    assertEquals(await store.states({ key: KEY, host: HOST }), [
      { ...row, state: 2 },
    ]);
    assertEquals(await store.states({ key: { ...KEY, modId: 9 } }), []);
    await store.writeStates({ rows: [others[0]!] });
    await store.writeStates({ replace: [AGENT], rows: [row] });
    assertEquals(await store.states(), [row, others[0]!]);
    await assertRejects(
      () => store.writeStates({ rows: [{ ...row, state: 256 }] }),
      RangeError,
    );
  },
  async "addEvents() makes one of the same event at several agents"(fixture) {
    await using store = await fixture.openHistory();
    const event: HostEvent = {
      ...KEY,
      ...HOST,
      minute: 100,
      kind: 1,
      reason: 2,
      callers: 1,
      names: ["a"],
      calls: 10,
      failures: 5,
      meanUs: 100,
      peersMeanUs: 90,
      policy: "adaptive",
    };
    const worse = { ...event, names: ["b"], calls: 4, failures: 4, meanUs: 9 };
    const others = { ...event, callers: 7, names: ["c", "d"], failures: 1 };
    await store.addEvents([event, worse]);
    await store.addEvents([others, { ...event, minute: 101, names: [] }]);
    const [next, merged] = await store.events({ limit: 9 });
    const names = ["a", "b", "c"];
    assertEquals(merged, { ...worse, callers: 9, names, id: merged!.id });
    assertEquals(next, { ...event, minute: 101, names: [], id: next!.id });
    await store.addEvents([{ ...event, modId: 3 }, { ...event, ip: 9 }]);
    const query = { key: KEY, host: HOST };
    assertEquals(await store.events({ ...query, limit: 9 }), [next, merged]);
    assertEquals(await store.events({ ...query, limit: 1 }), [next]);
    const before = next!.id;
    assertEquals(await store.events({ ...query, before, limit: 9 }), [merged]);
    assertEquals((await store.events({ host: HOST, limit: 9 })).length, 3);
    await assertRejects(
      () => store.addEvents([{ ...event, names: ["a,b"] }]),
      RangeError,
    );
  },
  async "alarms are written, silenced apart from that, and removed"(fixture) {
    await using store = await fixture.openHistory();
    const alarm = {
      fingerprint: "f".repeat(64),
      rule: "RouteFailing",
      labels: { route: "1/2", note: `it's "so" \\ ä` },
      summary: "5 % of calls to 1/2 fail",
      value: 5.25,
      since: 1_700_000_000,
      lastSent: undefined,
      resolvedAt: undefined,
      sends: 0,
    };
    const loud = { silencedUntil: undefined, silencedBy: undefined };
    await store.writeAlarms([alarm, { ...alarm, fingerprint: "e" }]);
    assertEquals(await store.alarms(), [
      { ...alarm, ...loud, fingerprint: "e" },
      { ...alarm, ...loud },
    ]);
    await store.removeAlarms(["e", "d"]);
    const silence = { silencedUntil: 1_700_000_900, silencedBy: "alice" };
    assertEquals(await store.silenceAlarm(alarm.fingerprint, silence), true);
    assertEquals(await store.silenceAlarm("e", silence), false);
    const sent = { ...alarm, lastSent: 5, resolvedAt: 6, sends: 1, value: -1 };
    await store.writeAlarms([sent]);
    assertEquals(await store.alarms(), [{ ...sent, ...silence }]);
    await store.silenceAlarm(alarm.fingerprint, loud);
    assertEquals(await store.alarms(), [{ ...sent, ...loud }]);
    for (
      const wrong of [
        { summary: "x".repeat(4_001) },
        { labels: { note: "x".repeat(4_001) } },
        { fingerprint: "f".repeat(65) },
        { since: 0.5 },
        { value: NaN },
      ]
    ) {
      await assertRejects(
        () => store.writeAlarms([{ ...alarm, ...wrong }]),
        RangeError,
      );
    }
  },
  async "silenceAlarm() and writeAlarms() keep who did it with what was done, or do neither"(
    fixture,
  ) {
    await using store = await fixture.openHistory();
    await using admin = await fixture.openAdmin();
    const alarm = {
      fingerprint: "3f09",
      rule: "RouteFailing",
      labels: {},
      summary: "5 % of calls fail",
      value: 5,
      since: 1_700_000_000,
      lastSent: undefined,
      resolvedAt: undefined,
      sends: 0,
    };
    await store.writeAlarms([alarm]);
    const by = { actor: "user bob", action: "silence", comment: "known" };
    const silence = { silencedUntil: 1_700_000_900, silencedBy: "bob" };
    // The audit takes no line without an actor.
    const nobody = { ...by, actor: null as unknown as string };
    await assertRejects(() => store.silenceAlarm("3f09", silence, nobody));
    const [loud] = await store.alarms();
    assertEquals(loud?.silencedUntil, undefined);
    assertEquals(await store.silenceAlarm("none", silence, by), false);
    assertEquals(await store.silenceAlarm("3f09", silence, by), true);
    const lines = await admin.audit({ limit: 9 });
    assertEquals(
      lines.map(({ actor, action, target, comment }) => ({
        actor,
        action,
        target,
        comment,
      })),
      [{ ...by, target: "alarm 3f09 RouteFailing" }],
    );
    assertEquals(await store.alarms(), [{ ...alarm, ...silence }]);
    await assertRejects(() =>
      store.writeAlarms([{ ...alarm, fingerprint: "4f" }], nobody)
    );
    assertEquals((await store.alarms()).length, 1);
    await store.writeAlarms([{ ...alarm, fingerprint: "5f" }], by);
    const [newest] = await admin.audit({ limit: 1 });
    assertEquals(newest?.target, "alarm 5f RouteFailing");
  },
  async "takeDuty() gives a duty to one, and to another when it is not renewed"(
    fixture,
  ) {
    const { clock } = fixture;
    await using first = await fixture.openHistory();
    await using second = await fixture.openHistory();
    assertEquals(await first.takeDuty("alarms", "one"), true);
    assertEquals(await second.takeDuty("other", "two"), true);
    assertEquals(await second.takeDuty("alarms", "two"), false);
    clock.ms += DUTY_TTL_MS - 1;
    assertEquals(await first.takeDuty("alarms", "one"), true);
    clock.ms += 1;
    // It has changed since it was looked at.
    assertEquals(await second.takeDuty("alarms", "two"), false);
    clock.ms += DUTY_TTL_MS - 1;
    assertEquals(await second.takeDuty("alarms", "two"), false);
    clock.ms += 1;
    assertEquals(await second.takeDuty("alarms", "two"), true);
    assertEquals(await first.takeDuty("alarms", "one"), false);
    await first.releaseDuty("alarms", "one");
    assertEquals(await first.takeDuty("alarms", "one"), false);
    await second.releaseDuty("alarms", "two");
    assertEquals(await first.takeDuty("alarms", "one"), true);
  },
  async "a history closes twice, and refuses every use afterwards"(fixture) {
    const store = await fixture.openHistory();
    await store[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
    for (
      const use of [
        () => store.commit(batchOf(1, [CALL])),
        () => store.agents(),
        () => store.expire(),
        () => store.takeDuty("alarms", "one"),
      ]
    ) {
      const error = await assertRejects(use, StoreError, "closed");
      assertEquals(error.retry, false);
    }
  },
};
