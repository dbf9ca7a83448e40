import type { Program, Row, Value } from "../steps.ts";
import { change, rows } from "../steps.ts";
import type { RouteRow } from "../types.ts";
import type {
  AgentLease,
  InstanceRow,
  InstanceState,
  LeaseRenewal,
} from "./types.ts";

/** States by their numbers in the table. */
const STATES: readonly (InstanceState | undefined)[] = [
  undefined,
  "served",
  "not_ready",
  "removed",
];

/** Columns of the primary key of Instance. */
const PLACE_COLUMNS = ["modid", "cmdid", "ip", "port"] as const;

/** Statement that reads instances, up to its WHERE. */
export const SELECT_INSTANCES =
  `SELECT ${PLACE_COLUMNS.join()}, agent, is_static, state, since, weight, zone, version FROM Instance`;

/** Statement that reads leases, likewise. */
export const SELECT_LEASES =
  "SELECT agent, epoch, renewal, ttl_ms, set_hash, instances, overdue, name, address, dns FROM AgentLease";

/**
 * Keys that one statement names. There are two sizes, and the last is filled up,
 * so that a database prepares two statements, not one for each number of keys.
 */
const KEYS_PER_STATEMENT = [4, 64] as const;

/** A text that is equal for the same host of the same route only. */
export function placeKey({ modId, cmdId, ip, port }: RouteRow): string {
  return `${modId} ${cmdId} ${ip} ${port}`;
}

/** Only what names a host of a route. */
export function placeOf({ modId, cmdId, ip, port }: RouteRow): RouteRow {
  return { modId, cmdId, ip, port };
}

/** A lease as its row has it. */
export function toLease(row: Row): AgentLease {
  return {
    agent: String(row.agent),
    epoch: Number(row.epoch),
    renewal: Number(row.renewal),
    ttlMs: Number(row.ttl_ms),
    hash: Number(row.set_hash),
    instances: Number(row.instances),
    overdue: Number(row.overdue) !== 0,
    name: String(row.name),
    address: String(row.address),
    dns: String(row.dns),
  };
}

/** Columns that a renewal writes. */
export function renewalColumns(
  { agent, epoch, renewal, ttlMs, name, address, dns }: LeaseRenewal,
): Record<string, Value> {
  return {
    agent,
    epoch,
    renewal,
    ttl_ms: ttlMs,
    overdue: 0,
    name,
    address,
    dns,
  };
}

/** An instance as its row has it. */
export function toInstance(row: Row): InstanceRow {
  return {
    modId: Number(row.modid),
    cmdId: Number(row.cmdid),
    ip: Number(row.ip),
    port: Number(row.port),
    agent: String(row.agent),
    isStatic: Number(row.is_static) !== 0,
    state: STATES[Number(row.state)] ?? "not_ready",
    since: Number(row.since),
    ...row.weight == null ? {} : { weight: Number(row.weight) },
    ...row.zone == null ? {} : { zone: String(row.zone) },
    version: String(row.version),
  };
}

/** The row of an instance. */
export function instanceColumns(row: InstanceRow): Record<string, Value> {
  return {
    modid: row.modId,
    cmdid: row.cmdId,
    ip: row.ip,
    port: row.port,
    agent: row.agent,
    is_static: row.isStatic ? 1 : 0,
    state: STATES.indexOf(row.state),
    since: row.since,
    weight: row.weight ?? null,
    zone: row.zone ?? null,
    version: row.version,
  };
}

/** Reads the leases of agents. */
export function* leasesOf(
  agents: readonly string[],
): Program<Map<string, AgentLease>> {
  const found = yield* rowsWhere(SELECT_LEASES, {
    columns: ["agent"],
    keys: agents.map((agent) => [agent]),
  });
  return new Map(found.map(toLease).map((lease) => [lease.agent, lease]));
}

/** Reads the instances of agents. */
export function* instancesOf(
  agents: readonly string[],
): Program<InstanceRow[]> {
  const found = yield* rowsWhere(SELECT_INSTANCES, {
    columns: ["agent"],
    keys: agents.map((agent) => [agent]),
  });
  return found.map(toInstance);
}

/** Reads the instances of these hosts of routes, as far as there are any. */
export function* instancesAt(
  places: readonly RouteRow[],
): Program<InstanceRow[]> {
  const found = yield* rowsWhere(SELECT_INSTANCES, {
    columns: PLACE_COLUMNS,
    keys: places.map(placeValues),
  });
  return found.map(toInstance);
}

/** Deletes the instances of these hosts of routes. */
export function* deleteInstances(places: readonly RouteRow[]): Program<void> {
  for (
    const [where, values] of conditions(PLACE_COLUMNS, places.map(placeValues))
  ) {
    yield* change(`DELETE FROM Instance WHERE ${where}`, ...values);
  }
}

function placeValues({ modId, cmdId, ip, port }: RouteRow): Value[] {
  return [modId, cmdId, ip, port];
}

function* rowsWhere(
  select: string,
  { columns, keys }: {
    columns: readonly string[];
    keys: readonly (readonly Value[])[];
  },
): Program<Row[]> {
  const found: Row[] = [];
  for (const [where, values] of conditions(columns, keys)) {
    found.push(...yield* rows(`${select} WHERE ${where}`, ...values));
  }
  return found;
}

/** Conditions that together hold for rows with one of these keys, each with its values. */
function* conditions(
  columns: readonly string[],
  keys: readonly (readonly Value[])[],
): Generator<[where: string, values: Value[]]> {
  const [few, many] = KEYS_PER_STATEMENT;
  // Written out, as not every server finds compared rows in an index.
  const one = `(${columns.map((column) => `${column} = ?`).join(" AND ")})`;
  for (let at = 0; at < keys.length;) {
    const size = keys.length - at <= few ? few : many;
    const some = keys.slice(at, at + size);
    at += some.length;
    while (some.length < size) some.push(some[0]!);
    yield [Array(size).fill(one).join(" OR "), some.flat()];
  }
}
