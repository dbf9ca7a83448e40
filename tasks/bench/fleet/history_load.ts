import { cpuNs, residentMb } from "../../local/process_usage.ts";
import type { BenchOptions } from "../groups/group.ts";
import {
  StoreFixture,
  type StoreKind,
  until,
} from "../groups/store_fixture.ts";
import type { Figures } from "../report/measurement.ts";
import { LoadedAgent, TOTALS_MS } from "./loaded_agent.ts";

/** Routes that one agent calls, and hosts of each. */
const ROUTES_OF_AGENT = 50;
const HOSTS = 20;

/** Commands of each module. */
const COMMANDS = 100;

/** Interval at which the reporter is looked at. */
const SAMPLE_MS = 1_000;

/** What was seen of the reporter. */
interface Seen {
  peakMb: number;
  lagMaxS: number;
}

/**
 * A reporter that takes the calls of a fleet: each agent tells of 1,000 hosts each 10
 * seconds. All calls must be in the store at the end, each once.
 */
export async function historyLoad(
  kind: StoreKind,
  { quick, seconds }: BenchOptions,
): Promise<Figures> {
  const [modules, agentCount] = quick ? [1, 20] : [10, 500];
  await using fixture = await StoreFixture.start(kind);
  await fixture.addRoutes({ modules, commands: COMMANDS, hosts: HOSTS });
  await fixture.startService("reporter");
  await using agents = new AsyncDisposableStack();
  const fleet = Array.from({ length: agentCount }, (_, number) =>
    agents.use(
      new LoadedAgent({
        number: number + 1,
        routes: routesOf(number, modules * COMMANDS),
        hosts: HOSTS,
      }),
    ));
  for (const agent of fleet) await agent.start(fixture.at);
  const startedNs = cpuNs(fixture.pid);
  const seen = await watch(fixture, Math.max(seconds, TOTALS_MS / 1_000 + 5));
  const cpu = (cpuNs(fixture.pid) - startedNs) / 1e6 / seen.seconds;
  for (const agent of fleet) agent.stop();
  await until(() => fleet.every(({ waiting }) => waiting === 0));
  const calls = fleet.reduce((sum, agent) => sum + agent.calls, 0);
  const stored = Number(
    await fixture.run("SELECT SUM(calls) FROM RouteMinute"),
  );
  if (stored !== calls) {
    throw new Error(`${calls} calls were told of, ${stored} are stored`);
  }
  const [commits = 0, commitS = 0, conflicts = 0] = await fixture.metrics(
    'lars_store_operation_duration_seconds_count{operation="commit"}',
    'lars_store_operation_duration_seconds_sum{operation="commit"}',
    "lars_reporter_history_conflicts_total",
  );
  const ackMs = fleet.flatMap((agent) => agent.ackMs).sort((a, b) => a - b);
  return {
    peakMb: seen.peakMb,
    cpuMsPerSecond: cpu,
    commits,
    commitMs: commitS * 1_000 / commits,
    conflicts,
    lagMaxMs: seen.lagMaxS * 1_000,
    ackP50Ms: ackMs[Math.floor(ackMs.length / 2)] ?? NaN,
    ackMaxMs: ackMs.at(-1) ?? NaN,
    hostsPerSecond: calls / 40 / seen.seconds,
  };
}

/** The routes of an agent: those of its neighbours overlap. */
function routesOf(agent: number, routes: number) {
  return Array.from({ length: ROUTES_OF_AGENT }, (_, index) => {
    const route = (agent * 7 + index) % routes;
    return { modId: Math.floor(route / COMMANDS), cmdId: route % COMMANDS };
  });
}

async function watch(
  fixture: StoreFixture,
  seconds: number,
): Promise<Seen & { seconds: number }> {
  const seen: Seen = { peakMb: 0, lagMaxS: 0 };
  const startedMs = performance.now();
  while (performance.now() - startedMs < seconds * 1_000) {
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
    const [lagS = 0] = await fixture.metrics(
      "lars_reporter_history_lag_seconds",
    );
    seen.lagMaxS = Math.max(seen.lagMaxS, lagS);
    seen.peakMb = Math.max(seen.peakMb, residentMb(fixture.pid));
  }
  return { ...seen, seconds: (performance.now() - startedMs) / 1_000 };
}
