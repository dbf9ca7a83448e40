import type { Endpoint } from "../../proto/mod.ts";
import { LARS, readStatuses } from "../galera/database.ts";
import { Session } from "./session.ts";
import { sleep } from "./wait.ts";

const LOOK_MS = 50;

/** Looks at one node again and again, until told to stop. */
abstract class Watcher implements AsyncDisposable {
  readonly #session: Session;
  readonly #running: Promise<void>;
  #stopped = false;

  constructor(node: Endpoint) {
    this.#session = new Session(node, LARS);
    this.#running = this.#run();
  }

  protected abstract look(session: Session): Promise<void>;

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    await this.#running;
    this.#session[Symbol.dispose]();
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      // Also lets the class that extends this one finish its construction.
      await sleep(LOOK_MS);
      try {
        await this.look(this.#session);
      } catch {
        // The cluster may pause while it elects: look again.
      }
    }
  }
}

/** Sees statuses that go back: something older was written over something newer. */
export class StatusWatcher extends Watcher {
  readonly setbacks: string[] = [];
  readonly #newest = new Map<string, number>();

  protected override async look(session: Session): Promise<void> {
    for (const [key, count] of await readStatuses(session)) {
      const newest = this.#newest.get(key) ?? 0;
      if (count < newest) {
        this.setbacks.push(`${key} went from ${newest} to ${count}`);
      }
      this.#newest.set(key, count);
    }
  }
}

/** Sees how ids of RouteChange come: late ones below the highest, and gaps. */
export class ChangeIdWatcher extends Watcher {
  /** Ids that became visible after a higher one. */
  late = 0;
  readonly #seen = new Set<number>();
  #highest = 0;

  /** Ids below the highest that are in no row. */
  get gaps(): number {
    return this.#highest - this.#seen.size;
  }

  protected override async look(session: Session): Promise<void> {
    const before = this.#highest;
    for (const row of await session.sql("SELECT id FROM RouteChange")) {
      const id = Number(row.id);
      if (id < before && !this.#seen.has(id)) this.late += 1;
      this.#seen.add(id);
      this.#highest = Math.max(this.#highest, id);
    }
  }
}
