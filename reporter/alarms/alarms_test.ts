import { assert, assertEquals } from "@std/assert";
import { recordLogs } from "../../net/testing/mod.ts";
import { HostEventKind, HostReason, HostState } from "../../proto/mod.ts";
import {
  AlarmsFixture,
  type FakeAgent,
  type FakeReporter,
  HistoryFixture,
  REPEAT_MS,
  WEBHOOK,
} from "../testing/mod.ts";
import { fingerprintOf } from "./fingerprint.ts";

const KEY = { modId: 1, cmdId: 1 };
const HOSTS = [7, 8].map((ip) => ({ ...KEY, ip, port: 80 }));

/** Three agents that call a route of two hosts through one reporter. */
async function fleetOf(fixture: HistoryFixture) {
  await fixture.routes.edit({ add: HOSTS });
  const reporter = fixture.addReporter();
  const agents = [1, 2, 3].map(() => fixture.addAgent());
  for (const agent of agents) await fixture.connect(agent, reporter);
  return { reporter, agents };
}

/** Calls for some seconds, of which some fail. */
async function call(
  fixture: HistoryFixture,
  { agents, seconds, failures = 0 }: {
    agents: readonly FakeAgent[];
    seconds: number;
    failures?: number;
  },
) {
  for (let passed = 0; passed < seconds; passed += 10) {
    for (const agent of agents) {
      agent.report({ ip: 7, calls: 100, failures }, { ip: 8, calls: 100 });
    }
    await fixture.clock.advance(10_000);
  }
}

function eject(agents: readonly FakeAgent[], { ips = [7] } = {}): void {
  for (const agent of agents) {
    agent.tell(ips.map((ip) => ({
      ...KEY,
      ip,
      port: 80,
      state: HostState.ejected,
      reason: HostReason.refused,
      ageMs: 0,
      inFlight: 0,
      nextTryMs: 500,
    })));
  }
}

function giveBack(agents: readonly FakeAgent[]): void {
  for (const agent of agents) {
    agent.tell(HOSTS.map((host) => ({
      ...host,
      state: HostState.inUse,
      reason: HostReason.none,
      ageMs: 0,
      inFlight: 0,
      nextTryMs: 0,
    })));
  }
}

Deno.test("Alarms looks at the fleet every ten seconds, however long the store takes", async () => {
  using _logs = recordLogs();
  await using fixture = new HistoryFixture();
  const { clock } = fixture;
  const { sink } = fixture.addReporter();
  let pauseMs = 30;
  await using alarms = new AlarmsFixture(fixture, {
    reporter: {
      sink: {
        ...sink,
        async takeDuty(...duty) {
          await clock.sleep(pauseMs);
          return await sink.takeDuty(...duty);
        },
      },
    },
  });
  await clock.advance(20_100);
  const { watchdogAt } = alarms.alarms.counters;
  pauseMs = 0;
  for (const seconds of [10, 20, 30]) {
    await clock.advance(10_000);
    assertEquals(alarms.alarms.counters.watchdogAt, watchdogAt + seconds);
  }
});

Deno.test("Alarms tells once of a host that is out at most callers for long, repeats as set, and tells when it ends", async () => {
  using _logs = recordLogs();
  await using fixture = new HistoryFixture();
  const { reporter, agents } = await fleetOf(fixture);
  await using alarms = new AlarmsFixture(fixture, { reporter });
  await call(fixture, { agents, seconds: 60 });
  eject(agents);
  await call(fixture, { agents, seconds: 290 });
  assertEquals(alarms.texts, []);
  await call(fixture, { agents, seconds: 60 });
  assertEquals(alarms.texts, ["HostOut firing"]);
  assertEquals(alarms.firing, ["HostOut"]);
  const [{ body }] = alarms.received as [AlarmsFixture["received"][0]];
  assertEquals(
    [body.version, body.status, body.groupLabels, body.commonLabels],
    ["4", "firing", { alertname: "HostOut" }, {
      alertname: "HostOut",
      severity: "ticket",
      modid: "1",
      cmdid: "1",
      host: "0.0.0.7:80",
    }],
  );
  const [alert] = body.alerts;
  assertEquals(alert.annotations, {
    summary: "Host 0.0.0.7:80 of route 1/1 is out at 3 of 3 callers: refused",
    runbook_url: "ALARMS.md#HostOut",
  });
  assertEquals(alert.endsAt, "0001-01-01T00:00:00Z");
  await call(fixture, { agents, seconds: REPEAT_MS / 1_000 });
  assertEquals(alarms.texts, ["HostOut firing", "HostOut firing"]);
  giveBack(agents);
  await call(fixture, { agents, seconds: 50 });
  assertEquals(alarms.texts.length, 2);
  await call(fixture, { agents, seconds: 60 });
  assertEquals(alarms.texts.slice(2), ["HostOut resolved"]);
  await call(fixture, { agents, seconds: 600 });
  assertEquals(alarms.texts.length, 3);
});

Deno.test("Alarms neither repeats nor forgets when the reporter that has the duty is another", async () => {
  using _logs = recordLogs();
  await using fixture = new HistoryFixture();
  const { reporter, agents } = await fleetOf(fixture);
  const first = new AlarmsFixture(fixture, { reporter });
  eject(agents, { ips: [7, 8] });
  await call(fixture, { agents, seconds: 70 });
  assertEquals(first.texts, ["RouteAllOut firing"]);
  // It dies without giving up its duty.
  reporter.fate = ({ method }) =>
    method === "releaseDuty" ? "never ends" : "done";
  first.stop.abort();
  reporter.fate = () => "done";
  const other = fixture.addReporter();
  await using second = new AlarmsFixture(fixture, { reporter: other });
  await call(fixture, { agents, seconds: 120 });
  assertEquals(second.texts, []);
  giveBack(agents);
  await call(fixture, { agents, seconds: 180 });
  assertEquals(second.texts, ["RouteAllOut resolved"]);
  const [row] = (await fixture.store.alarms())
    .filter(({ rule }) => rule === "RouteAllOut");
  assertEquals([row?.sends, row?.resolvedAt !== undefined], [2, true]);
});

Deno.test("Alarms tells of a route whose calls fail, but of none that always did", async () => {
  using _logs = recordLogs();
  await using fixture = new HistoryFixture();
  const { reporter, agents } = await fleetOf(fixture);
  await using alarms = new AlarmsFixture(fixture, { reporter });
  await call(fixture, { agents, seconds: 900, failures: 20 });
  const texts = [...alarms.texts];
  alarms.received.length = 0;
  await call(fixture, { agents, seconds: 240, failures: 0 });
  await call(fixture, { agents, seconds: 400, failures: 40 });
  assertEquals(texts, ["RouteFailing firing", "RouteFailing resolved"]);
  // What was new at first is usual by now: 20 % is no ten times as much.
  assertEquals(alarms.texts, []);
});

Deno.test("Alarms tells of a route that lost all hosts, until it has some again", async () => {
  using _logs = recordLogs();
  await using fixture = new HistoryFixture();
  const { reporter, agents } = await fleetOf(fixture);
  await using alarms = new AlarmsFixture(fixture, { reporter });
  await call(fixture, { agents, seconds: 30 });
  await fixture.routes.edit({ remove: HOSTS });
  await fixture.clock.advance(300_000);
  assertEquals(alarms.texts, ["RouteEmptied firing"]);
  await fixture.routes.edit({ add: HOSTS });
  await fixture.clock.advance(30_000);
  assertEquals(alarms.texts, ["RouteEmptied firing", "RouteEmptied resolved"]);
});

Deno.test("Alarms tells of agents that fell silent", async () => {
  using _logs = recordLogs();
  await using fixture = new HistoryFixture();
  const { reporter, agents } = await fleetOf(fixture);
  await using alarms = new AlarmsFixture(fixture, { reporter });
  await call(fixture, { agents, seconds: 60 });
  for (const agent of agents.slice(1)) agent.disconnect();
  await call(fixture, { agents: agents.slice(0, 1), seconds: 180 });
  assertEquals(alarms.texts, ["AgentsSilent firing"]);
  for (const agent of agents) await fixture.connect(agent, reporter);
  await call(fixture, { agents, seconds: 120 });
  assertEquals(alarms.texts.slice(1), ["AgentsSilent resolved"]);
});

Deno.test("Alarms tells that the store is away while it is", async () => {
  using _logs = recordLogs();
  await using fixture = new HistoryFixture();
  const { reporter } = await fleetOf(fixture);
  await using alarms = new AlarmsFixture(fixture, { reporter });
  await fixture.clock.advance(20_000);
  fixture.reporters[0]!.fate = () => "failed";
  alarms.own.storeFailure = "Cannot reach it";
  await fixture.clock.advance(60_000);
  assertEquals(alarms.texts, ["StoreAway firing"]);
  reporter.fate = () => "done";
  alarms.own.storeFailure = undefined;
  await fixture.clock.advance(90_000);
  assertEquals(alarms.texts, ["StoreAway firing", "StoreAway resolved"]);
  assertEquals(
    (await fixture.store.alarms()).map(({ rule, sends }) => [rule, sends]),
    [["StoreAway", 2], ["Watchdog", 0]].sort((a, b) =>
      fingerprint(a[0]) < fingerprint(b[0]) ? -1 : 1
    ),
  );
});

function fingerprint(rule: unknown): string {
  const labels = rule === "StoreAway" ? { instance: "here:1" } : {};
  return fingerprintOf({ alertname: String(rule), ...labels });
}

Deno.test("Alarms says nothing of what is silenced, and begins when the silence ends", async () => {
  using _logs = recordLogs();
  await using fixture = new HistoryFixture();
  const { reporter, agents } = await fleetOf(fixture);
  await using alarms = new AlarmsFixture(fixture, { reporter });
  alarms.status = 503;
  eject(agents, { ips: [7, 8] });
  await call(fixture, { agents, seconds: 60 });
  const [row] = (await fixture.store.alarms())
    .filter(({ rule }) => rule === "RouteAllOut");
  const untilS = fixture.clock.wallSeconds() + 120;
  await fixture.store.silenceAlarm(row!.fingerprint, {
    silencedUntil: untilS,
    silencedBy: "alice",
  });
  await fixture.clock.advance(10_000);
  alarms.status = 200;
  await call(fixture, { agents, seconds: 100 });
  assertEquals(alarms.texts, []);
  await call(fixture, { agents, seconds: 60 });
  assertEquals(alarms.texts, ["RouteAllOut firing"]);
});

Deno.test("Alarms tries a receiver again that fails, while others are told", async () => {
  using logs = recordLogs();
  await using fixture = new HistoryFixture();
  const { reporter, agents } = await fleetOf(fixture);
  await using alarms = new AlarmsFixture(fixture, { reporter });
  eject(agents, { ips: [7, 8] });
  alarms.status = 0;
  await call(fixture, { agents, seconds: 120 });
  assertEquals(alarms.received, []);
  const { deliveriesFailed } = alarms.alarms.counters;
  assert(deliveriesFailed > 1, String(deliveriesFailed));
  alarms.status = 200;
  await call(fixture, { agents, seconds: 300 });
  assertEquals(alarms.texts[0], "RouteAllOut firing");
  const failing = logs.lines.filter((line) => line.includes("cannot deliver"));
  assertEquals(failing.length, 1);
  // What follows the origin in a URL may be secret.
  assertEquals(failing.some((line) => line.includes("token")), false);
});

Deno.test("Alarms delivers a test at once, and ends it", async () => {
  using _logs = recordLogs();
  await using fixture = new HistoryFixture();
  const { reporter } = await fleetOf(fixture);
  await using alarms = new AlarmsFixture(fixture, {
    reporter,
    secret: "key",
  });
  await fixture.clock.advance(10_000);
  const fingerprint = fingerprintOf({ alertname: "Test" });
  await fixture.store.writeAlarms([{
    fingerprint,
    rule: "Test",
    labels: {},
    summary: "A test",
    value: 0,
    since: fixture.clock.wallSeconds(),
    lastSent: undefined,
    resolvedAt: undefined,
    sends: 0,
  }]);
  await fixture.clock.advance(30_000);
  assertEquals(alarms.texts, ["Test firing", "Test resolved"]);
  const key = await crypto.subtle.importKey(
    "raw",
    new TextEncoder().encode("key"),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["verify"],
  );
  const [{ headers, body }] = alarms.received as [AlarmsFixture["received"][0]];
  const signature = headers["x-lars-signature"]!.replace("sha256=", "");
  assert(
    await crypto.subtle.verify(
      "HMAC",
      key,
      Uint8Array.fromHex(signature),
      new TextEncoder().encode(JSON.stringify(body)),
    ),
  );
});

Deno.test("Alarms tells a watchdog each minute, and an Alertmanager of all that fires", async () => {
  using _logs = recordLogs();
  await using fixture = new HistoryFixture();
  const { reporter } = await fleetOf(fixture);
  await using alarms = new AlarmsFixture(fixture, {
    reporter,
    receivers: [
      WEBHOOK,
      { kind: "watchdog", url: "http://10.0.0.8/", repeatMs: 60_000 },
      { kind: "alertmanager", url: "http://10.0.0.7:9093/", repeatMs: 60_000 },
    ],
  });
  await fixture.clock.advance(179_000);
  const urls = alarms.received.map(({ url }) => url);
  assertEquals(urls.filter((url) => url === "http://10.0.0.8/").length, 3);
  const posts = alarms.received
    .filter(({ url }) => url === "http://10.0.0.7:9093/api/v2/alerts");
  assertEquals([posts.length, urls.length], [3, 6]);
  const [alert] = posts[0]!.body;
  assertEquals(alert.labels, { alertname: "Watchdog", severity: "none" });
  assert(Date.parse(alert.endsAt) > Date.parse(alert.startsAt) + 60_000);
});

Deno.test("Alarms are looked at by one reporter of several, and by another when that is gone", async () => {
  using _logs = recordLogs();
  await using fixture = new HistoryFixture();
  const { reporter, agents } = await fleetOf(fixture);
  const other: FakeReporter = fixture.addReporter();
  const first = new AlarmsFixture(fixture, { reporter });
  await fixture.clock.advance(1_000);
  await using second = new AlarmsFixture(fixture, { reporter: other });
  eject(agents, { ips: [7, 8] });
  await call(fixture, { agents, seconds: 60 });
  assertEquals(second.alarms.counters.watchdogAt, 0);
  await first[Symbol.asyncDispose]();
  await call(fixture, { agents, seconds: 60 });
  assertEquals(second.alarms.counters.watchdogAt > 0, true);
  assertEquals([first.texts, second.texts], [["RouteAllOut firing"], []]);
});

Deno.test("Alarms tells of a host that goes out again and again", async () => {
  using _logs = recordLogs();
  await using fixture = new HistoryFixture();
  const { reporter, agents } = await fleetOf(fixture);
  await using alarms = new AlarmsFixture(fixture, { reporter });
  for (let times = 0; times < 5; times++) {
    for (const agent of agents) {
      agent.tellEvents([{
        ...HOSTS[0]!,
        kind: HostEventKind.ejected,
        reason: HostReason.refused,
        ageMs: 0,
        calls: 10,
        failures: 10,
        meanUs: 0,
        peersMeanUs: 0,
        policy: "adaptive",
      }]);
    }
    await call(fixture, { agents, seconds: 60 });
    assertEquals(alarms.texts, times < 3 ? [] : ["HostFlapping firing"]);
  }
});

Deno.test("Alarms tells of a drain whose time is over, until it is taken back", async () => {
  using _logs = recordLogs();
  await using fixture = new HistoryFixture();
  const { reporter } = await fleetOf(fixture);
  await using alarms = new AlarmsFixture(fixture, { reporter });
  const until = fixture.clock.wallSeconds() + 60;
  const target = { ip: 7, port: 80 };
  await fixture.routes.edit({
    drain: [{ ...target, who: "alice", reason: "new disk", until }],
  });
  await fixture.clock.advance(50_000);
  assertEquals(alarms.texts, []);
  await fixture.clock.advance(30_000);
  assertEquals(alarms.texts, ["DrainForgotten firing"]);
  await fixture.routes.edit({ undrain: [target] });
  await fixture.clock.advance(30_000);
  assertEquals(alarms.texts.slice(1), ["DrainForgotten resolved"]);
});

Deno.test("Alarms tells of a token that programs use and that ends soon, until it is removed", async () => {
  using _logs = recordLogs();
  await using fixture = new HistoryFixture();
  const { reporter } = await fleetOf(fixture);
  await using alarms = new AlarmsFixture(fixture, { reporter });
  await using admin = fixture.routes.admin();
  const nowS = fixture.clock.wallSeconds();
  const day = 86_400;
  const by = { actor: "alice", address: "", action: "token add" };
  const ids: Record<string, number> = {};
  // Of a week the last quarter is told of, of a year the last two weeks.
  const lives: [name: string, age: number, left: number, used: boolean][] = [
    ["year, soon", 355 * day, 10 * day, true],
    ["year, later", 345 * day, 20 * day, true],
    ["week, soon", 6 * day, day, true],
    ["week, later", 2 * day, 5 * day, true],
    ["unused", 355 * day, 10 * day, false],
    ["over", 400 * day, -day, true],
  ];
  for (const [name, age, left, used] of lives) {
    ids[name] = await admin.addToken({
      name,
      hash: name,
      scopes: ["read"],
      createdBy: "alice",
      createdAt: nowS - age,
      expiresAt: nowS + left,
    }, by);
    if (used) await admin.touchToken(ids[name], nowS);
  }
  await fixture.clock.advance(30_000);
  const summaries = () =>
    alarms.received.flatMap(({ body }) => body.alerts).map((alert) =>
      `${alert.status}: ${alert.annotations.summary}`
    ).sort();
  assertEquals(summaries(), [
    'firing: Token "over", number 6, has ended, and programs use it',
    'firing: Token "week, soon", number 3, ends in less than 24 h, and programs use it',
    'firing: Token "year, soon", number 1, ends in less than 10 days, and programs use it',
  ]);
  alarms.received.length = 0;
  for (const name of ["over", "week, soon", "year, soon"]) {
    await admin.removeToken(ids[name]!, by);
  }
  await fixture.clock.advance(30_000);
  assertEquals(alarms.texts, Array(3).fill("TokenExpiring resolved"));
});

Deno.test("Alarms tells that too many leases are overdue together, until they are renewed", async () => {
  using _logs = recordLogs();
  await using fixture = new HistoryFixture();
  const { reporter } = await fleetOf(fixture);
  await using alarms = new AlarmsFixture(fixture, { reporter });
  await using leases = fixture.routes.leases();
  const names = ["a", "b", "c", "d"];
  const lives = names.map((name, at) => ({
    agent: String(at).repeat(32),
    epoch: 1,
    renewal: 1,
    ttlMs: 30_000,
    name,
    address: "10.0.0.9",
    dns: "",
  }));
  await leases.sync(lives.map((lease, at) => ({
    lease,
    hash: 1,
    hosts: [{
      ...{ modId: 1, cmdId: 1, ip: at + 1, port: 80 },
      ...{ version: "", notReady: false },
    }],
  })));
  await leases.mark(lives.slice(0, 2));
  await fixture.clock.advance(30_000);
  assertEquals(alarms.texts, []);
  await leases.mark(lives.slice(2, 3));
  await fixture.clock.advance(30_000);
  assertEquals(alarms.texts, ["ExpirySuspended firing"]);
  assertEquals(
    alarms.received[0]!.body.alerts[0].annotations.summary,
    "3 of 4 leases are overdue: no registered host expires",
  );
  await leases.renew(lives.map((lease) => ({ ...lease, renewal: 2 })));
  await fixture.clock.advance(120_000);
  assertEquals(alarms.texts.slice(1), ["ExpirySuspended resolved"]);
});
