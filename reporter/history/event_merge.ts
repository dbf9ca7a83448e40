import {
  type HostEvent as AgentEvent,
  isValidAddress,
  isValidKey,
} from "../../proto/mod.ts";
import { type HostEvent, mergeEvent } from "../../store/mod.ts";

/** Most events that wait to be written; of more the newest are dropped. */
export const EVENTS_MAX = 10_000;

/** Most agents that are remembered to have told of an event, of all events of the last minutes. */
const CALLERS_MAX = 200_000;

/** Minutes for which they are remembered. */
const MINUTES_KEPT = 3;

/** Greatest number of a kind or reason that the store takes. */
const NUMBER_MAX = 255;

/** Oldest event that is dated by its age. */
const AGE_MS_MAX = 3_600_000;

/** Who tells of events. */
export interface Witness {
  /** Identity. */
  agent: string;
  /** What people call it, or its address. */
  name: string;
}

/**
 * Events of hosts that are not written yet: one for each host, kind, reason and
 * minute, however many agents tell of it.
 */
export class EventMerge {
  /** Events taken, and those dropped here or by their agents. */
  readonly counters = { events: 0, eventsDropped: 0 };
  #waiting = new Map<string, HostEvent>();
  /** Who has been counted as a caller, by minute and then by event. */
  readonly #witnesses = new Map<number, Map<string, Set<string>>>();
  #witnessCount = 0;

  /** Number of events that wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Takes what an agent says at a time, in Unix seconds. */
  take(
    witness: Witness,
    { events, dropped, nowS }: {
      events: readonly AgentEvent[];
      dropped: number;
      nowS: number;
    },
  ): void {
    this.counters.events += events.length;
    this.counters.eventsDropped += dropped;
    this.#forgetBefore(minuteOf(nowS) - MINUTES_KEPT);
    for (const event of events) this.#add(witness, event, nowS);
  }

  /** Takes out all that waits; return it by {@linkcode putBack} if it could not be written. */
  batch(): HostEvent[] {
    const events = [...this.#waiting.values()];
    this.#waiting = new Map();
    return events;
  }

  /** Returns events that were not written. */
  putBack(events: readonly HostEvent[]): void {
    const since = this.batch();
    for (const event of [...events, ...since]) this.#merge(event);
  }

  #add({ agent, name }: Witness, told: AgentEvent, nowS: number): void {
    const isValid = isValidKey(told) && isValidAddress(told) &&
      told.kind <= NUMBER_MAX && told.reason <= NUMBER_MAX;
    if (!isValid) {
      this.counters.eventsDropped += 1;
      return;
    }
    const { ageMs, ...event } = told;
    const minute = minuteOf(nowS - Math.min(ageMs, AGE_MS_MAX) / 1_000);
    const merged = { ...event, minute, callers: 0, names: [] as string[] };
    if (this.#isNewWitness(merged, agent)) {
      merged.callers = 1;
      // The store separates names by commas.
      merged.names = [name.replaceAll(",", " ")];
    }
    this.#merge(merged);
  }

  #merge(event: HostEvent): void {
    const key = keyOf(event);
    const other = this.#waiting.get(key);
    if (other === undefined) {
      if (this.size < EVENTS_MAX) this.#waiting.set(key, event);
      else this.counters.eventsDropped += 1;
      return;
    }
    this.#waiting.set(key, mergeEvent(other, event));
  }

  #isNewWitness(event: HostEvent, agent: string): boolean {
    const { minute } = event;
    let byEvent = this.#witnesses.get(minute);
    if (byEvent === undefined) {
      byEvent = new Map();
      this.#witnesses.set(minute, byEvent);
    }
    const key = keyOf(event);
    let agents = byEvent.get(key);
    if (agents?.has(agent)) return false;
    // Who cannot be remembered is not counted, rather than more than once.
    if (this.#witnessCount >= CALLERS_MAX) return false;
    if (agents === undefined) {
      agents = new Set();
      byEvent.set(key, agents);
    }
    agents.add(agent);
    this.#witnessCount += 1;
    return true;
  }

  #forgetBefore(minute: number): void {
    for (const [each, byEvent] of this.#witnesses) {
      if (each >= minute) continue;
      for (const agents of byEvent.values()) this.#witnessCount -= agents.size;
      this.#witnesses.delete(each);
    }
  }
}

function minuteOf(unixSeconds: number): number {
  return Math.floor(unixSeconds / 60);
}

function keyOf(
  { minute, modId, cmdId, ip, port, kind, reason }: HostEvent,
): string {
  return `${minute}/${modId}/${cmdId}/${ip}:${port}/${kind}/${reason}`;
}
