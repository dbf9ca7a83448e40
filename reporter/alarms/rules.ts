/** How an alarm of a rule begins and ends, and what its numbers are. */
export interface Rule<Limits = unknown> {
  /** Whom it is for: somebody now, somebody at work, or nobody as long as it fires. */
  readonly severity: "page" | "ticket" | "none";
  /** How long it must hold before it fires. */
  readonly forSeconds: number;
  /** How long it must have been over before it ends. */
  readonly keepSeconds: number;
  /** Numbers of its condition. */
  readonly limits: Limits;
}

/** Rules of the alarms that a reporter raises, by name; a table of `conf/` has them. */
export interface AlarmRules {
  readonly RouteFailing: Rule<{
    failingShare: number;
    timesUsual: number;
    callsPerSecondMin: number;
  }>;
  readonly RouteAllOut: Rule<{ outShare: number; callersShare: number }>;
  readonly RouteEmptied: Rule;
  readonly HostOut: Rule<{ callersShare: number }>;
  readonly HostFlapping: Rule<{
    ejections: number;
    withinSeconds: number;
    callersShare: number;
  }>;
  readonly DrainForgotten: Rule;
  readonly TokenExpiring: Rule<{ withinSeconds: number; lifeShare: number }>;
  readonly ExpirySuspended: Rule<{ overdueShare: number; overdueMin: number }>;
  readonly AgentsSilent: Rule<{ silentShare: number; silentMin: number }>;
  readonly StoreAway: Rule;
  readonly ReporterBehind: Rule<{ waitingShare: number; lagSeconds: number }>;
  readonly Watchdog: Rule;
}

/** Name of a rule. */
export type RuleName = keyof AlarmRules;

/** Something that is so now, and by its rule may become an alarm. */
export interface Condition {
  rule: RuleName;
  /** What tells it from others of the rule. */
  labels: Readonly<Record<string, string>>;
  /** Measured value. */
  value: number;
  /** What people read: what is so, with its numbers. */
  summary: string;
}

/** Rule of the alarm by which a person tries whether alarms arrive: it ends when it has. */
export const TEST_RULE = "Test";

/** Rules whose conditions one reporter finds for all, as they are about what all agents say. */
export const FLEET_RULES: readonly string[] = [
  "RouteFailing",
  "RouteAllOut",
  "RouteEmptied",
  "HostOut",
  "HostFlapping",
  "DrainForgotten",
  "TokenExpiring",
  "ExpirySuspended",
  "AgentsSilent",
  "Watchdog",
  TEST_RULE,
] satisfies (RuleName | typeof TEST_RULE)[];

/** Rules whose conditions each reporter finds for itself. */
export const OWN_RULES: readonly string[] = [
  "StoreAway",
  "ReporterBehind",
] satisfies RuleName[];
