import { DenoTransport, FramedConnection } from "../../../net/mod.ts";
import { lars, MessageId } from "../../../proto/mod.ts";
import { StoreFixture, type StoreKind, until } from "./store_fixture.ts";
import type { Figures } from "../report/measurement.ts";
import { cpuNs, residentMb } from "../../local/process_usage.ts";
import {
  HOSTS_PER_ROUTE,
  insertRoutes,
  keyOf,
  ROUTES_PER_MODULE,
} from "./route_rows.ts";
import { max, median, quantile } from "simple-statistics";

/** Length of each phase in which answers are timed. */
const PHASE_MS = 12_000;

/** Routes, all subscribed to, that the comparison of the last phase finds changed. */
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
  await using fixture = await StoreFixture.start(kind);
  await insertRoutes(fixture, rows);
  const routes = rows / HOSTS_PER_ROUTE;

  const startMs = await fixture.startService(
    "dns",
    "[feed]\nfull_compare_interval_s = 3600",
  );
  const startMb = residentMb(fixture.pid);
  const quiet = await timeAnswers(fixture, routes);
  await fixture.stopService();

  await fixture.startService("dns", "[feed]\nfull_compare_interval_s = 1");
  const busy = await timeAnswers(fixture, routes);
  const [comparisonSeconds = NaN, comparisons = NaN] = await fixture.metrics(
    "lars_dns_last_comparison_seconds",
    "lars_dns_comparisons_total",
  );
  const comparedMb = residentMb(fixture.pid);
  const pushed = await timePushes(fixture, Math.min(routes, SILENT_EDITS));
  return {
    startMs,
    startMb,
    comparisons,
    comparisonMs: comparisonSeconds * 1_000,
    comparedMb,
    ...prefixed("quiet", quiet),
    ...prefixed("comparing", busy),
    ...prefixed("pushing", pushed),
    pushedMb: residentMb(fixture.pid),
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

/** Latency of dns asked for a route every millisecond, whether or not the last was answered. */
async function timeAnswers(
  fixture: StoreFixture,
  routes: number,
): Promise<Figures> {
  const sentAtMs = new Map<number, number>();
  const latenciesMs: number[] = [];
  const connection = await connect(fixture);
  connection.run((_, { body }) => {
    const { modid, cmdid } = lars.GetRouteResponse.decode(body);
    const route = modid * ROUTES_PER_MODULE + cmdid;
    const sentMs = sentAtMs.get(route);
    if (sentMs === undefined) return;
    sentAtMs.delete(route);
    latenciesMs.push(performance.now() - sentMs);
  });
  const cpuBefore = cpuNs(fixture.pid);
  const startedMs = performance.now();
  for (let sent = 0; performance.now() - startedMs < PHASE_MS;) {
    const dueMs = performance.now() - startedMs;
    for (; sent < dueMs; sent++) {
      // A prime step: every route has its turn.
      const route = (sent * 7_919) % routes;
      sentAtMs.set(route, performance.now());
      sendRequest(connection, route);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  connection.close();
  if (sentAtMs.size > 0) {
    throw new Error(`${sentAtMs.size} requests not answered`);
  }
  return {
    p50Ms: median(latenciesMs),
    p99Ms: quantile(latenciesMs, 0.99),
    p999Ms: quantile(latenciesMs, 0.999),
    maxMs: max(latenciesMs),
    cpuShare: (cpuNs(fixture.pid) - cpuBefore) / 1e6 /
      (performance.now() - startedMs),
  };
}

/** As {@linkcode timeAnswers}, while comparisons find edits without a row of RouteChange and push them. */
async function timePushes(
  fixture: StoreFixture,
  edits: number,
): Promise<Figures> {
  const subscriber = await connect(fixture);
  let received = 0;
  subscriber.run(() => {
    received += 1;
  });
  for (let route = 0; route < edits; route++) {
    sendRequest(subscriber, route);
    if (!subscriber.writable) await subscriber.drained();
  }
  while (received < edits) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  received = 0;
  const timing = timeAnswers(fixture, edits);
  const { modid } = keyOf(edits);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await fixture.run(
    `UPDATE RouteData SET serverport = serverport + 1 WHERE modid < ${modid}`,
  );
  const figures = await timing;
  await until(() => received >= edits);
  subscriber.close();
  return figures;
}

async function connect(fixture: StoreFixture): Promise<FramedConnection> {
  return new FramedConnection(await new DenoTransport().connect(fixture.at));
}

function sendRequest(connection: FramedConnection, route: number): void {
  const body = lars.GetRouteRequest.encode(keyOf(route)).finish();
  connection.send(MessageId.getRouteRequest, body);
}
