import type { CallReport } from "../../proto/mod.ts";
import type { AskedDatagram } from "./datagram_link.ts";
import type { HostQueue } from "./host_queue.ts";
import type { LarsClientCounters } from "../source.ts";
import type { HostOutcome } from "../outcome.ts";

/** Somebody who waits for a host. */
export class HostCaller {
  readonly outcome: Promise<HostOutcome>;
  settle!: (outcome: HostOutcome) => void;
  /** Nobody looks at the outcome any more. */
  gone = false;
  /** Shared answers that had no host for this caller. */
  misses = 0;

  constructor() {
    this.outcome = new Promise((resolve) => this.settle = resolve);
  }
}

/** A request for hosts on its way, and who gets them. */
export interface HostQuestion extends AskedDatagram {
  readonly queue: HostQueue;
  readonly seq: number;
  readonly callers: readonly HostCaller[];
  /** How many hosts it asks for; 0: one, in the original's way, which tells nothing of the agent. */
  readonly count: number;
  /** Results that travel with its first datagram. */
  readonly results: readonly CallReport[];
  /** When it was sent first: its hosts were not picked earlier. */
  readonly sentMs: number;
  datagram: Uint8Array;
  triesLeft: number;
}

/** What a request is for; `count` 0 asks in the original's way, for one caller. */
export interface QueuedRequest {
  callers: readonly HostCaller[];
  count: number;
  results: readonly CallReport[];
}

/** What a queue needs of the link it belongs to. */
export interface HostQueueLink {
  readonly counters: LarsClientCounters;
  /** Whether the agent takes `count`, `results` and `more`. */
  readonly agent: "unknown" | "batches" | "plain";
  nowMs(): number;
  /** Sends a request; its answer, or its timeout, comes back to the queue. */
  send(queue: HostQueue, request: QueuedRequest): HostQuestion;
  /** Sends results in one datagram, or in one each if the agent does not batch. */
  tell(queue: HostQueue, results: readonly CallReport[]): Promise<boolean>;
  /** Calls {@linkcode HostQueue.release} when something held is due. */
  hold(queue: HostQueue): void;
  /** A caller has its outcome. */
  settled(): void;
}
