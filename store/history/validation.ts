import { isValidKey } from "../../proto/mod.ts";
import type { RouteRow } from "../types.ts";
import { COUNT_MAX } from "./tables.ts";
import {
  type AgentPresence,
  type AgentProgress,
  type Alarm,
  type HistoryBatch,
  type HostEvent,
  type HostStateRow,
  LATENCY_COUNTS,
} from "./types.ts";

/** Longest text of a column that holds a name. */
const NAME_LENGTH_MAX = 64;

/** Longest summary of an alarm, and JSON text of its labels. */
const TEXT_LENGTH_MAX = 4_000;

/** Longest name of a policy. */
const POLICY_LENGTH_MAX = 32;

/** Greatest number of a state, a kind or a reason. */
const KIND_MAX = 255;

/**
 * Checks a batch before anything of it is written, as one that no database takes
 * would fail again and again.
 *
 * @throws {RangeError} If a value fits no column.
 */
export function checkBatch({ minute, agents, hosts, routes }: HistoryBatch) {
  check(isCount(minute), "minute must be a uint32", minute);
  for (const each of agents) {
    checkAgent(each.agent);
    const fits = isSafe(each.epoch) && isCount(each.seq) && each.seq > 0;
    check(fits, "epoch must be from 0 to 2⁵³−1 and seq from 1", each);
  }
  const names = new Set(agents.map(({ agent }) => agent));
  check(names.size === agents.length, "each agent must be there once", agents);
  const length = hosts.modId.length;
  for (const [name, column] of Object.entries(hosts)) {
    checkColumn(name, column, length);
  }
  for (let row = 0; row < length; row += 1) {
    checkHost({
      modId: hosts.modId[row]!,
      cmdId: hosts.cmdId[row]!,
      ip: hosts.ip[row]!,
      port: hosts.port[row]!,
    });
  }
  for (const [name, column] of Object.entries(routes)) {
    const width = name === "latency" ? LATENCY_COUNTS : 1;
    checkColumn(name, column, routes.modId.length * width);
  }
  for (let row = 0; row < routes.modId.length; row += 1) {
    const key = { modId: routes.modId[row]!, cmdId: routes.cmdId[row]! };
    check(isValidKey(key), "modid and cmdid must be 0 to 2³¹−1", key);
  }
}

/** The agents of a batch whose progress is another than expected. */
export function findConflicts(
  { agents }: Pick<HistoryBatch, "agents">,
  progressOf: (agent: string) => AgentProgress | undefined,
): string[] {
  return agents.filter(({ agent, expected }) => {
    const stored = progressOf(agent);
    return stored?.epoch !== expected?.epoch || stored?.seq !== expected?.seq;
  }).map(({ agent }) => agent);
}

/**
 * Checks states.
 *
 * @throws {RangeError} If a value fits no column.
 */
export function checkStates(rows: readonly HostStateRow[]): void {
  for (const row of rows) {
    checkHost(row);
    checkAgent(row.agent);
    const fits = isKind(row.state) && isKind(row.reason) &&
      isSafe(row.since) && isCount(row.inFlight) && isCount(row.nextTryMs);
    check(fits, "state and reason must be 0 to 255, the rest uint32", row);
  }
}

/**
 * Checks events.
 *
 * @throws {RangeError} If a value fits no column.
 */
export function checkEvents(events: readonly HostEvent[]): void {
  for (const event of events) {
    checkHost(event);
    const { minute, callers, calls, failures, meanUs, peersMeanUs } = event;
    const fits = isKind(event.kind) && isKind(event.reason) &&
      [minute, callers, calls, failures, meanUs, peersMeanUs].every(isCount) &&
      event.policy.length <= POLICY_LENGTH_MAX &&
      event.names.every((name) =>
        name.length <= NAME_LENGTH_MAX && !name.includes(",")
      );
    check(
      fits,
      "kind and reason must be 0 to 255, numbers uint32, and names up to 64 characters without commas",
      event,
    );
  }
}

/**
 * Checks agents.
 *
 * @throws {RangeError} If a value fits no column.
 */
export function checkPresences(agents: readonly AgentPresence[]): void {
  for (const each of agents) {
    checkAgent(each.agent);
    const { name, version, zone, address, reporter } = each;
    checkNames([name, version, zone, address, reporter]);
  }
}

/**
 * Checks alarms.
 *
 * @throws {RangeError} If a value fits no column.
 */
export function checkAlarms(alarms: readonly Alarm[]): void {
  for (const alarm of alarms) {
    checkNames([alarm.fingerprint, alarm.rule]);
    const { since, lastSent = 0, resolvedAt = 0, sends } = alarm;
    const fits = [since, lastSent, resolvedAt].every(isSafe) &&
      isCount(sends) && Number.isFinite(alarm.value) &&
      alarm.summary.length <= TEXT_LENGTH_MAX &&
      JSON.stringify(alarm.labels).length <= TEXT_LENGTH_MAX;
    check(
      fits,
      `times must be whole seconds, the value a number, and texts up to ${TEXT_LENGTH_MAX} characters`,
      alarm,
    );
  }
}

/**
 * Checks texts that people or programs are called by.
 *
 * @throws {RangeError} If one is too long.
 */
export function checkNames(names: readonly string[]): void {
  for (const name of names) {
    check(
      name.length <= NAME_LENGTH_MAX,
      `a name must have at most ${NAME_LENGTH_MAX} characters`,
      name,
    );
  }
}

function checkAgent(agent: string): void {
  check(/^[0-9a-f]{32}$/.test(agent), "agent must be 32 hex digits", agent);
}

function checkHost(row: RouteRow): void {
  const fits = isValidKey(row) && isCount(row.ip) && isCount(row.port) &&
    row.port <= 65_535;
  check(fits, "modid and cmdid must be 0 to 2³¹−1, ip and port fit", row);
}

function checkColumn(
  name: string,
  column: ArrayLike<number>,
  length: number,
): void {
  check(column.length === length, `${name} must have ${length} values`, column);
  for (let row = 0; row < length; row += 1) {
    check(isSafe(column[row]!), `${name} must be whole, from 0`, column[row]);
  }
}

function isKind(value: number): boolean {
  return isCount(value) && value <= KIND_MAX;
}

function isCount(value: number): boolean {
  return isSafe(value) && value <= COUNT_MAX;
}

function isSafe(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function check(fits: boolean, rule: string, value: unknown): void {
  if (fits) return;
  throw new RangeError(
    `Cannot write history as ${rule}: current value is ${
      JSON.stringify(value).slice(0, 300)
    }`,
  );
}
