import { LarsClient } from "../../../api/mod.ts";
import { parseIp } from "../../../proto/mod.ts";
import type { Figures } from "../report/measurement.ts";
import { startAgent } from "./agent_target.ts";
import { StoreFixture } from "./store_fixture.ts";
import { max, median, quantile } from "simple-statistics";

const EDITS = 100;
const KEY = { modId: 1, cmdId: 1 };
const FIRST_IP = parseIp("10.0.0.1");

/** Time from the COMMIT of an edit in SQL until the agent answers with it. */
export async function editLatency(): Promise<Figures> {
  await using fixture = await StoreFixture.start("mysql");
  await fixture.startService("dns");
  await using agent = await startAgent({
    transport: "datagram",
    dns: `${fixture.at.hostname}:${fixture.at.port}`,
  });
  await using client = LarsClient.open({
    agent: { hostname: "127.0.0.1", port: agent.port },
  });
  await fixture.addHost({ ...KEY, ip: FIRST_IP, port: 80 });
  await waitForHosts(client, 1);

  const latenciesMs: number[] = [];
  for (let edit = 1; edit <= EDITS; edit++) {
    // At any point of the watch interval, not in step with it.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 150));
    await fixture.addHost({ ...KEY, ip: FIRST_IP + edit, port: 80 });
    const committedMs = performance.now();
    await waitForHosts(client, edit + 1);
    latenciesMs.push(performance.now() - committedMs);
  }
  return {
    p50Ms: median(latenciesMs),
    p99Ms: quantile(latenciesMs, 0.99),
    maxMs: max(latenciesMs),
  };
}

async function waitForHosts(client: LarsClient, count: number): Promise<void> {
  const startedMs = performance.now();
  for (;;) {
    const route = await client.getRoute(KEY.modId, KEY.cmdId);
    if (route.state === "found" && route.hosts.length === count) return;
    if (performance.now() - startedMs > 30_000) {
      throw new Error(`the agent has not answered ${count} hosts in 30 s`);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
