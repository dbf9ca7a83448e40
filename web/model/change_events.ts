import type { Clock } from "../../net/mod.ts";
import {
  type AdminStore,
  type ChangeRow,
  StoreError,
} from "../../store/mod.ts";

/** How often it is looked for changes, however many listen. */
const LOOK_MS = 1_000;

/** Changes that are read at a time. */
const CHANGES_PER_PAGE = 100;

/** Most changes that one who was away hears of. */
const MISSED_MAX = 1_000;

/** Pause after which a stream says that it lives. */
const QUIET_MS = 15_000;

/** Life of a stream: then it is asked anew whether this one may still listen. */
const STREAM_MS = 10 * 60_000;

/** Most streams at a time. */
const STREAMS_MAX = 100;

/** What is told: a change; that there were more than are told; that there is none. */
export type ChangeEvent =
  | { kind: "change"; change: ChangeRow }
  | { kind: "missed" }
  | { kind: "none" };

/** Changes as they are made, for any number of listeners. */
export class ChangeEvents {
  readonly #admin: Pick<AdminStore, "changes">;
  readonly #clock: Clock;
  readonly #end = new AbortController();
  #newest: { atMs: number; changes: Promise<ChangeRow[]> } | undefined;
  #streams = 0;

  constructor(
    options: { admin: Pick<AdminStore, "changes">; clock: Clock },
  ) {
    this.#admin = options.admin;
    this.#clock = options.clock;
  }

  /** Whether there are as many streams as may be. */
  get isFull(): boolean {
    return this.#streams >= STREAMS_MAX;
  }

  /** Ends every stream, and each one that begins. */
  close(): void {
    this.#end.abort();
  }

  /** Id of the newest change; 0: there is none. @throws {StoreError} If it cannot be read. */
  async newestId(): Promise<number> {
    return (await this.#read())[0]?.id ?? 0;
  }

  /** Yields the changes after an id in their order, until `signal` is aborted or ten minutes are over. */
  async *follow(
    after: number,
    signal: AbortSignal,
  ): AsyncGenerator<ChangeEvent> {
    const clock = this.#clock;
    const ended = AbortSignal.any([signal, this.#end.signal]);
    const endMs = clock.nowMs() + STREAM_MS;
    let saidMs = clock.nowMs();
    let last = after;
    this.#streams += 1;
    try {
      while (!ended.aborted && clock.nowMs() < endMs) {
        const { changes, isWhole } = await this.#after(last);
        if (!isWhole) yield { kind: "missed" };
        for (const change of changes) yield { kind: "change", change };
        last = changes.at(-1)?.id ?? last;
        if (changes.length > 0) saidMs = clock.nowMs();
        if (clock.nowMs() - saidMs >= QUIET_MS) {
          saidMs = clock.nowMs();
          yield { kind: "none" };
        }
        await clock.sleep(LOOK_MS, ended);
      }
    } finally {
      this.#streams -= 1;
    }
  }

  /** Changes after an id, the oldest first; none while the store is away. */
  async #after(
    id: number,
  ): Promise<{ changes: ChangeRow[]; isWhole: boolean }> {
    try {
      let page = await this.#read();
      const found = page.filter((change) => change.id > id);
      while (
        found.length > 0 && found.length % CHANGES_PER_PAGE === 0 &&
        found.length < MISSED_MAX
      ) {
        const before = found.at(-1)!.id;
        page = await this.#admin.changes({ before, limit: CHANGES_PER_PAGE });
        const more = page.filter((change) => change.id > id);
        if (more.length === 0) break;
        found.push(...more);
      }
      const isWhole = found.length < MISSED_MAX;
      return { changes: found.reverse(), isWhole };
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      return { changes: [], isWhole: true };
    }
  }

  /** The newest changes; everybody who listens shares them. */
  async #read(): Promise<ChangeRow[]> {
    const nowMs = this.#clock.nowMs();
    if (this.#newest === undefined || nowMs - this.#newest.atMs >= LOOK_MS) {
      this.#newest = {
        atMs: nowMs,
        changes: this.#admin.changes({ limit: CHANGES_PER_PAGE }),
      };
    }
    return await this.#newest.changes;
  }
}
