import type { Clock } from "../../net/mod.ts";
import { type RouteKey, RouteMap } from "../../proto/mod.ts";
import type { AdminStore } from "../../store/mod.ts";
import type { RouteCopy } from "./route_copy.ts";

/** Routes that one transaction looks at. */
const ROUTES_PER_LOOK = 500;

/** Revisions that are read at a time. */
const REVISIONS_PER_PAGE = 1_000;

/**
 * Finds what was changed past Lars, by SQL or programs of the original, and has
 * the store keep it as changes "by hand". Any number of web may do so.
 */
export class ByHandWatch {
  readonly #admin: AdminStore;
  readonly #copy: RouteCopy;
  readonly #clock: Clock;
  #isWatching = false;

  constructor(
    options: { admin: AdminStore; copy: RouteCopy; clock: Clock },
  ) {
    this.#admin = options.admin;
    this.#copy = options.copy;
    this.#clock = options.clock;
  }

  /** Looks at some routes. */
  async look(keys: readonly RouteKey[]): Promise<void> {
    for (let at = 0; at < keys.length; at += ROUTES_PER_LOOK) {
      if (at > 0) await this.#clock.turn();
      await this.#admin.noteByHand(keys.slice(at, at + ROUTES_PER_LOOK));
    }
  }

  /** Looks at every route whose revision is not the one last seen. */
  async lookAtAll(): Promise<void> {
    const seen = new RouteMap<string>();
    let after: RouteKey | undefined;
    for (;;) {
      const page = await this.#admin.revisions({
        after,
        limit: REVISIONS_PER_PAGE,
      });
      for (const { modId, cmdId, revision } of page) {
        seen.set({ modId, cmdId }, revision);
      }
      after = page.at(-1);
      if (page.length < REVISIONS_PER_PAGE) break;
    }
    const other: RouteKey[] = this.#copy.sorted.filter((route) =>
      seen.get(route) !== this.#copy.revisionOf(route)
    );
    const gone = [...seen.keys()].filter((key) =>
      this.#copy.get(key) === undefined
    );
    await this.look([...other, ...gone]);
    if (this.#isWatching) return;
    await this.#admin.startWatch();
    this.#isWatching = true;
  }
}
