import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseAddress } from "../../../proto/mod.ts";
import { FakeEnvironment } from "../testing/fake_environment.ts";
import { getHost, getRoute, report } from "./host_commands.ts";

const AGENT = { agent: { hostname: "127.0.0.1", port: 8888 }, timeoutMs: 100 };
const ROUTE = { ...AGENT, modId: 1, cmdId: 1 };

Deno.test("lars get-host prints the host and nothing else", async () => {
  const lars = new FakeEnvironment();
  assertEquals(await lars.withAgent(() => getHost(lars, ROUTE)), 0);
  assertEquals(lars.output, "192.168.1.177:7777\n");
  assertEquals(lars.notes, "");
});

Deno.test("lars get-host --json prints one document", async () => {
  const lars = new FakeEnvironment();
  const options = { ...ROUTE, json: true };
  assertEquals(await lars.withAgent(() => getHost(lars, options)), 0);
  assertEquals(
    lars.output,
    '{"state":"found","ip":"192.168.1.177","port":7777}\n',
  );
});

Deno.test("lars get-host waits until the agent has pulled a route asked for the first time", async () => {
  const lars = new FakeEnvironment();
  lars.agent.routes["5,5"] = [];
  lars.clock.schedule(70, () => lars.agent.routes["5,5"] = ["10.0.0.9:1"]);
  const options = { ...ROUTE, modId: 5, cmdId: 5 };
  assertEquals(await lars.withAgent(() => getHost(lars, options)), 0);
  assertEquals(lars.output, "10.0.0.9:1\n");
  assertEquals(lars.agent.hostRequests.length, 3);
});

Deno.test("lars get-host ends with 3 when there is no such route, with 1 when all hosts are overloaded", async () => {
  const lars = new FakeEnvironment();
  const options = { ...ROUTE, modId: -9 };
  assertEquals(await lars.withAgent(() => getHost(lars, options)), 3);
  assertStringIncludes(lars.notes, "(-9, 1) as there is no such route");
  lars.agent.onHost = (_, send) => send({ retcode: 1, host: null });
  assertEquals(await lars.withAgent(() => getHost(lars, ROUTE)), 1);
  assertStringIncludes(lars.notes, "every host is overloaded");
  assertEquals(lars.output, "");
});

Deno.test("lars get-host ends with 2 when no agent answers, and says who was asked", async () => {
  const lars = new FakeEnvironment();
  const options = { ...ROUTE, json: true };
  assertEquals(await lars.finish(getHost(lars, options)), 2);
  assertEquals(lars.output, '{"state":"timeout"}\n');
  assertStringIncludes(lars.notes, "127.0.0.1:8890");
  assertStringIncludes(lars.notes, "deno task start");
});

Deno.test("lars get-route prints every host and its state", async () => {
  const lars = new FakeEnvironment();
  lars.agent.routes["1,1"] = ["192.168.1.177:7777", "10.0.0.9:1"];
  lars.agent.overloaded.add("10.0.0.9:1");
  assertEquals(await lars.withAgent(() => getRoute(lars, ROUTE)), 0);
  assertEquals(lars.output, "192.168.1.177:7777 idle\n10.0.0.9:1 overloaded\n");
  lars.output = "";
  const options = { ...ROUTE, json: true };
  assertEquals(await lars.withAgent(() => getRoute(lars, options)), 0);
  assertEquals(JSON.parse(lars.output), {
    state: "found",
    hosts: [
      { ip: "192.168.1.177", port: 7777, state: "idle" },
      { ip: "10.0.0.9", port: 1, state: "overloaded" },
    ],
  });
});

Deno.test("lars get-route ends with 3 when there is no such route", async () => {
  const lars = new FakeEnvironment();
  const options = { ...ROUTE, modId: 9, json: true };
  assertEquals(await lars.withAgent(() => getRoute(lars, options)), 3);
  assertEquals(lars.output, '{"state":"no_route","hosts":[]}\n');
});

Deno.test("lars report sends what it was told and prints nothing", async () => {
  const lars = new FakeEnvironment();
  const host = parseAddress("192.168.1.177:7777");
  const options = { ...ROUTE, host, returnCode: 5, durationUs: 1_500 };
  const code = await lars.withAgent(async () => {
    const code = await report(lars, options);
    await lars.clock.sleep(1);
    return code;
  });
  assertEquals([code, lars.output], [0, ""]);
  const [sent] = lars.agent.reports;
  assertEquals(sent?.port, 8890);
  assertEquals(sent?.report.retcode, 5);
  assertEquals(sent?.report.duration_us, 1_500);
});
