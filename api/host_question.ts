import type { AskedDatagram } from "./datagram_link.ts";
import type { Result } from "./host_codec.ts";
import type { HostQueue } from "./host_queue.ts";
import type { HostOutcome } from "./outcome.ts";

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
  /** Results that travel with its first datagram. */
  readonly results: readonly Result[];
  /** When it was sent first: its hosts were not picked earlier. */
  readonly sentMs: number;
  datagram: Uint8Array;
  triesLeft: number;
}
