import type { AlarmSink } from "../alarms/alarm_sink.ts";
import { FleetConditions } from "../alarms/fleet_conditions.ts";
import type { AlarmRules, Condition } from "../alarms/rules.ts";
import type { Clock } from "../../net/mod.ts";
import type { RouteKey } from "../../proto/mod.ts";
import type {
  AgentCommit,
  Alarm,
  HistoryStore,
  RouteStore,
} from "../../store/mod.ts";
import type { KnownHosts } from "../hosts/known_hosts.ts";
import { CallerMarks } from "./caller_marks.ts";
import type {
  AgentTotals,
  HistorySink,
  RouteCalls,
  TotalsResult,
} from "./history_sink.ts";
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
  /** Tells which hosts routes have. */
  hosts: KnownHosts;
  /** Tells the time. */
  clock: Clock;
}

/** The history of a store in the thread that writes it, where call totals are added up. */
export class HistoryThread implements ThreadSink, AsyncDisposable {
  readonly #options: HistoryThreadOptions;
  readonly #marks = new CallerMarks();
  readonly #merge = new TotalsMerge(this.#marks);
  #store: Promise<HistoryStore> | undefined;
  #routes: RouteStore | undefined;
  #conditions: FleetConditions | undefined;

  /** Opens the store at the first call. */
  constructor(options: HistoryThreadOptions) {
    this.#options = options;
  }

  /** Does a call, and returns what it returns. */
  async do(call: HistoryCall): Promise<unknown> {
    const method = this[call.method] as (
      ...parameters: unknown[]
    ) => Promise<unknown>;
    return await method.apply(this, call.arguments);
  }

  async progress(
    agents: readonly string[],
  ): ReturnType<HistorySink["progress"]> {
    return await (await this.#opened()).progress(agents);
  }

  async merge(
    { minute, isFirst, agents }: Parameters<ThreadSink["merge"]>[0],
  ): Promise<void> {
    const merge = this.#merge;
    const frames = agents.flatMap((each) => each.frames);
    const isKnown = await this.#options.hosts.late(merge.named(frames));
    if (isFirst) merge.begin(minute);
    for (const { agent, frames } of agents) {
      merge.add(agent, { frames, isKnown });
    }
  }

  async commit(
    { minute, agents, tellRoutes }: Parameters<ThreadSink["commit"]>[0],
  ): Promise<TotalsResult> {
    const store = await this.#opened();
    const { hosts, routes, refused } = this.#merge.result();
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

  async beat(...parameters: Parameters<HistorySink["beat"]>): Promise<void> {
    await (await this.#opened()).beat(...parameters);
  }

  async agents(): ReturnType<HistorySink["agents"]> {
    return await (await this.#opened()).agents();
  }

  async writeStates(
    ...parameters: Parameters<HistorySink["writeStates"]>
  ): Promise<void> {
    await (await this.#opened()).writeStates(...parameters);
  }

  async addEvents(
    ...parameters: Parameters<HistorySink["addEvents"]>
  ): Promise<void> {
    await (await this.#opened()).addEvents(...parameters);
  }

  async expire(): Promise<boolean> {
    return await (await this.#opened()).expire();
  }

  async takeDuty(name: string, holder: string): Promise<boolean> {
    return await (await this.#opened()).takeDuty(name, holder);
  }

  async releaseDuty(name: string, holder: string): Promise<void> {
    await (await this.#opened()).releaseDuty(name, holder);
  }

  async alarms(): ReturnType<AlarmSink["alarms"]> {
    return await (await this.#opened()).alarms();
  }

  async writeAlarms(alarms: readonly Alarm[]): Promise<void> {
    await (await this.#opened()).writeAlarms(alarms);
  }

  async removeAlarms(fingerprints: readonly string[]): Promise<void> {
    await (await this.#opened()).removeAlarms(fingerprints);
  }

  async conditions(
    { rules, emptied }: { rules: AlarmRules; emptied: readonly RouteKey[] },
  ): Promise<Condition[]> {
    const history = await this.#opened();
    this.#routes ??= await this.#options.openRoutes();
    this.#conditions ??= new FleetConditions({
      history,
      routes: this.#routes,
      wallSeconds: () => this.#options.clock.wallSeconds(),
      rules,
    });
    return await this.#conditions.read(emptied);
  }

  /** Closes the store. */
  async [Symbol.asyncDispose](): Promise<void> {
    const store = await this.#store?.catch(() => undefined);
    this.#store = undefined;
    await store?.[Symbol.asyncDispose]();
    await this.#routes?.[Symbol.asyncDispose]();
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
