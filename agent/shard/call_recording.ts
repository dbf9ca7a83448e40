import type { CallReport, HostAddress } from "../../proto/mod.ts";

/** Picks and reports that one recording holds; a new one replaces the oldest. */
export const RECORDED_CALLS_MAX = 65_536;

/** A recording that nobody asked for during this long ends. */
export const RECORDING_EXPIRE_MS = 10_000;

/** Recorded calls in one answer at most: about as many as fit. */
export const EXPLAINED_CALLS_MAX = 1_500;

/** A pick, or the report of a call. */
export interface RecordedCall {
  /** Its place in the order of the recording, from 1. */
  number: number;
  atMs: number;
  /** Undefined: a pick that found no host. */
  host: HostAddress | undefined;
  /** Undefined: a pick. */
  report: Pick<CallReport, "returnCode" | "durationUs" | "unused"> | undefined;
}

/**
 * The last picks and reports of one route, kept only while somebody looks: so
 * the others' getHost pays nothing for it.
 */
export class CallRecording {
  /** When somebody last asked for it. */
  askedMs: number;
  readonly #ring: RecordedCall[] = [];
  #count = 0;

  constructor(nowMs: number) {
    this.askedMs = nowMs;
  }

  /** Keeps a pick; without a host none was found. */
  pick(host: HostAddress | undefined, nowMs: number): void {
    this.#add({ atMs: nowMs, host, report: undefined });
  }

  /** Keeps a report. */
  report(call: CallReport, nowMs: number): void {
    const { ip, port, returnCode, durationUs, unused } = call;
    this.#add({
      atMs: nowMs,
      host: { ip, port },
      report: { returnCode, durationUs, unused },
    });
  }

  /** At most `max` of those after number `after`, oldest first; what was replaced is missing. */
  since(after: number, max: number): RecordedCall[] {
    const first = Math.max(after, this.#count - RECORDED_CALLS_MAX);
    const last = Math.min(this.#count, first + max);
    const calls = [];
    for (let index = first; index < last; index++) {
      calls.push(this.#ring[index % RECORDED_CALLS_MAX]!);
    }
    return calls;
  }

  #add(call: Omit<RecordedCall, "number">): void {
    this.#ring[this.#count % RECORDED_CALLS_MAX] = {
      number: ++this.#count,
      ...call,
    };
  }
}
