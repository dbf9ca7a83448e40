import { assertEquals, assertStringIncludes } from "@std/assert";
import { FakeEnvironment } from "../testing/mod.ts";
import { failureMessage, startAdvice } from "../options/agent.ts";
import { getHost } from "./get_host.ts";

const ROUTE = {
  agent: { hostname: "127.0.0.1", port: 8888 },
  timeoutMs: 100,
  modId: 1,
  cmdId: 1,
};

Deno.test("lars get-host prints the host and nothing else", async () => {
  const lars = new FakeEnvironment();
  assertEquals(await lars.withAgent(() => getHost(lars, ROUTE)), 0);
  assertEquals(lars.output, "192.168.1.177:7777\n");
  assertEquals(lars.errors, "");
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
  assertStringIncludes(lars.errors, "(-9, 1) as there is no such route");
  lars.agent.onHost = (_, send) => send({ retcode: 1, host: null });
  assertEquals(await lars.withAgent(() => getHost(lars, ROUTE)), 1);
  assertStringIncludes(lars.errors, "every host is overloaded");
  assertEquals(lars.output, "");
});

Deno.test("what a command advises about a route that is not there works: of one that cannot be, nothing", () => {
  const { agent } = ROUTE;
  for (const action of ["find a host for", "explain", "record"] as const) {
    const advice = (modId: number, cmdId: number) =>
      failureMessage({ modId, cmdId }, { action, state: "no_route", agent });
    assertStringIncludes(advice(0, 1), '"lars ');
    for (const [modId, cmdId] of [[-1, 1], [1, -1]] as const) {
      assertEquals(
        advice(modId, cmdId),
        `Cannot ${action} (${modId}, ${cmdId}) as there is no such route, and cannot be: modid and cmdid of a route are from 0 to 2147483647`,
      );
    }
  }
});

Deno.test("lars get-host ends with 2 when no agent answers, and says who was asked", async () => {
  const lars = new FakeEnvironment();
  const options = { ...ROUTE, json: true };
  assertEquals(await lars.finish(getHost(lars, options)), 2);
  assertEquals(lars.output, '{"state":"timeout"}\n');
  assertStringIncludes(lars.errors, "127.0.0.1:8890");
  assertStringIncludes(lars.errors, "deno task start");
});

Deno.test("startAdvice() names no task of Deno where Lars is installed", () => {
  assertStringIncludes(startAdvice(true), "systemctl start lars-agent");
  assertEquals(startAdvice(true).includes("deno"), false);
  assertStringIncludes(startAdvice(false), "deno task start");
});
