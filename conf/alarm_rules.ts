/** A condition that a person is told of, by Prometheus or by a reporter itself. */
export interface AlarmRule {
  /** Whom it is for: somebody now, somebody at work, or nobody as long as it fires. */
  readonly severity: "page" | "ticket" | "none";
  /** How long it must hold before it fires. */
  readonly forSeconds: number;
  /** How long it must have been over before it ends: what comes and goes is one alarm. */
  readonly keepSeconds: number;
  /** What is so; what stands in {braces} is a label of the alarm. */
  readonly summary: string;
  /** Numbers of the condition, by name. */
  readonly limits: Readonly<Record<string, number>>;
  /** Labels that tell one alarm of the rule from another. */
  readonly labels: readonly string[];
  /** Whether a reporter with `[alarms]` finds it, from the history in its store. */
  readonly isBuiltIn: boolean;
  /**
   * The condition in PromQL; undefined where it is one of hosts, which are no label
   * of any metric.
   */
  readonly expression?: string;
}

/** The page that says what each alarm means and what to do, with a heading for each. */
const RUNBOOK = "reporter/ALARMS.md";

const FAILING = { failingShare: 0.05, timesUsual: 10, callsPerSecondMin: 1 };
const SILENT = { silentShare: 0.05, silentMin: 2 };
const LAG = { lagSeconds: 5 };
const BEHIND = { waitingShare: 0.5, lagSeconds: 60 };

/** Share of failed calls of each route, over a time such as "[2m]". */
function failingShare(range: string): string {
  return `sum by (modid, cmdid) (rate(lars_route_calls_total{result="failed"}${range}))
  / sum by (modid, cmdid) (rate(lars_route_calls_total${range}))`;
}

/**
 * Every alarm, by its name. `lars_route_calls_total` is at /metrics/routes of each
 * reporter, which `[metrics] routes_max` turns on.
 */
export const ALARM_RULES = {
  RouteFailing: {
    severity: "page",
    forSeconds: 120,
    keepSeconds: 300,
    summary: "Calls of route {modid}/{cmdid} fail, many more than usual",
    limits: FAILING,
    labels: ["modid", "cmdid"],
    isBuiltIn: true,
    expression: `(
  ${failingShare("[2m]")}
  > ${FAILING.failingShare}
)
unless (
  ${failingShare("[2m]")}
  <= ${FAILING.timesUsual} * (
    ${failingShare("[1h] offset 5m")}
  )
)
and sum by (modid, cmdid) (rate(lars_route_calls_total[2m])) >= ${FAILING.callsPerSecondMin}`,
  },
  RouteAllOut: {
    severity: "page",
    forSeconds: 30,
    keepSeconds: 120,
    summary: "Nearly all hosts of route {modid}/{cmdid} are out of use",
    limits: { outShare: 0.8, callersShare: 0.5 },
    labels: ["modid", "cmdid"],
    isBuiltIn: true,
  },
  RouteEmptied: {
    severity: "page",
    forSeconds: 0,
    keepSeconds: 0,
    summary: "Route {modid}/{cmdid} had hosts and has none",
    limits: {},
    labels: ["modid", "cmdid"],
    isBuiltIn: true,
  },
  HostOut: {
    severity: "ticket",
    forSeconds: 300,
    keepSeconds: 60,
    summary: "Host {host} of route {modid}/{cmdid} is out of use",
    limits: { callersShare: 0.5 },
    labels: ["modid", "cmdid", "host"],
    isBuiltIn: true,
  },
  HostFlapping: {
    severity: "ticket",
    forSeconds: 0,
    keepSeconds: 600,
    summary: "Host {host} of route {modid}/{cmdid} goes out and returns again",
    limits: { ejections: 4, withinSeconds: 600, callersShare: 0.5 },
    labels: ["modid", "cmdid", "host"],
    isBuiltIn: true,
  },
  DrainForgotten: {
    severity: "ticket",
    forSeconds: 0,
    keepSeconds: 0,
    summary: "{host} is drained for longer than was meant",
    limits: {},
    labels: ["host"],
    isBuiltIn: true,
  },
  TokenExpiring: {
    severity: "ticket",
    forSeconds: 0,
    keepSeconds: 0,
    summary: "Token {token} that programs use ends soon",
    limits: { withinSeconds: 1_209_600, lifeShare: 0.25 },
    labels: ["token"],
    isBuiltIn: true,
  },
  AgentsSilent: {
    severity: "page",
    forSeconds: 60,
    keepSeconds: 60,
    summary: "Many agents have stopped talking to dns and reporter",
    limits: SILENT,
    labels: [],
    isBuiltIn: true,
    expression:
      `max_over_time(sum(lars_reporter_connections)[10m:30s]) - sum(lars_reporter_connections)
  >= ${SILENT.silentMin}
and sum(lars_reporter_connections)
  < ${
        1 - SILENT.silentShare
      } * max_over_time(sum(lars_reporter_connections)[10m:30s])`,
  },
  StoreAway: {
    severity: "page",
    forSeconds: 30,
    keepSeconds: 60,
    summary: "{instance} cannot use its store",
    limits: {},
    labels: ["instance"],
    isBuiltIn: true,
    expression: "lars_store_up == 0",
  },
  FeedLag: {
    severity: "page",
    forSeconds: 30,
    keepSeconds: 60,
    summary: "{instance} serves routes that are seconds old",
    limits: LAG,
    labels: ["instance"],
    isBuiltIn: false,
    expression: `lars_dns_feed_lag_seconds > ${LAG.lagSeconds}`,
  },
  RoutesHeld: {
    severity: "page",
    forSeconds: 60,
    keepSeconds: 60,
    summary: "{instance} serves routes that its store lacks",
    limits: {},
    labels: ["instance"],
    isBuiltIn: false,
    expression: "lars_dns_removals_held > 0",
  },
  ExpirySuspended: {
    severity: "page",
    forSeconds: 60,
    keepSeconds: 60,
    summary: "No registered host expires, as too many leases are overdue",
    limits: { overdueShare: 0.15, overdueMin: 3 },
    labels: [],
    isBuiltIn: true,
    expression: "max(lars_dns_expiry_suspended) > 0",
  },
  ReporterBehind: {
    severity: "ticket",
    forSeconds: 60,
    keepSeconds: 120,
    summary: "{instance} takes results faster than its store",
    limits: BEHIND,
    labels: ["instance"],
    isBuiltIn: true,
    expression:
      `lars_reporter_rows_waiting > ${BEHIND.waitingShare} * lars_reporter_rows_waiting_max
or lars_reporter_history_lag_seconds > ${BEHIND.lagSeconds}`,
  },
  Watchdog: {
    severity: "none",
    forSeconds: 0,
    keepSeconds: 0,
    summary: "Alarms work: whoever no longer hears of this one is to ring",
    limits: {},
    labels: [],
    isBuiltIn: true,
    expression: "vector(1)",
  },
} as const satisfies Readonly<Record<string, AlarmRule>>;

/** Name of an alarm: its `alertname`. */
export type AlarmName = keyof typeof ALARM_RULES;

/** Where a person reads what to do about an alarm: a path in the repository, with an anchor. */
export function runbookOf(name: string): string {
  return `${RUNBOOK}#${name.toLowerCase()}`;
}
