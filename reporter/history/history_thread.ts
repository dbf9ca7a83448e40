import type { HistoryStore } from "../../store/mod.ts";
import type { KnownHosts } from "../hosts/known_hosts.ts";
import { CallerMarks } from "./caller_marks.ts";
import type { AgentTotals, HistorySink, TotalsResult } from "./history_sink.ts";
import { TotalsMerge } from "./totals_merge.ts";

/** A call of a {@linkcode HistorySink} as it crosses to the thread. */
export type HistoryCall = {
  [Method in keyof HistorySink]: {
    method: Method;
    arguments: Parameters<HistorySink[Method]>;
  };
}[keyof HistorySink];

/** A sink whose calls `ask` has done, which resolves to what they return. */
export function historySink(
  ask: (call: HistoryCall) => Promise<unknown>,
): HistorySink {
  const pass = <Method extends keyof HistorySink>(method: Method) =>
    ((...parameters: unknown[]) =>
      ask({ method, arguments: parameters } as HistoryCall)) as HistorySink[
        Method
      ];
  return {
    progress: pass("progress"),
    commit: pass("commit"),
    beat: pass("beat"),
    agents: pass("agents"),
    writeStates: pass("writeStates"),
    addEvents: pass("addEvents"),
    expire: pass("expire"),
  };
}

/** Options of {@linkcode HistoryThread}. */
export interface HistoryThreadOptions {
  /** Opens the store. */
  open: () => Promise<HistoryStore>;
  /** Tells which hosts routes have. */
  hosts: KnownHosts;
}

/** The history of a store in the thread that writes it, where call totals are added up. */
export class HistoryThread implements HistorySink, AsyncDisposable {
  readonly #options: HistoryThreadOptions;
  readonly #marks = new CallerMarks();
  readonly #merge = new TotalsMerge(this.#marks);
  #store: Promise<HistoryStore> | undefined;

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

  async commit(
    { minute, agents }: { minute: number; agents: readonly AgentTotals[] },
  ): Promise<TotalsResult> {
    const store = await this.#opened();
    const merge = this.#merge;
    const frames = agents.flatMap((each) => each.frames);
    const isKnown = await this.#options.hosts.late(merge.named(frames));
    merge.begin(minute);
    for (const { agent, frames } of agents) {
      merge.add(agent, { frames, isKnown });
    }
    const { hosts, routes, refused } = merge.result();
    const { conflicts } = await store.commit({
      minute,
      agents: agents.map(({ agent, epoch, seq, expected }) => ({
        agent,
        epoch,
        seq,
        expected,
      })),
      hosts,
      routes,
    });
    if (conflicts.length === 0) this.#marks.commit();
    return {
      conflicts,
      rows: hosts.modId.length + routes.modId.length,
      refused,
      ...this.#marks.counters,
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

  /** Closes the store. */
  async [Symbol.asyncDispose](): Promise<void> {
    const store = await this.#store?.catch(() => undefined);
    this.#store = undefined;
    await store?.[Symbol.asyncDispose]();
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
