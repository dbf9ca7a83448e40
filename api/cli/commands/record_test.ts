import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ExitCode } from "../exit_code.ts";
import { FakeEnvironment, ShardFixture } from "../testing/mod.ts";
import { runLars } from "../program.ts";
import { parseRecording } from "./replay/recording.ts";

const [A, B] = ShardFixture.hosts;

/** What a recording ends with if the agent numbers calls anew. */
const ANEW =
  "the agent was restarted, or not asked for 10 s: calls around that are missing";

Deno.test("lars record writes what happens, and lars replay says what would differ", async () => {
  await using fixture = new ShardFixture();
  const { environment } = fixture;
  const recording = fixture.lars("record", "1", "1", "--seconds", "1");
  for (let call = 0; call < 40; call++) {
    await environment.clock.advance(10);
    fixture.getHost();
    fixture.report(call % 2 === 0 ? A : B, call % 2, 5_000);
  }
  assertEquals(await recording, ExitCode.found);
  assert(environment.errors.includes("picks and reports recorded\n"));
  const { key, hosts, events } = parseRecording(environment.output, "-");
  assertEquals([key, hosts], [{ modId: 1, cmdId: 1 }, [A, B]]);
  assert(events.length >= 70, `${events.length} events`);

  environment.input = environment.output;
  environment.output = "";
  const set = ["--set", "contin_err_limit=2", "--policy", "lars"];
  const exitCode = await fixture.lars("replay", "-", ...set);
  assertEquals(exitCode, ExitCode.found, environment.errors);
  assert(environment.output.includes("calls failed"), environment.output);
  assert(environment.output.includes("10.0.0.2:1002: Becomes overloaded"));
});

Deno.test("lars record goes on over lost answers and a restart of the agent, and ends without one", async () => {
  await using fixture = new ShardFixture();
  const { environment } = fixture;
  const { clock, network } = environment;
  const recording = runLars(
    ["record", "1", "1", "--seconds", "60"],
    environment,
  );
  await fixture.call(1_000, 1);
  network.faults.lossRate = 0.5;
  await fixture.call(1_000, 2);
  network.faults.lossRate = 1;
  await fixture.call(3_000, 3);
  network.faults.lossRate = 0;
  await fixture.call(500, 3);
  await clock.advance(500);
  assertEquals(fixture.recorded(), [100, 100, 350, 0]);

  await fixture.stop();
  await clock.advance(1_000);
  fixture.start();
  await fixture.call(500, 4);
  await clock.advance(500);
  // A new agent records from when it is first asked.
  const [, , , after = 0] = fixture.recorded();
  assertEquals(fixture.recorded(), [100, 100, 350, after]);
  assert(after >= 30 && after < 50, `${after}`);

  await fixture.stop();
  const goneMs = clock.nowMs();
  assertEquals(await environment.finish(recording), ExitCode.systemError);
  assert(clock.nowMs() - goneMs < 11_000);
  assert(
    environment.errors.includes(
      ` picks and reports recorded; ${ANEW}\nCannot record (1, 1) as no agent answers`,
    ),
    environment.errors,
  );
});

Deno.test("lars record goes on with a restarted agent that answers at once, be its numbers below or above those of before", async () => {
  for (const before of [1_000, 10]) {
    await using fixture = new ShardFixture();
    const { environment } = fixture;
    const recording = fixture.lars("record", "1", "1", "--seconds", "3");
    await fixture.call(before, 1);
    await environment.clock.advance(100);
    fixture.replace();
    if (before === 10) fixture.askForCalls();
    await fixture.call(500, 2);
    assertEquals(await recording, ExitCode.found);
    const [first, second = 0] = fixture.recorded();
    assertEquals(first, before / 10);
    assert(second >= 40, `${second}`);
    assertStringIncludes(environment.errors, ANEW);
  }
});

Deno.test("lars record goes on after it stood still so long that the agent did not record", async () => {
  await using fixture = new ShardFixture();
  const { environment } = fixture;
  const { clock } = environment;
  const recording = fixture.lars("record", "1", "1", "--seconds", "15");
  await fixture.call(1_000, 1);
  const sleep = clock.sleep.bind(clock);
  clock.sleep = (ms, signal) => sleep(ms === 50 ? 11_000 : ms, signal);
  await fixture.call(100, 1);
  clock.sleep = sleep;
  await fixture.call(11_000, 2);
  await fixture.call(500, 3);
  assertEquals(await recording, ExitCode.found);
  const [, , third = 0] = fixture.recorded();
  assert(third >= 40, `${third}`);
  assertStringIncludes(environment.errors, ANEW);
});

Deno.test("lars record goes on with a route that had no hosts for a while, and tells of no restart", async () => {
  await using fixture = new ShardFixture();
  const { environment } = fixture;
  const recording = fixture.lars("record", "1", "1", "--seconds", "5");
  await fixture.call(1_000, 1);
  await environment.clock.advance(100);
  // It is believed the second time.
  for (let time = 0; time < 2; time++) {
    fixture.update([]);
    await environment.clock.advance(1_100);
  }
  fixture.update([A, B]);
  await fixture.call(500, 2);
  assertEquals(await recording, ExitCode.found);
  assertEquals(fixture.recorded(), [100, 50, 0, 0]);
  assertEquals(environment.errors.includes(ANEW), false);
});

const REFUSED: [string, string[], string][] = [
  ["no recording", ["replay"], "missing required argument 'file'"],
  [
    "a recording that is not there",
    ["replay", "/nowhere/x"],
    'Cannot replay "/nowhere/x" as it cannot be read',
  ],
  ["what is no recording", ["replay", "-"], "line 1"],
];

for (const [what, parameters, message] of REFUSED) {
  Deno.test(`lars replay refuses ${what}`, async () => {
    const environment = new FakeEnvironment();
    environment.input = "a,b\n";
    const exitCode = await runLars(parameters, environment);
    assert(exitCode !== ExitCode.found);
    assert(environment.errors.includes(message), environment.errors);
  });
}

Deno.test("lars replay refuses a policy or a setting that there is not", async () => {
  const environment = new FakeEnvironment();
  environment.input = "# lars recording 1\n# route 1 1\n0,pick,10.0.0.1:80,,\n";
  const replay = ["replay", "-"];
  for (
    const [flags, message] of [
      [["--policy", "best"], "--policy must be one of"],
      [["--policy", "lars", "--set", "probe_num=none"], "probe_num"],
      [["--policy", "lars", "--set", "prob_num=1"], "prob_num"],
      [
        ["--set", "zebra=1"],
        'as "--set" has an unknown key [loadbalance] zebra\n',
      ],
      [["--set", " policy = lars"], "The policy is given with --policy"],
      [["--set", "probe_num"], "It must be KEY=VALUE"],
      [["--set", ""], "It must be KEY=VALUE"],
      [["--set", "[agent]"], "It must be KEY=VALUE"],
    ] as const
  ) {
    environment.errors = "";
    const exitCode = await runLars([...replay, ...flags], environment);
    assertEquals(exitCode, ExitCode.wrongUsage);
    assert(environment.errors.includes(message), environment.errors);
  }
});

Deno.test("lars replay --json has the latencies that are printed without", async () => {
  const environment = new FakeEnvironment();
  environment.input = `# lars recording 1
# route 1 1
# host 10.0.0.1:80
0,pick,10.0.0.1:80,,
7,report,10.0.0.1:80,0,7000
`;
  const replay = ["replay", "-", "--policy", "lars"];
  await runLars(replay, environment);
  assertEquals(environment.output.match(/p\d\d +7.0 ms +7.0 ms/g)?.length, 2);
  environment.output = "";
  await runLars([...replay, "--json"], environment);
  const { recorded, replayed } = JSON.parse(environment.output);
  for (const { p50Ms, p99Ms } of [recorded, replayed]) {
    assertEquals([p50Ms, p99Ms], [7, 7]);
  }
});

Deno.test("lars record prints no JSON, and takes no option for that", async () => {
  const environment = new FakeEnvironment();
  const exitCode = await runLars(["record", "1", "1", "--json"], environment);
  assertEquals([exitCode, environment.output], [ExitCode.wrongUsage, ""]);
  assert(environment.errors.includes("unknown option '--json'"));
});
