import {
  formatAddress,
  formatIp,
  HostEventKind,
  hostReasonName,
  type RouteKey,
  RouteMap,
} from "../../proto/mod.ts";
import {
  type AgentLease,
  type Fleet,
  FleetReader,
  type HistoryStore,
  type HostEventRow,
  type HostView,
  type Problem,
  type RouteStore,
  type TokenRow,
  WINDOW_S,
} from "../../store/mod.ts";
import type { AlarmRules, Condition } from "./rules.ts";

/** Most conditions of one reading: a fleet in which more is wrong has one cause. */
const CONDITIONS_MAX = 1_000;

/** Events in one page, and most that are read. */
const PAGE_EVENTS = 1_000;
const EVENTS_MAX = 20_000;

/** Routes whose hosts are read in one look. */
const ROUTES_AT_ONCE = 2_000;

/** Time after which a route without hosts that nobody calls is one that is gone. */
const EMPTIED_S = 3_600;

/** Time after which a silent agent is one that was taken away. */
const SILENT_S_MAX = 3_600;

/** Options of {@linkcode FleetConditions}. */
export interface FleetConditionsOptions {
  history: HistoryStore;
  routes: RouteStore;
  /** Every token of the admin API. */
  tokens: () => Promise<readonly TokenRow[]>;
  /** Every lease of an agent. */
  leases: () => Promise<readonly AgentLease[]>;
  /** Unix time in whole seconds. */
  wallSeconds: () => number;
  rules: AlarmRules;
}

/** Finds in the store what is wrong with routes, hosts and agents. */
export class FleetConditions {
  readonly #options: FleetConditionsOptions;
  readonly #reader: FleetReader;
  /** Routes that were called lately, with the Unix time in seconds. */
  readonly #called = new RouteMap<number>();
  #isFirst = true;
  /** Which of them is looked at next. */
  #turn = 0;

  /** Reads nothing yet. */
  constructor(options: FleetConditionsOptions) {
    this.#options = options;
    this.#reader = new FleetReader(options);
  }

  /**
   * Reads what is wrong now. `emptied` are routes of which it was said before that
   * they have no hosts.
   *
   * @throws {StoreError} If the store cannot be read.
   */
  async read(emptied: readonly RouteKey[]): Promise<Condition[]> {
    const { rules } = this.#options;
    const fleet = await this.#reader.read();
    return [
      ...agentsSilent(fleet, rules),
      ...fleet.problems.flatMap((problem) => [
        ...routeFailing(problem, rules),
        ...routeAllOut(problem, rules),
      ]),
      ...await this.#routesEmptied(fleet, emptied),
      ...fleet.problems.flatMap((problem) => hostsOut(problem, rules)),
      ...await this.#hostsFlapping(fleet),
      ...await this.#drainsForgotten(),
      ...await this.#tokensExpiring(),
      ...expirySuspended(await this.#options.leases(), rules),
    ].slice(0, CONDITIONS_MAX);
  }

  async #routesEmptied(
    fleet: Fleet,
    emptied: readonly RouteKey[],
  ): Promise<Condition[]> {
    const nowS = this.#options.wallSeconds();
    // They may have been called, as another reporter has seen.
    for (const key of this.#isFirst ? emptied : []) {
      this.#called.set(key, nowS);
    }
    this.#isFirst = false;
    for (const { modId, cmdId } of fleet.routes) {
      this.#called.set({ modId, cmdId }, nowS);
    }
    const next = this.#nextCalled();
    for (const [key, calledS] of next) {
      if (nowS - calledS > EMPTIED_S) this.#called.delete(key);
    }
    const keys = [...emptied, ...next.map(([key]) => key)]
      .filter((key) => this.#called.has(key));
    const found = new RouteMap<Condition>();
    for (const { hosts, ...key } of await this.#options.routes.read(keys)) {
      if (hosts.length > 0) continue;
      found.set(key, {
        rule: "RouteEmptied",
        labels: labelsOf(key),
        value: 0,
        summary: `Route ${nameOf(key)} is called and has no hosts any more`,
      });
    }
    return Array.from(found, ([, condition]) => condition);
  }

  /** The routes whose turn it is to be looked at: of very many some at a time. */
  #nextCalled(): [RouteKey, number][] {
    const all = [...this.#called];
    const from = this.#turn < all.length ? this.#turn : 0;
    this.#turn = from + ROUTES_AT_ONCE;
    return all.slice(from, this.#turn);
  }

  async #hostsFlapping(fleet: Fleet): Promise<Condition[]> {
    const { limits } = this.#options.rules.HostFlapping;
    const ejected = await this.#ejections(fleet, limits.withinSeconds);
    const callers = new RouteMap<number>();
    for (const route of fleet.routes) callers.set(route, route.callers);
    const minutes = limits.withinSeconds / 60;
    return Array.from(Map.groupBy(ejected, hostKeyOf).values(), (rows) => {
      const least = (callers.get(rows[0]!) ?? 0) * limits.callersShare;
      const many = rows.filter((row) => row.callers >= least);
      return { rows, times: many.length };
    }).filter(({ times }) => times >= limits.ejections)
      .map(({ rows: [row], times }) => ({
        rule: "HostFlapping",
        labels: { ...labelsOf(row!), host: formatAddress(row!) },
        value: times,
        summary: `Host ${formatAddress(row!)} of route ${
          nameOf(row!)
        } was ejected ${times} times in ${minutes} minutes`,
      }));
  }

  async #drainsForgotten(): Promise<Condition[]> {
    const nowS = this.#options.wallSeconds();
    const drains = await this.#options.routes.drains();
    return drains.flatMap(({ ip, port, route, until, who, reason }) => {
      if (until === undefined || until >= nowS) return [];
      const host = port === undefined
        ? formatIp(ip)
        : formatAddress({ ip, port });
      const where = route === undefined ? "" : ` of route ${nameOf(route)}`;
      const hours = Math.ceil((nowS - until) / 3_600);
      return [{
        rule: "DrainForgotten" as const,
        labels: { ...(route && labelsOf(route)), host },
        value: nowS - until,
        summary:
          `${host}${where} is drained for up to ${hours} h longer than was meant, by ${who}: ${reason}`,
      }];
    });
  }

  async #tokensExpiring(): Promise<Condition[]> {
    const nowS = this.#options.wallSeconds();
    const { limits } = this.#options.rules.TokenExpiring;
    const tokens = await this.#options.tokens();
    return tokens.flatMap(({ id, name, createdAt, expiresAt, usedAt }) => {
      const left = expiresAt - nowS;
      const early = Math.min(
        limits.withinSeconds,
        (expiresAt - createdAt) * limits.lifeShare,
      );
      // Nobody misses one that is not in use.
      if (usedAt === undefined || left > early) return [];
      const when = left > 0
        ? `ends in less than ${timeText(left)}`
        : "has ended";
      return [{
        rule: "TokenExpiring" as const,
        labels: { token: String(id) },
        value: left,
        summary: `Token "${name}", number ${id}, ${when}, and programs use it`,
      }];
    });
  }

  /** Ejections of the last minutes, by minute and reason. */
  async #ejections(
    { newestMinute }: Fleet,
    withinSeconds: number,
  ): Promise<HostEventRow[]> {
    if (newestMinute === undefined) return [];
    const first = newestMinute - withinSeconds / 60;
    const found: HostEventRow[] = [];
    let before: number | undefined;
    for (let read = 0; read < EVENTS_MAX; read += PAGE_EVENTS) {
      const page = await this.#options.history.events({
        before,
        limit: PAGE_EVENTS,
      });
      found.push(
        ...page.filter(({ minute, kind }) =>
          minute > first && kind === HostEventKind.ejected
        ),
      );
      const last = page.at(-1);
      if (page.length < PAGE_EVENTS || last!.minute <= first) break;
      before = last!.id;
    }
    return found;
  }
}

function agentsSilent(
  { agents, asOf = 0 }: Fleet,
  { AgentsSilent: { limits } }: AlarmRules,
): Condition[] {
  const silent = agents.silent
    .filter(({ seenAt }) => asOf - seenAt <= SILENT_S_MAX);
  const isMany = silent.length >= limits.silentMin &&
    silent.length > agents.count * limits.silentShare;
  if (!isMany) return [];
  const zones = new Set(silent.map(({ zone }) => zone));
  const [zone] = zones;
  const where = zones.size === 1 && zone ? `, all in zone ${zone}` : "";
  return [{
    rule: "AgentsSilent",
    labels: {},
    value: silent.length,
    summary: `${silent.length} of ${agents.count} agents are silent${where}`,
  }];
}

/** As dns decides it; leases that it has marked are overdue. */
function expirySuspended(
  leases: readonly AgentLease[],
  { ExpirySuspended: { limits } }: AlarmRules,
): Condition[] {
  const serving = leases.filter(({ instances }) => instances > 0);
  const overdue = serving.filter((lease) => lease.overdue).length;
  const isMany = overdue >= limits.overdueMin &&
    overdue > serving.length * limits.overdueShare;
  if (!isMany) return [];
  return [{
    rule: "ExpirySuspended",
    labels: {},
    value: overdue,
    summary:
      `${overdue} of ${serving.length} leases are overdue: no registered host expires`,
  }];
}

function routeFailing(
  problem: Problem,
  { RouteFailing: { limits } }: AlarmRules,
): Condition[] {
  const { calls, failed, usual } = problem;
  const callsPerS = calls / WINDOW_S;
  if (callsPerS < limits.callsPerSecondMin) return [];
  const share = failed / calls;
  if (share <= limits.failingShare) return [];
  if (usual !== undefined && share <= usual * limits.timesUsual) return [];
  const usually = usual === undefined ? "" : `, usually ${percent(usual)}`;
  return [{
    rule: "RouteFailing",
    labels: labelsOf(problem),
    value: share,
    summary: `${percent(share)} of ${
      callsPerS.toFixed(callsPerS < 10 ? 1 : 0)
    } calls a second of route ${nameOf(problem)} fail${usually}`,
  }];
}

function routeAllOut(
  problem: Problem,
  { RouteAllOut: { limits } }: AlarmRules,
): Condition[] {
  const { hosts = 0 } = problem;
  const out = problem.out.filter((view) => isOutAt(view, limits.callersShare));
  if (out.length === 0 || out.length < hosts * limits.outShare) return [];
  return [{
    rule: "RouteAllOut",
    labels: labelsOf(problem),
    value: hosts === 0 ? 1 : out.length / hosts,
    summary: `${out.length} of ${Math.max(hosts, out.length)} hosts of route ${
      nameOf(problem)
    } are out${why(problem.reasons[0]?.reason)}`,
  }];
}

function hostsOut(
  problem: Problem,
  { HostOut: { limits } }: AlarmRules,
): Condition[] {
  return problem.out.filter((view) => isOutAt(view, limits.callersShare))
    .map((view) => ({
      rule: "HostOut",
      labels: { ...labelsOf(problem), host: formatAddress(view) },
      value: view.callers === 0 ? 1 : view.out / view.callers,
      summary: `Host ${formatAddress(view)} of route ${
        nameOf(problem)
      } is out at ${view.out} of ${view.callers} callers${
        why(view.reasons[0]?.reason)
      }`,
    }));
}

function isOutAt({ out, callers }: HostView, share: number): boolean {
  return out > 0 && out >= callers * share;
}

function why(reason: number | undefined): string {
  return reason ? `: ${hostReasonName(reason).replaceAll("_", " ")}` : "";
}

/** Seconds in words, rounded up. */
function timeText(seconds: number): string {
  const hours = Math.ceil(seconds / 3_600);
  return hours > 48 ? `${Math.ceil(hours / 24)} days` : `${hours} h`;
}

function percent(share: number): string {
  const value = share * 100;
  return `${value.toFixed(value < 1 ? 2 : 1)} %`;
}

function labelsOf({ modId, cmdId }: RouteKey): Record<string, string> {
  return { modid: String(modId), cmdid: String(cmdId) };
}

function nameOf({ modId, cmdId }: RouteKey): string {
  return `${modId}/${cmdId}`;
}

function hostKeyOf(row: HostEventRow): string {
  return `${nameOf(row)} ${formatAddress(row)}`;
}
