import type { CallTotals } from "./call_totals.ts";

/** Time in which calls are added up before they go to the hub. */
const TOTALS_INTERVAL_MS = 10_000;

/** Where the totals of a shard go. */
export interface TotalsOutbox {
  /** There is something: answered by {@linkcode TotalsSender.start}, now or much later. */
  totalsDue(): void;
  /** Takes encoded totals, which lack their `seq`; `isLast`: no more come until it is asked again. */
  totals(bodies: Uint8Array[], isLast: boolean): void;
}

/**
 * Hands the totals of a shard to the hub: tells that there are some, waits until
 * it is asked, as no more than one lot of them is under way, and gives them in
 * slices, a tick each. It waits for nothing while there is nothing.
 */
export class TotalsSender {
  /** When tick() is due. */
  dueMs = Infinity;
  readonly #totals: CallTotals;
  readonly #outbox: TotalsOutbox;
  /** Whether the hub has asked. */
  #isSending = false;
  /** Routes that are left of those that had calls when it asked. */
  #routesLeft = 0;
  /** Whether the hub was told. */
  #isDue = false;

  /** Hands over what `totals` has. */
  constructor(totals: CallTotals, outbox: TotalsOutbox) {
    this.#totals = totals;
    this.#outbox = outbox;
  }

  /** Takes that there are totals, where there may have been none. */
  noteTotals(nowMs: number): void {
    if (this.#isDue || this.#isSending || this.dueMs < Infinity) return;
    this.dueMs = nowMs + TOTALS_INTERVAL_MS;
  }

  /** The hub asks for all there is now. */
  start(nowMs: number): void {
    this.#isSending = true;
    this.#isDue = false;
    this.#routesLeft = this.#totals.routes;
    this.dueMs = nowMs;
  }

  /** Does what is due. */
  tick(nowMs: number): void {
    if (nowMs < this.dueMs) return;
    if (this.#isSending) this.#sendSlice(nowMs);
    else {
      this.#isDue = true;
      this.dueMs = Infinity;
      this.#outbox.totalsDue();
    }
  }

  /** Hands over all there is, as the shard ends. */
  flush(): void {
    const totals = this.#totals;
    for (let left = totals.routes; left > 0;) left = totals.encodeSlice(left);
    totals.encodeDeparted();
    const bodies = totals.takeBodies();
    if (bodies.length > 0) this.#outbox.totals(bodies, true);
  }

  #sendSlice(nowMs: number): void {
    const totals = this.#totals;
    this.#routesLeft = totals.encodeSlice(this.#routesLeft);
    const isLast = this.#routesLeft === 0;
    if (isLast) totals.encodeDeparted();
    this.#outbox.totals(totals.takeBodies(), isLast);
    if (!isLast) return;
    this.#isSending = false;
    this.dueMs = totals.isEmpty ? Infinity : nowMs + TOTALS_INTERVAL_MS;
  }
}
