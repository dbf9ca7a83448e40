import { cpuNs, residentMb } from "../../local/process_usage.ts";
import { type BenchOptions, type Group, groupOf } from "../groups/group.ts";
import { StoreFixture, until } from "../groups/store_fixture.ts";
import type { Figures } from "../report/measurement.ts";
import { LeasedAgent, Subscriber } from "./leased_agent.ts";

/** Hosts that each agent registers, each in a route of its own. */
const HOSTS = 20;

/** Routes of the fleet, and commands of each module. */
const ROUTES = 1_000;
const COMMANDS = 100;

/** The route that machines of a burst come to. */
const BURST = { modId: 5_000, cmdId: 1 };

/** Time in which renewals are written several times. */
const SECONDS_MIN = 40;

/** Time in which agents say nothing but Hello. */
const PAUSE_SECONDS = 20;

/** Time in which the machines of a burst come. */
const BURST_MS = 1_000;

/** Agents that connect at a time. */
const AT_A_TIME = 200;

/** What a dns and MariaDB do for the leases of a fleet. */
export const LEASE_GROUPS: readonly Group[] = [
  groupOf({
    name: "leases",
    title:
      "10,000 agents that register 20 hosts each, and 1,000 that come in a second",
    needsMariadb: true,
    onlyByName: true,
    roundsMax: 1,
    goals: [
      {
        figure: "dnsPercent",
        text: "CPU of dns for renewals, % of a core",
        atMost: 10,
      },
      {
        figure: "databasePercent",
        text: "CPU of MariaDB for renewals, % of a core",
        atMost: 10,
      },
      {
        figure: "burstServedMs",
        text: "until 1,000 machines that come in a second are served, ms",
        atMost: 5_000,
      },
    ].map(({ figure, ...goal }) => ({
      ...goal,
      of: { variant: "leases", figure },
    })),
    variants: (options) => [{
      name: "leases",
      measure: () => leaseLoad(options),
    }],
  }),
];

async function leaseLoad(
  { quick, seconds, progress }: BenchOptions,
): Promise<Figures> {
  const [count, burstCount] = quick ? [50, 20] : [10_000, 1_000];
  await using fixture = await StoreFixture.start("mysql");
  const most = count + burstCount + 10;
  await fixture.startService(
    "dns",
    `[reactor]\nmaxConn = ${most}\nmaxConnPerAddress = ${most}
[feed]
full_compare_interval_s = 3600`,
  );
  await using stack = new AsyncDisposableStack();
  const fleet = Array.from(
    { length: count },
    (_, number) => stack.use(new LeasedAgent(number + 1, routesOf(number))),
  );
  const startedMs = performance.now();
  for (let at = 0; at < count; at += AT_A_TIME) {
    const some = fleet.slice(at, at + AT_A_TIME);
    await Promise.all(some.map((agent) => agent.start(fixture.at)));
  }
  while (!fleet.every(({ isStored }) => isStored)) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const registerMs = performance.now() - startedMs;
  progress(`${count} agents registered in ${Math.round(registerMs)} ms`);

  const renewing = await measure(
    fixture,
    quick ? 1 : Math.max(seconds, SECONDS_MIN),
  );
  const sent = fleet.reduce((sum, { syncs }) => sum + syncs, 0);
  // Shorter than it takes a lease to be overdue.
  for (const agent of fleet) agent.isPaused = true;
  const greeting = await measure(fixture, quick ? 1 : PAUSE_SECONDS);
  for (const agent of fleet) agent.isPaused = false;
  const peakMb = residentMb(fixture.pid);

  const watching = stack.use(new Subscriber());
  await watching.start(fixture.at, BURST);
  const burst = Array.from(
    { length: burstCount },
    (_, number) =>
      stack.use(
        new LeasedAgent(100_000 + number, [
          BURST,
          ...routesOf(number).slice(0, 2),
        ]),
      ),
  );
  await Promise.all(burst.map((agent) => agent.connect(fixture.at)));
  const burstMs = performance.now();
  for (const agent of burst) {
    setTimeout(() => agent.register(), Math.random() * BURST_MS);
  }
  await until(() => watching.hosts >= burstCount);
  const burstServedMs = performance.now() - burstMs;
  await until(() => burst.every(({ isStored }) => isStored));
  const rows = Number(
    await fixture.run("SELECT COUNT(*) FROM RouteData"),
  );
  if (rows !== count * HOSTS + burstCount * 3) {
    throw new Error(`${rows} hosts are served`);
  }
  return {
    registerMs,
    dnsPercent: renewing.dnsPercent - greeting.dnsPercent,
    dnsAllPercent: renewing.dnsPercent,
    databasePercent: renewing.databasePercent - greeting.databasePercent,
    databaseAllPercent: renewing.databasePercent,
    syncs: sent,
    peakMb,
    burstServedMs,
    burstStoredMs: performance.now() - burstMs,
  };
}

/** CPU of both processes, while nothing happens but renewals. */
async function measure(
  fixture: StoreFixture,
  seconds: number,
): Promise<{ dnsPercent: number; databasePercent: number }> {
  const read = () => ({
    dns: cpuNs(fixture.pid),
    database: fixture.storePids.reduce((sum, pid) => sum + cpuNs(pid), 0),
    atMs: performance.now(),
  });
  const before = read();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  const after = read();
  const ns = (after.atMs - before.atMs) * 1e6;
  return {
    dnsPercent: 100 * (after.dns - before.dns) / ns,
    databasePercent: 100 * (after.database - before.database) / ns,
  };
}

/** The routes of an agent: those of its neighbours overlap. */
function routesOf(agent: number) {
  return Array.from({ length: HOSTS }, (_, index) => {
    const route = (agent * 7 + index) % ROUTES;
    return { modId: Math.floor(route / COMMANDS), cmdId: route % COMMANDS };
  });
}
