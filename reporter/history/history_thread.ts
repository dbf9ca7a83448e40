import type { AlarmSink } from "../alarms/alarm_sink.ts";
import { FleetConditions } from "../alarms/fleet_conditions.ts";
import type { Clock } from "../../net/mod.ts";
import type {
  AdminStore,
  AgentCommit,
  AgentLease,
  HistoryStore,
  LeaseStore,
  RouteStore,
  TokenRow,
} from "../../store/mod.ts";
import type { KnownHosts } from "../hosts/known_hosts.ts";
import { CallerMarks } from "./caller_marks.ts";
import type {
  AgentTotals,
  HistorySink,
  RouteCalls,
  TotalsResult,
} from "./history_sink.ts";
import { LastRead } from "./last_read.ts";
import { TotalsMerge } from "./totals_merge.ts";

/** Bytes of call totals that cross to the thread at once, unless those of one agent are more. */
const MERGE_BYTES_MAX = 1024 * 1024;

/** Frames of an agent that are to be added up. */
type AgentFrames = Pick<AgentTotals, "agent" | "frames">;

/** What the thread does with the history of a store. */
export interface ThreadSink extends Omit<HistorySink, "commit">, AlarmSink {
  /** Adds up call totals; what was added up before goes, unless there is more of one batch. */
  merge(
    part: { minute: number; isFirst: boolean; agents: readonly AgentFrames[] },
  ): Promise<void>;
  /** Commits what has been added up, which is of these agents. */
  commit(
    batch: {
      minute: number;
      agents: readonly AgentCommit[];
      tellRoutes: boolean;
    },
  ): Promise<TotalsResult>;
}

/** Those of them that the store has by the same names. */
type StoreCalls = Omit<ThreadSink, "merge" | "commit" | "conditions">;

/** A call of a {@linkcode ThreadSink} as it crosses to the thread. */
export type HistoryCall = {
  [Method in keyof ThreadSink]: {
    method: Method;
    arguments: Parameters<ThreadSink[Method]>;
  };
}[keyof ThreadSink];

/** A sink whose calls `ask` has done, which resolves to what they return. */
export function historySink(
  ask: (call: HistoryCall) => Promise<unknown>,
): HistorySink & AlarmSink {
  const pass = <Method extends keyof ThreadSink>(method: Method) =>
    ((...parameters: unknown[]) =>
      ask({ method, arguments: parameters } as HistoryCall)) as ThreadSink[
        Method
      ];
  const [merge, commit] = [pass("merge"), pass("commit")];
  return {
    progress: pass("progress"),
    commit: async ({ minute, agents, tellRoutes }) => {
      let isFirst = true;
      for (const part of partsOf(agents)) {
        await merge({ minute, isFirst, agents: part });
        isFirst = false;
      }
      const commits = agents.map(({ frames: _, ...commit }) => commit);
      return await commit({ minute, agents: commits, tellRoutes });
    },
    beat: pass("beat"),
    agents: pass("agents"),
    writeStates: pass("writeStates"),
    addEvents: pass("addEvents"),
    expire: pass("expire"),
    takeDuty: pass("takeDuty"),
    releaseDuty: pass("releaseDuty"),
    alarms: pass("alarms"),
    writeAlarms: pass("writeAlarms"),
    removeAlarms: pass("removeAlarms"),
    conditions: pass("conditions"),
  };
}

/** Agents with frames, so many at a time that their copies take little memory. */
function* partsOf(agents: readonly AgentTotals[]): Generator<AgentFrames[]> {
  let part: AgentFrames[] = [];
  let bytes = 0;
  for (const { agent, frames } of agents) {
    part.push({ agent, frames });
    bytes += frames.reduce((sum, { length }) => sum + length, 0);
    if (bytes < MERGE_BYTES_MAX) continue;
    yield part;
    part = [];
    bytes = 0;
  }
  yield part;
}

/** Options of {@linkcode HistoryThread}. */
export interface HistoryThreadOptions {
  /** Opens the store. */
  open: () => Promise<HistoryStore>;
  /** Opens the routes, to know which have no hosts. */
  openRoutes: () => Promise<RouteStore>;
  /** Opens who may do what, to know which tokens end. */
  openAdmin: () => Promise<AdminStore>;
  /** Opens the leases, to know how many are overdue. */
  openLeases: () => Promise<LeaseStore>;
  /** Tells which hosts routes have. */
  hosts: KnownHosts;
  /** Tells the time. */
  clock: Clock;
}

/** The history of a store in the thread that writes it, where call totals are added up. */
export class HistoryThread implements AsyncDisposable {
  readonly #options: HistoryThreadOptions;
  readonly #marks = new CallerMarks();
  readonly #totals = new TotalsMerge(this.#marks);
  #store: Promise<HistoryStore> | undefined;
  #routes: RouteStore | undefined;
  readonly #tokens: LastRead<AdminStore, TokenRow>;
  readonly #leases: LastRead<LeaseStore, AgentLease>;
  #fleet: FleetConditions | undefined;

  /** Opens the store at the first call. */
  constructor(options: HistoryThreadOptions) {
    this.#options = options;
    this.#tokens = new LastRead({
      open: options.openAdmin,
      read: (admin) => admin.tokens(),
    });
    this.#leases = new LastRead({
      open: options.openLeases,
      read: (leases) => leases.leases(),
    });
  }

  /** Does a call, and returns what it returns: most are calls of the store. */
  async do(call: HistoryCall): Promise<unknown> {
    switch (call.method) {
      case "merge":
        return await this.#merge(...call.arguments);
      case "commit":
        return await this.#commit(...call.arguments);
      case "conditions":
        return await this.#conditions(...call.arguments);
    }
    const store: StoreCalls = await this.#opened();
    const method = store[call.method] as (
      ...parameters: unknown[]
    ) => Promise<unknown>;
    return await method.apply(store, call.arguments);
  }

  async #merge(
    { minute, isFirst, agents }: Parameters<ThreadSink["merge"]>[0],
  ): Promise<void> {
    const totals = this.#totals;
    const frames = agents.flatMap((each) => each.frames);
    const isKnown = await this.#options.hosts.late(totals.named(frames));
    if (isFirst) totals.begin(minute);
    for (const { agent, frames } of agents) {
      totals.add(agent, { frames, isKnown });
    }
  }

  async #commit(
    { minute, agents, tellRoutes }: Parameters<ThreadSink["commit"]>[0],
  ): Promise<TotalsResult> {
    const store = await this.#opened();
    const { hosts, routes, refused } = this.#totals.result();
    const batch = { minute, agents, hosts, routes };
    const { conflicts } = await store.commit(batch);
    if (conflicts.length === 0) this.#marks.commit();
    return {
      conflicts,
      rows: hosts.modId.length + routes.modId.length,
      refused,
      ...this.#marks.counters,
      ...tellRoutes && conflicts.length === 0 &&
        { routes: callsOf(routes) },
    };
  }

  async #conditions(
    { rules, emptied }: Parameters<ThreadSink["conditions"]>[0],
  ): ReturnType<ThreadSink["conditions"]> {
    const history = await this.#opened();
    this.#routes ??= await this.#options.openRoutes();
    this.#fleet ??= new FleetConditions({
      history,
      routes: this.#routes,
      tokens: () => this.#tokens.read(),
      leases: () => this.#leases.read(),
      wallSeconds: () => this.#options.clock.wallSeconds(),
      rules,
    });
    return await this.#fleet.read(emptied);
  }

  /** Closes the store. */
  async [Symbol.asyncDispose](): Promise<void> {
    const store = await this.#store?.catch(() => undefined);
    this.#store = undefined;
    await store?.[Symbol.asyncDispose]();
    await this.#routes?.[Symbol.asyncDispose]();
    await this.#tokens[Symbol.asyncDispose]();
    await this.#leases[Symbol.asyncDispose]();
  }

  #opened(): Promise<HistoryStore> {
    if (this.#store !== undefined) return this.#store;
    const opening = this.#options.open();
    this.#store = opening;
    opening.catch(() => {
      if (this.#store === opening) this.#store = undefined;
    });
    return opening;
  }
}

/** Copies what goes to the other thread: a view would take its whole buffer along. */
function callsOf({ modId, cmdId, calls, failed }: RouteCalls): RouteCalls {
  return {
    modId: Float64Array.from(modId),
    cmdId: Float64Array.from(cmdId),
    calls: Float64Array.from(calls),
    failed: Float64Array.from(failed),
  };
}
