import type { Counter, Gauge, Registry } from "prom-client";
import type { Endpoint } from "../../proto/mod.ts";
import { serveHttp } from "./server.ts";
import { logLinesLost } from "../log.ts";

/** Content type of Prometheus' text format. */
const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/**
 * A counter of a service, the metric's name without prefix, and its help text. A
 * name ending in "_total" is a counter to Prometheus, any other a gauge.
 */
export type MetricRow<Name extends string> = readonly [
  counter: Name,
  name: string,
  help: string,
];

/** Metrics of a service with a TcpServer and a router. */
export const TCP_SERVER_METRICS = [
  ["connections", "connections", "Open connections"],
  ["accepted", "connections_total", "Connections taken"],
  [
    "refusedOverLimit",
    "connections_refused_total",
    "Connections over the limit",
  ],
  [
    "silentReplaced",
    "connections_replaced_total",
    "Silent connections closed to take another",
  ],
  ["acceptFailures", "accept_failures_total", "Failures to take a connection"],
  [
    "resetEarly",
    "connections_reset_early_total",
    "Connections that had gone before they were taken",
  ],
  [
    "protocolErrors",
    "protocol_errors_total",
    "Connections closed for bad bytes",
  ],
  [
    "slowPeersClosed",
    "slow_peers_closed_total",
    "Connections closed for not reading",
  ],
  [
    "stalledClosed",
    "stalled_closed_total",
    "Connections closed as they took nothing",
  ],
  [
    "silentClosed",
    "silent_closed_total",
    "Connections closed as they said nothing",
  ],
  [
    "halfFrameClosed",
    "half_frames_closed_total",
    "Connections closed as they did not end a frame",
  ],
  ["unknownIds", "unknown_ids_total", "Frames dropped for their message id"],
] as const;

/** What every service counts beside its own. */
const COMMON_METRICS = [
  [
    "logLinesLost",
    "log_lines_lost_total",
    "Log lines that standard error did not take",
  ],
] as const satisfies readonly MetricRow<string>[];

/** Metrics as Prometheus scrapes them, each named `lars_SERVICE_NAME`. */
export class Metrics<Name extends string> {
  readonly #service: string;
  readonly #rows: readonly MetricRow<Name>[];
  readonly #read: () => Readonly<Record<Name, number>>;
  #exported: Promise<ExportedMetrics> | undefined;

  /** `read` returns all counters; it is called once per scrape. */
  constructor(
    service: string,
    options: {
      rows: readonly MetricRow<Name>[];
      read: () => Readonly<Record<Name, number>>;
    },
  ) {
    this.#service = service;
    this.#rows = options.rows;
    this.#read = options.read;
  }

  /** All values in Prometheus' text format. */
  async text(): Promise<string> {
    const rows = [...this.#rows, ...COMMON_METRICS];
    this.#exported ??= register(this.#service, rows);
    const { registry, metrics } = await this.#exported;
    const counters = { ...this.#read(), logLinesLost: logLinesLost() };
    for (const [index, [counter]] of rows.entries()) {
      const metric = metrics[index]!;
      // A counter of prom-client cannot be set.
      metric.reset();
      metric.inc(counters[counter]);
    }
    return await registry.metrics();
  }

  /**
   * Answers GET /metrics and GET /health at `at` until `signal` is aborted.
   *
   * @throws {Deno.errors.AddrInUse} If the port is taken.
   */
  serve(at: Endpoint, signal: AbortSignal): { finished: Promise<void> } {
    return serveHttp({ at, signal }, async (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/health") return new Response("ok\n");
      if (pathname !== "/metrics") {
        return new Response("Look at /metrics or /health\n", { status: 404 });
      }
      return new Response(await this.text(), {
        headers: { "content-type": CONTENT_TYPE },
      });
    });
  }
}

/** A registry, and its metrics in the order of their rows. */
interface ExportedMetrics {
  registry: Registry;
  metrics: readonly (Counter | Gauge)[];
}

/** Registers metrics. Loads the library here: it takes 5 MB, and most threads are never scraped. */
async function register(
  service: string,
  rows: readonly MetricRow<string>[],
): Promise<ExportedMetrics> {
  const { Counter, Gauge, Registry } = await import("prom-client");
  const registry = new Registry();
  const metrics = rows.map(([, name, help]) => {
    const Metric = name.endsWith("_total") ? Counter : Gauge;
    return new Metric({
      name: `lars_${service}_${name}`,
      help,
      registers: [registry],
    });
  });
  return { registry, metrics };
}
