import { ALARM_RULES } from "../../conf/mod.ts";

/** A chart. */
interface Panel {
  title: string;
  unit: "ops" | "s" | "percentunit" | "short";
  /** PromQL by legend, in which {{label}} is a label's value. */
  series: Readonly<Record<string, string>>;
}

/** How often something happens, by a label. */
function rateBy(label: string, metric: string): string {
  return `sum by (${label}) (rate(${metric}[$__rate_interval]))`;
}

/** The time that a share of all have been within. */
function quantile(share: number, metric: string, by = ""): string {
  const labels = by === "" ? "le" : `le, ${by}`;
  return `histogram_quantile(${share}, ${rateBy(labels, `${metric}_bucket`)})`;
}

/** Rows of charts by their titles. */
const ROWS: Readonly<Record<string, readonly Panel[]>> = {
  "Calls": [
    {
      title: "Failing share of all calls",
      unit: "percentunit",
      series: {
        "failing":
          'sum(rate(lars_agent_reports_total{result="failed"}[$__rate_interval])) / sum(rate(lars_agent_reports_total{result=~"succeeded|failed"}[$__rate_interval]))',
      },
    },
    {
      title: "Routes with most failed calls",
      unit: "ops",
      series: {
        "{{modid}}/{{cmdid}}":
          'topk(10, sum by (modid, cmdid) (rate(lars_route_calls_total{result="failed"}[$__rate_interval])))',
      },
    },
  ],
  "Agents": [
    {
      title: "Answers to programs",
      unit: "ops",
      series: { "{{outcome}}": rateBy("outcome", "lars_agent_picks_total") },
    },
    {
      title: "Reports",
      unit: "ops",
      series: { "{{result}}": rateBy("result", "lars_agent_reports_total") },
    },
    {
      title: "Hosts that are not plainly in use, by state",
      unit: "short",
      series: {
        "{{state}}": 'sum by (state) (lars_agent_hosts{state!="in_use"})',
      },
    },
    {
      title: "Ejections, by reason",
      unit: "ops",
      series: { "{{reason}}": rateBy("reason", "lars_agent_ejections_total") },
    },
    {
      title: "Datagrams dropped, by reason",
      unit: "ops",
      series: {
        "{{reason}}": rateBy("reason", "lars_agent_datagrams_dropped_total"),
      },
    },
    {
      title: "Agents without dns, without reporter",
      unit: "short",
      series: {
        "without dns": "count(lars_agent_dns_connected == 0) or vector(0)",
        "without reporter":
          "count(lars_agent_reporter_connected == 0) or vector(0)",
      },
    },
  ],
  "dns": [
    {
      title: "Time to push a change",
      unit: "s",
      series: {
        "median": quantile(0.5, "lars_dns_push_delay_seconds"),
        "99 %": quantile(0.99, "lars_dns_push_delay_seconds"),
      },
    },
    {
      title: "Age of what is known of the store",
      unit: "s",
      series: { "{{instance}}": "lars_dns_feed_lag_seconds" },
    },
    {
      title: "Routes, and those held that the store lacks",
      unit: "short",
      series: {
        "{{instance}} routes": "lars_dns_routes",
        "{{instance}} held": "lars_dns_removals_held",
      },
    },
  ],
  "Reporter": [
    {
      title: "Rows, by what became of them",
      unit: "ops",
      series: { "{{result}}": rateBy("result", "lars_reporter_rows_total") },
    },
    {
      title: "Time that call totals wait for the store",
      unit: "s",
      series: { "{{instance}}": "lars_reporter_history_lag_seconds" },
    },
    {
      title: "Rows that wait for the store",
      unit: "percentunit",
      series: {
        "{{instance}}":
          "lars_reporter_rows_waiting / lars_reporter_rows_waiting_max",
      },
    },
    {
      title: "Connections",
      unit: "short",
      series: {
        "{{instance}} reporter": "lars_reporter_connections",
        "{{instance}} dns": "lars_dns_connections",
      },
    },
  ],
  "Store and processes": [
    {
      title: "Operations on the store, 99 %",
      unit: "s",
      series: {
        "{{operation}}": quantile(
          0.99,
          "lars_store_operation_duration_seconds",
          "operation",
        ),
      },
    },
    {
      title: "Operations on the store that failed",
      unit: "ops",
      series: {
        "{{operation}}": rateBy("operation", "lars_store_errors_total"),
      },
    },
    {
      title: "Delay of event loops, 99 %",
      unit: "s",
      series: {
        "{{job}}": quantile(0.99, "lars_event_loop_delay_seconds", "job"),
      },
    },
    {
      title: "Versions",
      unit: "short",
      series: {
        "{{service}} {{version}}":
          "count by (service, version) (lars_build_info)",
      },
    },
  ],
};

/** Height of a chart, and charts in a row of 24 columns. */
const PANEL_HEIGHT = 8;
const PANELS_PER_LINE = 3;

const DATASOURCE = { type: "prometheus", uid: "${datasource}" };

/** conf/dashboard.json: for Grafana from 10 on. */
export function dashboardFile(): string {
  const panels: object[] = [];
  let id = 0;
  let y = 0;
  for (const [title, charts] of Object.entries(ROWS)) {
    const at = { h: 1, w: 24, x: 0, y: y++ };
    panels.push({ id: ++id, type: "row", title, gridPos: at, panels: [] });
    for (const [index, chart] of charts.entries()) {
      const column = index % PANELS_PER_LINE;
      const width = 24 / PANELS_PER_LINE;
      panels.push({
        id: ++id,
        ...panelOf(chart),
        gridPos: { h: PANEL_HEIGHT, w: width, x: column * width, y },
      });
      const isLineEnd = column === PANELS_PER_LINE - 1 ||
        index === charts.length - 1;
      if (isLineEnd) y += PANEL_HEIGHT;
    }
  }
  return JSON.stringify({
    uid: "lars",
    title: "Lars",
    description: "Written by tasks/monitoring/main.ts: do not edit.",
    tags: ["lars"],
    schemaVersion: 38,
    version: 1,
    editable: true,
    refresh: "10s",
    time: { from: "now-1h", to: "now" },
    templating: {
      list: [{ name: "datasource", type: "datasource", query: "prometheus" }],
    },
    annotations: { list: [alarmMarks()] },
    panels,
  });
}

function panelOf({ title, unit, series }: Panel) {
  return {
    type: "timeseries",
    title,
    datasource: DATASOURCE,
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    options: { tooltip: { mode: "multi", sort: "desc" } },
    targets: Object.entries(series).map(([legendFormat, expr], index) => ({
      refId: String.fromCharCode(65 + index),
      datasource: DATASOURCE,
      expr,
      legendFormat,
    })),
  };
}

/** When alarms of conf/alerts.yml fire. */
function alarmMarks() {
  const names = Object.keys(ALARM_RULES).filter((name) => name !== "Watchdog");
  return {
    name: "Alarms",
    enable: true,
    iconColor: "red",
    datasource: DATASOURCE,
    expr: `ALERTS{alertstate="firing", alertname=~"${names.join("|")}"}`,
    titleFormat: "{{alertname}}",
  };
}
