import { stringify } from "yaml";
import { ALARM_RULES, type AlarmRule, runbookOf } from "../../conf/mod.ts";

const HEAD =
  `# Written by tasks/monitoring/main.ts from conf/alarm_rules.ts: do not edit.
# Rules for Prometheus from 2.42 on: name this file in rule_files of prometheus.yml.
# What each means and what to do: reporter/ALARMS.md.
`;

/** conf/alerts.yml: every rule, of hosts as far as reporters have found it. */
export function alertsFile(): string {
  const rules = Object.entries<AlarmRule>(ALARM_RULES).map(([name, rule]) => ({
    alert: name,
    ...rule.expression === undefined ? foundByReporters(name) : {
      expr: rule.expression,
      ...rule.forSeconds > 0 && { for: `${rule.forSeconds}s` },
      ...rule.keepSeconds > 0 && { keep_firing_for: `${rule.keepSeconds}s` },
    },
    labels: { severity: rule.severity },
    annotations: {
      summary: rule.expression === undefined
        ? `{{ $value }} of ${name}: "lars alarm list" shows of what`
        : rule.summary.replaceAll(/\{(\w+)\}/g, "{{ $$labels.$1 }}"),
      runbook_url: runbookOf(name),
    },
  }));
  return HEAD + stringify({ groups: [{ name: "lars", rules }] }, {
    lineWidth: 0,
  });
}

/**
 * Hosts are no labels of metrics: a reporter finds what is wrong with them, waits as
 * the rule says, and counts it.
 */
function foundByReporters(name: string) {
  return { expr: `sum(lars_alarms_firing{rule="${name}"}) > 0` };
}
