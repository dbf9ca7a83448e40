import {
  formatAddress,
  type HostAddress,
  type Route,
  type RouteKey,
} from "../../proto/mod.ts";

/** Outcome of an attempt to change a route. */
export type Outcome =
  /** COMMIT returned: acknowledged. */
  | "committed"
  /** Undone by the database: it may never be visible. */
  | "refused"
  /** The answer to COMMIT was lost: it may be there or not. */
  | "doubtful";

/**
 * What was written, attempt by attempt: what every route must be at the end, and
 * every state it may have had on the way. Each route has one writer.
 */
export class Ledger {
  /** Attempts by their outcome. */
  readonly counts: Record<Outcome, number> = {
    committed: 0,
    refused: 0,
    doubtful: 0,
  };
  readonly #committed = new Map<string, string>();
  readonly #allowed = new Map<string, Set<string>>();
  #nextHost = 0;

  /** Hosts that were never in any route. */
  freshHosts(count: number): HostAddress[] {
    return Array.from({ length: count }, () => {
      const number = this.#nextHost++;
      return { ip: 0x0a_00_00_01 + number, port: 1_024 + number % 60_000 };
    });
  }

  /** Notes that a route was to become this, and how that ended. */
  note(route: Route, outcome: Outcome): void {
    this.counts[outcome] += 1;
    if (outcome === "refused") return;
    const key = keyText(route);
    const state = hostsText(route.hosts);
    const allowed = this.#allowed.get(key) ?? new Set([""]);
    this.#allowed.set(key, allowed.add(state));
    if (outcome === "committed") this.#committed.set(key, state);
  }

  /** What every route must be now, by {@linkcode keyText}; "" for one without hosts. */
  get expected(): ReadonlyMap<string, string> {
    return this.#committed;
  }

  /** Whether a route may have been in this state at some time. */
  allows(key: string, state: string): boolean {
    return this.#allowed.get(key)?.has(state) ?? false;
  }
}

/** Routes (modId, 1) to (modId, count). */
export function keysOf(modId: number, count: number): RouteKey[] {
  return Array.from({ length: count }, (_, index) => ({
    modId,
    cmdId: index + 1,
  }));
}

/** Formats a key as "modid,cmdid". */
export function keyText({ modId, cmdId }: RouteKey): string {
  return `${modId},${cmdId}`;
}

/** Hosts in order, each once, so that equal sets are equal texts. */
export function hostsText(hosts: readonly HostAddress[]): string {
  return [...new Set(hosts.map(formatAddress))].sort().join(" ");
}

/** What differs between two tables of routes, in words; empty when nothing does. */
export function differences(
  expected: ReadonlyMap<string, string>,
  actual: ReadonlyMap<string, string>,
): string[] {
  const found: string[] = [];
  for (const [key, state] of expected) {
    const has = actual.get(key) ?? "";
    if (has !== state) found.push(`(${key}) is "${has}", not "${state}"`);
  }
  return found;
}
