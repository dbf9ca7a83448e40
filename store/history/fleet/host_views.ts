import { addressKey, type HostAddress, HostState } from "../../../proto/mod.ts";
import type { HostStateRow } from "../types.ts";
import type { Window } from "./window.ts";

/** Callers that hold a host out are suspected themselves, rather than it, up to this share of those that use it. */
const FEW_CALLERS_SHARE = 0.1;

/** Below as many callers one of them says nothing about itself. */
const MANY_CALLERS = 3;

/** Callers for a reason, the most frequent reason first. */
export interface ReasonCount {
  /** Number of the reason, as on the wire. */
  reason: number;
  /** Callers that have it. */
  callers: number;
}

/** How the callers of a host see it, as far as they do not plainly use it. */
export interface HostView extends HostAddress {
  /** Callers that hold it out: no calls but attempts. */
  out: number;
  /** Those that used it in the last minute, or hold it out. */
  callers: number;
  /** Why it is held out. */
  reasons: ReasonCount[];
  /** Unix time in seconds since which one of them holds it out; undefined: none does. */
  outSince: number | undefined;
  /** Time until one of them tries it again in milliseconds; 0: not known. */
  nextTryMs: number;
  /** Callers that give it fewer calls. */
  suspect: number;
  /** Callers that give it none as a person said so. */
  drained: number;
  /** Calls that they still wait for there. */
  inFlight: number;
  /** Identities of the agents that hold it out. */
  agents: string[];
}

/** Whether callers hold a host out that most others use: their network may be the cause. */
export function isOutAtFew({ out, callers }: HostView): boolean {
  return out > 0 && callers >= MANY_CALLERS &&
    out <= Math.max(1, callers * FEW_CALLERS_SHARE);
}

/** What a view of hosts is compared with. */
export interface ViewContext {
  /** The last 60 s that the store tells of. */
  window: Window;
  /** Callers of the route in it. */
  routeCallers: number;
  /** Callers of one of its hosts. */
  callersOf: (host: HostAddress) => number;
}

/** What callers say of hosts of one route, as far as they do not plainly use them. */
export function viewHosts(
  states: readonly HostStateRow[],
  context: ViewContext,
): HostView[] {
  const hosts = Map.groupBy(states, addressKey);
  return Array.from(hosts.values(), (rows) => {
    const out = rows.filter(isOut);
    const byReason = Map.groupBy(out, ({ reason }) => reason);
    const { ip, port } = rows[0]!;
    return {
      ip,
      port,
      out: out.length,
      callers: countCallers({ ip, port }, { out, context }),
      reasons: mostFirst(
        Array.from(byReason, ([reason, { length }]) => [reason, length]),
      ),
      outSince: leastOf(out.map(({ since }) => since)),
      nextTryMs: leastOf(
        out.map(({ nextTryMs }) => nextTryMs).filter(Boolean),
      ) ?? 0,
      suspect: count(rows, HostState.suspect),
      drained: count(rows, HostState.drained),
      inFlight: rows.reduce((sum, { inFlight }) => sum + inFlight, 0),
      agents: out.map(({ agent }) => agent),
    };
  });
}

/** Whether an agent holds a host out, for whatever reason but a person's word. */
export function isOut({ state }: { state: number }): boolean {
  return state === HostState.ejected || state === HostState.overloaded;
}

/** Callers with a reason to hold hosts of a route out, each counted once for it. */
export function reasonsOf(states: readonly HostStateRow[]): ReasonCount[] {
  const reasons = Map.groupBy(states.filter(isOut), ({ reason }) => reason);
  return mostFirst(
    Array.from(
      reasons,
      ([reason, rows]) => [reason, new Set(rows.map((row) => row.agent)).size],
    ),
  );
}

function mostFirst(counts: [reason: number, callers: number][]): ReasonCount[] {
  return counts.map(([reason, callers]) => ({ reason, callers }))
    .sort((a, b) => b.callers - a.callers || a.reason - b.reason);
}

/**
 * Callers that have used a host in the last minute, or would have: who has held
 * it out for longer than that is not among those that were counted.
 */
function countCallers(
  host: HostAddress,
  { out, context }: { out: readonly HostStateRow[]; context: ViewContext },
): number {
  const { window, routeCallers, callersOf } = context;
  const counted = callersOf(host);
  const before = (window.minute - 1) * 60;
  const longOut = out.filter(({ since }) => since < before).length;
  return Math.max(
    out.length,
    counted,
    Math.min(counted + longOut, routeCallers),
  );
}

function count(rows: readonly HostStateRow[], state: number): number {
  return rows.filter((row) => row.state === state).length;
}

function leastOf(values: readonly number[]): number | undefined {
  return values.length === 0
    ? undefined
    : values.reduce((a, b) => Math.min(a, b));
}
