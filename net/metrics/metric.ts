import { Histogram } from "./histogram.ts";

/** Labels of one value, by name. */
export type Labels = Readonly<Record<string, string>>;

/** One of several values of a metric. */
export interface Sample {
  /** What tells it from the others. */
  labels: Labels;
  /** The value. */
  value: number | Histogram;
}

/** A metric as a person reads of it: all but where its values come from. */
export interface MetricInfo {
  /** Whole name, in base units. */
  readonly name: string;
  /** What Prometheus calls its kind. */
  readonly type: "counter" | "gauge" | "histogram";
  /** What it says, in one sentence. */
  readonly help: string;
  /** Its labels, each with its values; without any where they are free. */
  readonly labels?: Readonly<Record<string, readonly string[]>>;
  /** The metric that is to be used in place of this one, which will go. */
  readonly replacedBy?: string;
}

/** A metric of a service: one value, or some with labels. */
export interface Metric<Source> extends MetricInfo {
  /** Reads it; called at each scrape, so that it must be cheap. */
  read(source: Source): number | Histogram | readonly Sample[];
}

/**
 * A counter of a service, the metric's name without prefix, and its help text. A
 * name ending in "_total" is a counter to Prometheus, any other a gauge.
 */
export type MetricRow<Name extends string> = readonly [
  counter: Name,
  name: string,
  help: string,
];

/** Metrics `lars_SERVICE_NAME` that have one value. */
export function metricsOf<Name extends string>(
  service: string,
  rows: readonly MetricRow<Name>[],
): Metric<Readonly<Record<Name, number>>>[] {
  return rows.map(([counter, name, help]) => ({
    name: `lars_${service}_${name}`,
    type: name.endsWith("_total") ? "counter" : "gauge",
    help,
    read: (source) => source[counter],
  }));
}

/** Metrics of an earlier version by their old names; the third of each row is the new name. */
export function deprecatedMetrics<Name extends string>(
  service: string,
  rows: readonly MetricRow<Name>[],
): Metric<Readonly<Record<Name, number>>>[] {
  return metricsOf(service, rows).map((metric) => ({
    ...metric,
    help: `deprecated: ${metric.help}`,
    replacedBy: metric.help,
  }));
}

/** A counter with one label. */
export function countersBy<Source>(
  label: string,
  { name, help, values }: {
    name: string;
    help: string;
    /** How to read the counter of each value of the label. */
    values: Readonly<Record<string, (source: Source) => number>>;
  },
): Metric<Source> {
  const entries = Object.entries(values);
  return {
    name,
    type: "counter",
    help,
    labels: { [label]: Object.keys(values) },
    read: (source) =>
      entries.map(([value, read]) => ({
        labels: { [label]: value },
        value: read(source),
      })),
  };
}

/** The values of a metric, each with its labels. */
export function samplesOf<Source>(
  metric: Metric<Source>,
  source: Source,
): readonly Sample[] {
  const read = metric.read(source);
  return typeof read === "number" || read instanceof Histogram
    ? [{ labels: {}, value: read }]
    : read;
}

/**
 * Metrics in Prometheus' text format, version 0.0.4. Not by prom-client: it wants
 * counters of its own beside those of hot paths, and says nothing to OpenTelemetry.
 */
export function formatMetrics<Source>(
  metrics: readonly Metric<Source>[],
  source: Source,
): string {
  return metrics.map((metric) => {
    const { name, type, help } = metric;
    const lines = samplesOf(metric, source)
      .map((sample) => formatSample(name, sample));
    return `# HELP ${name} ${escape(help)}\n# TYPE ${name} ${type}\n${
      lines.join("")
    }`;
  }).join("");
}

function formatSample(name: string, { labels, value }: Sample): string {
  if (!(value instanceof Histogram)) return line(name, { labels, value });
  const { bounds, counts, sum } = value;
  let count = 0;
  let text = "";
  for (const [index, inBucket] of counts.entries()) {
    count += inBucket;
    const le = String(bounds[index] ?? "+Inf");
    text += line(`${name}_bucket`, { labels: { ...labels, le }, value: count });
  }
  return text + line(`${name}_sum`, { labels, value: sum }) +
    line(`${name}_count`, { labels, value: count });
}

function line(
  name: string,
  { labels, value }: { labels: Labels; value: number },
): string {
  const pairs = Object.entries(labels)
    .map(([label, text]) => `${label}="${escape(text).replaceAll('"', '\\"')}"`)
    .join(",");
  return `${name}${pairs === "" ? "" : `{${pairs}}`} ${value}\n`;
}

function escape(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
