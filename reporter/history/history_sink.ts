import type {
  AgentPresence,
  AgentProgress,
  AgentRow,
  HostEvent,
} from "../../store/mod.ts";
import type { StateWrite } from "./state_changes.ts";

/** Call totals of one agent that are to be committed, all or none. */
export interface AgentTotals {
  /** Identity. */
  agent: string;
  /** Random number of its start. */
  epoch: number;
  /** What the store is expected to have of it; undefined: nothing. */
  expected: AgentProgress | undefined;
  /** Number of the last frame. */
  seq: number;
  /** Bodies of CallTotals, in order. */
  frames: readonly Uint8Array[];
}

/** What became of call totals. */
export interface TotalsResult {
  /** Agents of which the store had something else than was expected: nothing was written then. */
  conflicts: readonly string[];
  /** Hosts and routes written. */
  rows: number;
  /** Hosts left out, as no route has them. */
  refused: number;
  /** Callers that were not counted, as too many are remembered. */
  callersUncounted: number;
  /** What was committed by routes, if that was to be told. */
  routes?: RouteCalls;
}

/** Calls of some routes, in columns. */
export interface RouteCalls {
  /** Called service. */
  modId: ArrayLike<number>;
  /** Its command. */
  cmdId: ArrayLike<number>;
  /** All calls. */
  calls: ArrayLike<number>;
  /** Those of them that failed. */
  failed: ArrayLike<number>;
}

/**
 * History in the store, as a reporter writes it. Every method throws a StoreError
 * if the store failed.
 */
export interface HistorySink {
  /** Reads what is committed of agents; of which nothing is has no entry. */
  progress(
    agents: readonly string[],
  ): Promise<ReadonlyMap<string, AgentProgress>>;
  /** Adds call totals to the periods of a minute, in Unix time divided by 60. */
  commit(
    totals: {
      minute: number;
      agents: readonly AgentTotals[];
      /** Whether to tell what was committed by routes. */
      tellRoutes: boolean;
    },
  ): Promise<TotalsResult>;
  /** Says that agents are connected. */
  beat(agents: readonly AgentPresence[]): Promise<void>;
  /** Reads all agents. */
  agents(): Promise<readonly AgentRow[]>;
  /** Writes states of hosts. */
  writeStates(changes: StateWrite): Promise<void>;
  /** Adds events of hosts. */
  addEvents(events: readonly HostEvent[]): Promise<void>;
  /** Removes some of what is older than is kept; whether there is more. */
  expire(): Promise<boolean>;
}
