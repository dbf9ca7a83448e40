import { assert, assertEquals } from "@std/assert";
import { HostReason } from "../../../proto/mod.ts";
import { ExitCode } from "../exit_code.ts";
import type { HistoryStore } from "../../../store/mod.ts";
import { FakeFleet } from "../../../store/testing/mod.ts";
import {
  FakeEnvironment,
  finishOnDisk,
  onFleet,
  ShardFixture,
} from "../testing/mod.ts";
import { runLars } from "../program.ts";

const [, B] = ShardFixture.hosts;

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
