import { assertEquals, assertStringIncludes } from "@std/assert";
import { VirtualClock } from "../../../net/testing/mod.ts";
import { type Alarm, openAdminStore } from "../../../store/mod.ts";
import { FakeEnvironment, onFleet } from "../testing/mod.ts";

const ALARM: Alarm = {
  fingerprint: "3f09aa0000000000",
  rule: "HostOut",
  labels: { modid: "1", cmdid: "7", host: "10.0.0.1:80" },
  summary: "Host 10.0.0.1:80 of route 1/7 is out at 3 of 3 callers: refused",
  value: 1,
  since: 1_700_000_000,
  lastSent: undefined,
  resolvedAt: undefined,
  sends: 0,
};
const TARGET = `alarm ${ALARM.fingerprint} HostOut`;
const WATCHDOG = { ...ALARM, fingerprint: "f0", rule: "Watchdog" };
const ENDED = { ...ALARM, fingerprint: "3fee", resolvedAt: 1_700_000_060 };

Deno.test("lars alarm list shows what fires, and says when nothing does or was looked for", async () => {
  await onFleet(async () => {}, async (lars, { history }) => {
    const none = await lars("alarm", "list");
    assertStringIncludes(none.errors, "No reporter has looked for alarms");
    await history.writeAlarms([WATCHDOG, ENDED]);
    const calm = await lars("alarm", "list");
    assertEquals([calm.output, calm.errors], ["", "No alarm fires\n"]);
    await history.writeAlarms([ALARM]);
    const { output, code } = await lars("alarm", "list");
    assertEquals(code, 0);
    assertEquals(output.split("\n").length, 3);
    assertStringIncludes(output, "3f09aa0000000000  HostOut");
    assertStringIncludes(output, "to no one");
    const all = await lars("alarm", "list", "--all", "--json");
    const { alarms } = JSON.parse(all.output);
    assertEquals(alarms.length, 2);
    const [, ended] = alarms.sort((a: { id: string }, b: { id: string }) =>
      a.id < b.id ? -1 : 1
    );
    assertEquals([ended.id, ended.since, ended.ended, ended.sent], [
      "3fee",
      "2023-11-14T22:13:20Z",
      "2023-11-14T22:14:20Z",
      null,
    ]);
  });
});

Deno.test("lars alarm silence takes the beginning of an id, if it is that of one alarm", async () => {
  await onFleet(async () => {}, async (lars, { folder, history }) => {
    const other = { ...ALARM, fingerprint: "3f10" };
    await history.writeAlarms([ALARM, other, ENDED]);
    const many = await lars("alarm", "silence", "3f");
    assertEquals(many.code, 64);
    const none = await lars("alarm", "silence", "3fee");
    assertEquals(none.code, 3);
    const one = await lars("alarm", "silence", "3f0", "--until", "2h");
    assertStringIncludes(one.output, "silenced until");
    const silenced = async () =>
      (await history.alarms()).filter((row) => row.silencedUntil !== undefined);
    assertEquals((await silenced()).map((row) => row.fingerprint), [
      ALARM.fingerprint,
    ]);
    await lars("alarm", "silence", "3f0", "--end");
    assertEquals(await silenced(), []);
    const again = await lars("alarm", "silence", "3f0", "--end");
    assertEquals([again.code, again.output], [0, ""]);
    assertStringIncludes(again.errors, "Not silenced: HostOut");
    await using admin = await openAdminStore({ kind: "sqlite" }, {
      dataDir: folder,
      clock: new VirtualClock(),
    });
    assertEquals(
      (await admin.audit({ limit: 2 })).map(({ actor, action, target }) => [
        actor,
        action.replace(/\d{4}-.*/, "…"),
        target,
      ]),
      [
        ["lars as alice@ops", "end silence of alarm", TARGET],
        ["lars as alice@ops", "silence alarm until …", TARGET],
      ],
    );
  });
});

Deno.test("lars alarm silence silences no Watchdog, and nothing where no id is given", async () => {
  await onFleet(async () => {}, async (lars, { history }) => {
    await history.writeAlarms([WATCHDOG]);
    const watchdog = await lars("alarm", "silence", WATCHDOG.fingerprint);
    assertEquals([watchdog.code, watchdog.output], [3, ""]);
    await history.writeAlarms([ALARM]);
    const nothing = await lars("alarm", "silence", "");
    assertEquals([nothing.code, nothing.output], [64, ""]);
    assertStringIncludes(nothing.errors, "It must not be empty");
    const rows = await history.alarms();
    assertEquals(rows.map((row) => row.silencedUntil), [undefined, undefined]);
  });
});

Deno.test("lars alarm test waits until a reporter has delivered, and takes back what none has", async () => {
  await onFleet(async () => {}, async (lars, { history, runIn }) => {
    let isWatching = true;
    const reporter = (async () => {
      while (isWatching) {
        for (const row of await history.alarms()) {
          await history.writeAlarms([{ ...row, sends: 1 }]);
          isWatching = false;
        }
        await new Promise((turn) => setTimeout(turn, 0));
      }
    })();
    const { output, code } = await lars("alarm", "test");
    assertEquals([code, output.startsWith("delivered in ")], [0, true]);
    await reporter;
    const environment = new FakeEnvironment();
    environment.interrupt();
    const failed = await runIn(environment, "alarm", "test");
    assertEquals(failed.code, 2);
    assertStringIncludes(failed.errors, "no receiver took it");
    assertEquals(await history.alarms(), []);
  });
});
