import type { Endpoint } from "../proto/mod.ts";
import type { Registry } from "prom-client";

/** What Prometheus' text format calls itself. */
const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** A number that a service keeps, and what it means. */
export interface Metric {
  /** Without prefix: "datagrams_received_total". A counter ends in "_total", a gauge does not. */
  name: string;
  help: string;
  /** Read whenever somebody scrapes. */
  value: () => number;
}

/** Metrics of a service's counters: counter, metric name, help. */
export type MetricTable<Counter extends PropertyKey> = readonly (
  readonly [Counter, string, string]
)[];

/** The metrics of a table, read from the counters at each scrape. */
export function metricsOf<Counter extends PropertyKey>(
  table: MetricTable<Counter>,
  counters: () => Readonly<Record<Counter, number>>,
): Metric[] {
  return table.map(([counter, name, help]) => ({
    name,
    help,
    value: () => counters()[counter],
  }));
}

/** What everybody with a TcpServer and a router counts of it: counter, metric name, help. */
export const TCP_SERVER_METRICS = [
  ["connections", "connections", "Open connections"],
  ["accepted", "connections_total", "Connections taken"],
  [
    "refusedOverLimit",
    "connections_refused_total",
    "Connections over the limit",
  ],
  ["acceptFailures", "accept_failures_total", "Failures to take a connection"],
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
  ["unknownIds", "unknown_ids_total", "Frames dropped for their message id"],
] as const;

/** Metrics as Prometheus scrapes them, each named `lars_SERVICE_NAME`. */
export class Metrics {
  readonly #service: string;
  readonly #metrics: readonly Metric[];
  #registry: Promise<Registry> | undefined;

  constructor(service: string, metrics: readonly Metric[]) {
    this.#service = service;
    this.#metrics = metrics;
  }

  /** All values in Prometheus' text format. */
  async text(): Promise<string> {
    this.#registry ??= register(this.#service, this.#metrics);
    return await (await this.#registry).metrics();
  }

  /**
   * Answers GET /metrics and GET /health at `at` until `signal` is aborted.
   *
   * @throws {Deno.errors.AddrInUse} If the port is taken.
   */
  serve(at: Endpoint, signal: AbortSignal): { finished: Promise<void> } {
    // Deno.serve would never finish with a signal that is aborted already.
    if (signal.aborted) return { finished: Promise.resolve() };
    return Deno.serve(
      { ...at, signal, onListen: () => {} },
      async (request) => {
        const { pathname } = new URL(request.url);
        if (pathname === "/health") return new Response("ok\n");
        if (pathname !== "/metrics") {
          return new Response("Look at /metrics or /health\n", { status: 404 });
        }
        return new Response(await this.text(), {
          headers: { "content-type": CONTENT_TYPE },
        });
      },
    );
  }
}

/** The library is loaded here, as most threads never answer a scrape: it takes 5 MB. */
async function register(
  service: string,
  metrics: readonly Metric[],
): Promise<Registry> {
  const { Counter, Gauge, Registry } = await import("prom-client");
  const registry = new Registry();
  for (const { name, help, value } of metrics) {
    const options = {
      name: `lars_${service}_${name}`,
      help,
      registers: [registry],
    };
    if (name.endsWith("_total")) {
      new Counter({
        ...options,
        collect() {
          this.reset();
          this.inc(value());
        },
      });
    } else {
      new Gauge({
        ...options,
        collect() {
          this.set(value());
        },
      });
    }
  }
  return registry;
}
