import { type Clock, type Logger, StandingCondition } from "../../net/mod.ts";
import type { Route } from "../../proto/mod.ts";
import type { KnownStore } from "./cache_format.ts";
import type { SavedRoutes } from "./route_cache.ts";

/** Time from a change to its save, at least. */
const SAVE_MS = 1_000;

/** Pause after a save over its duration: saves take 5 % of the time at most. */
const SAVE_PAUSES = 19;

/** Keeps routes from one run to the next: on disk, or not at all. */
export interface RouteKeeper {
  /** What was saved last, some at a time: there may be 100,000. Of a route that comes twice the first counts. */
  load(): AsyncIterable<SavedRoutes>;
  /** Takes the routes one by one, as it writes: they may change while it does. */
  save(routes: Iterable<Route>, store?: KnownStore): Promise<void>;
}

/** What is saved, and where. */
export interface RouteSaverOptions {
  cache: RouteKeeper;
  clock: Clock;
  logger: Logger;
  /** Why nothing can be kept; undefined: it can. */
  error: Error | undefined;
  /** The routes as they are now. */
  routes: () => Iterable<Route>;
  /** The store that they are of, if that is known. */
  store: () => KnownStore | undefined;
}

/** Saves the routes of an agent when they have changed. */
export class RouteSaver {
  readonly #options: RouteSaverOptions;
  readonly #failing: StandingCondition;
  /** Whether routes changed since the last save. */
  #changed = false;
  /** Ends the wait for a change. */
  #change = Promise.withResolvers<void>();

  /** Saves nothing until it runs. */
  constructor(options: RouteSaverOptions) {
    const { logger, error } = options;
    this.#options = options;
    this.#failing = new StandingCondition({
      logger,
      level: "error",
      begins: "cannot keep files in the data folder, going on without",
      ends: "files are kept in the data folder again",
    });
    if (error !== undefined) this.#failing.begin({ error });
  }

  /** What is on disk is not as it should be any more. */
  noteChange(): void {
    this.#changed = true;
    this.#change.resolve();
  }

  /** Saves changes until `signal` is aborted, and the last one then. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    let pauseMs = SAVE_MS;
    signal.addEventListener("abort", () => this.#change.resolve());
    while (!signal.aborted) {
      await this.#change.promise;
      await clock.sleep(pauseMs, signal);
      if (!this.#changed) continue;
      const startedMs = clock.nowMs();
      await this.#save();
      pauseMs = Math.max(SAVE_MS, (clock.nowMs() - startedMs) * SAVE_PAUSES);
    }
  }

  async #save(): Promise<void> {
    const { cache, routes, store } = this.#options;
    this.#changed = false;
    this.#change = Promise.withResolvers();
    try {
      await cache.save(routes(), store());
      this.#failing.end();
    } catch (error) {
      this.noteChange();
      this.#failing.begin({ error });
    }
  }
}
