import { type RouteKey, RouteMap } from "../../proto/mod.ts";
import { CallRecording, RECORDING_EXPIRE_MS } from "./call_recording.ts";
import { DecisionLog } from "./decision_log.ts";

/** Routes of one shard whose calls are recorded at a time. */
export const RECORDINGS_MAX = 4;

/** What a shard remembers for people: decisions always, calls while somebody looks. */
export class Recorder {
  readonly decisions = new DecisionLog();
  readonly #recordings = new RouteMap<CallRecording>();

  /** Whether any route is recorded: on the path of one getHost nothing else is asked. */
  get active(): boolean {
    return this.#recordings.size > 0;
  }

  /** The recording of a route, if somebody looks. */
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

  /** Ends recordings that nobody asks for any more. */
  tick(nowMs: number): void {
    if (!this.active) return;
    for (const [key, { askedMs }] of this.#recordings) {
      if (nowMs - askedMs >= RECORDING_EXPIRE_MS) this.#recordings.delete(key);
    }
  }
}
