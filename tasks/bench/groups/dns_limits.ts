import { DenoTransport, FramedConnection } from "../../../net/mod.ts";
import { lars, MessageId } from "../../../proto/mod.ts";
import { LimitsRig, type StoreKind } from "./limits_fixture.ts";
import type { Figures } from "../report/measurement.ts";
import { cpuNs, residentMb } from "../../local/process_usage.ts";
import { until } from "./services_fixture.ts";
import {
  fillRoutes,
  HOSTS_PER_ROUTE,
  keyOf,
  ROUTES_PER_MODULE,
} from "./route_rows.ts";
import { max, median, quantile } from "simple-statistics";

/** How long answers are timed in each phase. */
const PHASE_MS = 12_000;

/** Routes that the comparison of the last phase finds changed, all subscribed to. */
const SILENT_EDITS = 50_000;

export interface DnsLimitsOptions {
  /** Rows of RouteData: five for each route. */
  rows: number;
  kind: StoreKind;
}

/**
 * Dns on a large table: from its start until it accepts, memory, and what full
 * comparisons do to a client that asks for a route every millisecond.
 */
export async function dnsLimits(
  { rows, kind }: DnsLimitsOptions,
): Promise<Figures> {
  await using rig = await LimitsRig.start(kind);
  // The first start creates the tables.
  await rig.startService("dns");
  await rig.stopService();
  await fillRoutes(rig, rows);
  const routes = rows / HOSTS_PER_ROUTE;

  const startMs = await rig.startService(
    "dns",
    "[feed]\nfull_compare_interval_s = 3600",
  );
  const startMb = residentMb(rig.pid);
  const quiet = await timeAnswers(rig, routes);
  await rig.stopService();

  await rig.startService("dns", "[feed]\nfull_compare_interval_s = 1");
  const busy = await timeAnswers(rig, routes);
  const [comparisonMs = NaN, comparisons = NaN] = await rig.metrics(
    "lars_dns_last_comparison_ms",
    "lars_dns_comparisons_total",
  );
  const comparedMb = residentMb(rig.pid);
  const pushed = await timePushes(rig, Math.min(routes, SILENT_EDITS));
  return {
    startMs,
    startMb,
    comparisons,
    comparisonMs,
    comparedMb,
    ...prefixed("quiet", quiet),
    ...prefixed("comparing", busy),
    ...prefixed("pushing", pushed),
    pushedMb: residentMb(rig.pid),
  };
}

function prefixed(prefix: string, figures: Figures): Figures {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [
      prefix + name[0]!.toUpperCase() + name.slice(1),
      value,
    ]),
  );
}

/** Asks for one route after another, one every millisecond, whether or not the last was answered. */
async function timeAnswers(rig: LimitsRig, routes: number): Promise<Figures> {
  const asked = new Map<number, number>();
  const latenciesMs: number[] = [];
  const connection = await connect(rig);
  connection.run((_, { body }) => {
    const { modid, cmdid } = lars.GetRouteResponse.decode(body);
    const route = modid * ROUTES_PER_MODULE + cmdid;
    const sentMs = asked.get(route);
    if (sentMs === undefined) return;
    asked.delete(route);
    latenciesMs.push(performance.now() - sentMs);
  });
  const cpuBefore = cpuNs(rig.pid);
  const startedMs = performance.now();
  for (let sent = 0; performance.now() - startedMs < PHASE_MS;) {
    const dueMs = performance.now() - startedMs;
    for (; sent < dueMs; sent++) {
      // A number of routes that shares no factor with this one: all have their turn.
      const route = (sent * 7_919) % routes;
      asked.set(route, performance.now());
      ask(connection, route);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  connection.close();
  if (asked.size > 0) throw new Error(`${asked.size} questions not answered`);
  return {
    p50Ms: median(latenciesMs),
    p99Ms: quantile(latenciesMs, 0.99),
    p999Ms: quantile(latenciesMs, 0.999),
    maxMs: max(latenciesMs),
    cpuShare: (cpuNs(rig.pid) - cpuBefore) / 1e6 /
      (performance.now() - startedMs),
  };
}

/** As {@linkcode timeAnswers}, while comparisons find edits that nobody named and push them. */
async function timePushes(rig: LimitsRig, edits: number): Promise<Figures> {
  const subscriber = await connect(rig);
  let heard = 0;
  subscriber.run(() => {
    heard += 1;
  });
  for (let route = 0; route < edits; route++) {
    ask(subscriber, route);
    if (!subscriber.writable) await subscriber.drained();
  }
  while (heard < edits) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  heard = 0;
  const timing = timeAnswers(rig, edits);
  const { modid } = keyOf(edits);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await rig.run(
    `UPDATE RouteData SET serverport = serverport + 1 WHERE modid < ${modid}`,
  );
  const figures = await timing;
  await until(() => heard >= edits);
  subscriber.close();
  return figures;
}

async function connect(rig: LimitsRig): Promise<FramedConnection> {
  return new FramedConnection(await new DenoTransport().connect(rig.at));
}

function ask(connection: FramedConnection, route: number): void {
  const body = lars.GetRouteRequest.encode(keyOf(route)).finish();
  connection.send(MessageId.getRouteRequest, body);
}

if (import.meta.main) {
  const [kind = "mysql", rows = "1000000"] = Deno.args;
  console.log(
    await dnsLimits({ rows: Number(rows), kind: kind as StoreKind }),
  );
}
