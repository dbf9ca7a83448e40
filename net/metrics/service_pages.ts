import type { Endpoint } from "../../proto/mod.ts";
import { serveHttp } from "../http/server.ts";
import { logLinesLost } from "../log.ts";
import { VERSION } from "../version.ts";
import { eventLoopDelay } from "./event_loop_delay.ts";
import { formatMetrics, type Metric } from "./metric.ts";
import { exportMetrics } from "./open_telemetry.ts";

/** Content type of Prometheus' text format. */
const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** A condition of a service, and whether it holds. */
export interface HealthCheck {
  /** What is looked at. */
  check: string;
  /** Whether all is well with it. */
  ok: boolean;
  /** Why, in words. */
  reason: string;
}

/** Conditions that must all hold. */
export type HealthChecks = readonly HealthCheck[];

/** What a service that has opened tells of itself. */
export interface ServiceReadings<Source> {
  /** Reads all counters; called once per scrape. */
  read: () => Source;
  /** Whether it can do its work now. */
  ready: () => HealthChecks | Promise<HealthChecks>;
  /** Further pages of metrics, by path. */
  pages?: ReadonlyMap<string, () => string>;
  /** Whether its other threads answer; default: it has none that matter. */
  alive?: () => Promise<HealthChecks>;
}

/** Metrics that every service has beside its own. */
export function commonMetrics(service: string): Metric<unknown>[] {
  return [
    {
      name: "lars_build_info",
      type: "gauge",
      help: "1, with what runs",
      labels: { service: [service], version: [] },
      read: () => [{ labels: { service, version: VERSION }, value: 1 }],
    },
    {
      name: "lars_event_loop_delay_seconds",
      type: "histogram",
      help: "How late timers of the main thread fire",
      read: () => eventLoopDelay,
    },
    {
      name: `lars_${service}_log_lines_lost_total`,
      type: "counter",
      help: "Log lines that standard error did not take",
      read: () => logLinesLost(),
    },
  ];
}

/** Metrics and health of a service over HTTP, also while it opens. */
export class ServicePages<Source> {
  readonly #service: string;
  readonly #metrics: readonly Metric<Source>[];
  #readings: ServiceReadings<Source> | undefined;

  /** Pages of a service that has not opened yet. */
  constructor(service: string, metrics: readonly Metric<Source>[]) {
    this.#service = service;
    this.#metrics = metrics;
  }

  /** Tells of a service from now on, also to OpenTelemetry where that is asked for. */
  open(readings: ServiceReadings<Source>): void {
    this.#readings = readings;
    exportMetrics(
      [...this.#metrics, ...commonMetrics(this.#service)],
      readings.read,
    );
  }

  /** All values in Prometheus' text format. */
  text(): string {
    const common = formatMetrics(commonMetrics(this.#service), undefined);
    const readings = this.#readings;
    return readings === undefined
      ? common
      : formatMetrics(this.#metrics, readings.read()) + common;
  }

  /**
   * Answers GET /metrics, /healthz and /readyz at `at` until `signal` is aborted.
   *
   * @throws {Deno.errors.AddrInUse} If the port is taken.
   */
  serve(at: Endpoint, signal: AbortSignal): { finished: Promise<void> } {
    return serveHttp({ at, signal }, (request) => this.#answer(request));
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const page = this.#readings?.pages?.get(pathname);
    if (page !== undefined) return metricsPage(page());
    switch (pathname) {
      case "/metrics":
        return metricsPage(this.text());
      case "/healthz":
        return health(await this.#readings?.alive?.() ?? []);
      case "/readyz":
        return health(await this.#readings?.ready() ?? [STARTING]);
      // Until the next release: what was there before the two above.
      case "/health":
        return new Response("ok\n");
      default:
        return new Response("Look at /metrics, /healthz or /readyz\n", {
          status: 404,
        });
    }
  }
}

const STARTING: HealthCheck = {
  check: "start",
  ok: false,
  reason: "it has not opened yet: its log says what it waits for",
};

function metricsPage(text: string): Response {
  return new Response(text, { headers: { "content-type": CONTENT_TYPE } });
}

function health(checks: HealthChecks): Response {
  const ok = checks.every((each) => each.ok);
  return Response.json({ ok, checks }, {
    status: ok ? 200 : 503,
    headers: { "cache-control": "no-store" },
  });
}
