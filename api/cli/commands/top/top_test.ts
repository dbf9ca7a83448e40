import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { HostEventKind, HostReason } from "../../../../proto/mod.ts";
import { VirtualClock } from "../../../../net/testing/mod.ts";
import {
  FleetReader,
  type HistoryStore,
  type Problem,
  type RouteCalls,
  StoreError,
} from "../../../../store/mod.ts";
import { MemoryHistoryStore } from "../../../../store/memory/history_store.ts";
import { MemoryStore } from "../../../../store/memory/store.ts";
import { FakeFleet } from "../../../../store/testing/mod.ts";
import { ExitCode } from "../../exit_code.ts";
import {
  FakeEnvironment,
  FakeTerminal,
  type FleetContext,
  hideTimes,
  onFleet,
  type Ran,
} from "../../testing/mod.ts";
import { TopModel } from "./model.ts";
import { drawScreen } from "./screen.ts";
import { Top } from "./top.ts";
import type { TerminalSize } from "../../terminal.ts";

/** The wall clock of commands under test is 20 s after the begin of this minute. */
const NOW_S = 1_700_000_000;
const MINUTE = 28_333_333;

const A = "10.0.0.1:80";
const ROUTE = { modId: 1, cmdId: 7 };

/** Route (1, 7) fails and has a host out, (2, 1) to (2, 30) are called more and fail not. */
async function tell(fleet: FakeFleet, history: HistoryStore): Promise<void> {
  await history.beat(["web-1", "web-2"].map((name) => FakeFleet.agent(name)));
  for (let minute = MINUTE - 20; minute < MINUTE; minute++) {
    const failed = minute === MINUTE - 1 ? 300 : 0;
    await fleet.call(minute, [
      { ...ROUTE, host: A, calls: 600, failed, callers: 2 },
      ...Array.from({ length: 30 }, (_, index) => ({
        modId: 2,
        cmdId: index + 1,
        host: "10.0.9.9:80",
        calls: 9_000 - index,
      })),
    ]);
  }
  await fleet.see(["web-1", "web-2"], {
    ...ROUTE,
    host: A,
    since: NOW_S - 30,
    reason: HostReason.refused,
  });
  await fleet.happen({
    ...ROUTE,
    host: A,
    minute: MINUTE - 1,
    kind: HostEventKind.ejected,
    reason: HostReason.refused,
  });
}

/** A person at a terminal that shows `lars top`. */
class Person {
  readonly environment = new FakeEnvironment();
  readonly terminal: FakeTerminal;
  readonly ran: Promise<Ran>;

  constructor(context: FleetContext, size: Partial<TerminalSize> = {}) {
    this.terminal = new FakeTerminal(size);
    this.environment.terminal = this.terminal;
    this.ran = context.runIn(this.environment, "top");
  }

  get lines(): string[] {
    return this.terminal.lines.map((line) =>
      hideTimes(line).replace(/\d+ s ago/, "N s ago")
    );
  }

  /** Waits for a picture of this kind. */
  async sees(what: string): Promise<void> {
    while (!this.terminal.lines.some((line) => line.includes(what))) {
      await new Promise((turn) => setTimeout(turn, 0));
    }
  }

  type(text: string): void {
    this.terminal.type(text);
  }
}

Deno.test("lars top lists routes by failing calls a second, in 80 columns of 24 lines", async () => {
  await onFleet(tell, async (_lars, context) => {
    const person = new Person(context);
    await person.sees("1/7");
    assertEquals(person.lines.length, 24);
    assertEquals(
      person.lines.slice(1, 7).concat(person.lines.slice(-1)),
      [
        "1 problem, as of HH:MM (N s ago)",
        "agents 2",
        "  route  fail/s  fail %  usual  calls/s  out  since  why",
        "! 1/7      3.33  50.0 %    0 %     6.67  1/2  HH:MM  refused 2",
        "  2/1         0     0 %             100",
        "  2/2         0     0 %             100",
        "1 to 19 of 31  q quit  j k ↑ ↓ move  Enter hosts of the route  / filter",
      ],
    );
    assertStringIncludes(person.lines[0]!, "31 routes, 3,002 calls/s, 0.11 %");
    assert(person.terminal.lines.every((line) => [...line].length <= 80));
    person.type("q");
    assertEquals((await person.ran).code, ExitCode.found);
    assertEquals(person.terminal.isTaken, false);
  });
});

Deno.test("lars top leaves columns out where it is narrow, and says what is above the screen", async () => {
  await onFleet(tell, async (_lars, context) => {
    const person = new Person(context, { columns: 40, rows: 8 });
    await person.sees("1/7");
    assertEquals(person.lines.slice(3, 5), [
      "  route  fail/s  why",
      "! 1/7      3.33  refused 2",
    ]);
    person.terminal.resize({ columns: 12, rows: 3 });
    assertEquals(person.lines.length, 3);
    assert(person.terminal.lines.every((line) => [...line].length <= 12));
    person.terminal.resize({ columns: 80, rows: 10 });
    person.type("\x1b[F");
    await person.sees("2/30");
    assertStringIncludes(person.lines.at(-1)!, "27 to 31 of 31");
    person.type("\x03");
    assertEquals((await person.ran).code, ExitCode.found);
  });
});

Deno.test("lars top: Enter shows the hosts of a route, Esc goes back, / filters by route or host that is out", async () => {
  await onFleet(tell, async (_lars, context) => {
    const person = new Person(context);
    await person.sees("1/7");
    person.type("\r");
    await person.sees("10.0.0.1:80");
    assertEquals(person.lines.slice(1, 10), [
      "2 callers, as of HH:MM (N s ago)",
      `calls     ${"·".repeat(39)}${"█".repeat(20)}·`,
      `failing   ${"·".repeat(39)}${"▁".repeat(19)}█·`,
      "  host         calls/s  fail/s  state",
      "! 10.0.0.1:80     6.67    3.33  out at 2 of 2 callers: refused, since HH:MM (30",
      "  10.0.0.2:80        -       -  no calls, though the route has some",
      "last events",
      "HH:MM 10.0.0.1:80 ejected at 1 caller: refused (adaptive)",
      "",
    ]);
    assertStringIncludes(person.lines[0]!, "1/7  50.0 % of 6.67 calls/s fail");
    person.type("\x1b");
    await person.sees("2/1");
    person.type("jj");
    person.type("/2/30");
    await person.sees("filter: 2/30_");
    assertEquals(person.lines[4]!.trim().split(/ +/)[0], "2/30");
    person.type("\x1b/0.0.1:8\r");
    await person.sees("filter 0.0.1:8: 1 route, Esc");
    assertStringIncludes(person.lines[4]!, "1/7");
    person.type("q");
    await person.ran;
  });
});

Deno.test("lars top restores the terminal when a signal ends it", async () => {
  await onFleet(tell, async (_lars, context) => {
    const person = new Person(context);
    await person.sees("1/7");
    assertEquals(person.terminal.isTaken, true);
    person.terminal.terminate();
    assertEquals((await person.ran).code, ExitCode.found);
    assertEquals(person.terminal.isTaken, false);
  });
});

Deno.test("lars top sorts by failing calls, be they usual or not; then come problems, then what is called most", () => {
  const calls = (cmdId: number, failed: number, calls: number): RouteCalls => ({
    modId: 1,
    cmdId,
    calls,
    failed,
    callers: 1,
    latency: [],
  });
  const problem = (of: RouteCalls): Problem => ({
    ...of,
    usual: 0,
    failingSince: undefined,
    hosts: 1,
    views: [],
    reasons: [],
    isFailing: false,
    excessPerS: 0,
    out: [],
    isOfFewCallers: false,
    since: undefined,
  });
  const [usual, failing, out] = [
    calls(1, 300, 6_000),
    calls(2, 200, 400),
    calls(3, 0, 10),
  ];
  const model = new TopModel({
    readAt: NOW_S,
    asOf: NOW_S,
    newestMinute: MINUTE,
    agents: {
      count: 0,
      names: new Map(),
      addresses: new Set(),
      silent: [],
      silentSince: undefined,
      silentZone: undefined,
    },
    routes: [calls(5, 0, 70), calls(6, 0, 80), failing, out, usual],
    problems: [failing, out, calls(4, 0, 0)].map(problem),
    unjudged: 0,
    outAt: new Map(),
  });
  assertEquals(model.rows.map(({ calls }) => calls.cmdId), [1, 2, 3, 4, 6, 5]);
});

Deno.test("a picture says that it is old, and why, when the store cannot be read", async () => {
  const clock = new VirtualClock();
  const history = new MemoryHistoryStore({ clock });
  await history.beat([FakeFleet.agent("web-1")]);
  await new FakeFleet(history).call(MINUTE, [{ ...ROUTE, host: A, calls: 9 }]);
  const reader = new FleetReader({
    history,
    routes: new MemoryStore(),
    wallSeconds: () => clock.wallSeconds(),
  });
  const model = new TopModel(await reader.read());
  const draw = (nowS: number, hasColors = false) =>
    drawScreen(model, {
      size: { columns: 60, rows: 5 },
      where: "STORE",
      hasColors,
      nowS,
    });
  const says = (text: string) => assertStringIncludes(draw(NOW_S + 45), text);
  assert(!draw(NOW_S + 5).includes("STALE"));
  says("STALE: no reporter has told of any agent for 45 s");
  model.failure = "Cannot read the store: it is gone";
  says("STALE, 45 s old: Cannot read the store: it is gone");
  // Colour is never alone, and where there is none, bold stands for it.
  assertStringIncludes(draw(NOW_S), "\x1b[1mSTALE");
  assertStringIncludes(draw(NOW_S, true), "\x1b[31mSTALE");
  model.take({ fleet: await reader.read() });
  assert(!draw(NOW_S + 5).includes("STALE"));
});

Deno.test("lars top goes on while the store cannot be read, and ends with what is no failure of it", async () => {
  const clock = new VirtualClock();
  const history = new MemoryHistoryStore({ clock });
  const fleet = new FleetReader({
    history,
    routes: new MemoryStore(),
    wallSeconds: () => clock.wallSeconds(),
  });
  const environment = new FakeEnvironment();
  const terminal = environment.terminal = new FakeTerminal();
  const top = new Top(environment, {
    model: new TopModel(await fleet.read()),
    history: {
      history,
      fleet,
      windows: () => Promise.resolve([]),
      hasWindows: () => Promise.resolve(false),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    },
    terminal,
    screen: terminal.takeOver(),
    where: "STORE",
  });
  const agents = history.agents;
  history.agents = () =>
    Promise.reject(new StoreError("It is gone", { retry: true }));
  const running = top.run();
  running.catch(() => {});
  await environment.clock.advance(2_000);
  assertStringIncludes(terminal.lines[1]!, "old: It is gone");
  history.agents = agents;
  await environment.clock.advance(2_000);
  assertStringIncludes(terminal.lines[1]!, "no data");
  history.agents = () => Promise.reject(new TypeError("a bug"));
  await environment.clock.advance(2_000);
  await assertRejects(() => running, TypeError, "a bug");
});

Deno.test("lars top --json prints once; without a terminal or a store it says so", async () => {
  await onFleet(tell, async (lars) => {
    const { code, output } = await lars("top", "--json");
    const { routes, problems } = JSON.parse(output);
    assertEquals([code, routes.length, problems.length], [0, 31, 1]);
    assertEquals([routes[0].cmdid, problems[0].hostCount], [7, 2]);
    const none = await lars("top");
    assertEquals([none.code, none.output], [ExitCode.wrongUsage, ""]);
    assertStringIncludes(none.errors, "no terminal: give --json");
  });
});
