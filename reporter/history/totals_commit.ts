import type { Clock } from "../../net/mod.ts";
import type { AgentSession } from "./agent_session.ts";
import type { AgentSessions } from "./agent_sessions.ts";
import type { AgentTotals, HistorySink, RouteCalls } from "./history_sink.ts";

/** Shortest and longest time that call totals wait for others to be committed with. */
export const WAIT_MIN_MS = 1_000;
export const WAIT_MAX_MS = 5_000;

/** Share of time that commits may take, within these limits: they cost by rows, not by agents. */
const COMMIT_SHARE = 0.02;

/** Bytes of frames of one commit, unless those of one agent are more. */
const BYTES_MAX = 16 * 1024 * 1024;

/** Conflicts of an agent in one go after which it waits for the next. */
const CONFLICTS_MAX = 2;

/** Commits the call totals of agents, each frame exactly once. */
export class TotalsCommit {
  /** Totals so far. */
  readonly counters = {
    commits: 0,
    commitConflicts: 0,
    historyRows: 0,
    hostsRefused: 0,
    callersUncounted: 0,
  };
  readonly #sessions: AgentSessions;
  readonly #sink: HistorySink;
  readonly #clock: Clock;
  readonly #onRoutes: ((routes: RouteCalls) => void) | undefined;
  /** How long the last commit took. */
  #commitMs = 0;

  /** Commits what `sessions` have. */
  constructor(
    { sessions, sink, clock, onRoutes }: {
      sessions: AgentSessions;
      sink: HistorySink;
      clock: Clock;
      /** Takes what was committed by routes. */
      onRoutes?: ((routes: RouteCalls) => void) | undefined;
    },
  ) {
    this.#sessions = sessions;
    this.#sink = sink;
    this.#clock = clock;
    this.#onRoutes = onRoutes;
  }

  /** When the next commit is due, in the clock's milliseconds; Infinity: nothing waits. */
  dueMs(): number {
    // So that a later start of an agent, elsewhere, is told from this one.
    if (this.#sessions.hasUnread) return -Infinity;
    const waitMs = Math.min(
      this.#commitMs / COMMIT_SHARE,
      WAIT_MAX_MS,
    );
    return this.#sessions.waitsFromMs + Math.max(waitMs, WAIT_MIN_MS);
  }

  /** Reads what the store has of new agents, and commits what waits. */
  async work(): Promise<void> {
    const conflicts = new Map<string, number>();
    let isMore = true;
    while (isMore) {
      await this.#read();
      const { batch, isCut } = this.#batch(conflicts);
      const conflicting = batch.size > 0 ? await this.#commit(batch) : [];
      for (const agent of conflicting) {
        conflicts.set(agent, (conflicts.get(agent) ?? 0) + 1);
      }
      // What has come since waits for more.
      isMore = isCut || conflicting.length > 0;
    }
    this.#sessions.update(this.#clock.nowMs());
  }

  /** Reads what the store has of agents of which it is not known. */
  async #read(): Promise<void> {
    const unread = [...this.#sessions].filter(({ isRead }) => !isRead);
    if (unread.length === 0) return;
    const agents = new Set(unread.map(({ hello }) => hello.agentId));
    const progress = await this.#sink.progress([...agents]);
    for (const session of unread) {
      this.#sessions.counters.framesLost += session.learn(
        progress.get(session.hello.agentId),
      );
    }
  }

  /** What to commit next, by agent: of two starts of one the earlier; and whether there was more. */
  #batch(
    conflicts: ReadonlyMap<string, number>,
  ): { batch: Batch; isCut: boolean } {
    const batch: Batch = new Map();
    let bytes = 0;
    let isCut = false;
    for (const session of this.#sessions) {
      const { agentId: agent, epoch } = session.hello;
      if (session.frames === 0 || !session.isRead) continue;
      if ((conflicts.get(agent) ?? 0) >= CONFLICTS_MAX) continue;
      const isFull = bytes > 0 && bytes + session.bytes > BYTES_MAX;
      if (isFull || batch.has(agent)) {
        isCut = true;
        continue;
      }
      bytes += session.bytes;
      const totals = { agent, epoch, ...session.batch() };
      batch.set(agent, { session, totals });
    }
    return { batch, isCut };
  }

  /** Returns the agents with which there was a conflict; then nothing is committed. */
  async #commit(
    batch: Batch,
  ): Promise<readonly string[]> {
    const { counters } = this;
    const startedMs = this.#clock.nowMs();
    const result = await this.#sink.commit({
      minute: Math.floor(this.#clock.wallSeconds() / 60),
      agents: Array.from(batch.values(), ({ totals }) => totals),
      tellRoutes: this.#onRoutes !== undefined,
    });
    const { conflicts } = result;
    if (conflicts.length > 0) {
      counters.commitConflicts += 1;
      for (const agent of conflicts) batch.get(agent)?.session.conflicted();
      return conflicts;
    }
    for (const { session } of batch.values()) session.committed();
    this.#sessions.update(this.#clock.nowMs());
    counters.commits += 1;
    this.#commitMs = this.#clock.nowMs() - startedMs;
    counters.historyRows += result.rows;
    counters.hostsRefused += result.refused;
    counters.callersUncounted = result.callersUncounted;
    if (result.routes !== undefined) this.#onRoutes?.(result.routes);
    return [];
  }
}

/** What is committed together, by agent. */
type Batch = Map<string, { session: AgentSession; totals: AgentTotals }>;
