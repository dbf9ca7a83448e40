import { stringify } from "yaml";
import { ALARM_RULES, type AlarmRule, runbookOf } from "../../conf/mod.ts";

const HEAD =
  `# Written by tasks/monitoring/main.ts from conf/alarm_rules.ts: do not edit.
# Rules for Prometheus from 2.42 on: name this file in rule_files of prometheus.yml.
# What each means and what to do: reporter/ALARMS.md.
`;

/** conf/alerts.yml: the rules that metrics tell of. */
export function alertsFile(): string {
  const rules = Object.entries<AlarmRule>(ALARM_RULES).flatMap(
    ([name, rule]) =>
      rule.expression === undefined ? [] : [{
        alert: name,
        expr: rule.expression,
        ...rule.forSeconds > 0 && { for: `${rule.forSeconds}s` },
        ...rule.keepSeconds > 0 && { keep_firing_for: `${rule.keepSeconds}s` },
        labels: { severity: rule.severity },
        annotations: {
          summary: rule.summary.replaceAll(/\{(\w+)\}/g, "{{ $$labels.$1 }}"),
          runbook_url: runbookOf(name),
        },
      }],
  );
  return HEAD + stringify({ groups: [{ name: "lars", rules }] }, {
    lineWidth: 0,
  });
}
