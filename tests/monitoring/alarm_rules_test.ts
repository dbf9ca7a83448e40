import { assertEquals } from "@std/assert";
import { ALARM_RULES, type AlarmRule, runbookOf } from "../../conf/mod.ts";
import { ROOT } from "../../tasks/local/services.ts";
import { noPromtool, promtool, skipped } from "./promtool.ts";

const RULES = Object.entries<AlarmRule>(ALARM_RULES);

const ALERTS_FILE = `${ROOT}conf/alerts.yml`;

Deno.test("every alarm has a heading on its page, and the page no other", async () => {
  const headings = new Map<string, string[]>();
  for (const [name] of RULES) {
    const [page = "", anchor] = runbookOf(name).split("#");
    if (!headings.has(page)) {
      const text = await Deno.readTextFile(ROOT + page);
      headings.set(page, [...text.matchAll(/^## (.*)$/gm)].map(([, h]) => h!));
    }
    assertEquals(anchor, name.toLowerCase());
  }
  assertEquals([...headings.values()].flat(), RULES.map(([name]) => name));
});

Deno.test("an alarm that no metric tells of is found by reporters, and its summary names its labels only", () => {
  for (const [name, rule] of RULES) {
    assertEquals(rule.isBuiltIn || rule.expression !== undefined, true, name);
    const named = [...rule.summary.matchAll(/\{(\w+)\}/g)].map(([, l]) => l!);
    assertEquals(named.filter((each) => !rule.labels.includes(each)), [], name);
  }
});

Deno.test({
  name: `promtool accepts conf/alerts.yml${skipped}`,
  ignore: noPromtool !== undefined,
  async fn() {
    assertEquals(await promtool(["check", "rules", ALERTS_FILE]), "");
  },
});

/** Values of a series, one each 30 s, and whether an alarm fires at a time. */
interface Scene {
  alarm: string;
  series: Record<string, string>;
  at: string;
  /** Labels that tell what fires; undefined: nothing does. */
  fires?: Record<string, string>;
  /** Number of alarms, where reporters have found them. */
  count?: number;
}

const ROUTE = 'modid="1",cmdid="2",instance="r1"';
const INSTANCE = { instance: "10.0.0.1:7791" };

/** Calls of a route with as many failed as told, each 30 s, as counters. */
function calls(succeeded: string, failed: string) {
  return {
    [`lars_route_calls_total{${ROUTE},result="succeeded"}`]: succeeded,
    [`lars_route_calls_total{${ROUTE},result="failed"}`]: failed,
  };
}

const SCENES: readonly Scene[] = [
  {
    alarm: "RouteFailing",
    // 100 calls a second, of which 10 % begin to fail after an hour.
    series: calls("0+3000x120 360000+2700x40", "0+0x120 0+300x40"),
    at: "65m",
    fires: { modid: "1", cmdid: "2" },
  },
  {
    alarm: "RouteFailing",
    // As before, but within the first two minutes of it.
    series: calls("0+3000x120 360000+2700x40", "0+0x120 0+300x40"),
    at: "61m",
  },
  {
    alarm: "RouteFailing",
    // One call in 60 s.
    series: calls("0+0x200", "0+0x120 0+0.5x40"),
    at: "65m",
  },
  {
    alarm: "RouteFailing",
    // 10 % is usual here.
    series: calls("0+2700x200", "0+300x200"),
    at: "65m",
  },
  {
    alarm: "RouteAllOut",
    series: {
      'lars_alarms_firing{rule="RouteAllOut",instance="r1"}': "0 2+0x10",
      'lars_alarms_firing{rule="RouteAllOut",instance="r2"}': "0+0x10",
    },
    at: "1m",
    fires: {},
    count: 2,
  },
  {
    alarm: "RouteEmptied",
    series: {
      'lars_alarms_firing{rule="RouteAllOut",instance="r1"}': "0 2+0x10",
      'lars_alarms_firing{rule="RouteEmptied",instance="r1"}': "0+0x10",
    },
    at: "1m",
  },
  {
    alarm: "AgentsSilent",
    series: {
      'lars_reporter_connections{instance="r1"}': "250+0x6 230+0x20",
      'lars_reporter_connections{instance="r2"}': "250+0x6 240+0x20",
    },
    at: "6m",
    fires: {},
  },
  {
    alarm: "AgentsSilent",
    // A reporter goes away, and its agents move to the other.
    series: {
      'lars_reporter_connections{instance="r1"}': "250+0x6 0+0x20",
      'lars_reporter_connections{instance="r2"}': "250+0x6 499+0x20",
    },
    at: "6m",
  },
  {
    alarm: "StoreAway",
    series: { 'lars_store_up{instance="10.0.0.1:7791"}': "1 1 0+0x10" },
    at: "2m",
    fires: INSTANCE,
  },
  {
    alarm: "StoreAway",
    series: { 'lars_store_up{instance="10.0.0.1:7791"}': "1 1 0 1+0x10" },
    at: "3m",
  },
  {
    alarm: "FeedLag",
    series: {
      'lars_dns_feed_lag_seconds{instance="10.0.0.1:7791"}': "0.1 6+0x10",
    },
    at: "2m",
    fires: INSTANCE,
  },
  {
    alarm: "RoutesHeld",
    series: { 'lars_dns_removals_held{instance="10.0.0.1:7791"}': "0 9+0x10" },
    at: "3m",
    fires: INSTANCE,
  },
  {
    alarm: "ExpirySuspended",
    series: {
      'lars_dns_expiry_suspended{instance="10.0.0.1:7791"}': "0 1+0x10",
    },
    at: "3m",
    fires: {},
  },
  {
    alarm: "ReporterBehind",
    series: {
      'lars_reporter_rows_waiting{instance="10.0.0.1:7791"}': "0 600+0x10",
      'lars_reporter_rows_waiting_max{instance="10.0.0.1:7791"}': "1000+0x10",
    },
    at: "3m",
    fires: INSTANCE,
  },
  {
    alarm: "ReporterBehind",
    series: {
      'lars_reporter_rows_waiting{instance="10.0.0.1:7791"}': "0+0x10",
      'lars_reporter_rows_waiting_max{instance="10.0.0.1:7791"}': "1000+0x10",
      'lars_reporter_history_lag_seconds{instance="10.0.0.1:7791"}':
        "0 61+30x10",
    },
    at: "3m",
    fires: INSTANCE,
  },
  { alarm: "Watchdog", series: {}, at: "0m", fires: {} },
];

Deno.test({
  name:
    `the rules of conf/alerts.yml fire when they should, and only then${skipped}`,
  ignore: noPromtool !== undefined,
  async fn() {
    const file = await Deno.makeTempFile({ suffix: ".yml" });
    const tests = SCENES.map((scene) => ({
      interval: "30s",
      input_series: Object.entries(scene.series).map((
        [series, values],
      ) => ({ series, values })),
      alert_rule_test: [{
        eval_time: scene.at,
        alertname: scene.alarm,
        exp_alerts: scene.fires === undefined
          ? []
          : [expected(scene.alarm, scene.fires, scene)],
      }],
    }));
    await Deno.writeTextFile(
      file,
      // JSON is YAML.
      JSON.stringify({
        rule_files: [ALERTS_FILE],
        evaluation_interval: "30s",
        tests,
      }),
    );
    assertEquals(await promtool(["test", "rules", file]), "");
    await Deno.remove(file);
    const tried = new Set(SCENES.map(({ alarm }) => alarm));
    const rules = RULES.filter(([, rule]) => rule.expression !== undefined);
    assertEquals(
      rules.map(([name]) => name).filter((name) => !tried.has(name)),
      [],
    );
  },
});

function expected(
  name: string,
  labels: Record<string, string>,
  { count }: Scene,
) {
  const { severity, summary: text } = Object.fromEntries(RULES)[name]!;
  const summary = count === undefined
    ? text
    : `${count} of ${name}: "lars alarm list" shows of what`;
  return {
    exp_labels: { ...labels, severity },
    exp_annotations: {
      summary: summary.replaceAll(/\{(\w+)\}/g, (_, label) => labels[label]!),
      runbook_url: runbookOf(name),
    },
  };
}

Deno.test({
  name:
    `promtool accepts the configurations that the page of discovery shows${skipped}`,
  ignore: noPromtool !== undefined,
  async fn() {
    const page = await Deno.readTextFile(`${ROOT}dns/discovery/README.md`);
    const blocks = [...page.matchAll(/```yaml\n(scrape_configs:.*?)```/gs)];
    assertEquals(blocks.length, 2);
    const file = await Deno.makeTempFile({ suffix: ".yml" });
    for (const [, text] of blocks) {
      await Deno.writeTextFile(file, text!);
      assertEquals(await promtool(["check", "config", file]), "");
    }
    await Deno.remove(file);
  },
});
