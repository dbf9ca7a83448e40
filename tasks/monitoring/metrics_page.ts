import { AGENT_METRICS } from "../../agent/metrics.ts";
import { DNS_METRICS } from "../../dns/metrics.ts";
import { commonMetrics, type MetricInfo } from "../../net/mod.ts";
import { ROUTE_METRICS } from "../../reporter/history/route_counts.ts";
import { REPORTER_METRICS } from "../../reporter/metrics.ts";
import { WEB_METRICS } from "../../web/metrics.ts";

/** The metrics of each service beside the common ones. */
export const SERVICE_METRICS: Readonly<Record<string, readonly MetricInfo[]>> =
  {
    agent: AGENT_METRICS,
    dns: DNS_METRICS,
    reporter: REPORTER_METRICS,
    web: WEB_METRICS,
  };

const INTRO = `<!-- Written by tasks/monitoring/main.ts: do not edit. -->

# Metrics and health

\`[metrics] port\` in a service's file turns its pages on, at \`ip\`
(127.0.0.1 unless set: others may read them, so name an address that only your
Prometheus reaches):

| request | answer |
| --- | --- |
| \`GET /metrics\` | the metrics below, in Prometheus' text format |
| \`GET /metrics/routes\` | of a reporter with \`[metrics] routes_max\`: calls of each route that it has committed; add up those of all reporters |
| \`GET /healthz\` | 200 while the service is alive: its event loop answers, and so do the other threads of an agent; else 503. Restart it then |
| \`GET /readyz\` | 200 while the service can do its work, else 503. Restarting does not help |

Both say why in JSON: \`{"ok":false,"checks":[{"check":"store","ok":false,"reason":"…"}]}\`.
They answer from the first moment on, also while a dns or a reporter waits for
its store. Ready is

- an agent that is connected to a dns or has routes of its last run, and has hosts
  for at least one of the routes that programs ask for, if they ask;
- a dns that has read its store, or serves what it had read before the store went
  away;
- a reporter whose store answers within 2 s: it is asked at each request;
- a web that has read the routes.

\`/health\` says "ok", as before, for one more release.

## Prometheus and Grafana

[conf/alerts.yml](../../conf/alerts.yml) are rules for Prometheus from 2.42 on,
[conf/dashboard.json](../../conf/dashboard.json) is a dashboard for Grafana from
10 on; what each alarm means: [ALARMS.md](../../reporter/ALARMS.md).
dns [lists](../../dns/discovery/README.md) the pages of agents.

Labels are bounded: never a host, a caller, a user or a path. An agent has about
80 series, whatever it holds.

## OpenTelemetry

Off unless the variable \`OTEL_DENO\` is \`true\`: then Deno itself sends the
metrics below, under the same names, by OTLP, as the usual variables say:

\`\`\`shell
OTEL_DENO=true OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 lars-agent
\`\`\`

\`service.name\` is \`lars-agent\`, \`lars-dns\`, \`lars-reporter\` or \`lars-web\`,
\`service.version\` the version and \`service.instance.id\` the machine, where Lars
is installed from its packages or runs under \`deno task start\`;
\`OTEL_SERVICE_NAME\` and \`OTEL_RESOURCE_ATTRIBUTES\` change that. Elsewhere those
two name it. No span is made for a pick.
`;

/** Metrics of every service. */
const COMMON = commonMetrics("SERVICE");

/** net/metrics/README.md: every metric, and what replaces those that will go. */
export function metricsPage(): string {
  const all = Object.values(SERVICE_METRICS).flat();
  return [
    INTRO,
    "## Every service",
    tableOf(COMMON),
    ...Object.entries(SERVICE_METRICS).flatMap(([service, metrics]) => [
      `## ${service}`,
      tableOf(metrics.filter((each) => each.replacedBy === undefined)),
    ]),
    "## Routes, at /metrics/routes of a reporter",
    tableOf(ROUTE_METRICS),
    "Routes beyond `routes_max` are counted as `other`.",
    "## Old names",
    "Each is there beside the new one for one release, and says `deprecated: NEW_NAME` in its help.",
    "`lars_dns_last_comparison_ms` has gone at once, as promtool refuses its name: `lars_dns_last_comparison_seconds`. `lars_agent_reports_total` and `lars_reporter_rows_total` have kept their names and got the label `result`: `sum without (result)` is what they were, but that the latter now also counts rows that are invalid, and each row when it is known what became of it.",
    oldNames(all),
  ].join("\n\n");
}

function tableOf(metrics: readonly MetricInfo[]): string {
  const rows = metrics.map(({ name, type, labels = {}, help }) => {
    const shown = Object.entries(labels).map(([label, values]) =>
      values.length === 0 || values.includes("SERVICE")
        ? `\`${label}\``
        : `\`${label}\`: ${values.join(", ")}`
    );
    return `| \`${name}\` | ${type} | ${shown.join("; ")} | ${help} |`;
  });
  return ["| name | type | labels | meaning |", "|---|---|---|---|", ...rows]
    .join("\n");
}

function oldNames(metrics: readonly MetricInfo[]): string {
  const rows = metrics.flatMap(({ name, replacedBy }) =>
    replacedBy === undefined ? [] : [`| \`${name}\` | \`${replacedBy}\` |`]
  );
  return ["| old | new |", "|---|---|", ...rows].join("\n");
}
