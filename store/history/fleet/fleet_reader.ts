import { addressKey, type RouteKey, RouteMap } from "../../../proto/mod.ts";
import { compareKeys } from "../../route_grouper.ts";
import type { RouteStore } from "../../types.ts";
import {
  type AgentRow,
  type HistoryStore,
  type HostEventRow,
  type HostStateRow,
  periodOf,
  type RoutePeriodRow,
} from "../types.ts";
import { type Agents, viewAgents } from "./agents.ts";
import { type HostCalls, hostsIn, type RouteCalls, routesIn } from "./calls.ts";
import { detailHosts, type HostDetail } from "./host_details.ts";
import { isOut, reasonsOf, viewHosts } from "./host_views.ts";
import {
  findProblems,
  judgeRoute,
  type Problem,
  type RouteFacts,
} from "./problems.ts";
import { failingSince, isFailing, usualShare } from "./usual.ts";
import { type Window, windowAt } from "./window.ts";

/** Routes that one reading looks at closely: those with the most failing calls. */
const CLOSE_MAX = 100;

/** Routes in one page of totals. */
const PAGE_ROUTES = 1_000;

/** Minutes and hours of a route's past by which its present is judged. */
const PAST_MINUTES = 180;
const PAST_HOURS = 168;

/** Most routes whose past is held, some 100 KB each; beyond them all are read again. */
export const PASTS_MAX = 300;

/** Events of a route that are read. */
const EVENTS_MAX = 50;

/** How far the clock of a reporter may be ahead of the reader's, in seconds: one further ahead is wrong. */
const AHEAD_MAX_S = 120;

/** What a {@linkcode FleetReader} needs of a store. */
export interface FleetSource {
  /** Calls, states, events and agents. */
  history: Pick<
    HistoryStore,
    | "agents"
    | "events"
    | "hostHistory"
    | "newestMinute"
    | "routeHistory"
    | "routeTotals"
    | "states"
  >;
  /** Hosts of routes. */
  routes: Pick<RouteStore, "read">;
  /** Unix time in whole seconds. */
  wallSeconds(): number;
}

/** When something was read, and of when it tells. */
export interface AsOf {
  /** Unix time in seconds, by the reader's clock. */
  readAt: number;
  /** Time of the newest word of a reporter, by its clock; undefined: there was never one. */
  asOf: number | undefined;
  /** Number of the newest minute with calls; undefined: there is none. */
  newestMinute: number | undefined;
}

/** What all agents that report to a store tell. */
export interface Fleet extends AsOf {
  /** The agents. */
  agents: Agents;
  /** Routes that were called in the last 60 s, those with the most failing calls first. */
  routes: RouteCalls[];
  /** Problems, the worst first. */
  problems: Problem[];
  /** Routes with failing calls or hosts out that were too many to look at. */
  unjudged: number;
  /** Routes of which an agent holds a host out, by its identity. */
  outAt: ReadonlyMap<string, RouteMap<true>>;
}

/** What all agents that report to a store tell of one route. */
export interface RouteDetail extends AsOf {
  /** The agents, also those that do not call it. */
  agents: Agents;
  /** Its calls, and what is wrong with it. */
  problem: Problem;
  /** Its hosts, those that most callers hold out first. */
  hosts: HostDetail[];
  /** Its calls by minutes. */
  minutes: RoutePeriodRow[];
  /** Unix time in seconds of the end of the last period with calls; undefined: none is kept. */
  lastCalledAt: number | undefined;
  /** Newest first. */
  events: HostEventRow[];
}

/** A route's past, which stays the same for a minute. */
interface Past {
  minutes: RoutePeriodRow[];
  hours: RoutePeriodRow[];
  usual: number | undefined;
}

/** A route at close quarters. */
interface CloseUp extends Omit<Past, "usual"> {
  facts: RouteFacts;
  called: Map<number, HostCalls>;
}

/** Reads what agents tell: once, or again and again. */
export class FleetReader {
  readonly #source: FleetSource;
  readonly #pasts = new RouteMap<Past>();
  #pastsMinute = -1;

  /** Makes a reader; nothing is read yet. */
  constructor(source: FleetSource) {
    this.#source = source;
  }

  /**
   * Reads which routes are called, and what is wrong.
   *
   * @throws {StoreError} If the store cannot be read.
   */
  async read(): Promise<Fleet> {
    const { at, rows, window } = await this.#look();
    const routes = await this.#routesIn(window);
    const rowsOfStates = await this.#source.history.states();
    const states = groupByRoute(rowsOfStates);
    const suspicious = chooseSuspicious(routes, states);
    const chosen = suspicious.slice(0, CLOSE_MAX);
    const stored = await this.#source.routes.read(chosen);
    const facts: RouteFacts[] = [];
    for (const [index, key] of chosen.entries()) {
      const closeUp = await this.#lookAt(key, {
        window,
        hosts: stored[index]?.hosts.length,
        states: states.get(key) ?? [],
      });
      facts.push(closeUp.facts);
    }
    return {
      ...at,
      agents: viewAgents(rows, window.asOf),
      routes: [...routes.values()].sort((a, b) =>
        b.failed - a.failed || b.calls - a.calls || compareKeys(a, b)
      ),
      problems: findProblems(facts),
      unjudged: suspicious.length - chosen.length,
      outAt: outRoutesOf(rowsOfStates),
    };
  }

  /**
   * Reads one route, with all its hosts.
   *
   * @throws {StoreError} If the store cannot be read.
   */
  async readRoute(key: RouteKey): Promise<RouteDetail> {
    const { history, routes } = this.#source;
    const { at, rows, window } = await this.#look();
    const states = await history.states({ key });
    const [route] = await routes.read([key]);
    const { facts, called, minutes, hours } = await this.#lookAt(key, {
      window,
      hosts: route?.hosts.length,
      states,
    });
    return {
      ...at,
      agents: viewAgents(rows, window.asOf),
      problem: judgeRoute(facts),
      hosts: detailHosts({ called, views: facts.views, route }),
      minutes,
      lastCalledAt: endOfLast(minutes, 60) ?? endOfLast(hours, 3_600),
      events: await history.events({ key, limit: EVENTS_MAX }),
    };
  }

  /** When it is by the reporters' clocks, and who reports. */
  async #look(): Promise<{ at: AsOf; rows: AgentRow[]; window: Window }> {
    const { history } = this.#source;
    const readAt = this.#source.wallSeconds();
    const latest = readAt + AHEAD_MAX_S;
    const rows = await history.agents();
    const newestMinute = await history.newestMinute(periodOf("minute", latest));
    let asOf = newestMinute === undefined ? undefined : newestMinute * 60;
    for (const { seenAt } of rows) {
      if (seenAt <= latest) asOf = Math.max(asOf ?? 0, seenAt);
    }
    return {
      at: { readAt, asOf, newestMinute },
      rows,
      window: windowAt(asOf ?? readAt),
    };
  }

  /** Routes that were called within a window. */
  async #routesIn(window: Window): Promise<RouteMap<RouteCalls>> {
    const rows: RoutePeriodRow[] = [];
    for (const minute of [window.minute - 1, window.minute]) {
      let page: RoutePeriodRow[];
      let after: RouteKey | undefined;
      do {
        page = await this.#source.history.routeTotals({
          from: minute,
          to: minute,
          after,
          limit: PAGE_ROUTES,
        });
        rows.push(...page);
        after = page.at(-1);
      } while (page.length === PAGE_ROUTES);
    }
    return routesIn(window, rows);
  }

  async #lookAt(
    key: RouteKey,
    { window, hosts, states }: {
      window: Window;
      hosts: number | undefined;
      states: readonly HostStateRow[];
    },
  ): Promise<CloseUp> {
    const { history } = this.#source;
    const past = await this.#past(key, window.minute);
    const range = { from: window.minute - 1, to: window.minute };
    const now = await history.routeHistory({ tier: "minute", key, ...range });
    const hostsNow = await history.hostHistory({
      tier: "minute",
      key,
      ...range,
    });
    const calls = routesIn(window, now).get(key) ?? noCalls(key);
    const called = hostsIn(window, hostsNow);
    const minutes = [...past.minutes, ...now];
    const since = failingSince(minutes, past.usual);
    return {
      minutes,
      hours: past.hours,
      called,
      facts: {
        ...calls,
        usual: past.usual,
        failingSince: since === undefined ? undefined : since * 60,
        hosts,
        views: viewHosts(states, {
          window,
          routeCallers: calls.callers,
          callersOf: (host) => called.get(addressKey(host))?.callers ?? 0,
        }),
        reasons: reasonsOf(states),
      },
    };
  }

  /** What a route did before the window. */
  async #past(key: RouteKey, minute: number): Promise<Past> {
    const known = this.#pasts.get(key);
    if (known !== undefined && this.#pastsMinute === minute) return known;
    // Where no reporter writes, the minute stays.
    if (this.#pastsMinute !== minute || this.#pasts.size >= PASTS_MAX) {
      this.#pastsMinute = minute;
      this.#pasts.clear();
    }
    const { history } = this.#source;
    const minutes = await history.routeHistory({
      tier: "minute",
      key,
      from: minute - PAST_MINUTES,
      to: minute - 2,
    });
    const hour = Math.floor(minute / 60);
    const hours = await history.routeHistory({
      tier: "hour",
      key,
      from: hour - PAST_HOURS,
      to: hour - 1,
    });
    const past = { minutes, hours, usual: usualShare({ minutes, hours }) };
    this.#pasts.set(key, past);
    return past;
  }
}

function noCalls({ modId, cmdId }: RouteKey): RouteCalls {
  return { modId, cmdId, calls: 0, failed: 0, callers: 0, latency: [] };
}

function endOfLast(
  rows: readonly RoutePeriodRow[],
  seconds: number,
): number | undefined {
  const last = rows.at(-1);
  return last === undefined ? undefined : (last.period + 1) * seconds;
}

function groupByRoute(
  states: readonly HostStateRow[],
): RouteMap<HostStateRow[]> {
  const routes = new RouteMap<HostStateRow[]>();
  for (const row of states) {
    const before = routes.get(row);
    if (before === undefined) routes.set(row, [row]);
    else before.push(row);
  }
  return routes;
}

function outRoutesOf(
  states: readonly HostStateRow[],
): Map<string, RouteMap<true>> {
  const agents = new Map<string, RouteMap<true>>();
  for (const row of states.filter(isOut)) {
    const routes = agents.get(row.agent) ?? new RouteMap<true>();
    routes.set(row, true);
    agents.set(row.agent, routes);
  }
  return agents;
}

/** Routes that may have a problem: those with the most failing calls first, then those of which callers hold most hosts out. */
function chooseSuspicious(
  routes: RouteMap<RouteCalls>,
  states: RouteMap<HostStateRow[]>,
): RouteKey[] {
  const chosen = new RouteMap<{ failed: number; out: number }>();
  for (const [key, rows] of states) {
    const out = rows.filter(isOut).length;
    if (out > 0) chosen.set(key, { failed: routes.get(key)?.failed ?? 0, out });
  }
  for (const [key, calls] of routes) {
    // The usual is looked for only where it can matter.
    if (chosen.has(key) || !isFailing(calls, 0)) continue;
    chosen.set(key, { failed: calls.failed, out: 0 });
  }
  return [...chosen]
    .sort(([, a], [, b]) => b.failed - a.failed || b.out - a.out)
    .map(([key]) => key);
}
