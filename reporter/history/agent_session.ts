import type { FramedConnection } from "../../net/mod.ts";
import { encodeCallTotalsAck, type Hello, MessageId } from "../../proto/mod.ts";
import type { AgentProgress } from "../../store/mod.ts";

/** A CallTotals that is not committed yet. */
export interface WaitingFrame {
  readonly seq: number;
  readonly body: Uint8Array;
  /** When it came, in the clock's milliseconds. */
  readonly cameMs: number;
}

/** Call totals of one agent that are to be committed, all or none. */
export interface SessionBatch {
  /** What the store is expected to have of the agent. */
  expected: AgentProgress | undefined;
  /** Number of the last frame. */
  seq: number;
  /** Bodies of the frames, in order. */
  frames: Uint8Array[];
}

/**
 * An agent from one start of it to the next, as a reporter knows it: the call
 * totals that it has sent and that are not committed, and what the store has of it.
 */
export class AgentSession {
  /** Who it is, as it said last. */
  hello: Hello;
  /** Its connection; undefined: it has gone, perhaps to another reporter. */
  connection: FramedConnection | undefined;
  /** Address at which it was seen last. */
  address: string;
  readonly #frames: WaitingFrame[] = [];
  #bytes = 0;
  /** Frames that are being committed, the first ones. */
  #committing = 0;
  /** What the store has of the agent; undefined: not known. */
  #stored: { progress: AgentProgress | undefined } | undefined;
  /** Whether the store had something else than was expected at the last commit. */
  #isContested = false;

  /** Begins with the connection by which the agent is met. */
  constructor(connection: FramedConnection, hello: Hello) {
    this.hello = hello;
    this.connection = connection;
    this.address = connection.remote.hostname;
  }

  /** Bytes of the frames that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Number of frames that wait. */
  get frames(): number {
    return this.#frames.length;
  }

  /** When the first of them came, in the clock's milliseconds; Infinity: none waits. */
  get oldestMs(): number {
    return this.#frames[0]?.cameMs ?? Infinity;
  }

  /** Whether it is known what the store has of the agent. */
  get isRead(): boolean {
    return this.#stored !== undefined;
  }

  /**
   * Takes a frame, unless it waits already or is committed: that is acknowledged
   * again. Returns whether it was taken.
   */
  take(frame: WaitingFrame): boolean {
    const { seq, body } = frame;
    if (seq <= this.#committedSeq) {
      this.#acknowledge();
      return false;
    }
    if (seq <= (this.#frames.at(-1)?.seq ?? 0)) return false;
    this.#frames.push(frame);
    this.#bytes += body.length;
    return true;
  }

  /**
   * Learns what the store has of the agent, and drops the frames that are there.
   * If a later start of an agent that has gone was written in between, its frames
   * are dropped as well: they came too late. Returns how many came too late.
   */
  learn(progress: AgentProgress | undefined): number {
    this.#stored = { progress };
    if (progress?.epoch === this.hello.epoch) {
      const left = this.#frames.findIndex(({ seq }) => seq > progress.seq);
      this.#drop(left < 0 ? this.#frames.length : left);
      this.#acknowledge();
      return 0;
    }
    const isLate = this.#isContested && this.connection === undefined;
    return isLate ? this.clear() : 0;
  }

  /** What is to be committed now, of an agent with frames that wait; tell the outcome by `committed` or `conflicted`. */
  batch(): SessionBatch {
    this.#committing = this.#frames.length;
    return {
      expected: this.#stored?.progress,
      seq: this.#frames.at(-1)!.seq,
      frames: this.#frames.map(({ body }) => body),
    };
  }

  /** The last batch has been committed. */
  committed(): void {
    const { seq } = this.#frames[this.#committing - 1]!;
    this.#stored = { progress: { epoch: this.hello.epoch, seq } };
    this.#isContested = false;
    this.#drop(this.#committing);
    this.#acknowledge();
  }

  /** The store had something else than was expected, which is to be read again. */
  conflicted(): void {
    this.#stored = undefined;
    this.#isContested = true;
  }

  /** Drops all frames. Returns how many. */
  clear(): number {
    const lost = this.#frames.length;
    this.#drop(lost);
    return lost;
  }

  get #committedSeq(): number {
    const progress = this.#stored?.progress;
    return progress?.epoch === this.hello.epoch ? progress.seq : 0;
  }

  #drop(count: number): void {
    for (const { body } of this.#frames.splice(0, count)) {
      this.#bytes -= body.length;
    }
    this.#committing = 0;
  }

  #acknowledge(): void {
    const seq = this.#committedSeq;
    if (seq === 0) return;
    this.connection?.send(
      MessageId.callTotalsAck,
      encodeCallTotalsAck({ epoch: this.hello.epoch, seq }),
    );
  }
}
