import { formatMetrics, type Metric, type Sample } from "../../net/mod.ts";
import { RouteMap } from "../../proto/mod.ts";
import type { RouteCalls } from "./history_sink.ts";

interface Counts {
  succeeded: number;
  failed: number;
}

/** What a route over the limit is called. */
const OTHER = "other";

/** Calls of each route that a reporter has committed since its start. */
const CALLS: Metric<RouteCounts> = {
  name: "lars_route_calls_total",
  type: "counter",
  help: "Calls that this reporter has committed to the history",
  labels: { modid: [], cmdid: [], result: ["succeeded", "failed"] },
  read: (counts) => counts.samples(),
};

/** The metrics of single routes. */
export const ROUTE_METRICS: readonly Metric<RouteCounts>[] = [CALLS];

/** Counts the calls of routes, the first `max` of them by their keys and others together. */
export class RouteCounts {
  readonly #max: number;
  readonly #routes = new RouteMap<Counts>();
  readonly #other: Counts = { succeeded: 0, failed: 0 };

  /** Counts nothing yet. */
  constructor({ max }: { max: number }) {
    this.#max = max;
  }

  /** Takes calls that were committed. */
  add({ modId, cmdId, calls, failed }: RouteCalls): void {
    for (let row = 0; row < modId.length; row++) {
      const counts = this.#of({ modId: modId[row]!, cmdId: cmdId[row]! });
      counts.succeeded += calls[row]! - failed[row]!;
      counts.failed += failed[row]!;
    }
  }

  /** The page in Prometheus' text format. */
  text(): string {
    return formatMetrics(ROUTE_METRICS, this);
  }

  /** The counts of each route by result. */
  samples(): Sample[] {
    const samples: Sample[] = [];
    for (const [{ modId, cmdId }, counts] of this.#routes) {
      addSamples(samples, [String(modId), String(cmdId), counts]);
    }
    addSamples(samples, [OTHER, OTHER, this.#other]);
    return samples;
  }

  #of(key: { modId: number; cmdId: number }): Counts {
    const known = this.#routes.get(key);
    if (known !== undefined) return known;
    // A counter must not move: who was counted among others stays there.
    if (this.#routes.size >= this.#max) return this.#other;
    const counts = { succeeded: 0, failed: 0 };
    this.#routes.set(key, counts);
    return counts;
  }
}

function addSamples(
  samples: Sample[],
  [modid, cmdid, counts]: readonly [string, string, Counts],
): void {
  for (const [result, value] of Object.entries(counts)) {
    samples.push({ labels: { modid, cmdid, result }, value });
  }
}
