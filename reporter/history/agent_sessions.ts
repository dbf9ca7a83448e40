import type { FramedConnection } from "../../net/mod.ts";
import { ProtocolError } from "../../proto/mod.ts";
import { AgentSession, type WaitingFrame } from "./agent_session.ts";

/** Most agents that are remembered without a connection, for the frames that they have left. */
export const LEFT_MAX = 4_096;

/** Bytes of frames of one agent from which on it is not read until some are committed. */
export const BYTES_PER_AGENT_MAX = 8 * 1024 * 1024;

/** Bytes of frames of all agents from which on none is read. */
export const BYTES_MAX = 64 * 1024 * 1024;

/** The agents that are connected, or have left frames that are not committed yet. */
export class AgentSessions implements Iterable<AgentSession> {
  /** Frames dropped: of agents that had gone, for want of room or as they came too late. */
  readonly counters = { framesLost: 0 };
  readonly #byStart = new Map<string, AgentSession>();
  readonly #byConnection = new Map<FramedConnection, AgentSession>();
  /** Those who wait for room, by their agent. */
  readonly #blocked = new Map<AgentSession, () => void>();
  #bytes = 0;
  #frames = 0;
  /** From when on the wait for the next commit is counted; Infinity: nothing waits. */
  #waitsFromMs = Infinity;
  #hasUnread = false;

  /** Number of frames that wait. */
  get frames(): number {
    return this.#frames;
  }

  /** From when on the wait for the next commit counts, in the clock's milliseconds; Infinity: nothing waits. */
  get waitsFromMs(): number {
    return this.#waitsFromMs;
  }

  /** When the frame came that waits longest; Infinity: none waits. */
  get oldestMs(): number {
    let oldestMs = Infinity;
    for (const session of this.#byStart.values()) {
      oldestMs = Math.min(oldestMs, session.oldestMs);
    }
    return oldestMs;
  }

  /** Whether there are agents of which it is not known what the store has. */
  get hasUnread(): boolean {
    return this.#hasUnread;
  }

  /** Agents that are connected. */
  get connected(): Iterable<AgentSession> {
    return this.#byConnection.values();
  }

  /** Agents that are not read for want of room. */
  get blocked(): number {
    return this.#blocked.size;
  }

  [Symbol.iterator](): Iterator<AgentSession> {
    return this.#byStart.values();
  }

  /**
   * The agent at the other end of a connection.
   *
   * @throws {ProtocolError} If it has not said who it is.
   */
  of(connection: FramedConnection): AgentSession {
    const known = this.#byConnection.get(connection);
    const { hello } = connection;
    if (hello === undefined || hello.agentId === "") {
      throw new ProtocolError(
        "Cannot take call totals, states or events of an agent that has not said who it is",
      );
    }
    if (!Number.isSafeInteger(hello.epoch)) {
      throw new ProtocolError(
        `Cannot take an agent as its epoch must be less than 2⁵³: current value is ${hello.epoch}`,
      );
    }
    if (known !== undefined) {
      const isSame = known.hello.agentId === hello.agentId &&
        known.hello.epoch === hello.epoch;
      if (!isSame) {
        throw new ProtocolError(
          "Cannot take two agents on one connection",
        );
      }
      known.hello = hello;
      return known;
    }
    return this.#arrived(connection, hello);
  }

  /**
   * Takes a frame of an agent. If a promise is returned, the agent is not to be
   * read until it resolves.
   */
  take(
    session: AgentSession,
    frame: WaitingFrame,
  ): void | Promise<void> {
    if (!session.take(frame)) return;
    this.#frames += 1;
    this.#bytes += frame.body.length;
    this.#waitsFromMs = Math.min(this.#waitsFromMs, frame.cameMs);
    if (this.#hasRoom(session)) return;
    return new Promise((release) => this.#blocked.set(session, release));
  }

  /** A connection has closed. Returns the identity of its agent, if that has no other now. */
  left(connection: FramedConnection): string | undefined {
    const session = this.#byConnection.get(connection);
    if (session === undefined) return undefined;
    this.#byConnection.delete(connection);
    session.connection = undefined;
    this.#release(session);
    this.#forget(session);
    this.#boundLeft();
    const { agentId } = session.hello;
    for (const other of this.#byConnection.values()) {
      if (other.hello.agentId === agentId) return undefined;
    }
    return agentId;
  }

  /** Frames have been committed or dropped, or an attempt at it is over: what is left waits from now on. */
  update(nowMs: number): void {
    this.#bytes = 0;
    this.#frames = 0;
    this.#hasUnread = false;
    for (const session of this.#byStart.values()) {
      this.#bytes += session.bytes;
      this.#frames += session.frames;
      this.#hasUnread ||= !session.isRead;
      this.#forget(session);
    }
    this.#waitsFromMs = this.#frames === 0 ? Infinity : nowMs;
    for (const session of this.#blocked.keys()) {
      if (this.#hasRoom(session)) this.#release(session);
    }
  }

  #arrived(
    connection: FramedConnection,
    hello: AgentSession["hello"],
  ): AgentSession {
    const start = startOf(hello);
    let session = this.#byStart.get(start);
    if (session === undefined) {
      session = new AgentSession(connection, hello);
      this.#byStart.set(start, session);
      this.#hasUnread = true;
    } else {
      // Its earlier connection, if there is one, is not closed yet.
      if (session.connection !== undefined) {
        this.#byConnection.delete(session.connection);
        this.#release(session);
      }
      session.connection = connection;
      session.hello = hello;
      session.address = connection.remote.hostname;
    }
    this.#byConnection.set(connection, session);
    return session;
  }

  /** An agent that has gone and left nothing is none any more. */
  #forget(session: AgentSession): void {
    if (session.connection !== undefined || session.frames > 0) return;
    this.#byStart.delete(startOf(session.hello));
  }

  #boundLeft(): void {
    if (this.#byStart.size - this.#byConnection.size <= LEFT_MAX) return;
    for (const session of this.#byStart.values()) {
      if (session.connection !== undefined) continue;
      this.#bytes -= session.bytes;
      const lost = session.clear();
      this.#frames -= lost;
      this.counters.framesLost += lost;
      return this.#forget(session);
    }
  }

  #hasRoom(session: AgentSession): boolean {
    return this.#bytes < BYTES_MAX && session.bytes < BYTES_PER_AGENT_MAX;
  }

  #release(session: AgentSession): void {
    this.#blocked.get(session)?.();
    this.#blocked.delete(session);
  }
}

function startOf({ agentId, epoch }: AgentSession["hello"]): string {
  return `${agentId}/${epoch}`;
}
