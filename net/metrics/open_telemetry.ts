import type { Meter, MeterProvider, Observable } from "@opentelemetry/api";
import { Histogram } from "./histogram.ts";
import { type Metric, samplesOf } from "./metric.ts";

/** Where Deno puts its own OpenTelemetry, if the variable OTEL_DENO asks for it. */
const DENO_TELEMETRY = Symbol.for("opentelemetry.js.api.1");

/**
 * Has Deno send metrics by OTLP, as the variables OTEL_* say; does nothing
 * without OTEL_DENO=true.
 */
export function exportMetrics<Source>(
  metrics: readonly Metric<Source>[],
  read: () => Source,
): void {
  const meter = denoMeter();
  if (meter === undefined) return;
  const observed = new Map<Observable, Metric<Source>>();
  for (const metric of metrics) {
    if (metric.replacedBy !== undefined) continue;
    if (metric.type === "histogram") tapHistograms(meter, { metric, read });
    else observed.set(createObservable(meter, metric), metric);
  }
  meter.addBatchObservableCallback((result) => {
    const source = read();
    for (const [observable, metric] of observed) {
      for (const { labels, value } of samplesOf(metric, source)) {
        if (typeof value !== "number") continue;
        result.observe(observable, value, labels);
      }
    }
  }, [...observed.keys()]);
}

function denoMeter(): Meter | undefined {
  const global: unknown = Reflect.get(globalThis, DENO_TELEMETRY);
  const { metrics } = (global ?? {}) as { metrics?: MeterProvider };
  return metrics?.getMeter("lars");
}

function createObservable(
  meter: Meter,
  { name, type, help }: Metric<never>,
): Observable {
  const options = { description: help };
  return type === "counter"
    ? meter.createObservableCounter(name, options)
    : meter.createObservableGauge(name, options);
}

/** Passes on each time that is observed from now on. */
function tapHistograms<Source>(
  meter: Meter,
  { metric, read }: { metric: Metric<Source>; read: () => Source },
): void {
  for (const { labels, value } of samplesOf(metric, read())) {
    if (!(value instanceof Histogram)) continue;
    const histogram = meter.createHistogram(metric.name, {
      description: metric.help,
      unit: "s",
      advice: { explicitBucketBoundaries: [...value.bounds] },
    });
    value.tap = (seconds) => histogram.record(seconds, labels);
  }
}
