import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { VirtualClock } from "../../../../net/testing/mod.ts";
import {
  HostEventKind,
  HostReason,
  HostState,
  parseAddress,
  parseIp,
} from "../../../../proto/mod.ts";
import {
  FleetReader,
  type HistoryStore,
  openStatusStore,
} from "../../../../store/mod.ts";
import { MemoryHistoryStore } from "../../../../store/memory/history_store.ts";
import { MemoryStore } from "../../../../store/memory/store.ts";
import { FakeFleet } from "../../../../store/testing/mod.ts";
import { ExitCode } from "../../exit_code.ts";
import { hideTimes, onFleet } from "../../testing/mod.ts";
import { formatFleet } from "./fleet.ts";

/** The wall clock of commands under test, and its minute, which is 20 s old. */
const NOW_S = 1_700_000_000;
const MINUTE = 28_333_333;

const A = "10.0.0.1:80";
const B = "10.0.0.2:80";
const ROUTE = { modId: 1, cmdId: 7 };

/** What people read of what agents tell, times of day hidden. */
async function textOf(
  tell: (context: {
    fleet: FakeFleet;
    history: HistoryStore;
    clock: VirtualClock;
  }) => Promise<void>,
): Promise<string[]> {
  const clock = new VirtualClock();
  const history = new MemoryHistoryStore({ clock });
  const routes = new MemoryStore();
  const { modId, cmdId } = ROUTE;
  await routes.edit({
    add: [1, 2, 3].flatMap((more) =>
      [A, B].map((host) => ({
        modId,
        cmdId: cmdId + more - 1,
        ...parseAddress(host),
      }))
    ),
  });
  await tell({ fleet: new FakeFleet(history), history, clock });
  const wallSeconds = () => clock.wallSeconds();
  const reader = new FleetReader({ history, routes, wallSeconds });
  return formatFleet(await reader.read()).map(hideTimes);
}

/** Sixty quiet minutes, then two in which half the calls to A fail, at three callers. */
async function fail(fleet: FakeFleet): Promise<void> {
  for (let minute = MINUTE - 61; minute <= MINUTE; minute++) {
    const calls = minute < MINUTE ? 1_200 : 400;
    const failed = minute < MINUTE - 1 ? 0 : calls / 2;
    await fleet.call(minute, [
      { ...ROUTE, host: A, calls, failed, callers: 3 },
      { ...ROUTE, host: B, calls, callers: 3 },
    ]);
  }
  await fleet.see(["web-1", "web-2", "web-3"], {
    ...ROUTE,
    host: A,
    since: NOW_S - 75,
    reason: HostReason.refused,
    nextTryMs: 3_500,
  });
}

const WEB = ["web-1", "web-2", "web-3"].map((name) => FakeFleet.agent(name));

Deno.test("lars status: problems first, each with its usual, its begin, and at how many callers hosts are out", async () => {
  const lines = await textOf(async ({ fleet, history, clock }) => {
    clock.jumpWall(-90);
    await history.beat([
      FakeFleet.agent("db-1\x1b[2J", { zone: "eu-1b", address: "10.1.0.9" }),
      { ...FakeFleet.agent("db-2", { zone: "eu-1b" }), name: "" },
    ]);
    clock.jumpWall(90);
    await history.beat(WEB);
    await fail(fleet);
    // One caller of three sees a host of another route out.
    const other = { ...ROUTE, cmdId: 8, host: B };
    await fleet.call(MINUTE, [{ ...other, calls: 60, callers: 3 }]);
    await fleet.see(["web-2"], {
      ...other,
      since: NOW_S - 900,
      reason: HostReason.timeout,
    });
  });
  assertEquals(lines, [
    "3 problems, as of HH:MM (0 s ago)",
    "",
    "1/7  25.0 % of 40 calls/s fail, since HH:MM (1 min), usually 0 %",
    "  1 of 2 hosts out: refused at 3 callers",
    "  10.0.0.1:80      out at 3 of 3 callers: refused, since HH:MM (1 min), next try within 4 s",
    "",
    "1/8  0 % of 1 calls/s fail",
    "  1 of 2 hosts out: timeout at 1 caller",
    "  10.0.0.2:80      out at 1 of 3 callers: timeout, since HH:MM (15 min), one caller's network? web-2",
    "",
    "calls     2 routes, 41 calls/s, 24.4 % fail",
    "agents    5, 2 silent since HH:MM (1 min), all in zone eu-1b: 10.1.0.1, db-1?[2J (10.1.0.9)",
  ]);
});

Deno.test("lars status: nothing is well where nothing is called or nobody reports, and what is old says so", async () => {
  const cases: [
    what: string,
    tell: Parameters<typeof textOf>[0],
    first: string[],
  ][] = [
    ["no agent ever", () => Promise.resolve(), [
      "no data: no agent has reported calls to this store yet",
      "calls     none",
      "agents    none",
    ]],
    ["no call ever", ({ history }) => history.beat(WEB), [
      "no data: no calls were reported yet, as of HH:MM (0 s ago)",
      "calls     none",
      "agents    3",
    ]],
    ["no calls now", async ({ fleet, history }) => {
      await history.beat(WEB);
      await fleet.call(MINUTE - 11, [{ ...ROUTE, host: A, calls: 9 }]);
    }, [
      "no data: no calls in the last 60 s, the last ones 10 min ago (HH:MM), as of HH:MM (0 s ago)",
      "calls     none",
      "agents    3",
    ]],
    ["all as usual", async ({ fleet, history }) => {
      await history.beat(WEB);
      await fleet.call(MINUTE, [{ ...ROUTE, host: A, calls: 600 }]);
    }, [
      "no problem in the calls of the last 60 s, as of HH:MM (0 s ago)",
      "calls     1 route, 10 calls/s, 0 % fail",
      "agents    3",
    ]],
    ["no reporter", async ({ fleet, history, clock }) => {
      await history.beat(WEB);
      await fleet.call(MINUTE, [{ ...ROUTE, host: A, calls: 600 }]);
      await clock.advance(720_000);
    }, [
      "STALE: no reporter has told of any agent for 12 min (HH:MM): look whether reporters run and reach this store, and agents reach them; what follows is of then",
      "no problem in the calls of the last 60 s, as of HH:MM (12 min ago)",
      "calls     1 route, 10 calls/s, 0 % fail",
      "agents    3",
    ]],
  ];
  for (const [what, tell, first] of cases) {
    assertEquals(await textOf(tell), first, what);
  }
});

Deno.test("lars status shows twenty problems, five hosts of each, and how many are left out", async () => {
  const lines = await textOf(async ({ fleet, history }) => {
    await history.beat(WEB);
    for (let cmdId = 1; cmdId <= 120; cmdId++) {
      for (let host = 1; host <= (cmdId === 1 ? 7 : 1); host++) {
        await fleet.see(["web-1"], {
          modId: 2,
          cmdId,
          host: `10.0.0.${host}:80`,
          since: NOW_S,
          reason: HostReason.failing,
        });
      }
    }
  });
  assertEquals(lines.filter((line) => /^2\//.test(line)).length, 20);
  assertEquals(lines.filter((line) => /^2\/1 /.test(line)).length, 1);
  assert(lines.includes("  2 more hosts: lars status 2 1"), lines.join("\n"));
  assert(lines.includes("100 more routes: see --json"), lines.join("\n"));
});

Deno.test("lars status MODID CMDID shows calls, hosts, last windows of agents that send no totals, and events", async () => {
  await onFleet(async (fleet, history) => {
    await history.beat(WEB);
    await fail(fleet);
    await fleet.see(["web-1"], {
      ...ROUTE,
      host: B,
      state: HostState.drained,
      reason: HostReason.drained,
      since: NOW_S,
      inFlight: 3,
    });
    await fleet.happen({
      ...ROUTE,
      host: A,
      minute: MINUTE - 1,
      kind: HostEventKind.ejected,
      reason: HostReason.refused,
      callers: 61,
      names: ["web-1", "web-2", "web-3"],
      calls: 4,
      failures: 4,
    });
  }, async (lars, { folder }) => {
    await using statuses = await openStatusStore({ kind: "sqlite" }, {
      dataDir: folder,
      clock: new VirtualClock(),
    });
    const status = { ...ROUTE, ...parseAddress(A), succ: 180, err: 2 };
    await statuses.write([
      // Of an agent that sends totals, and of one that does not.
      { ...status, caller: parseIp("10.1.0.1"), ts: NOW_S, overload: false },
      { ...status, caller: parseIp("10.9.0.1"), ts: NOW_S - 7, overload: true },
    ]);
    const { code, output } = await lars("status", "1", "7");
    assertEquals([code, output.split("\n")], [ExitCode.found, [
      "1/7  25.0 % of 40 calls/s fail, since HH:MM (1 min), usually 0 %, p50 ≤ 500 µs, p99 ≤ 500 µs",
      "3 callers, as of HH:MM (0 s ago)",
      "1 of 2 hosts out: refused at 3 callers",
      "",
      "host         calls/s  fail/s  fail %    mean     max  state",
      "10.0.0.1:80       20      10  50.0 %  400 µs  400 µs  out at 3 of 3 callers: refused, since HH:MM (1 min), next try within 4 s",
      "10.0.0.2:80       20       0     0 %  400 µs  400 µs  drained at 1 caller, 3 calls in flight",
      "",
      "last windows of callers that are none of these agents, such as agents of the original system; added to nothing",
      "host         caller     ok  failed  state       counted",
      "10.0.0.1:80  10.9.0.1  180       2  overloaded  7 s ago",
      "",
      "last events",
      "HH:MM 10.0.0.1:80 ejected at 61 callers (web-1, web-2, web-3, …): refused, 4 of 4 calls failed (adaptive)",
      "",
    ]]);
    const json = JSON.parse((await lars("status", "1", "7", "--json")).output);
    assertEquals(
      [json.failedShare, json.usualShare, json.isFailing, json.hostCount],
      [0.25, 0, true, 2],
    );
    assertEquals(json.hosts[0].reasons, [{ reason: "refused", callers: 3 }]);
    assertEquals(json.lastWindows.length, 1);
    assertEquals(json.events[0].kind, "ejected");
  });
});

Deno.test("lars status MODID CMDID of a route that is not called says since when, and of none that there is none", async () => {
  await onFleet(async (fleet, history) => {
    await history.beat(WEB);
    await fleet.call(MINUTE - 6, [{ ...ROUTE, host: A, calls: 9 }]);
  }, async (lars) => {
    const { output } = await lars("status", "1", "7");
    assertStringIncludes(
      output,
      "1/7  no calls in the last 60 s, the last ones 5 min ago (HH:MM)\n",
    );
    assert(!output.includes("in use"), output);
    const none = await lars("status", "9", "9");
    assertEquals([none.code, none.output], [ExitCode.noSuchRoute, ""]);
    assertStringIncludes(none.errors, "Cannot show (9, 9) as there is no such");
    const half = await lars("status", "9");
    assertEquals(half.code, ExitCode.wrongUsage);
    assertStringIncludes(half.errors, "name its cmdid too");
  });
});

Deno.test("lars status on a machine without a file of agents tells what it can, and names the file", async () => {
  await onFleet(async (fleet, history) => {
    await history.beat(WEB);
    await fleet.call(MINUTE, [{ ...ROUTE, host: A, calls: 600 }]);
  }, async (lars, { folder }) => {
    await Deno.writeTextFile(`${folder}/dns.conf`, "");
    const { code, output } = await lars("status", "--conf", folder);
    assertEquals(code, ExitCode.systemError);
    const lines = output.replaceAll(folder, "FOLDER").split("\n");
    assertEquals(
      lines[0],
      "no problem in the calls of the last 60 s, as of HH:MM (0 s ago)",
    );
    assertEquals(lines.slice(4, 5), [
      "store     FOLDER/lars.db: 1 route, 2 hosts",
    ]);
    assertStringIncludes(
      lines[5]!,
      'agent     this machine: Cannot load "FOLDER/agent.conf" as there is no such file',
    );
  });
});
