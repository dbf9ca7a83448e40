import { type DutyRow, DutyWatch } from "../history/duty.ts";
import { eventKeyOf, mergeEvent, mergeEvents } from "../history/events.ts";
import { toHostPeriodRow, toRoutePeriodRow } from "../history/rows.ts";
import {
  AGENTS_KEPT,
  EVENT_MINUTES_KEPT,
  EVENTS_KEPT,
  PERIOD_TABLES,
} from "../history/tables.ts";
import {
  type AgentPresence,
  type AgentProgress,
  type AgentRow,
  type Alarm,
  type AlarmRow,
  type AlarmSilence,
  type EventQuery,
  type HistoryBatch,
  type HistoryStore,
  type HostEvent,
  type HostEventRow,
  type HostFilter,
  type HostHistoryQuery,
  type HostPeriodRow,
  type HostStateRow,
  type HostTotalsQuery,
  type PeriodRange,
  type RouteHistoryQuery,
  type RoutePeriodRow,
  type RouteTotalsQuery,
  STATE_IN_USE,
  type StateChanges,
  type WorstRoutesQuery,
} from "../history/types.ts";
import {
  checkAlarms,
  checkBatch,
  checkEvents,
  checkNames,
  checkPresences,
  checkStates,
  findConflicts,
} from "../history/validation.ts";
import {
  addBatch,
  type CallTables,
  emptyCalls,
  keepNewest,
  readCalls,
  sumPeriods,
} from "./history_calls.ts";
import { compareKeys, compareRows } from "../route_grouper.ts";
import { alarmTarget } from "../history/silences.ts";
import {
  type Author,
  type RouteRow,
  type StoreClock,
  StoreError,
} from "../types.ts";

type Audit = (target: string, by: Author) => void;

/** Contents of the tables of history. */
interface HistoryTables {
  readonly agents: Map<string, AgentRow>;
  readonly calls: CallTables;
  readonly states: Map<string, HostStateRow>;
  readonly events: Map<string, HostEventRow>;
  readonly alarms: Map<string, AlarmRow>;
  readonly duties: Map<string, DutyRow>;
  eventId: number;
  beat: number;
}

/**
 * History in memory, for tests and simulations. Every call is done when its
 * promise is made. {@linkcode MemoryHistoryStore.connect} gives another process's
 * view of the same tables.
 */
export class MemoryHistoryStore implements HistoryStore {
  readonly #clock: Pick<StoreClock, "nowMs" | "wallSeconds">;
  readonly #watch: DutyWatch;
  readonly #audit: Audit | undefined;
  #tables: HistoryTables = {
    agents: new Map(),
    calls: emptyCalls(),
    states: new Map(),
    events: new Map(),
    alarms: new Map(),
    duties: new Map(),
    eventId: 0,
    beat: 0,
  };
  #closed = false;

  constructor(
    { clock = { nowMs: () => 0, wallSeconds: () => 0 }, audit }: {
      /** Clock of the process. */
      clock?: Pick<StoreClock, "nowMs" | "wallSeconds">;
      /** Adds a line to the audit; nothing is done if it throws. */
      audit?: Audit;
    } = {},
  ) {
    this.#clock = clock;
    this.#audit = audit;
    this.#watch = new DutyWatch(clock);
  }

  /** Opens another store over the same tables; closing one leaves the other open. */
  connect(): MemoryHistoryStore {
    const other = new MemoryHistoryStore({
      clock: this.#clock,
      ...this.#audit && { audit: this.#audit },
    });
    other.#tables = this.#tables;
    return other;
  }

  progress(agents: readonly string[]): Promise<Map<string, AgentProgress>> {
    return this.#use((tables) => {
      const found = new Map<string, AgentProgress>();
      for (const agent of agents) {
        const progress = tables.agents.get(agent)?.progress;
        if (progress !== undefined) found.set(agent, { ...progress });
      }
      return found;
    });
  }

  commit(batch: HistoryBatch): Promise<{ conflicts: string[] }> {
    return this.#use((tables) => {
      checkBatch(batch);
      const conflicts = findConflicts(
        batch,
        (agent) => tables.agents.get(agent)?.progress,
      );
      if (conflicts.length > 0) return { conflicts };
      for (const { agent, epoch, seq } of batch.agents) {
        agentAt(tables, agent).progress = { epoch, seq };
      }
      addBatch(tables.calls, batch);
      return { conflicts };
    });
  }

  beat(agents: readonly AgentPresence[]): Promise<void> {
    return this.#use((tables) => {
      checkPresences(agents);
      tables.beat += 1;
      const seenAt = this.#clock.wallSeconds();
      for (const presence of agents) {
        const { name, version, zone, address, reporter } = presence;
        const shown = { name, version, zone, address, reporter };
        const row = agentAt(tables, presence.agent);
        Object.assign(row, shown, { beat: tables.beat, seenAt });
      }
    });
  }

  agents(): Promise<AgentRow[]> {
    return this.#use((tables) =>
      [...tables.agents.values()].map((row) => ({ ...row }))
        .sort((a, b) => compareText(a.agent, b.agent))
    );
  }

  writeStates(
    { replace = [], rows }: StateChanges,
  ): Promise<void> {
    return this.#use(({ states }) => {
      checkStates(rows);
      const replaced = new Set(replace);
      for (const [key, { agent }] of states) {
        if (replaced.has(agent)) states.delete(key);
      }
      for (const row of rows) {
        const key = [...hostKeyOf(row), row.agent].join();
        if (row.state === STATE_IN_USE) states.delete(key);
        else states.set(key, { ...row });
      }
    });
  }

  states(filter: HostFilter = {}): Promise<HostStateRow[]> {
    return this.#use((tables) =>
      [...tables.states.values()].filter((row) => matches(row, filter))
        .map((row) => ({ ...row }))
        .sort((a, b) => compareRows(a, b) || compareText(a.agent, b.agent))
    );
  }

  addEvents(events: readonly HostEvent[]): Promise<void> {
    return this.#use((tables) => {
      checkEvents(events);
      for (const event of mergeEvents(events)) {
        const key = eventKeyOf(event).join();
        const earlier = tables.events.get(key);
        tables.events.set(
          key,
          earlier === undefined
            ? { ...event, id: tables.eventId += 1 }
            : { ...mergeEvent(earlier, event), id: earlier.id },
        );
      }
    });
  }

  events(
    { before = Infinity, limit, ...filter }: EventQuery,
  ): Promise<HostEventRow[]> {
    return this.#use((tables) =>
      [...tables.events.values()]
        .filter((row) => row.id < before && matches(row, filter))
        .sort((a, b) => b.id - a.id)
        .slice(0, limit)
        .map((row) => ({ ...row, names: [...row.names] }))
    );
  }

  expire(): Promise<boolean> {
    return this.#use(({ agents, calls, events }) => {
      for (const [{ kept }, rows] of calls) keepNewest(rows, kept);
      const byAge = [...agents.values()].sort((a, b) => a.beat - b.beat);
      for (const { agent } of byAge.slice(0, -AGENTS_KEPT)) {
        agents.delete(agent);
      }
      const minutes = new Map(
        events.values().map(({ minute }) => [minute, true]),
      );
      keepNewest(minutes, EVENT_MINUTES_KEPT);
      const ids = [...events.values()].map(({ id }) => id).sort((a, b) =>
        a - b
      );
      const first = ids.at(-EVENTS_KEPT) ?? 0;
      for (const [key, { id, minute }] of events) {
        if (id < first || !minutes.has(minute)) events.delete(key);
      }
      return false;
    });
  }

  hostHistory(
    { tier, key, host, ...range }: HostHistoryQuery,
  ): Promise<HostPeriodRow[]> {
    const { HostMinute, HostTen } = PERIOD_TABLES;
    return this.#use((tables) =>
      readCalls(tables.calls, tier === "minute" ? HostMinute : HostTen, range)
        .map(toHostPeriodRow)
        .filter((row) => matches(row, { key, host }))
        .sort((a, b) => a.period - b.period || compareRows(a, b))
    );
  }

  routeHistory(
    { tier, key, ...range }: RouteHistoryQuery,
  ): Promise<RoutePeriodRow[]> {
    const { RouteMinute, RouteHour } = PERIOD_TABLES;
    return this.#use((tables) =>
      readCalls(
        tables.calls,
        tier === "minute" ? RouteMinute : RouteHour,
        range,
      )
        .map(toRoutePeriodRow)
        .filter((row) => compareKeys(row, key) === 0)
        .sort((a, b) => a.period - b.period)
    );
  }

  worstRoutes(
    { limit, ...range }: WorstRoutesQuery,
  ): Promise<RoutePeriodRow[]> {
    return this.#use((tables) =>
      sumRoutes(tables, range).filter(({ failed }) => failed > 0)
        .sort((a, b) => b.failed - a.failed || compareKeys(a, b))
        .slice(0, limit)
    );
  }

  routeTotals(
    { tier, after, limit, ...range }: RouteTotalsQuery,
  ): Promise<RoutePeriodRow[]> {
    const table = tier === "hour" ? "RouteHour" : "RouteMinute";
    return this.#use((tables) =>
      sumRoutes(tables, range, table)
        .filter((row) => after === undefined || compareKeys(row, after) > 0)
        .sort(compareKeys)
        .slice(0, limit)
    );
  }

  hostTotals(
    { key, ...range }: HostTotalsQuery,
  ): Promise<HostPeriodRow[]> {
    return this.#use((tables) =>
      sumPeriods(tables.calls, PERIOD_TABLES.HostMinute, range)
        .map(toHostPeriodRow)
        .filter((row) => matches(row, { key }))
        .sort(compareRows)
    );
  }

  newestMinute(upTo: number): Promise<number | undefined> {
    return this.#use(({ calls }) => {
      const minutes = [...calls.get(PERIOD_TABLES.RouteMinute)!.keys()];
      return minutes.filter((minute) => minute <= upTo)
        .sort((a, b) => a - b).at(-1);
    });
  }

  alarms(): Promise<AlarmRow[]> {
    return this.#use(({ alarms }) =>
      [...alarms.values()].map((row) => ({ ...row, labels: { ...row.labels } }))
        .sort((a, b) => compareText(a.fingerprint, b.fingerprint))
    );
  }

  writeAlarms(alarms: readonly Alarm[], by?: Author): Promise<void> {
    return this.#use((tables) => {
      checkAlarms(alarms);
      for (const alarm of alarms) {
        if (by !== undefined) this.#audit?.(alarmTarget(alarm), by);
        const { silencedUntil, silencedBy } =
          tables.alarms.get(alarm.fingerprint) ?? {};
        const row = { ...alarm, silencedUntil, silencedBy };
        tables.alarms.set(alarm.fingerprint, row);
      }
    });
  }

  silenceAlarm(
    fingerprint: string,
    { silencedUntil, silencedBy }: AlarmSilence,
    by?: Author,
  ): Promise<boolean> {
    return this.#use(({ alarms }) => {
      checkNames(silencedBy === undefined ? [] : [silencedBy]);
      const row = alarms.get(fingerprint);
      if (row === undefined) return false;
      if (by !== undefined) this.#audit?.(alarmTarget(row), by);
      alarms.set(fingerprint, { ...row, silencedUntil, silencedBy });
      return true;
    });
  }

  removeAlarms(fingerprints: readonly string[]): Promise<void> {
    return this.#use(({ alarms }) => {
      for (const fingerprint of fingerprints) alarms.delete(fingerprint);
    });
  }

  takeDuty(name: string, holder: string): Promise<boolean> {
    return this.#use(({ duties }) => {
      checkNames([name, holder]);
      const row = duties.get(name);
      if (!this.#watch.mayTake(name, row, holder)) return false;
      duties.set(name, { holder, renewal: (row?.renewal ?? 0) + 1 });
      return true;
    });
  }

  releaseDuty(name: string, holder: string): Promise<void> {
    return this.#use(({ duties }) => {
      if (duties.get(name)?.holder === holder) duties.delete(name);
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  /** Runs `body` at once; an error rejects. */
  #use<Result>(body: (tables: HistoryTables) => Result): Promise<Result> {
    try {
      if (!this.#closed) return Promise.resolve(body(this.#tables));
      throw new StoreError("Cannot use history in memory as it is closed", {
        retry: false,
      });
    } catch (error) {
      return Promise.reject(error);
    }
  }
}

function agentAt({ agents }: HistoryTables, agent: string): AgentRow {
  let row = agents.get(agent);
  if (row === undefined) {
    const shown = { name: "", version: "", zone: "", address: "" };
    const unseen = { progress: undefined, reporter: "", beat: 0, seenAt: 0 };
    row = { agent, ...shown, ...unseen };
    agents.set(agent, row);
  }
  return row;
}

function sumRoutes(
  tables: HistoryTables,
  range: PeriodRange,
  table: "RouteMinute" | "RouteHour" = "RouteMinute",
): RoutePeriodRow[] {
  return sumPeriods(tables.calls, PERIOD_TABLES[table], range)
    .map(toRoutePeriodRow);
}

function matches(row: RouteRow, { key, host }: HostFilter): boolean {
  return (key === undefined || compareKeys(row, key) === 0) &&
    (host === undefined || (row.ip === host.ip && row.port === host.port));
}

function hostKeyOf({ modId, cmdId, ip, port }: RouteRow): number[] {
  return [modId, cmdId, ip, port];
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
