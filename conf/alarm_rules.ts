/**
 * Rules of alarms: one table for those that the reporter raises itself and for
 * `alerts.yml`, which is made from it.
 */

/** Numbers at which alarms begin. Shares are of 1. */
export const ALARM_LIMITS = {
  /** Share of a route's calls that fail, over which it is failing. */
  failingShare: 0.05,
  /** How many times its usual share that must be. */
  failingTimesUsual: 10,
  /** Calls a second below which a route's share says nothing. */
  callsPerSecondMin: 1,
  /** Share of a route's hosts that are out, from which the route is. */
  routeOutShare: 0.8,
  /** Share of a route's callers that find a host out, from which it counts as out. */
  outCallersShare: 0.5,
  /** Ejections of a host within {@linkcode ALARM_LIMITS.flapMinutes}, from which it flaps. */
  flapEjections: 4,
  /** Minutes in which they are counted. */
  flapMinutes: 10,
  /** Share of agents that are silent, over which it is an alarm. */
  silentShare: 0.05,
  /** Fewest agents that are silent then. */
  silentMin: 2,
  /** Seconds without a word after which an agent is silent. */
  silentSeconds: 60,
  /** Seconds by which dns may lag behind the store. */
  feedLagSeconds: 5,
  /** Share of `[reporter] keys_max` that waits to be written, over which a reporter is behind. */
  waitingShare: 0.5,
} as const;

/** How soon a person is needed: at once, or at work; none for a sign of life. */
export type AlarmSeverity = "page" | "ticket" | "none";

/** A rule; {@linkcode ALARM_RULES} has its name. */
export interface AlarmRule {
  /** How soon a person is needed. */
  severity: AlarmSeverity;
  /** What is so, as one sentence without a point at its end. */
  summary: string;
  /** What to look at first, likewise. */
  action: string;
  /** Seconds for which the condition must hold before the alarm fires. */
  forSeconds: number;
  /** Seconds for which it must not hold any more before the alarm ends. */
  keepSeconds: number;
  /** Whether the reporter raises it itself; others are for Prometheus. */
  builtIn: boolean;
  /** The condition in PromQL; absent: no metric tells. */
  expr?: string;
}

/** Every rule by its name, which is the label `alertname`. */
export const ALARM_RULES = {
  RouteFailing: {
    severity: "page",
    summary: "Calls of a route fail, and far more of them than usual",
    action: "lars status MODID CMDID: which hosts, and what changed before",
    forSeconds: 120,
    keepSeconds: 120,
    builtIn: true,
  },
  RouteAllOut: {
    severity: "page",
    summary: "Most hosts of a route are out at half of its callers or more",
    action: "lars status MODID CMDID: the reasons tell network from service",
    forSeconds: 30,
    keepSeconds: 60,
    builtIn: true,
  },
  RouteEmptied: {
    severity: "page",
    summary: "A route that is called has no hosts any more",
    action: "lars route list MODID CMDID, and who has removed them",
    forSeconds: 30,
    keepSeconds: 30,
    builtIn: true,
  },
  HostOut: {
    severity: "ticket",
    summary: "A host is out at half of its callers or more",
    action: "lars status MODID CMDID: since when, and the reason",
    forSeconds: 300,
    keepSeconds: 60,
    builtIn: true,
  },
  HostFlapping: {
    severity: "ticket",
    summary: "A host is ejected and returns again and again",
    action: "lars history MODID CMDID HOST",
    forSeconds: 0,
    keepSeconds: 300,
    builtIn: true,
  },
  AgentsSilent: {
    severity: "page",
    summary: "Agents have gone silent",
    action: "lars status: what the silent ones have in common, as a zone",
    // The silence itself is 60 s long.
    forSeconds: 0,
    keepSeconds: 60,
    builtIn: true,
  },
  StoreAway: {
    severity: "page",
    summary: "The store cannot be used",
    action: "the log of the service has the reason and what to do",
    forSeconds: 30,
    keepSeconds: 30,
    builtIn: true,
  },
  FeedLag: {
    severity: "page",
    summary: "dns lags behind the store: agents learn of changes late",
    action: "the log of dns, and the load of the store",
    forSeconds: 30,
    keepSeconds: 60,
    builtIn: false,
  },
  ReporterBehind: {
    severity: "ticket",
    summary: "Statuses come faster than the store takes them",
    action: "the load of the store, or one more reporter",
    forSeconds: 60,
    keepSeconds: 60,
    builtIn: true,
  },
  Watchdog: {
    severity: "none",
    summary: "Always on: where it is missing, alarms do not arrive",
    action: "nothing while it arrives",
    forSeconds: 0,
    keepSeconds: 0,
    builtIn: true,
  },
} as const satisfies Record<string, AlarmRule>;

/** Name of a rule. */
export type AlarmName = keyof typeof ALARM_RULES;
