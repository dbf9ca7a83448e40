import {
  type CallTotalsAck,
  encodeFrame,
  MessageId,
  numberCallTotals,
} from "../../../proto/mod.ts";

/** A CallTotals that no reporter has acknowledged. */
interface TotalsFrame {
  seq: number;
  /** The shard that it came from. */
  shard: number;
  frame: Uint8Array;
}

/** What a queue of totals is made of. */
export interface TotalsQueueOptions {
  /** As in the agent's Hello. */
  epoch: number;
  /** Asks a shard for its totals: answered by {@linkcode TotalsQueue.add}. */
  ask: (shard: number) => void;
}

/**
 * Totals on their way to a reporter: each is kept until one has acknowledged it,
 * and sent again, the same bytes, on every connection before. A shard is asked
 * for more when all it gave is acknowledged, so memory is bounded by hosts.
 */
export class TotalsQueue {
  readonly #options: TotalsQueueOptions;
  /** By `seq`, without a gap. */
  #frames: TotalsFrame[] = [];
  /** Those of `#frames`, from the first on, that were sent on the present connection. */
  #sent = 0;
  #lastSeq = 0;
  /** Shards that have totals. */
  readonly #due = new Set<number>();
  /** Shards that were asked, and are not done. */
  readonly #asked = new Set<number>();
  /** Whether the reporter takes totals. */
  #isTaken = false;

  /** An empty queue. */
  constructor(options: TotalsQueueOptions) {
    this.#options = options;
  }

  /** Whether a frame waits to be sent. */
  get isWaiting(): boolean {
    return this.#isTaken && this.#sent < this.#frames.length;
  }

  /** Takes that a shard has totals. */
  onDue(shard: number): void {
    this.#due.add(shard);
    this.#ask();
  }

  /** Takes totals of a shard; `isLast`: all that it had. */
  add(shard: number, bodies: readonly Uint8Array[], isLast: boolean): void {
    for (const routes of bodies) {
      const seq = ++this.#lastSeq;
      const body = numberCallTotals(seq, routes);
      const frame = encodeFrame(MessageId.callTotals, body);
      this.#frames.push({ seq, shard, frame });
    }
    if (isLast) this.#asked.delete(shard);
  }

  /** Takes that there is another connection, on which nothing was sent. */
  onConnected(): void {
    this.#sent = 0;
  }

  /** Takes whether the reporter takes totals: false at first. */
  setTaken(isTaken: boolean): void {
    this.#isTaken = isTaken;
    this.#ask();
  }

  /** The next frame to send now. */
  next(): Uint8Array | undefined {
    return this.isWaiting ? this.#frames[this.#sent++]!.frame : undefined;
  }

  /** Forgets what is counted; an acknowledgement of another run of the agent is nothing to it. */
  onAck({ epoch, seq }: CallTotalsAck): void {
    if (epoch !== this.#options.epoch) return;
    const left = this.#frames.findIndex((frame) => frame.seq > seq);
    const counted = left < 0 ? this.#frames.length : left;
    this.#frames.splice(0, counted);
    this.#sent = Math.max(0, this.#sent - counted);
    this.#ask();
  }

  /** Asks the shards that have totals, and none under way. */
  #ask(): void {
    if (!this.#isTaken) return;
    for (const shard of this.#due) {
      if (this.#frames.some((frame) => frame.shard === shard)) continue;
      if (this.#asked.has(shard)) continue;
      this.#due.delete(shard);
      this.#asked.add(shard);
      this.#options.ask(shard);
    }
  }
}
