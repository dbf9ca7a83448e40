import { addressKey, type HostAddress } from "../../../../proto/mod.ts";
import type { RecordedEvent, Recording } from "./recording.ts";

/** Longest time between a call and the recorded one whose outcome it gets; beyond it is a guess. */
const NEAR_MS = 1_000;

/** The outcome of a call to a host. */
export interface Outcome {
  /** Time of its pick. */
  pickMs: number;
  /** From pick to report. */
  tookMs: number;
  returnCode: number;
  /** As the client reported it; 0 if it did not. */
  durationUs: number;
}

/** The outcome that a call would have had. */
export interface ExpectedOutcome extends Outcome {
  /** Whether no call to that host was recorded near that time. */
  guessed: boolean;
}

/**
 * The outcomes of calls to each host, by time: a call that was not made is taken
 * to have the outcome of the call to the same host that is nearest in time.
 */
export class Outcomes {
  /** Calls whose report was seen, by host, in order of picks. */
  readonly #byHost = new Map<number, Outcome[]>();
  /** The outcome of a host that was never called: the median of all successes. */
  readonly #usual: Outcome;
  /** Calls with a report. */
  readonly all: readonly Outcome[];

  constructor({ events }: Pick<Recording, "events">) {
    const calls = pair(events);
    for (const { key, outcome } of calls) {
      const outcomes = this.#byHost.get(key) ?? [];
      outcomes.push(outcome);
      this.#byHost.set(key, outcomes);
    }
    for (const outcomes of this.#byHost.values()) {
      outcomes.sort((a, b) => a.pickMs - b.pickMs);
    }
    this.all = calls.map(({ outcome }) => outcome);
    const good = this.all.filter(({ returnCode }) => returnCode === 0)
      .sort((a, b) => a.tookMs - b.tookMs);
    this.#usual = good[Math.floor(good.length / 2)] ??
      { pickMs: 0, tookMs: 0, returnCode: 0, durationUs: 0 };
  }

  /** The outcome that a call to `host` at `atMs` would have had. */
  at(host: HostAddress, atMs: number): ExpectedOutcome {
    const outcomes = this.#byHost.get(addressKey(host)) ?? [];
    const after = firstFrom(outcomes, atMs);
    const before = outcomes[after - 1];
    const next = outcomes[after];
    const beforeMs = before === undefined ? Infinity : atMs - before.pickMs;
    const nextMs = next === undefined ? Infinity : next.pickMs - atMs;
    const nearest = (beforeMs < nextMs ? before : next) ?? this.#usual;
    const guessed = Math.min(beforeMs, nextMs) > NEAR_MS;
    return { ...nearest, guessed };
  }
}

/** The index of the first call picked at `atMs` or later. */
function firstFrom(outcomes: readonly Outcome[], atMs: number): number {
  let low = 0;
  let high = outcomes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (outcomes[middle]!.pickMs < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The calls of which both pick and report were recorded. */
function pair(
  events: readonly RecordedEvent[],
): { key: number; outcome: Outcome }[] {
  const open = new Map<number, number[]>();
  const calls = [];
  for (const event of events) {
    if (event.host === undefined) continue;
    const key = addressKey(event.host);
    const picks = open.get(key) ?? [];
    open.set(key, picks);
    if (event.kind === "pick") {
      picks.push(event.atMs);
      continue;
    }
    const durationMs = event.kind === "report" ? event.durationUs / 1_000 : 0;
    const pickMs = takePick(picks, durationMs && event.atMs - durationMs);
    if (pickMs === undefined || event.kind === "unused") continue;
    const { atMs, returnCode, durationUs } = event;
    calls.push({
      key,
      outcome: { pickMs, tookMs: atMs - pickMs, returnCode, durationUs },
    });
  }
  return calls;
}

/** Takes the pick nearest to when the call began or, where that is not known, the oldest. */
function takePick(picks: number[], beganMs: number): number | undefined {
  if (beganMs === 0) return picks.shift();
  let best = 0;
  for (const [index, pickMs] of picks.entries()) {
    if (Math.abs(pickMs - beganMs) < Math.abs(picks[best]! - beganMs)) {
      best = index;
    }
  }
  return picks.splice(best, 1)[0];
}
