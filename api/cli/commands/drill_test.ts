import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseAddress } from "../../../proto/mod.ts";
import { FakeEnvironment } from "../testing/mod.ts";
import { drill } from "./drill.ts";

const OPTIONS = {
  agent: { hostname: "127.0.0.1", port: 8888 },
  timeoutMs: 100,
  modId: 1,
  cmdId: 1,
  failureRate: 0.5,
  count: 100,
};
const A = "192.168.1.177:7777";
const B = "10.0.0.9:1";

Deno.test("lars drill prints what became of each host", async () => {
  const lars = new FakeEnvironment();
  lars.agent.routes["1,1"] = [A, B];
  lars.agent.overloaded.add(B);
  const options = { ...OPTIONS, fail: [parseAddress(B)], failureRate: 1 };
  assertEquals(await lars.withAgent(() => drill(lars, options)), 0);
  assertEquals(
    lars.output,
    [
      "host                picks  successes  failures  state",
      "192.168.1.177:7777     50         50         0  idle",
      "10.0.0.9:1             50          0        50  overloaded",
      "100 calls asked for, 0 times every host was overloaded",
      "",
    ].join("\n"),
  );
  const failed = lars.agent.reports.filter(({ report }) => report.retcode > 0);
  assertEquals([lars.agent.reports.length, failed.length], [100, 50]);
});

Deno.test("lars drill --json fails about the share of calls that it was given", async () => {
  const lars = new FakeEnvironment();
  const options = { ...OPTIONS, json: true, failureRate: 0.2, count: 1_000 };
  assertEquals(await lars.withAgent(() => drill(lars, options)), 0);
  const { hosts, asked } = JSON.parse(lars.output);
  assertEquals(asked, 1_000);
  const [{ host, picks, successes, failures, state }] = hosts;
  assertEquals([host, picks, state], [A, 1_000, "idle"]);
  assertEquals(successes + failures, 1_000);
  assertEquals(failures > 150 && failures < 250, true);
});

Deno.test("lars drill counts when every host is overloaded, and ends with 1 if that was always", async () => {
  const lars = new FakeEnvironment();
  lars.agent.onHost = (_, send) => send({ retcode: 1, host: null });
  const options = { ...OPTIONS, json: true };
  assertEquals(await lars.withAgent(() => drill(lars, options)), 1);
  assertEquals(JSON.parse(lars.output).overloaded, 100);
});

Deno.test("lars drill stops when the agent is gone, shows what it has, and ends with 2", async () => {
  const lars = new FakeEnvironment();
  lars.agent.onHost = (_, send) =>
    lars.agent.hostRequests.length <= 10 && send();
  assertEquals(await lars.withAgent(() => drill(lars, OPTIONS)), 2);
  assertStringIncludes(lars.output, `${A}     10`);
  assertStringIncludes(lars.errors, "no agent answers");
});

Deno.test("lars drill tells its progress when it takes long, and ends at Ctrl-C", async () => {
  const lars = new FakeEnvironment();
  lars.network.faults.delayMinMs = lars.network.faults.delayMaxMs = 10;
  lars.clock.schedule(2_500, () => lars.interrupt());
  const options = { ...OPTIONS, count: 1_000_000 };
  assertEquals(await lars.withAgent(() => drill(lars, options)), 0);
  assertStringIncludes(
    lars.errors,
    "50 of 1000000 calls\n100 of 1000000 calls",
  );
  assertStringIncludes(lars.output, "125 calls asked for");
});
