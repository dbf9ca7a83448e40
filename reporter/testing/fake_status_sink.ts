import type { StatusRow } from "../../store/mod.ts";
import { unpackRows } from "./packed_rows.ts";
import type { StatusSink, WriteResult } from "../status_writer.ts";

/** A sink that records batches, and fails or stalls on demand. */
export class FakeStatusSink implements StatusSink {
  readonly batches: StatusRow[][] = [];
  /** What every write throws from now on. */
  failure: Error | undefined;
  /** A write waits for it before anything else. */
  gate: Promise<void> = Promise.resolve();
  attempts = 0;
  /** Writes under way, now and at most so far. */
  active = 0;
  activeMax = 0;

  /** "cmdid:succ" of the newest row of each key, in order of cmdid. */
  get newest(): string {
    const rows = new Map<number, number>();
    for (const { cmdId, succ } of this.batches.flat()) rows.set(cmdId, succ);
    return [...rows].sort(([a], [b]) => a - b)
      .map(([cmdId, succ]) => `${cmdId}:${succ}`).join(" ");
  }

  async write(words: Uint32Array): Promise<WriteResult> {
    this.attempts += 1;
    this.active += 1;
    this.activeMax = Math.max(this.activeMax, this.active);
    try {
      await this.gate;
      if (this.failure !== undefined) throw this.failure;
      this.batches.push(unpackRows(words));
      return { refused: 0 };
    } finally {
      this.active -= 1;
    }
  }
}
