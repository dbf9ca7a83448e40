import {
  HostState,
  parseAddress,
  type RouteKey,
  RouteMap,
} from "../../proto/mod.ts";
import {
  type AgentPresence,
  type CallColumns,
  type HistoryStore,
  type HostEvent,
  type HostStateRow,
  LATENCY_COUNTS,
} from "../history/types.ts";

/** Calls of all callers to a host in a minute. */
export interface FakeCalls extends RouteKey {
  /** IP:PORT. */
  host: string;
  calls: number;
  failed?: number;
  /** Duration of each in microseconds; all count at the first of the bounds. */
  us?: number;
  callers?: number;
}

/** Agents that report to a history: for tests of what people see of it. */
export class FakeFleet {
  readonly #history: HistoryStore;

  constructor(history: HistoryStore) {
    this.#history = history;
  }

  /** The identity of an agent of this name. */
  static identity(name: string): string {
    return new TextEncoder().encode(name).toHex().padStart(32, "0").slice(-32);
  }

  /** An agent as a reporter sees it. */
  static agent(
    name: string,
    { zone = "", address = "10.1.0.1" }: { zone?: string; address?: string } =
      {},
  ): AgentPresence {
    return {
      agent: FakeFleet.identity(name),
      name,
      version: "0.3.0",
      zone,
      address,
      reporter: "r1",
    };
  }

  /** Adds calls to a minute. */
  async call(minute: number, calls: readonly FakeCalls[]): Promise<void> {
    const hosts = calls.map((each) => ({
      ...sumOf(each),
      ...parseAddress(each.host),
    }));
    const byRoute = new RouteMap<CallSums>();
    for (const each of calls) {
      const before = byRoute.get(each);
      const sums = sumOf(each);
      byRoute.set(each, before === undefined ? sums : add(before, sums));
    }
    const routes = [...byRoute.values()];
    await this.#history.commit({
      minute,
      agents: [],
      hosts: {
        ...columnsOf(hosts),
        ip: hosts.map(({ ip }) => ip),
        port: hosts.map(({ port }) => port),
      },
      routes: {
        ...columnsOf(routes),
        latency: routes.flatMap(({ calls }) => [
          calls,
          ...Array.from({ length: LATENCY_COUNTS - 1 }, () => 0),
        ]),
      },
    });
  }

  /** Lets agents hold a host out, or see it otherwise. */
  async see(
    names: readonly string[],
    { host, ...state }:
      & RouteKey
      & { host: string; since: number; reason: number }
      & Partial<HostStateRow>,
  ): Promise<void> {
    await this.#history.writeStates({
      rows: names.map((name) => ({
        state: HostState.ejected,
        inFlight: 0,
        nextTryMs: 0,
        ...state,
        ...parseAddress(host),
        agent: FakeFleet.identity(name),
      })),
    });
  }

  /** Adds an event. */
  async happen(
    { host, ...event }:
      & RouteKey
      & { host: string; minute: number; kind: number; reason: number }
      & Partial<HostEvent>,
  ): Promise<void> {
    await this.#history.addEvents([{
      callers: 1,
      names: [],
      calls: 0,
      failures: 0,
      meanUs: 0,
      peersMeanUs: 0,
      policy: "adaptive",
      ...event,
      ...parseAddress(host),
    }]);
  }
}

/** Sums of calls. */
interface CallSums extends RouteKey {
  calls: number;
  failed: number;
  sumUs: number;
  maxUs: number;
  callers: number;
}

function sumOf(
  { modId, cmdId, calls, failed = 0, us = 400, callers = 1 }: FakeCalls,
): CallSums {
  return { modId, cmdId, calls, failed, sumUs: calls * us, maxUs: us, callers };
}

function add(a: CallSums, b: CallSums): CallSums {
  return {
    ...a,
    calls: a.calls + b.calls,
    failed: a.failed + b.failed,
    sumUs: a.sumUs + b.sumUs,
    maxUs: Math.max(a.maxUs, b.maxUs),
    callers: Math.max(a.callers, b.callers),
  };
}

function columnsOf(rows: readonly CallSums[]): CallColumns {
  return {
    modId: rows.map(({ modId }) => modId),
    cmdId: rows.map(({ cmdId }) => cmdId),
    calls: rows.map(({ calls }) => calls),
    failed: rows.map(({ failed }) => failed),
    timed: rows.map(({ calls }) => calls),
    sumUs: rows.map(({ sumUs }) => sumUs),
    maxUs: rows.map(({ maxUs }) => maxUs),
    minuteCallers: rows.map(({ callers }) => callers),
    longCallers: rows.map(({ callers }) => callers),
  };
}
