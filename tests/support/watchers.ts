import type { Endpoint } from "../../proto/mod.ts";
import { LARS, readSuccesses } from "./database.ts";
import { Session } from "./session.ts";
import { sleep } from "./wait.ts";

const LOOK_MS = 50;

/** Calls `look` with a connection to a host of the database, again and again, until disposed. */
function watch(
  at: Endpoint,
  look: (session: Session) => Promise<void>,
): AsyncDisposable {
  const session = new Session(at, LARS);
  let stopped = false;
  async function run(): Promise<void> {
    while (!stopped) {
      try {
        await look(session);
      } catch {
        // The cluster may pause while it elects: look again.
      }
      await sleep(LOOK_MS);
    }
  }
  const running = run();
  return {
    async [Symbol.asyncDispose]() {
      stopped = true;
      await running;
      session[Symbol.dispose]();
    },
  };
}

/** Finds statuses that go back: an older one was written over a newer one. */
export class StatusWatcher implements AsyncDisposable {
  readonly setbacks: string[] = [];
  readonly #newest = new Map<string, number>();
  readonly #watch: AsyncDisposable;

  constructor(at: Endpoint) {
    this.#watch = watch(at, async (session) => {
      for (const [key, count] of await readSuccesses(session)) {
        const newest = this.#newest.get(key) ?? 0;
        if (count < newest) {
          this.setbacks.push(`${key} went from ${newest} to ${count}`);
        }
        this.#newest.set(key, count);
      }
    });
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#watch[Symbol.asyncDispose]();
  }
}

/** Counts ids of RouteChange that come late, below the highest, or not at all. */
export class ChangeIdWatcher implements AsyncDisposable {
  /** Ids that became visible after a higher one. */
  late = 0;
  readonly #seen = new Set<number>();
  readonly #watch: AsyncDisposable;
  #highest = 0;

  constructor(at: Endpoint) {
    this.#watch = watch(at, async (session) => {
      const before = this.#highest;
      for (const row of await session.sql("SELECT id FROM RouteChange")) {
        const id = Number(row.id);
        if (id < before && !this.#seen.has(id)) this.late += 1;
        this.#seen.add(id);
        this.#highest = Math.max(this.#highest, id);
      }
    });
  }

  /** Ids below the highest that are in no row. */
  get gaps(): number {
    return this.#highest - this.#seen.size;
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#watch[Symbol.asyncDispose]();
  }
}
