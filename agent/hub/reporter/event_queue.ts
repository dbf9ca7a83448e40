import type { HostEvent } from "../../../proto/mod.ts";

/** Most events of an agent in a second; more are counted. */
export const EVENTS_PER_SECOND_MAX = 100;

/** Most events that wait for a reporter; a new one replaces the oldest. */
export const EVENTS_MAX = 1_000;

/** Events of one frame. */
const EVENTS_PER_FRAME_MAX = 500;

/** Greatest age that the wire has room for. */
const AGE_MS_MAX = 0xffff_ffff;

/** Events that wait to be sent; they are not repeated. */
export class EventQueue {
  #waiting: { event: HostEvent; atMs: number }[] = [];
  #dropped = 0;
  /** When the present second began, and its events. */
  #secondMs = -Infinity;
  #events = 0;

  /** Number of events that wait. */
  get size(): number {
    return this.#waiting.length;
  }

  /** Takes events, and how many were left out before. */
  add(events: readonly HostEvent[], dropped: number, nowMs: number): void {
    this.#dropped += dropped;
    if (nowMs - this.#secondMs >= 1_000) {
      this.#secondMs = nowMs;
      this.#events = 0;
    }
    for (const event of events) {
      this.#events += 1;
      if (this.#events > EVENTS_PER_SECOND_MAX) this.#dropped += 1;
      else this.#waiting.push({ event, atMs: nowMs - event.ageMs });
    }
    const excess = Math.max(0, this.#waiting.length - EVENTS_MAX);
    this.#waiting.splice(0, excess);
    this.#dropped += excess;
  }

  /** Takes out the events of one frame. */
  take(nowMs: number): { events: HostEvent[]; dropped: number } {
    const events = this.#waiting.splice(0, EVENTS_PER_FRAME_MAX)
      .map(({ event, atMs }) => ({
        ...event,
        ageMs: Math.min(AGE_MS_MAX, Math.round(nowMs - atMs)),
      }));
    const dropped = this.#dropped;
    this.#dropped = 0;
    return { events, dropped };
  }
}
