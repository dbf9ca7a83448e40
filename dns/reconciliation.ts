import type { Route, RouteKey } from "../proto/mod.ts";

/** What a reconciliation would take away from the table. */
export interface Findings {
  /** Routes that the table had when it began. */
  routes: number;
  /** Those of them that the store does not have. */
  missing: number;
  /** Routes of which the store has fewer hosts. */
  shrunk: number;
  /** A route that makes it suspicious. */
  example: RouteKey | undefined;
  /** Whether more than half of all routes are gone, or some that went so are held. */
  isMass: boolean;
  /** Whether more than half of the hosts of some route are gone. */
  isDeep: boolean;
}

/** One step of a sweep. */
export interface SweepOptions {
  /** Row to go on from. */
  from: number;
  /** What was found before the first step. */
  findings: Findings;
  /** Whether routes and hosts stay that the store does not have. */
  holds: boolean;
}

/** The table as its {@linkcode Reconciliation} uses it. */
export interface ReconciliationSteps {
  /** Takes a route; true if it changed the table. */
  take: (route: Route) => boolean;
  /** What the sweep would take away. */
  find: () => Findings;
  /** Removes or holds; `next` is undefined at the end. */
  sweep: (
    options: SweepOptions,
  ) => { changed: RouteKey[]; next: number | undefined };
  /** It has ended. */
  end: () => void;
}

/**
 * One pass over all routes of the store. The table has at once what it finds to
 * be added, so that a pass of any length can run in slices without a second copy;
 * what it finds to be gone waits for the sweep.
 */
export class Reconciliation {
  readonly #steps: ReconciliationSteps;
  /** Row at which the next sweep begins; undefined once it has ended. */
  #next: number | undefined = 0;
  #findings: Findings | undefined;

  /** Made by `RouteTable.reconcile`. */
  constructor(steps: ReconciliationSteps) {
    this.#steps = steps;
  }

  /** Takes the next route of the store, each once; true if it changed the table. */
  take(route: Route): boolean {
    return this.#next !== undefined && this.#steps.take(route);
  }

  /** What {@linkcode sweep} would take away. Call it after the last route. */
  find(): Findings {
    return this.#findings = this.#steps.find();
  }

  /**
   * Removes some of the routes and hosts that the store does not have, or with
   * `holds` keeps them. Call it after {@linkcode find} until it returns undefined,
   * which ends the reconciliation.
   *
   * @returns The keys of routes that changed.
   */
  sweep({ holds = false } = {}): RouteKey[] | undefined {
    if (this.#next === undefined) return undefined;
    const findings = this.#findings ?? this.find();
    const from = this.#next;
    const { changed, next } = this.#steps.sweep({ from, findings, holds });
    this.#next = next;
    if (next === undefined) this.#steps.end();
    return changed;
  }

  /** Ends it before the last route; the table keeps what it took. */
  abandon(): void {
    this.#next = undefined;
    this.#steps.end();
  }
}
