import { assertEquals } from "@std/assert";
import { alarmOf } from "../testing/samples.ts";
import { WebFixture } from "../testing/web_fixture.ts";

const ID = "3f09a1c2d4e5f607";
const path = `/alarms/${ID}/silence`;
const until = "2100-01-01T00:00:00Z";

Deno.test("a silence says who and until when, is in the audit with its reason, and ends when somebody says so", async () => {
  await using fixture = await WebFixture.open();
  await fixture.history.writeAlarms([alarmOf({ modid: "1", cmdid: "1" })]);
  const scopes = ["drain"];
  const before = await fixture.ask({ path: "/alarms", scopes });
  const made = await fixture.ask({
    method: "PUT",
    path,
    scopes,
    body: { until, reason: "known" },
  });
  assertEquals(made.json.silencedUntil, until);
  assertEquals(made.json.silencedBy, "token 2 test");
  const { json, headers } = await fixture.ask({ path: "/alarms", scopes });
  assertEquals(json.items, [made.json]);
  const tags = [before.headers.get("etag"), headers.get("etag")];
  assertEquals(new Set(tags).size, 2);
  const end = { method: "DELETE", path, scopes };
  assertEquals((await fixture.ask(end)).status, 204);
  assertEquals((await fixture.ask(end)).status, 204);
  const after = await fixture.ask({ path: "/alarms", scopes });
  assertEquals(after.json, before.json);
  const lines = (await fixture.admin.audit({ limit: 20 }))
    .filter(({ target }) => target === `alarm ${ID} RouteFailing`);
  assertEquals(
    lines.map(({ actor, action, comment }) => [actor, action, comment]),
    [
      ["token 4 test", "end silence of alarm", undefined],
      ["token 2 test", `silence alarm until ${until}`, "known"],
    ],
  );
});

Deno.test("a silence is of an alarm that fires, and for later", async () => {
  await using fixture = await WebFixture.open();
  const { history, clock } = fixture;
  const alarm = alarmOf({});
  await history.writeAlarms([
    alarm,
    { ...alarm, fingerprint: "over", resolvedAt: clock.wallSeconds() },
    { ...alarm, fingerprint: "watchdog", rule: "Watchdog" },
  ]);
  const status = async (id: string, until: string) =>
    (await fixture.ask({
      method: "PUT",
      path: `/alarms/${id}/silence`,
      scopes: ["drain"],
      body: { until },
    })).status;
  assertEquals(await status("none", until), 404);
  assertEquals(await status("watchdog", until), 404);
  assertEquals(await status("over", until), 409);
  assertEquals(await status(ID, "1999-01-01T00:00:00Z"), 422);
  assertEquals((await history.alarms()).map((row) => row.silencedUntil), [
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("who may change some routes may silence their alarms, and no other", async () => {
  await using fixture = await WebFixture.open();
  await fixture.history.writeAlarms([
    alarmOf({ modid: "1", cmdid: "7" }, "own"),
    alarmOf({ modid: "2", cmdid: "7" }, "other"),
    alarmOf({}, "of-all"),
  ]);
  const status = async (id: string, scope: string) =>
    (await fixture.ask({
      method: "PUT",
      path: `/alarms/${id}/silence`,
      scopes: [scope],
      body: { until },
    })).status;
  for (
    const [id, scope, expected] of [
      ["own", "write:1/*", 200],
      ["other", "write:1/*", 403],
      ["of-all", "write:1/*", 403],
      ["of-all", "write:*/*", 200],
      ["of-all", "drain", 200],
      ["own", "read", 403],
    ] as const
  ) assertEquals(await status(id, scope), expected, `${id} ${scope}`);
});

Deno.test("a test of alarms is an alarm of its own, in the audit, where a reporter looks for any", async () => {
  await using fixture = await WebFixture.open();
  const { history } = fixture;
  const test = { method: "POST", path: "/alarms/test", scopes: ["drain"] };
  assertEquals((await fixture.ask(test)).status, 409);
  await history.writeAlarms([{ ...alarmOf({}, "watchdog"), rule: "Watchdog" }]);
  const { status, json } = await fixture.ask(test);
  assertEquals([status, json.alarm, json.sent], [202, "Test", null]);
  const { json: list } = await fixture.ask({
    path: "/alarms",
    scopes: ["read"],
  });
  assertEquals(list.items, [json]);
  const lines = await fixture.admin.audit({ limit: 9 });
  assertEquals(
    lines.filter(({ action }) => action === "test alarms")
      .map(({ target }) => target),
    [`alarm ${json.id} Test`],
  );
});

Deno.test("rules of alarms are in the answer", async () => {
  const rule = {
    alarm: "HostOut",
    severity: "ticket" as const,
    summary: "Host {host} is out of use",
    forSeconds: 300,
    keepSeconds: 60,
    limits: { callersShare: 0.5 },
  };
  await using fixture = await WebFixture.open({ alarmRules: [rule] });
  const { json } = await fixture.ask({ path: "/alarms", scopes: ["read"] });
  assertEquals(json.rules, [rule]);
});
