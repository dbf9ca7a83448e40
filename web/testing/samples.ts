import { parseAddress } from "../../proto/mod.ts";
import {
  ABSENT_REVISION,
  type Alarm,
  type LeaseRenewal,
  type LeaseStore,
} from "../../store/mod.ts";
import type { OperationSpec } from "../api/operation.ts";
import type { WebFixture } from "./web_fixture.ts";

/** A request that an operation takes. */
export interface OperationSample {
  /** Values of the parameters of its path. */
  params?: Record<string, string>;
  /** JSON, or lines as text. */
  body?: unknown;
  headers?: Record<string, string>;
}

const ROUTE = { modId: "1", cmdId: "1" };
const HOST = { ...ROUTE, host: "10.0.0.1:80" };
const DRAIN = { reason: "disk", until: "2026-11-29T12:00:00Z" };
const NAME = {
  name: "charge",
  owner: "pay",
  runbook: "https://example.com/runbook",
};
const ALARM_ID = "3f09a1c2d4e5f607";
/** An agent that has gone silent. */
const SILENT = leaseOf("web-9", "9");
const LINE = {
  modId: 5,
  cmdId: 5,
  hosts: [{ host: "10.0.0.5:80", weight: 5, zone: "a" }],
  policy: "adaptive",
};

/** A sample for every operation that takes anything, by "METHOD PATH". */
const SAMPLES: Readonly<Record<string, OperationSample>> = {
  "post /first-user": {
    body: { secret: "x", name: "alice", password: "correct horse battery" },
  },
  "post /session": { body: { name: "alice", password: "wrong" } },
  "put /session/password": {
    body: { before: "wrong", after: "correct horse battery" },
  },
  "put /users/{name}": {
    params: { name: "bob" },
    body: { scopes: ["read"], password: "correct horse battery" },
  },
  "delete /users/{name}": { params: { name: "bob" } },
  "post /tokens": { body: { name: "ci", scopes: ["read"], days: 3 } },
  "delete /tokens/{id}": { params: { id: "7777" } },
  "get /routes/{modId}/{cmdId}": { params: ROUTE },
  "put /routes/{modId}/{cmdId}": {
    params: ROUTE,
    body: {
      hosts: [{ host: "10.0.0.9:80", weight: 5, zone: "a" }],
      policy: "adaptive",
      comment: "why",
      ticket: "OPS-1",
    },
  },
  "patch /routes/{modId}/{cmdId}": {
    params: ROUTE,
    body: { policy: "adaptive", comment: "why" },
  },
  "delete /routes/{modId}/{cmdId}": { params: ROUTE },
  "get /routes/{modId}/{cmdId}/hosts/{host}": { params: HOST },
  "put /routes/{modId}/{cmdId}/hosts/{host}": {
    params: HOST,
    body: { weight: 7, zone: "b", comment: "why" },
  },
  "patch /routes/{modId}/{cmdId}/hosts/{host}": {
    params: HOST,
    body: { zone: "b", comment: "why" },
  },
  "delete /routes/{modId}/{cmdId}/hosts/{host}": { params: HOST },
  "get /routes/{modId}/{cmdId}/status": { params: ROUTE },
  "get /routes/{modId}/{cmdId}/callers": { params: ROUTE },
  "get /routes/{modId}/{cmdId}/history": { params: ROUTE },
  "get /routes/{modId}/{cmdId}/events": { params: ROUTE },
  "get /routes/{modId}/{cmdId}/changes": { params: ROUTE },
  "get /hosts/{host}": { params: { host: "10.0.0.1" } },
  "put /routes/{modId}/{cmdId}/hosts/{host}/drain": {
    params: HOST,
    body: DRAIN,
  },
  "get /routes/{modId}/{cmdId}/hosts/{host}/drain": { params: HOST },
  "delete /routes/{modId}/{cmdId}/hosts/{host}/drain": { params: HOST },
  "put /hosts/{host}/drain": { params: { host: "10.0.0.1" }, body: DRAIN },
  "get /hosts/{host}/drain": { params: { host: "10.0.0.1" } },
  "delete /hosts/{host}/drain": { params: { host: "10.0.0.1" } },
  "post /changes": {
    body: {
      edits: [{
        modId: 3,
        cmdId: 3,
        add: [{ host: "10.0.0.7:80", zone: "a" }],
        policy: "adaptive",
      }],
      comment: "why",
      ticket: "OPS-1",
    },
  },
  "get /changes/{id}": { params: { id: "1" } },
  "post /changes/{id}/revert": {
    params: { id: "1" },
    body: { comment: "why" },
  },
  "put /alarms/{id}/silence": {
    params: { id: ALARM_ID },
    body: { until: "2100-01-01T00:00:00Z", reason: "known" },
  },
  "delete /alarms/{id}/silence": { params: { id: ALARM_ID } },
  "delete /sessions/{id}": { params: { id: "0123456789abcdef" } },
  "delete /routes/{modId}/{cmdId}/instances/{host}": {
    params: { modId: "4", cmdId: "4", host: "10.0.0.3:80" },
  },
  "post /leases/gone": {
    body: { agents: [SILENT.agent], comment: "scaled down" },
  },
  "get /modules/{modId}": { params: { modId: "1" } },
  "put /modules/{modId}": { params: { modId: "1" }, body: NAME },
  "delete /modules/{modId}": { params: { modId: "1" } },
  "get /modules/{modId}/commands/{cmdId}": { params: ROUTE },
  "put /modules/{modId}/commands/{cmdId}": { params: ROUTE, body: NAME },
  "delete /modules/{modId}/commands/{cmdId}": { params: ROUTE },
  "post /import": {
    body: JSON.stringify(LINE),
    headers: { "content-type": "application/x-ndjson" },
  },
};

/** The sample of an operation. @throws {Error} If it takes something, and has none. */
export function sampleOf(
  { method, path, body, streams }: OperationSpec,
): OperationSample {
  const sample = SAMPLES[`${method} ${path}`];
  if (sample !== undefined) return sample;
  if (!path.includes("{") && body === undefined && streams === undefined) {
    return {};
  }
  throw new Error(`${method} ${path} has no sample in samples.ts`);
}

/** The path of an operation with the parameters of its sample. */
export function pathOf(
  { path }: OperationSpec,
  { params = {} }: OperationSample,
): string {
  return path.replace(/\{(\w+)\}/g, (_, name) => params[name] ?? name);
}

/** Puts a route with two hosts, names, an alarm and a user into a fixture, so that samples find something. */
export async function fill(
  { routes, admin, history, leases, clock }: WebFixture,
): Promise<void> {
  const key = { modId: 1, cmdId: 1 };
  await routes.edit({
    add: ["10.0.0.1:80", "10.0.0.2:80"].map((host) => ({
      ...key,
      ...parseAddress(host),
    })),
  }, {
    by: { actor: "test" },
    ifMatch: [{ ...key, revision: ABSENT_REVISION }],
  });
  await admin.putName({
    modId: 1,
    cmdId: undefined,
    name: "pay",
    owner: undefined,
    runbook: undefined,
  }, { actor: "test" });
  await admin.putUser({
    name: "root",
    password: undefined,
    scopes: ["admin"],
    createdAt: clock.wallSeconds(),
  }, { actor: "test" });
  await history.writeAlarms([
    alarmOf({ modid: "1", cmdid: "1" }),
    { ...alarmOf({}, "watchdog"), rule: "Watchdog" },
  ]);
  await register(leases, SILENT, ["10.0.0.3:80"]);
  await leases.mark([SILENT]);
}

/** Registers hosts of route (4, 4) as an agent does. */
export async function register(
  leases: LeaseStore,
  lease: LeaseRenewal,
  hosts: readonly string[],
): Promise<void> {
  await leases.sync([{
    lease,
    hash: lease.renewal,
    hosts: hosts.map((host) => ({
      modId: 4,
      cmdId: 4,
      ...parseAddress(host),
      version: "1.0",
      notReady: false,
    })),
  }]);
}

/** The lease of an agent. */
export function leaseOf(name: string, digit: string): LeaseRenewal {
  return {
    agent: digit.repeat(32),
    epoch: 1,
    renewal: 1,
    ttlMs: 30_000,
    name,
    address: `10.1.0.${digit}`,
    dns: "dns-1",
  };
}

/** An alarm that fires. */
export function alarmOf(
  labels: Record<string, string>,
  fingerprint = ALARM_ID,
): Alarm {
  return {
    fingerprint,
    rule: "RouteFailing",
    labels,
    summary: "Calls fail",
    value: 0.5,
    since: 1_000,
    lastSent: undefined,
    resolvedAt: undefined,
    sends: 0,
  };
}
