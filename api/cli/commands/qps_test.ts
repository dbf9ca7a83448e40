import { assertEquals, assertStringIncludes } from "@std/assert";
import { FakeEnvironment } from "../testing/mod.ts";
import { qps } from "./qps.ts";

const OPTIONS = {
  agent: { hostname: "127.0.0.1", port: 8888 },
  timeoutMs: 100,
  modId: 1,
  cmdId: 1,
  clients: 3,
  inFlight: 1,
  batching: true,
  seconds: 2,
};

/** An environment in which an answer takes 19 ms. */
function slowEnvironment(): FakeEnvironment {
  const lars = new FakeEnvironment();
  lars.network.faults.delayMinMs = lars.network.faults.delayMaxMs = 9.5;
  return lars;
}

Deno.test("lars qps --json prints rates and percentiles every second, and a summary", async () => {
  const lars = slowEnvironment();
  const options = { ...OPTIONS, json: true };
  assertEquals(await lars.withAgent(() => qps(lars, options)), 0);
  const lines = lars.output.trimEnd().split("\n").map((line) =>
    JSON.parse(line)
  );
  assertEquals(lines.map(({ second }) => second), [1, 2, undefined]);
  const { summary, calls, callsPerSecond, states, latencyUs } = lines[2];
  assertEquals([summary, calls, callsPerSecond], [true, 315, 158]);
  assertEquals(states, { found: 315 });
  assertEquals(latencyUs, {
    p50: 19_007,
    p90: 19_007,
    p99: 19_007,
    "p99.9": 19_007,
    max: 19_007,
  });
});

Deno.test("lars qps has one request outstanding for each client", async () => {
  const lars = slowEnvironment();
  let waiting = 0;
  let most = 0;
  lars.agent.onHost = (_, send) => {
    waiting += 1;
    most = Math.max(most, waiting);
    lars.clock.schedule(5, () => {
      waiting -= 1;
      send();
    });
  };
  await lars.withAgent(() => qps(lars, { ...OPTIONS, clients: 7 }));
  assertEquals(most, 7);
});

Deno.test("lars qps --in-flight --report reports every host, in shared datagrams unless --no-batching", async () => {
  const datagrams = async (batching: boolean) => {
    const lars = slowEnvironment();
    lars.agent.useMs = 20;
    const options = { ...OPTIONS, inFlight: 5, report: true, batching };
    await lars.withAgent(() => qps(lars, options));
    const { hostRequests, reports, results } = lars.agent;
    // Those who shared the last request may not have had its answer.
    assertEquals(results.length > 1_400, true);
    return hostRequests.length + reports.length;
  };
  const [shared, single] = [await datagrams(true), await datagrams(false)];
  assertEquals(single > 3_000, true);
  assertEquals(shared < single / 4, true);
});

Deno.test("lars qps prints a summary at Ctrl-C", async () => {
  const lars = slowEnvironment();
  lars.clock.schedule(1_540, () => lars.interrupt());
  assertEquals(await lars.withAgent(() => qps(lars, OPTIONS)), 0);
  const lines = lars.output.split("\n");
  assertEquals(lines.length, 5);
  assertStringIncludes(lines[0]!, "   1 s       156 calls/s  p50 19007 µs");
  assertStringIncludes(lines[2]!, "total");
});

Deno.test("lars qps says at once when no agent answers, or there is no such route", async () => {
  const lars = new FakeEnvironment();
  assertEquals(await lars.finish(qps(lars, OPTIONS)), 2);
  assertEquals(lars.clock.nowMs() < 500, true);
  assertEquals(lars.output, "");
  assertStringIncludes(lars.errors, "127.0.0.1:8890");
  const options = { ...OPTIONS, modId: 9 };
  assertEquals(await lars.withAgent(() => qps(lars, options)), 3);
});
