import {
  type Clock,
  type FramedConnection,
  type Logger,
  type MessageRouter,
  type Random,
  StandingCondition,
  untilBeat,
} from "../../net/mod.ts";
import {
  CallTotalsDecoder,
  decodeHostEvents,
  decodeHostStates,
  MessageId,
  ProtocolError,
} from "../../proto/mod.ts";
import {
  type AgentPresence,
  HistoryOffError,
  type StoreError,
} from "../../store/mod.ts";
import type { AgentSession } from "./agent_session.ts";
import { AgentSessions } from "./agent_sessions.ts";
import { EventMerge } from "./event_merge.ts";
import type { HistorySink, RouteCalls } from "./history_sink.ts";
import { SilentAgents } from "./silent_agents.ts";
import { StateChanges } from "./state_changes.ts";
import { StoreTask, type TaskSignals } from "./store_task.ts";
import { TotalsCommit } from "./totals_commit.ts";
import type { StoreTroubles } from "./store_troubles.ts";

/** Time that states and events wait for others to be written with. */
export const NEWS_WAIT_MS = 200;

/** Interval at which the store is told that an agent is connected. */
export const BEAT_MS = 10_000;

/** Time after which it is told of a new one. */
const FIRST_BEAT_MS = 500;

/** Interval at which agents are looked at. */
export const LOOK_MS = 10_000;

/** Agents whose states are removed at once. */
const GONE_PER_WRITE_MAX = 500;

/** Interval at which what is old is removed, and pause between two steps of it. */
const EXPIRE_MS = 60_000;
const EXPIRE_PAUSE_MS = 100;

/** Options of {@linkcode History}. */
export interface HistoryOptions {
  /** Where to write. */
  sink: HistorySink;
  /** Times writes. */
  clock: Clock;
  /** Spreads pauses. */
  random: Random;
  /** Name of this reporter, up to 64 characters. */
  reporter: () => string;
  /** Told when history cannot be written. */
  logger: Logger;
  /** What else cannot use the store. */
  troubles: StoreTroubles;
  /** The open connections. */
  connections: () => Iterable<FramedConnection>;
  /** Takes the calls that were committed, by routes; default: none wants to know. */
  onRoutes?: ((routes: RouteCalls) => void) | undefined;
  /** Called when {@linkcode History.isOn} changes. */
  onChange: () => void;
}

/**
 * Takes call totals, states and events of hosts from agents, and has them written
 * to the history of the store.
 */
export class History {
  readonly #options: HistoryOptions;
  readonly #decoder = new CallTotalsDecoder();
  readonly #sessions = new AgentSessions();
  readonly #commit: TotalsCommit;
  readonly #states = new StateChanges();
  readonly #events = new EventMerge();
  readonly #silent = new SilentAgents();
  readonly #tasks: Readonly<Record<TaskName, StoreTask>>;
  readonly #failing: StandingCondition;
  readonly #off: StandingCondition;
  /** Tasks that have failed, and how often in a row. */
  readonly #failures = new Map<TaskName, number>();
  /** Agents that wait until states have been written. */
  #blocked: (() => void)[] = [];
  #isOn = false;
  #failure = "";
  #statesFromMs = Infinity;
  #eventsFromMs = Infinity;
  #beatDueMs = Infinity;
  #lookDueMs = -Infinity;
  #expireDueMs = -Infinity;
  /** Agents that are gone, and whose states are still there. */
  readonly #gone = new Set<string>();
  #agentsGone = 0;

  /** Works while it runs. */
  constructor(options: HistoryOptions) {
    this.#options = options;
    const { logger } = options;
    this.#commit = new TotalsCommit({ ...options, sessions: this.#sessions });
    this.#failing = new StandingCondition({
      logger,
      level: "error",
      begins: "cannot write history, agents keep what is not acknowledged",
      ends: "the store of history answers again",
    });
    this.#off = new StandingCondition({
      logger,
      level: "warn",
      begins: "going on without history",
      ends: "history is on",
    });
    const task = (name: TaskName, work: TaskWork) =>
      new StoreTask({
        ...options,
        isPending: () => false,
        ...work,
        onFailed: (error) => this.#failed(name, error),
        onDone: () => this.#done(name),
      });
    this.#tasks = {
      totals: task("totals", {
        dueMs: () => this.#commit.dueMs(),
        isPending: () => this.#sessions.frames > 0,
        work: () => this.#commit.work(),
      }),
      states: task("states", {
        dueMs: () => this.#statesFromMs + NEWS_WAIT_MS,
        isPending: () => this.#states.isPending,
        work: () => this.#writeStates(),
      }),
      events: task("events", {
        dueMs: () => this.#eventsFromMs + NEWS_WAIT_MS,
        isPending: () => this.#events.size > 0,
        work: () => this.#writeEvents(),
      }),
      beat: task("beat", {
        dueMs: () => this.#beatDueMs,
        work: () => this.#beat(),
      }),
      look: task("look", {
        dueMs: () => this.#lookDueMs,
        work: () => this.#look(),
      }),
      expire: task("expire", {
        dueMs: () => this.#expireDueMs,
        work: () => this.#expire(),
      }),
    };
  }

  /** Whether the store keeps history, as far as is known. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** Why history cannot be written; undefined: it can, or is off. */
  get failure(): string | undefined {
    return this.#failing.active ? this.#failure : undefined;
  }

  /** Totals so far, and what it holds now. */
  get counters(): HistoryCounters {
    const { oldestMs } = this.#sessions;
    const lagMs = Math.max(0, this.#options.clock.nowMs() - oldestMs);
    return {
      ...this.#commit.counters,
      ...this.#sessions.counters,
      ...this.#states.counters,
      ...this.#events.counters,
      historyFrames: this.#sessions.frames,
      historyBlocked: this.#sessions.blocked + this.#blocked.length,
      historyLagMs: lagMs,
      agentsGone: this.#agentsGone,
      historyFailing: this.#failures.size > 0 ? 1 : 0,
    };
  }

  /** Adds its handlers of messages. */
  listen(router: MessageRouter): void {
    router
      .on(MessageId.callTotals, (from, body) => this.#takeTotals(from, body))
      .on(MessageId.hostStates, (from, body) => this.#takeStates(from, body))
      .on(MessageId.hostEvents, (from, body) => this.#takeEvents(from, body));
  }

  /** A connection has opened: who it is will be known soon. */
  opened(): void {
    const soonMs = this.#options.clock.nowMs() + FIRST_BEAT_MS;
    this.#beatDueMs = Math.min(this.#beatDueMs, soonMs);
    this.#tasks.beat.update();
  }

  /** A connection has closed. */
  closed(connection: FramedConnection): void {
    const agent = this.#sessions.left(connection);
    if (agent !== undefined) this.#states.forget(agent);
  }

  /** Writes until `stop` is aborted, then what it has until `giveUp` is aborted. */
  async run(signals: TaskSignals): Promise<void> {
    const tasks = Object.values(this.#tasks);
    await Promise.all(tasks.map((task) => task.run(signals)));
  }

  /** The agent at the other end; of a new one it is soon read and written that it is there. */
  #sessionOf(connection: FramedConnection): AgentSession {
    const session = this.#sessions.of(connection);
    if (!session.isRead) {
      this.#tasks.totals.update();
      this.opened();
    }
    return session;
  }

  #takeTotals(
    connection: FramedConnection,
    body: Uint8Array,
  ): void | Promise<void> {
    const session = this.#sessionOf(connection);
    this.#decoder.decode(body);
    const { seq } = this.#decoder;
    if (seq === 0) {
      throw new ProtocolError(
        "Cannot take call totals as seq must be >= 1: current value is 0",
      );
    }
    const cameMs = this.#options.clock.nowMs();
    const room = this.#sessions.take(session, { seq, body, cameMs });
    this.#tasks.totals.update();
    return room;
  }

  #takeStates(
    connection: FramedConnection,
    body: Uint8Array,
  ): void | Promise<void> {
    const { clock } = this.#options;
    const { agentId } = this.#sessionOf(connection).hello;
    const nowS = clock.wallSeconds();
    this.#states.take(agentId, { ...decodeHostStates(body), nowS });
    this.#statesFromMs = Math.min(this.#statesFromMs, clock.nowMs());
    this.#tasks.states.update();
    if (this.#states.hasRoom) return;
    return new Promise((release) => this.#blocked.push(release));
  }

  #takeEvents(connection: FramedConnection, body: Uint8Array): void {
    const { clock } = this.#options;
    const { hello, address } = this.#sessionOf(connection);
    const nowS = clock.wallSeconds();
    const witness = { agent: hello.agentId, name: hello.name || address };
    this.#events.take(witness, { ...decodeHostEvents(body), nowS });
    this.#eventsFromMs = Math.min(this.#eventsFromMs, clock.nowMs());
    this.#tasks.events.update();
  }

  async #writeStates(): Promise<void> {
    const batch = this.#states.batch();
    this.#statesFromMs = Infinity;
    try {
      await this.#options.sink.writeStates(batch);
    } catch (error) {
      this.#states.putBack(batch);
      this.#statesFromMs = -Infinity;
      throw error;
    }
    if (this.#states.isPending) this.#statesFromMs = -Infinity;
    if (!this.#states.hasRoom) return;
    for (const release of this.#blocked.splice(0)) release();
  }

  async #writeEvents(): Promise<void> {
    const batch = this.#events.batch();
    this.#eventsFromMs = Infinity;
    try {
      await this.#options.sink.addEvents(batch);
    } catch (error) {
      this.#events.putBack(batch);
      this.#eventsFromMs = -Infinity;
      throw error;
    }
  }

  /** Says which agents are connected. */
  async #beat(): Promise<void> {
    const { sink, clock, reporter, connections } = this.#options;
    for (const connection of connections()) this.#meet(connection);
    this.#tasks.totals.update();
    const agents = new Map<string, AgentPresence>();
    for (const { hello, address } of this.#sessions.connected) {
      const { agentId: agent, name, version, zone } = hello;
      agents.set(agent, {
        agent,
        name,
        version,
        zone,
        address,
        reporter: reporter(),
      });
    }
    if (agents.size > 0) await sink.beat([...agents.values()]);
    const [anyone] = connections();
    const nowMs = clock.nowMs();
    this.#beatDueMs = anyone === undefined
      ? Infinity
      : nowMs + untilBeat(nowMs, BEAT_MS);
  }

  /** Takes note of an agent that has perhaps sent nothing but its Hello. */
  #meet(connection: FramedConnection): void {
    if (!connection.hello?.agentId) return;
    try {
      this.#sessions.of(connection);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      connection.close(error.message);
    }
  }

  /** Removes the states that agents have told of which are gone. */
  async #look(): Promise<void> {
    const { sink, clock } = this.#options;
    const agents = await sink.agents();
    for (const agent of this.#silent.look(agents, clock.nowMs())) {
      this.#gone.add(agent);
    }
    this.#turn(true);
    while (this.#gone.size > 0) {
      const replace = [...this.#gone].slice(0, GONE_PER_WRITE_MAX);
      await sink.writeStates({ replace, rows: [] });
      this.#agentsGone += replace.length;
      for (const agent of replace) this.#gone.delete(agent);
    }
    const nowMs = clock.nowMs();
    this.#lookDueMs = nowMs + untilBeat(nowMs, LOOK_MS);
  }

  async #expire(): Promise<void> {
    const { sink, clock } = this.#options;
    const more = await sink.expire();
    this.#expireDueMs = clock.nowMs() + (more ? EXPIRE_PAUSE_MS : EXPIRE_MS);
  }

  #failed(name: TaskName, error: StoreError): void {
    if (error instanceof HistoryOffError) {
      // The store answers, whatever failed before.
      this.#failures.clear();
      this.#options.troubles.end(this.#failing);
      this.#off.begin({ error });
      return this.#turn(false);
    }
    this.#failure = error.message;
    const failures = (this.#failures.get(name) ?? 0) + 1;
    this.#failures.set(name, failures);
    // A conflict with another writer is over at the next attempt.
    if (failures > 1 || !error.retry) {
      this.#options.troubles.begin(this.#failing, error);
    }
  }

  #done(name: TaskName): void {
    this.#failures.delete(name);
    if (this.#failures.size > 0) return;
    this.#options.troubles.end(this.#failing);
  }

  #turn(isOn: boolean): void {
    if (isOn) this.#off.end();
    if (isOn === this.#isOn) return;
    this.#isOn = isOn;
    this.#options.onChange();
  }
}

/** What is done by itself. */
type TaskName = "totals" | "states" | "events" | "beat" | "look" | "expire";

interface TaskWork {
  dueMs: () => number;
  isPending?: () => boolean;
  work: () => Promise<void>;
}

/** Counters of {@linkcode History}. */
export interface HistoryCounters {
  /** Commits of call totals. */
  commits: number;
  /** Commits that found another reporter to have written of an agent. */
  commitConflicts: number;
  /** Rows of hosts and routes that they wrote. */
  historyRows: number;
  /** Hosts in call totals left out, as no route has them. */
  hostsRefused: number;
  /** Callers that were not counted, for want of room. */
  callersUncounted: number;
  /** Call totals lost, of agents that had gone. */
  framesLost: number;
  /** States left out, as no route can have such a host. */
  statesInvalid: number;
  /** Events taken. */
  events: number;
  /** Events dropped, here or by agents. */
  eventsDropped: number;
  /** Call totals that wait. */
  historyFrames: number;
  /** Agents not read for want of room. */
  historyBlocked: number;
  /** Age of the call totals that wait longest. */
  historyLagMs: number;
  /** Agents found to be gone. */
  agentsGone: number;
  /** 1 while history cannot be written. */
  historyFailing: number;
}

/** Counters of a reporter that keeps no history. */
export const NO_HISTORY: Readonly<HistoryCounters> = {
  commits: 0,
  commitConflicts: 0,
  historyRows: 0,
  hostsRefused: 0,
  callersUncounted: 0,
  framesLost: 0,
  statesInvalid: 0,
  events: 0,
  eventsDropped: 0,
  historyFrames: 0,
  historyBlocked: 0,
  historyLagMs: 0,
  agentsGone: 0,
  historyFailing: 0,
};
