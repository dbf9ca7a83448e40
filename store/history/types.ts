import type { HostAddress, RouteKey } from "../../proto/mod.ts";
import { type Author, type RouteRow, StoreError } from "../types.ts";

/** Counts of each route by how long its calls took; their bounds are proto's. */
export const LATENCY_COUNTS = 12;

/** Most names of callers that an event keeps. */
export const EVENT_NAMES_MAX = 3;

/** State of a host in {@linkcode HostStateRow} that is no news: its row goes. */
export const STATE_IN_USE = 1;

/** Periods that history is kept by, each with its length in seconds. */
export const PERIOD_SECONDS = { minute: 60, ten: 600, hour: 3_600 } as const;

/** Periods that each table of calls keeps: three hours, seven days, two days and 400 days. */
export const PERIODS_KEPT = {
  HostMinute: 180,
  HostTen: 1_008,
  RouteMinute: 2_880,
  RouteHour: 9_600,
} as const;

/** Length of the periods of a table: a minute, ten minutes or an hour. */
export type Period = keyof typeof PERIOD_SECONDS;

/** Number of the period that a time is in. */
export function periodOf(period: Period, unixSeconds: number): number {
  return Math.floor(unixSeconds / PERIOD_SECONDS[period]);
}

/** Which batches of an agent are in the tables: those up to `seq` of this start of it. */
export interface AgentProgress {
  /** Drawn at each start of the agent: an integer from 0 up and below 2⁵³. */
  epoch: number;
  /** Number of the last batch, from 1. */
  seq: number;
}

/** An agent whose batches are part of a {@linkcode HistoryBatch}. */
export interface AgentCommit extends AgentProgress {
  /** Identity: 32 hexadecimal digits. */
  agent: string;
  /** What the caller holds to be committed so far; undefined: nothing. */
  expected: AgentProgress | undefined;
}

/**
 * Sums of calls, a column each, as long as `modId`, in any order. Whole numbers
 * from 0 up and below 2⁵³; one that is too large for its column in the tables
 * becomes the greatest that is not.
 */
export interface CallColumns {
  /** Called service, 0 to 2³¹−1. */
  readonly modId: ArrayLike<number>;
  /** Its command, 0 to 2³¹−1. */
  readonly cmdId: ArrayLike<number>;
  /** Calls. */
  readonly calls: ArrayLike<number>;
  /** Those of them that failed. */
  readonly failed: ArrayLike<number>;
  /** Those of them whose duration is known. */
  readonly timed: ArrayLike<number>;
  /** Sum of these durations in microseconds. */
  readonly sumUs: ArrayLike<number>;
  /** The longest of them. */
  readonly maxUs: ArrayLike<number>;
  /** Agents whose first batch of this minute with such calls this is. */
  readonly minuteCallers: ArrayLike<number>;
  /** Likewise in these ten minutes (hosts) or in this hour (routes). */
  readonly longCallers: ArrayLike<number>;
}

/** Sums of calls for each host of each route. */
export interface HostColumns extends CallColumns {
  /** IPv4 address, unsigned. */
  readonly ip: ArrayLike<number>;
  /** Port, 0 to 65535. */
  readonly port: ArrayLike<number>;
}

/** Sums of calls for each route. */
export interface RouteColumns extends CallColumns {
  /** {@linkcode LATENCY_COUNTS} counts for each route, one route after another. */
  readonly latency: ArrayLike<number>;
}

/** What {@linkcode HistoryStore.commit} adds. */
export interface HistoryBatch {
  /** Number of the minute it counts for; the longer periods are those it lies in. */
  minute: number;
  /** Whose batches these are; each agent once. */
  agents: readonly AgentCommit[];
  /** Their calls by hosts. */
  hosts: HostColumns;
  /** Their calls by routes. */
  routes: RouteColumns;
}

/** Calls in a period; of several periods where a method says so. */
export interface PeriodCalls extends RouteKey {
  /** Number of the period; of several the newest. */
  period: number;
  /** Calls. */
  calls: number;
  /** Those of them that failed. */
  failed: number;
  /** Those of them whose duration is known. */
  timed: number;
  /** Sum of these durations in microseconds. */
  sumUs: number;
  /** The longest of them. */
  maxUs: number;
  /** Agents that called; of several periods the most of one. */
  callers: number;
}

/** Calls of a host on a route. */
export interface HostPeriodRow extends PeriodCalls, HostAddress {}

/** Calls of a route. */
export interface RoutePeriodRow extends PeriodCalls {
  /** Calls by duration: {@linkcode LATENCY_COUNTS} counts. */
  latency: number[];
}

/** Periods from one to another, both included. */
export interface PeriodRange {
  /** Number of the first. */
  from: number;
  /** Number of the last. */
  to: number;
}

/** How an agent sees a host that is not plainly in use. */
export interface HostStateRow extends RouteRow {
  /** Identity of the agent. */
  agent: string;
  /** Number of the state; {@linkcode STATE_IN_USE} ends the row. */
  state: number;
  /** Number of the reason. */
  reason: number;
  /** Unix time in seconds since which it is in that state, for people. */
  since: number;
  /** Calls under way. */
  inFlight: number;
  /** Time until the agent tries it again, in milliseconds; 0: not known. */
  nextTryMs: number;
}

/** Something that happened to a host, in one minute, at any number of agents. */
export interface HostEvent extends RouteRow {
  /** Number of the minute. */
  minute: number;
  /** Number of the kind of event. */
  kind: number;
  /** Number of the reason. */
  reason: number;
  /** Agents to which it happened. */
  callers: number;
  /** Names of some of them, at most {@linkcode EVENT_NAMES_MAX}, without commas. */
  names: readonly string[];
  /** Calls that the worst of them looked at. */
  calls: number;
  /** Those that failed. */
  failures: number;
  /** Mean duration of its calls in microseconds. */
  meanUs: number;
  /** That of the other hosts of the route. */
  peersMeanUs: number;
  /** Policy of that agent. */
  policy: string;
}

/** A {@linkcode HostEvent} that is stored. */
export interface HostEventRow extends HostEvent {
  /** Grows with time. */
  id: number;
}

/** An agent that is connected to a reporter. */
export interface AgentPresence {
  /** Identity: 32 hexadecimal digits. */
  agent: string;
  /** What people call it; up to 64 characters. */
  name: string;
  /** Version of its program; up to 64 characters. */
  version: string;
  /** Zone it stands in; empty is none. */
  zone: string;
  /** Its address as the reporter sees it; up to 64 characters. */
  address: string;
  /** Name of the reporter; up to 64 characters. */
  reporter: string;
}

/** An agent, and when it was last there. */
export interface AgentRow extends AgentPresence {
  /** Which of its batches are committed; undefined: none. */
  progress: AgentProgress | undefined;
  /**
   * Moves each time a reporter says that it is connected, and grows over all
   * agents: one whose number stays is gone, and the least was gone first.
   */
  beat: number;
  /** Unix time in seconds of that moment by the reporter's clock, for people. */
  seenAt: number;
}

/** State of an alarm: what lets a restarted evaluator neither repeat nor forget. */
export interface Alarm {
  /** What tells it from every other: up to 64 characters. */
  fingerprint: string;
  /** Name of its rule; up to 64 characters. */
  rule: string;
  /** What it is about; up to 4,000 characters of JSON. */
  labels: Readonly<Record<string, string>>;
  /** What people read; up to 4,000 characters. */
  summary: string;
  /** Measured value. */
  value: number;
  /** Unix time in seconds since which it fires. */
  since: number;
  /** Unix time in seconds at which it was last delivered; undefined: never. */
  lastSent: number | undefined;
  /** Unix time in seconds since which it is over; undefined: it fires. */
  resolvedAt: number | undefined;
  /** Deliveries. */
  sends: number;
}

/** Silence of an alarm, which {@linkcode HistoryStore.writeAlarms} does not touch. */
export interface AlarmSilence {
  /** Unix time in seconds until which it is not delivered; undefined: it is. */
  silencedUntil: number | undefined;
  /** Who said so; up to 64 characters. */
  silencedBy: string | undefined;
}

/** A stored alarm. */
export interface AlarmRow extends Alarm, AlarmSilence {}

/**
 * Time for which a duty that is not renewed stays with its holder, by the clock of
 * whoever waits for it.
 */
export const DUTY_TTL_MS = 20_000;

/**
 * History is off: its tables are missing, and this user may not make them. A
 * store looks for them again at each use, at most once a minute.
 */
export class HistoryOffError extends StoreError {
  /** Makes an error. */
  constructor(message: string) {
    super(message, { retry: true });
  }
}

/** Which routes and hosts a query asks for; all if nothing is given. */
export interface HostFilter {
  /** Those of this route. */
  key?: RouteKey | undefined;
  /** This address. */
  host?: HostAddress | undefined;
}

/** Argument of {@linkcode HistoryStore.writeStates}. */
export interface StateChanges {
  /** Agents whose rows are removed first. */
  replace?: readonly string[];
  /** Rows to write, or to remove. */
  rows: readonly HostStateRow[];
}

/** Argument of {@linkcode HistoryStore.events}. */
export interface EventQuery extends HostFilter {
  /** Id below which all are; undefined: the newest. */
  before?: number | undefined;
  /** Most events. */
  limit: number;
}

/** Argument of {@linkcode HistoryStore.hostHistory}. */
export interface HostHistoryQuery extends PeriodRange {
  /** Whether minutes or ten minutes are asked for. */
  tier: "minute" | "ten";
  /** The route. */
  key: RouteKey;
  /** One of its hosts; undefined: all. */
  host?: HostAddress | undefined;
}

/** Argument of {@linkcode HistoryStore.routeHistory}. */
export interface RouteHistoryQuery extends PeriodRange {
  /** Whether minutes or hours are asked for. */
  tier: "minute" | "hour";
  /** The route. */
  key: RouteKey;
}

/** Argument of {@linkcode HistoryStore.worstRoutes}. */
export interface WorstRoutesQuery extends PeriodRange {
  /** Most routes. */
  limit: number;
}

/** Argument of {@linkcode HistoryStore.routeTotals}. */
export interface RouteTotalsQuery extends PeriodRange {
  /** Whether minutes or hours are asked for; undefined: minutes. */
  tier?: "minute" | "hour" | undefined;
  /** Route after which all are; undefined: the first. */
  after?: RouteKey | undefined;
  /** Most routes. */
  limit: number;
}

/** Argument of {@linkcode HistoryStore.hostTotals}. */
export interface HostTotalsQuery extends PeriodRange {
  /** The route; undefined: all. */
  key?: RouteKey | undefined;
}

/**
 * Calls over time, states and events of hosts, agents, and alarms: tables of our
 * own, which programs of the original do not know.
 *
 * Any number of reporters write; sums add up, each batch of an agent once.
 */
export interface HistoryStore extends AsyncDisposable {
  /** Reads which batches of these agents are committed; an agent of which none is has no entry. */
  progress(agents: readonly string[]): Promise<Map<string, AgentProgress>>;
  /**
   * Adds calls to the minute, ten minutes and hour, and moves the progress of the
   * agents, in one transaction.
   *
   * If an agent's progress is not as `expected` nothing is written, and the agents
   * for which it is not are returned: their batches may be there already, and those
   * of a start that another has followed must not come again. After an error the
   * batch may be committed or not, and the next attempt tells by the same means.
   *
   * @throws {RangeError} If a value fits no column.
   * @throws {StoreError} If the store cannot be written now: try again.
   */
  commit(batch: HistoryBatch): Promise<{ conflicts: string[] }>;
  /** Says that these agents are connected; call it every 10 s for each that is. */
  beat(agents: readonly AgentPresence[]): Promise<void>;
  /** Reads all agents, by identity. */
  agents(): Promise<AgentRow[]>;
  /**
   * Removes the states that the agents of `replace` have told of, then writes rows,
   * or removes those whose state is {@linkcode STATE_IN_USE}.
   */
  writeStates(changes: StateChanges): Promise<void>;
  /** Reads states, ordered by route, host and agent. */
  states(filter?: HostFilter): Promise<HostStateRow[]>;
  /**
   * Adds events. Those of one host, minute, kind and reason become one: callers
   * add up, and the numbers are those of the worst.
   */
  addEvents(events: readonly HostEvent[]): Promise<void>;
  /** Reads events, newest first. */
  events(query: EventQuery): Promise<HostEventRow[]>;
  /**
   * Removes some of what is older than is kept.
   *
   * @returns Whether there may be more: call it again.
   */
  expire(): Promise<boolean>;
  /** Reads calls of a route's hosts, or one of them, ordered by period and host. */
  hostHistory(query: HostHistoryQuery): Promise<HostPeriodRow[]>;
  /** Reads calls of a route, ordered by period. */
  routeHistory(query: RouteHistoryQuery): Promise<RoutePeriodRow[]>;
  /** Adds up the calls of minutes for each route; those with most failed ones, worst first. */
  worstRoutes(query: WorstRoutesQuery): Promise<RoutePeriodRow[]>;
  /** Adds up the calls of minutes or hours for each route, ordered by key. */
  routeTotals(query: RouteTotalsQuery): Promise<RoutePeriodRow[]>;
  /** Adds up the calls of minutes for each host of a route, or of all, ordered by key. */
  hostTotals(query: HostTotalsQuery): Promise<HostPeriodRow[]>;
  /**
   * Reads the newest minute that has calls, up to this one; undefined: none. Give
   * the present minute, as the clock of a reporter may have jumped ahead.
   */
  newestMinute(upTo: number): Promise<number | undefined>;
  /** Reads all alarms, by fingerprint. */
  alarms(): Promise<AlarmRow[]>;
  /**
   * Writes alarms; their silences stay. With `by` the audit has who did it, as of
   * {@linkcode HistoryStore.silenceAlarm}.
   */
  writeAlarms(alarms: readonly Alarm[], by?: Author): Promise<void>;
  /**
   * Sets or ends the silence of an alarm. With `by` the audit has who did it, in
   * the same transaction; not where a database has no table for it.
   *
   * @returns Whether there is such an alarm.
   */
  silenceAlarm(
    fingerprint: string,
    silence: AlarmSilence,
    by?: Author,
  ): Promise<boolean>;
  /** Removes alarms; those that are not there do not matter. */
  removeAlarms(fingerprints: readonly string[]): Promise<void>;
  /**
   * Takes or renews a duty, which one process is meant to have; call it every 5 s
   * as long as it is wanted. One that its holder has not renewed for
   * {@linkcode DUTY_TTL_MS}, as this store has seen it, goes to whoever asks. Two
   * may hold it for a moment: what they do must bear that.
   *
   * @returns Whether `holder`, a name of up to 64 characters that no other process
   * has, holds it now.
   */
  takeDuty(name: string, holder: string): Promise<boolean>;
  /** Gives a duty up, if `holder` holds it. */
  releaseDuty(name: string, holder: string): Promise<void>;
}
