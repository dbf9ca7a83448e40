import { assertEquals } from "@std/assert";
import { agentHealth, shardHealth } from "./health.ts";

Deno.test("an agent is ready while it can answer those who ask", () => {
  const table = [
    // Just started, and nobody has asked.
    [{ dnsConnected: true, routes: 0, unknownRoutes: 0 }, []],
    [{ dnsConnected: false, routes: 0, unknownRoutes: 0 }, ["dns"]],
    // From the file of the run before, or after dns was lost.
    [{ dnsConnected: false, routes: 3, unknownRoutes: 0 }, []],
    // A name that is misspelt beside others that are right.
    [{ dnsConnected: true, routes: 1, unknownRoutes: 5 }, []],
    [{ dnsConnected: true, routes: 0, unknownRoutes: 1 }, ["routes"]],
    [{ dnsConnected: false, routes: 0, unknownRoutes: 1 }, ["dns", "routes"]],
  ] as const;
  for (const [state, failing] of table) {
    const checks = agentHealth(state).filter(({ ok }) => !ok);
    assertEquals(checks.map(({ check }) => check), [...failing]);
  }
});

Deno.test("an agent with a silent shard is not alive, and says which", () => {
  assertEquals(shardHealth([], { waitedMs: 5 })[0]?.ok, true);
  assertEquals(shardHealth([0, 2], { waitedMs: 5 }), [
    { check: "shards", ok: false, reason: "0, 2 silent for 5 ms" },
  ]);
});
