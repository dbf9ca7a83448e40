import { assert, assertEquals } from "@std/assert";
import {
  DEFAULT_POLICY_SETTINGS,
  Shard,
  ShardDatagrams,
} from "../../../agent/mod.ts";
import { UdpServer } from "../../../net/mod.ts";
import {
  encodeFrame,
  HostReason,
  lars,
  MessageId,
  parseAddress,
  toWireAddress,
} from "../../../proto/mod.ts";
import { ExitCode } from "../exit_code.ts";
import type { HistoryStore } from "../../../store/mod.ts";
import { FakeFleet } from "../../../store/testing/mod.ts";
import { FakeEnvironment, finishOnDisk, onFleet } from "../testing/mod.ts";
import { runLars } from "../program.ts";
import { parseRecording } from "./replay/recording.ts";

const A = parseAddress("10.0.0.1:1001");
const B = parseAddress("10.0.0.2:1002");

/** A real shard behind a socket of the environment, with route (1, 1), whose sum belongs to port 8890. */
class ShardFixture implements AsyncDisposable {
  readonly environment = new FakeEnvironment();
  #stop = new AbortController();
  #datagrams!: ShardDatagrams;
  #serving!: Promise<void>;

  constructor() {
    this.start();
  }

  /** Starts a shard that knows the route, and has seen no call. */
  start(): void {
    const { transport, clock } = this.environment;
    const shard = new Shard({
      policy: "lars",
      settings: DEFAULT_POLICY_SETTINGS,
      healthChecks: false,
      random: () => 0,
      outbox: {
        pull: () => {},
        status: () => {},
        forget: () => {},
        healthCheck: () => {},
        totalsDue: () => {},
        totals: () => {},
        states: () => {},
        events: () => {},
      },
    });
    const datagrams = new ShardDatagrams(shard, {
      index: 0,
      shards: 1,
      forward: () => {},
    });
    shard.update({ modId: 1, cmdId: 1, hosts: [A, B] }, clock.nowMs());
    const server = new UdpServer({
      socket: transport.bind({ hostname: "127.0.0.1", port: 8890 }),
      clock,
      handle: (request, response) =>
        datagrams.handle(request, response, clock.nowMs()),
    });
    this.#stop = new AbortController();
    this.#datagrams = datagrams;
    this.#serving = server.run(this.#stop.signal);
  }

  /** Ends it. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.environment.clock.advance(100);
    await this.#serving;
  }

  report(host: typeof A, returnCode: number, durationUs = 0): void {
    const body = lars.ReportRequest.encode({
      modid: 1,
      cmdid: 1,
      host: toWireAddress(host),
      retcode: returnCode,
      duration_us: durationUs,
    }).finish();
    this.#handle(encodeFrame(MessageId.reportRequest, body));
  }

  getHost(): void {
    const body = lars.GetHostRequest.encode({ modid: 1, cmdid: 1 }).finish();
    this.#handle(encodeFrame(MessageId.getHostRequest, body));
  }

  lars(...parameters: string[]): Promise<number> {
    return this.environment.finish(runLars(parameters, this.environment));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #handle(datagram: Uint8Array): void {
    this.#datagrams.handle(
      datagram,
      new Uint8Array(65_507),
      this.environment.clock.nowMs(),
    );
  }
}

Deno.test("lars explain prints every host and why, and what was decided", async () => {
  await using fixture = new ShardFixture();
  for (let call = 0; call < 15; call++) fixture.report(B, 1);
  await fixture.environment.clock.advance(2_500);
  assertEquals(await fixture.lars("explain", "1", "1"), ExitCode.found);
  assertEquals(
    fixture.environment.output,
    `policy lars
10.0.0.2:1002 out
  Overloaded for 2.5 s: 0 of 0 calls succeeded, the last 0 in a row
10.0.0.1:1001 in use
  Idle, window of 2.5 s: 0 of 0 calls failed, the last 0 in a row

decisions, oldest first
2.5 s ago 10.0.0.2:1002: Becomes overloaded: Idle, window of 0.0 s: 15 of 15 calls failed, the last 15 in a row
`,
  );
});

Deno.test("lars explain --json prints the same as JSON", async () => {
  await using fixture = new ShardFixture();
  for (let call = 0; call < 15; call++) fixture.report(B, 1);
  await fixture.lars("explain", "1", "1", "--json", "--decisions", "1");
  const { policy, hosts, decisions } = JSON.parse(fixture.environment.output);
  assertEquals([policy, hosts.length, decisions.length], ["lars", 2, 1]);
  assertEquals(hosts[0].overload, true);
});

Deno.test("lars explain ends with what all agents tell, where they report to a store that is reached", async () => {
  const tell = async (fleet: FakeFleet, history: HistoryStore) => {
    await history.beat([FakeFleet.agent("web-1")]);
    await fleet.see(["web-1"], {
      modId: 1,
      cmdId: 1,
      host: "10.0.0.2:1002",
      reason: HostReason.timeout,
      since: 1_699_999_990,
    });
  };
  await onFleet(tell, async (_lars, { runIn }) => {
    await using fixture = new ShardFixture();
    const { environment } = fixture;
    environment.hasFiles = true;
    const { code, output } = await runIn(environment, "explain", "1", "1");
    assertEquals(code, ExitCode.found);
    assert(output.startsWith("policy lars\n"), output);
    assertEquals(output.split("\n\n").at(-1)!.split("\n"), [
      "all agents that report",
      "1/1  no calls in the last 60 s, none are kept from before",
      "0 callers, as of HH:MM (0 s ago)",
      "1 host out: timeout at 1 caller",
      "10.0.0.2:1002 out at 1 of 1 caller: timeout, since HH:MM (10 s)",
      "",
    ]);
    environment.output = "";
    await runIn(environment, "explain", "1", "1", "--json");
    const { fleet } = JSON.parse(environment.output);
    assertEquals(fleet.out[0].host, "10.0.0.2:1002");
  });
});

Deno.test("lars explain says who drained hosts of the route, and why, also where no agent reports", async () => {
  await onFleet(() => Promise.resolve(), async (lars, { runIn }) => {
    await lars("route", "add", "1", "1", "10.0.0.2:1002");
    await lars("host", "drain", "10.0.0.2", "--reason", "new disk");
    await lars("host", "drain", "10.0.0.1", "--reason", "elsewhere");
    await using fixture = new ShardFixture();
    const { environment } = fixture;
    environment.hasFiles = true;
    const { output } = await runIn(environment, "explain", "1", "1");
    assertEquals(output.split("\n\n").at(-1)!.split("\n"), [
      "drained",
      "10.0.0.2 since HH:MM (0 s) by alice@ops: new disk",
      "",
    ]);
    environment.output = "";
    await runIn(environment, "explain", "1", "1", "--json");
    const { fleet, drains } = JSON.parse(environment.output);
    assertEquals([fleet, drains.length], [null, 1]);
    assertEquals(drains[0].reason, "new disk");
  });
});

Deno.test("lars explain does without a store, and tells of one that it was given and cannot use", async () => {
  await using fixture = new ShardFixture();
  const { environment } = fixture;
  environment.hasFiles = true;
  const ran = await finishOnDisk(
    environment,
    runLars(["explain", "1", "1", "--data", "/nowhere"], environment),
  );
  assertEquals(ran, ExitCode.found);
  assert(environment.output.startsWith("policy lars\n"));
  assert(
    environment.errors.includes(
      'Note: what other agents tell is not known: Cannot open store "/nowhere/lars.db"',
    ),
    environment.errors,
  );
});

Deno.test("lars explain says that a route is unknown, or that no agent answers", async () => {
  await using fixture = new ShardFixture();
  const { environment } = fixture;
  assertEquals(await fixture.lars("explain", "1", "4"), ExitCode.noSuchRoute);
  assert(
    environment.errors.includes(
      "Cannot explain (1, 4) as the agent does not know",
    ),
  );
  const nobody = ["explain", "1", "1", "--agent", "127.0.0.1:999"];
  assertEquals(await fixture.lars(...nobody), ExitCode.systemError);
  assert(environment.errors.includes("no agent answers at 127.0.0.1:1001"));
});

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
  /** Lets a call arrive each 10 ms; `ms` is what each took. */
  const call = async (durationMs: number, ms: number) => {
    for (let atMs = 0; atMs < durationMs; atMs += 10) {
      await clock.advance(10);
      fixture.getHost();
      fixture.report(A, 0, ms * 1_000);
    }
  };
  /** How many calls of each duration were recorded. */
  const counts = () => {
    const { events } = parseRecording(environment.output, "-");
    const took = events.flatMap((event) =>
      event.kind === "report" ? [event.durationUs / 1_000] : []
    );
    return [1, 2, 3, 4].map((ms) => took.filter((each) => each === ms).length);
  };
  const recording = runLars(
    ["record", "1", "1", "--seconds", "60"],
    environment,
  );
  await call(1_000, 1);
  network.faults.lossRate = 0.5;
  await call(1_000, 2);
  network.faults.lossRate = 1;
  await call(3_000, 3);
  network.faults.lossRate = 0;
  await call(500, 3);
  await clock.advance(500);
  assertEquals(counts(), [100, 100, 350, 0]);

  await fixture.stop();
  await clock.advance(1_000);
  fixture.start();
  await call(500, 4);
  await clock.advance(500);
  // A new agent records from when it is first asked.
  const [, , , after = 0] = counts();
  assertEquals(counts(), [100, 100, 350, after]);
  assert(after >= 30 && after < 50, `${after}`);

  await fixture.stop();
  const goneMs = clock.nowMs();
  assertEquals(await environment.finish(recording), ExitCode.systemError);
  assert(clock.nowMs() - goneMs < 11_000);
  assert(
    environment.errors.includes(
      " picks and reports recorded; the agent was restarted, and calls around that are missing\nCannot record (1, 1) as no agent answers",
    ),
    environment.errors,
  );
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

Deno.test("lars explain and record tell an agent that does not answer them from no agent", async () => {
  for (const command of ["explain", "record"]) {
    const lars = new FakeEnvironment();
    const asked = () => runLars([command, "1", "1"], lars);
    assertEquals(await lars.withAgent(asked), ExitCode.systemError);
    assert(
      lars.errors.includes(
        `Cannot ${command} (1, 1) as the agent at 127.0.0.1:8890 answers other requests but not this one`,
      ),
      lars.errors,
    );
  }
});
