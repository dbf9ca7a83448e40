import type { AdminEngine } from "../admin/admin_store.ts";
import { limitTo, type Program, rows, upsert, type Value } from "../steps.ts";
import type { Author, RouteRow } from "../types.ts";
import { checkLeases, checkSets } from "./checks.ts";
import { expireLeases, markLease } from "./expire.ts";
import {
  renewalColumns,
  SELECT_INSTANCES,
  SELECT_LEASES,
  toInstance,
  toLease,
} from "./rows.ts";
import { type Context, removeInstances, syncSets } from "./sync.ts";
import {
  type AgentLease,
  type AgentSet,
  type ExpireOptions,
  type ExpireOutcome,
  type InstanceQuery,
  type InstanceRow,
  INSTANCES_PAGE_MAX,
  type LeaseRenewal,
  type LeaseSeen,
  type LeaseStore,
  type SyncOptions,
  type SyncOutcome,
} from "./types.ts";

/** How an engine runs what {@linkcode ProgramLeaseStore} asks. */
export interface LeaseEngine extends AdminEngine {
  /** Whether the store has tables to keep who made an edit. */
  isKept(): Promise<boolean>;
}

/** The same transactions on every engine. */
export class ProgramLeaseStore implements LeaseStore {
  readonly #engine: LeaseEngine;

  constructor(engine: LeaseEngine) {
    this.#engine = engine;
  }

  leases(): Promise<AgentLease[]> {
    return this.#engine.read(function* () {
      return (yield* rows(`${SELECT_LEASES} ORDER BY agent`)).map(toLease);
    });
  }

  async renew(renewals: readonly LeaseRenewal[]): Promise<void> {
    checkLeases(renewals);
    // In order, so that two who write the same leases do not wait for each other.
    const sorted = renewals.toSorted((a, b) => a.agent < b.agent ? -1 : 1);
    await this.#engine.write(() =>
      upsert("AgentLease", {
        key: ["agent"],
        rows: sorted.map((renewal) => ({
          ...renewalColumns(renewal),
          set_hash: 0,
          instances: 0,
        })),
        kept: ["set_hash", "instances"],
      })
    );
  }

  async mark(leases: readonly LeaseSeen[]): Promise<void> {
    const sorted = leases.toSorted((a, b) => a.agent < b.agent ? -1 : 1);
    await this.#engine.write(function* () {
      for (const lease of sorted) yield* markLease(lease);
    });
  }

  async sync(
    sets: readonly AgentSet[],
    options: SyncOptions = {},
  ): Promise<SyncOutcome[]> {
    checkSets(sets);
    const context = await this.#context();
    return await this.#engine.write(() =>
      syncSets(sets, { ...options, ...context })
    );
  }

  async expire(
    leases: readonly LeaseSeen[],
    options: ExpireOptions,
  ): Promise<ExpireOutcome[]> {
    const context = await this.#context();
    return await this.#engine.write(() =>
      expireLeases(leases, { ...options, ...context })
    );
  }

  instances(query: InstanceQuery): Promise<InstanceRow[]> {
    return this.#engine.read(() => instances(query));
  }

  async remove(rows: readonly RouteRow[], by: Author): Promise<number> {
    const context = await this.#context();
    return await this.#engine.write(() =>
      removeInstances(rows, { by, ...context })
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine[Symbol.asyncDispose]();
  }

  async #context(): Promise<Context> {
    const isKept = await this.#engine.isKept();
    return { nowSeconds: this.#engine.wallSeconds(), isKept };
  }
}

function* instances(
  { key, host, agent, after, limit }: InstanceQuery,
): Program<InstanceRow[]> {
  const values: Value[] = [];
  const conditions: string[] = [];
  const where = (condition: string, ...more: Value[]) => {
    conditions.push(condition);
    values.push(...more);
  };
  if (key !== undefined) where("modid = ? AND cmdid = ?", key.modId, key.cmdId);
  if (host !== undefined) where("ip = ?", host.ip);
  if (host?.port !== undefined) where("port = ?", host.port);
  if (agent !== undefined) where("agent = ?", agent);
  if (after !== undefined) {
    const { modId, cmdId, ip, port } = after;
    // Written out, as not every server finds compared rows in an index.
    where(
      `(modid > ? OR (modid = ? AND (cmdid > ? OR (cmdid = ? AND
        (ip > ? OR (ip = ? AND port > ?))))))`,
      ...[modId, modId, cmdId, cmdId, ip, ip, port],
    );
  }
  const end = conditions.length === 0
    ? ""
    : ` WHERE ${conditions.join(" AND ")}`;
  const found = yield* rows(
    `${SELECT_INSTANCES}${end} ORDER BY modid, cmdid, ip, port ${
      limitTo(Math.min(limit, INSTANCES_PAGE_MAX))
    }`,
    ...values,
  );
  return found.map(toInstance);
}
