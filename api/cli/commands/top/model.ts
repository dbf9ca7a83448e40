import { formatAddress, type RouteKey } from "../../../../proto/mod.ts";
import type {
  Fleet,
  Problem,
  RouteCalls,
  RouteDetail,
} from "../../../../store/mod.ts";
import { formatRoute } from "../../text/route_text.ts";
import type { Key } from "./keys.ts";

/** Characters of a filter. */
const FILTER_MAX = 40;

/** Lines that a page key moves by. */
const PAGE = 10;

/** A route in the list. */
export interface TopRow {
  calls: RouteCalls;
  /** What is wrong with it; undefined: nothing. */
  problem: Problem | undefined;
}

/** What a key asks for beyond another picture. */
export type Wish = "quit" | "read" | undefined;

/** What a person looks at: the routes, or one of them. */
export class TopModel {
  /** The newest that was read. */
  #fleet: Fleet;
  #detail: RouteDetail | undefined;
  #opened: RouteKey | undefined;
  /** Route under the cursor; undefined: the first. */
  #selected: string | undefined;
  #filter = "";
  #isTyping = false;
  #scroll = 0;
  /** Why the last reading failed. */
  failure: string | undefined;

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  /** What all agents tell. */
  get fleet(): Fleet {
    return this.#fleet;
  }

  /** The route that is looked at; undefined: the list is. */
  get opened(): RouteKey | undefined {
    return this.#opened;
  }

  /** What was read of it; undefined: nothing yet. */
  get detail(): RouteDetail | undefined {
    return this.#detail;
  }

  /** What routes must contain to be listed. */
  get filter(): string {
    return this.#filter;
  }

  /** Whether keys go into the filter. */
  get isTyping(): boolean {
    return this.#isTyping;
  }

  /** Hosts of an opened route that are above the screen. */
  get scroll(): number {
    return this.#scroll;
  }

  /** Routes that the filter lets through: those with the most failing calls first, then those with hosts out. */
  get rows(): TopRow[] {
    const { routes, problems } = this.#fleet;
    const byRoute = new Map(problems.map((each) => [formatRoute(each), each]));
    const rows: TopRow[] = routes.map((calls) => {
      const name = formatRoute(calls);
      const problem = byRoute.get(name);
      byRoute.delete(name);
      return { calls, problem };
    });
    // What is left are routes that are not called.
    for (const problem of byRoute.values()) {
      rows.push({ calls: problem, problem });
    }
    return rows.filter((row) => this.#letsThrough(row)).sort((a, b) =>
      b.calls.failed - a.calls.failed ||
      Number(b.problem !== undefined) - Number(a.problem !== undefined) ||
      b.calls.calls - a.calls.calls
    );
  }

  /** Place of the cursor among the rows. */
  get cursor(): number {
    return Math.max(
      0,
      this.rows.findIndex(({ calls }) => formatRoute(calls) === this.#selected),
    );
  }

  /** Takes what was read. */
  take(read: { fleet: Fleet } | { detail: RouteDetail }): void {
    this.failure = undefined;
    if ("fleet" in read) {
      this.#fleet = read.fleet;
      return;
    }
    const { detail } = read;
    if (
      this.#opened !== undefined &&
      formatRoute(detail.problem) === formatRoute(this.#opened)
    ) {
      this.#detail = detail;
      this.#scroll = Math.min(this.#scroll, lastOf(detail.hosts));
    }
  }

  /** Does what a key says. */
  press(key: Key): Wish {
    if (key === "interrupt") return "quit";
    if (this.#isTyping) this.#type(key);
    else if (this.#opened === undefined) return this.#pressInList(key);
    else return this.#pressInRoute(key);
  }

  #type(key: Key): void {
    if (key === "enter") this.#isTyping = false;
    else if (key === "escape") {
      this.#isTyping = false;
      this.#filter = "";
    } else if (key === "backspace") this.#filter = this.#filter.slice(0, -1);
    else if (typeof key === "object" && this.#filter.length < FILTER_MAX) {
      this.#filter += key.character;
    }
  }

  #pressInList(key: Key): Wish {
    if (characterOf(key) === "q") return "quit";
    if (characterOf(key) === "/") this.#isTyping = true;
    else if (key === "escape") this.#filter = "";
    else if (key === "enter") {
      const calls = this.rows[this.cursor]?.calls;
      if (calls === undefined) return undefined;
      this.#opened = { modId: calls.modId, cmdId: calls.cmdId };
      this.#detail = undefined;
      this.#scroll = 0;
      return "read";
    } else {
      const { rows } = this;
      const at = moved(this.cursor, { key, last: lastOf(rows) });
      const calls = rows[at]?.calls;
      this.#selected = calls && formatRoute(calls);
    }
  }

  #pressInRoute(key: Key): Wish {
    if (characterOf(key) === "q") return "quit";
    if (key === "escape" || key === "backspace") {
      this.#selected = formatRoute(this.#opened!);
      this.#opened = undefined;
      return "read";
    }
    const last = lastOf(this.#detail?.hosts ?? []);
    this.#scroll = moved(this.#scroll, { key, last });
  }

  #letsThrough({ calls, problem }: TopRow): boolean {
    return formatRoute(calls).includes(this.#filter) ||
      (problem?.out ?? []).some((view) =>
        formatAddress(view).includes(this.#filter)
      );
  }
}

function lastOf(list: readonly unknown[]): number {
  return Math.max(0, list.length - 1);
}

function moved(at: number, { key, last }: { key: Key; last: number }): number {
  return Math.max(0, Math.min(last, at + stepOf(key)));
}

function stepOf(key: Key): number {
  switch (key) {
    case "up":
      return -1;
    case "down":
      return 1;
    case "pageUp":
      return -PAGE;
    case "pageDown":
      return PAGE;
    case "home":
      return -Infinity;
    case "end":
      return Infinity;
    default: {
      const character = characterOf(key);
      return character === "j" ? 1 : character === "k" ? -1 : 0;
    }
  }
}

function characterOf(key: Key): string | undefined {
  return typeof key === "object" ? key.character : undefined;
}
