import { assertEquals } from "@std/assert";
import { formatMetrics } from "../net/mod.ts";
import { MemoryNetwork, VirtualClock } from "../net/testing/mod.ts";
import { HostReason, HostState } from "../proto/mod.ts";
import { Agent } from "./hub/agent.ts";
import { ShardCounters } from "./routes/counters.ts";
import { AGENT_METRICS, readCounters } from "./metrics.ts";

/** An agent whose shards have told this. */
function agentWith(
  ...shards: { counters: Partial<ShardCounters>; hosts: number }[]
): Agent {
  const clock = new VirtualClock();
  const network = new MemoryNetwork({ clock, random: () => 0 });
  const agent = new Agent({
    transport: network.machine("10.0.0.1"),
    clock,
    random: () => 0,
    dns: [{ hostname: "10.0.0.9", port: 7778 }],
    reporter: [{ hostname: "10.0.0.9", port: 7779 }],
    post: () => {},
    cache: { load: async function* () {}, save: () => Promise.resolve() },
  });
  for (const [index, { counters, hosts }] of shards.entries()) {
    agent.receive(index, {
      kind: "counters",
      counters: {
        ...new ShardCounters(),
        ...counters,
        datagramsReceived: 0,
        datagramsSent: 0,
        sendFailures: 0,
        kernelDrops: 0,
        forwarded: 0,
        forwardsDropped: 0,
        hosts,
      },
      ejections: new Map([["refused adaptive", index + 1]]),
    });
  }
  return agent;
}

/** Lines of the page that begin with a name. */
function linesOf(agent: Agent, name: string): string[] {
  return formatMetrics(AGENT_METRICS, readCounters(agent)).split("\n")
    .filter((line) => line.startsWith(`${name}{`));
}

Deno.test("an agent's metrics are the sums over its shards", () => {
  const agent = agentWith(
    {
      counters: { reports: 20, unknownReports: 1, failedReports: 2 },
      hosts: 3,
    },
    { counters: { reports: 5, unusedReports: 4 }, hosts: 4 },
  );
  assertEquals(linesOf(agent, "lars_agent_reports_total"), [
    'lars_agent_reports_total{result="succeeded"} 18',
    'lars_agent_reports_total{result="failed"} 2',
    'lars_agent_reports_total{result="unused"} 4',
    'lars_agent_reports_total{result="unknown"} 1',
  ]);
  assertEquals(linesOf(agent, "lars_agent_ejections_total"), [
    'lars_agent_ejections_total{reason="refused",policy="adaptive"} 3',
  ]);
});

Deno.test("hosts are in use but for those that are told to be otherwise", () => {
  const agent = agentWith({ counters: {}, hosts: 7 });
  const host = {
    port: 80,
    reason: HostReason.refused,
    ageMs: 0,
    inFlight: 0,
    nextTryMs: 0,
  };
  agent.receive(0, {
    kind: "states",
    routes: [{
      modId: 1,
      cmdId: 1,
      hosts: [
        { ip: 1, ...host, state: HostState.ejected },
        { ip: 2, ...host, state: HostState.drained },
        { ip: 3, ...host, state: HostState.drained },
      ],
    }],
  });
  assertEquals(linesOf(agent, "lars_agent_hosts"), [
    'lars_agent_hosts{state="in_use"} 4',
    'lars_agent_hosts{state="suspect"} 0',
    'lars_agent_hosts{state="ejected"} 1',
    'lars_agent_hosts{state="overloaded"} 0',
    'lars_agent_hosts{state="drained"} 2',
  ]);
});
