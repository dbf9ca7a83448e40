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
  /** Duration of each in microseconds; it counts at the first of the bounds. */
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
      ...each,
      ...parseAddress(each.host),
    }));
    const byRoute = new RouteMap<FakeCalls>();
    for (const each of calls) {
      const before = byRoute.get(each);
      byRoute.set(each, {
        ...each,
        calls: each.calls + (before?.calls ?? 0),
        failed: (each.failed ?? 0) + (before?.failed ?? 0),
        callers: Math.max(each.callers ?? 1, before?.callers ?? 0),
      });
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

function columnsOf(rows: readonly FakeCalls[]): CallColumns {
  return {
    modId: rows.map(({ modId }) => modId),
    cmdId: rows.map(({ cmdId }) => cmdId),
    calls: rows.map(({ calls }) => calls),
    failed: rows.map(({ failed = 0 }) => failed),
    timed: rows.map(({ calls }) => calls),
    sumUs: rows.map(({ calls, us = 400 }) => calls * us),
    maxUs: rows.map(({ us = 400 }) => us),
    minuteCallers: rows.map(({ callers = 1 }) => callers),
    longCallers: rows.map(({ callers = 1 }) => callers),
  };
}
