import {
  type CallReport,
  type HostAddress,
  type RouteKey,
  RouteMap,
} from "../../proto/mod.ts";
import type { HostDecision } from "../routes/host_table.ts";

/** Decisions that one shard remembers; a new one replaces the oldest. */
const DECISIONS_MAX = 4_096;

/** Routes of one shard whose calls are recorded at a time. */
export const RECORDINGS_MAX = 4;

/** Picks and reports that one recording holds; a new one replaces the oldest. */
export const RECORDED_CALLS_MAX = 65_536;

/** A recording that is not asked for during this time ends. */
export const RECORDING_EXPIRE_MS = 10_000;

/** Most recorded calls of one answer: half a millisecond of them. */
export const EXPLAINED_CALLS_MAX = 500;

/** Most decisions of one answer: about as many as fit. */
export const EXPLAINED_DECISIONS_MAX = 100;

/** A pick, or the report of a call. */
interface RecordedCall {
  atMs: number;
  /** Undefined: a pick that found no host. */
  host: HostAddress | undefined;
  /** Undefined: a pick. */
  report: Pick<CallReport, "returnCode" | "durationUs" | "unused"> | undefined;
}

/** An item and its place in the order of all that were recorded, from 1. */
type Numbered<Item> = Item & { number: number };

/** What a shard remembers for `lars explain`: decisions always, calls of a route while they are asked for. */
export class Recorder {
  readonly #decisions = new Ring<HostDecision>(DECISIONS_MAX);
  readonly #recordings = new RouteMap<CallRecording>();

  /** Takes a decision down. */
  decided(decision: HostDecision): void {
    this.#decisions.add(decision);
  }

  /** The decisions of a route after number `after`, oldest first. */
  decisionsOf(
    { modId, cmdId }: RouteKey,
    after: number,
  ): Numbered<HostDecision>[] {
    return this.#decisions.since(after).filter((each) =>
      each.modId === modId && each.cmdId === cmdId
    );
  }

  /** Whether any route is recorded: all that a getHost of another route pays for. */
  get active(): boolean {
    return this.#recordings.size > 0;
  }

  /** The recording of a route, if there is one. */
  recordingOf(key: RouteKey): CallRecording | undefined {
    return this.#recordings.get(key);
  }

  /** The recording of a route, begun if need be; undefined if there are too many. */
  record(key: RouteKey, nowMs: number): CallRecording | undefined {
    let recording = this.#recordings.get(key);
    if (recording === undefined && this.#recordings.size < RECORDINGS_MAX) {
      recording = new CallRecording(nowMs);
      this.#recordings.set(key, recording);
    }
    if (recording !== undefined) recording.askedMs = nowMs;
    return recording;
  }

  /** When tick() is due; Infinity without recordings. */
  dueMs(): number {
    let dueMs = Infinity;
    if (!this.active) return dueMs;
    for (const { askedMs } of this.#recordings.values()) {
      dueMs = Math.min(dueMs, askedMs + RECORDING_EXPIRE_MS);
    }
    return dueMs;
  }

  /** Ends recordings that are not asked for any more. */
  tick(nowMs: number): void {
    if (!this.active) return;
    for (const [key, { askedMs }] of this.#recordings) {
      if (nowMs >= askedMs + RECORDING_EXPIRE_MS) this.#recordings.delete(key);
    }
  }
}

/** The last picks and reports of one route. */
class CallRecording {
  /** When it was last asked for. */
  askedMs: number;
  readonly #calls = new Ring<RecordedCall>(RECORDED_CALLS_MAX);

  constructor(nowMs: number) {
    this.askedMs = nowMs;
  }

  /** Records a pick; without a host none was found. */
  pick(host: HostAddress | undefined, nowMs: number): void {
    this.#calls.add({ atMs: nowMs, host, report: undefined });
  }

  /** Records a report. */
  report(call: CallReport, nowMs: number): void {
    const { ip, port, returnCode, durationUs, unused } = call;
    this.#calls.add({
      atMs: nowMs,
      host: { ip, port },
      report: { returnCode, durationUs, unused },
    });
  }

  /** At most `max` calls after number `after`, oldest first; those that were replaced are missing. */
  since(after: number, max: number): Numbered<RecordedCall>[] {
    return this.#calls.since(after, max);
  }
}

/** The last `capacity` of all items that were added. */
class Ring<Item extends object> {
  readonly #capacity: number;
  readonly #items: Numbered<Item>[] = [];
  #count = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(item: Item): void {
    const index = this.#count % this.#capacity;
    this.#items[index] = { ...item, number: ++this.#count };
  }

  /** At most `max` items after number `after`, oldest first; those that were replaced are missing. */
  since(after: number, max: number = Infinity): Numbered<Item>[] {
    const first = Math.max(after, this.#count - this.#capacity);
    const last = Math.min(this.#count, first + max);
    const items = [];
    for (let index = first; index < last; index++) {
      items.push(this.#items[index % this.#capacity]!);
    }
    return items;
  }
}
