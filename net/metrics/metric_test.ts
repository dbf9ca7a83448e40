import { assertEquals } from "@std/assert";
import { Histogram } from "./histogram.ts";
import {
  countersBy,
  deprecatedMetrics,
  formatMetrics,
  type Metric,
  metricsOf,
} from "./metric.ts";

Deno.test("counters are read at each format, and ask for no more than their row says", () => {
  const source = { received: 5, held: -5, notShown: 1 };
  const metrics = metricsOf<"received" | "held">("agent", [
    ["received", "datagrams_received_total", "Datagrams."],
    ["held", "routes", "Routes held."],
  ]);
  const expected = (received: number) =>
    `# HELP lars_agent_datagrams_received_total Datagrams.
# TYPE lars_agent_datagrams_received_total counter
lars_agent_datagrams_received_total ${received}
# HELP lars_agent_routes Routes held.
# TYPE lars_agent_routes gauge
lars_agent_routes -5
`;
  assertEquals(formatMetrics(metrics, source), expected(5));
  source.received = 7;
  assertEquals(formatMetrics(metrics, source), expected(7));
});

Deno.test("a counter with a label has every value of it from the start", () => {
  const metric = countersBy<{ ok: number; bad: number }>("result", {
    name: "lars_x_total",
    help: "By result",
    values: { ok: (counters) => counters.ok, bad: ({ bad }) => bad },
  });
  assertEquals(metric.labels, { result: ["ok", "bad"] });
  assertEquals(
    formatMetrics([metric], { ok: 2, bad: 0 }),
    `# HELP lars_x_total By result
# TYPE lars_x_total counter
lars_x_total{result="ok"} 2
lars_x_total{result="bad"} 0
`,
  );
});

Deno.test("an old name says which one is to be used", () => {
  const [metric] = deprecatedMetrics<"rows">("dns", [
    ["rows", "rows_total", "lars_new_total"],
  ]);
  assertEquals(metric?.replacedBy, "lars_new_total");
  assertEquals(
    formatMetrics([metric!], { rows: 1 }).split("\n")[0],
    "# HELP lars_dns_rows_total deprecated: lars_new_total",
  );
});

Deno.test("a histogram counts a time in every bucket that holds it", () => {
  const histogram = new Histogram([0.25, 1]);
  for (const seconds of [0, 0.25, 0.5, 1, 8]) histogram.observe(seconds);
  const metric: Metric<unknown> = {
    name: "lars_x_seconds",
    type: "histogram",
    help: "Times",
    read: () => [{ labels: { kind: "a" }, value: histogram }],
  };
  assertEquals(
    formatMetrics([metric], undefined),
    `# HELP lars_x_seconds Times
# TYPE lars_x_seconds histogram
lars_x_seconds_bucket{kind="a",le="0.25"} 2
lars_x_seconds_bucket{kind="a",le="1"} 4
lars_x_seconds_bucket{kind="a",le="+Inf"} 5
lars_x_seconds_sum{kind="a"} 9.75
lars_x_seconds_count{kind="a"} 5
`,
  );
});

Deno.test("help and labels are escaped, whatever they hold", () => {
  const metric: Metric<unknown> = {
    name: "lars_x",
    type: "gauge",
    help: 'a\\b\n"c"',
    read: () => [{ labels: { name: 'a\\b\n"c"' }, value: 1 }],
  };
  assertEquals(
    formatMetrics([metric], undefined),
    `# HELP lars_x a\\\\b\\n"c"
# TYPE lars_x gauge
lars_x{name="a\\\\b\\n\\"c\\""} 1
`,
  );
});
