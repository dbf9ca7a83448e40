import { routeKeyOf } from "../attribute_tables.ts";
import type { Row } from "../steps.ts";
import type { RouteRow } from "../types.ts";
import type { DutyRow } from "./duty.ts";
import { LATENCY_COLUMNS } from "./tables.ts";
import type {
  AgentProgress,
  AgentRow,
  AlarmRow,
  HostEventRow,
  HostPeriodRow,
  HostStateRow,
  PeriodCalls,
  RoutePeriodRow,
} from "./types.ts";

/** Makes a row of HostMinute or HostTen; its number is in the column "period". */
export function toHostPeriodRow(row: Row): HostPeriodRow {
  return { ...toPeriodCalls(row), ip: Number(row.ip), port: Number(row.port) };
}

/** Makes a row of RouteMinute or RouteHour, likewise. */
export function toRoutePeriodRow(row: Row): RoutePeriodRow {
  return {
    ...toPeriodCalls(row),
    latency: LATENCY_COLUMNS.map((name) => Number(row[name])),
  };
}

function toPeriodCalls(row: Row): PeriodCalls {
  return {
    ...routeKeyOf(row),
    period: Number(row.period),
    calls: Number(row.calls),
    failed: Number(row.failed),
    timed: Number(row.timed),
    sumUs: Number(row.sum_us),
    maxUs: Number(row.max_us),
    callers: Number(row.callers),
  };
}

/** Makes progress of a row of Agent; undefined if nothing of it is committed. */
export function toProgress(row: Row): AgentProgress | undefined {
  const seq = Number(row.seq);
  return seq === 0 ? undefined : { epoch: Number(row.epoch), seq };
}

/** Makes an agent of a row of Agent. */
export function toAgentRow(row: Row): AgentRow {
  return {
    agent: String(row.agent),
    progress: toProgress(row),
    name: String(row.name),
    version: String(row.version),
    zone: String(row.zone),
    address: String(row.address),
    reporter: String(row.reporter),
    beat: Number(row.beat),
    seenAt: Number(row.seen_at),
  };
}

/** Makes a state of a row of HostState. */
export function toStateRow(row: Row): HostStateRow {
  return {
    ...toRouteRow(row),
    agent: String(row.agent),
    state: Number(row.state),
    reason: Number(row.reason),
    since: Number(row.since),
    inFlight: Number(row.in_flight),
    nextTryMs: Number(row.next_try_ms),
  };
}

/** Makes an event of a row of HostEvent. */
export function toEventRow(row: Row): HostEventRow {
  return {
    ...toRouteRow(row),
    id: Number(row.id),
    minute: Number(row.minute),
    kind: Number(row.kind),
    reason: Number(row.reason),
    callers: Number(row.callers),
    names: String(row.names).split(",").filter(Boolean),
    calls: Number(row.calls),
    failures: Number(row.failures),
    meanUs: Number(row.mean_us),
    peersMeanUs: Number(row.peers_mean_us),
    policy: String(row.policy),
  };
}

/** Makes an alarm of a row of Alarm. */
export function toAlarmRow(row: Row): AlarmRow {
  return {
    fingerprint: String(row.fingerprint),
    rule: String(row.rule),
    labels: JSON.parse(String(row.labels)),
    summary: String(row.summary),
    value: Number(row.value),
    since: Number(row.since),
    lastSent: toOptional(row.last_sent, Number),
    resolvedAt: toOptional(row.resolved_at, Number),
    sends: Number(row.sends),
    silencedUntil: toOptional(row.silenced_until, Number),
    silencedBy: toOptional(row.silenced_by, String),
  };
}

/** Makes a duty of a row of Duty; undefined if it is free. */
export function toDutyRow(row: Row | undefined): DutyRow | undefined {
  return row && { holder: String(row.holder), renewal: Number(row.renewal) };
}

function toOptional<Value>(
  value: unknown,
  convert: (value: unknown) => Value,
): Value | undefined {
  return value === null ? undefined : convert(value);
}

function toRouteRow(row: Row): RouteRow {
  return { ...routeKeyOf(row), ip: Number(row.ip), port: Number(row.port) };
}
