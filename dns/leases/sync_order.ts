import type { RouteKey } from "../../proto/mod.ts";
import { compareKeys } from "../../store/mod.ts";
import type { AgentState } from "./agent_sets.ts";

/** Comes before every route. */
export const NO_ROUTE: RouteKey = { modId: -1, cmdId: 0 };

/** What is looked at of an agent. */
type Served = Pick<AgentState, "taken">;

/** The first route that an agent serves. */
export function firstRouteOf({ taken }: Served): RouteKey {
  return taken[0] ?? NO_ROUTE;
}

/**
 * Agents in the order in which they are written, if not all fit into one
 * transaction: one costs as much as all hosts of the routes that it changes, so
 * those that serve the same come together. It begins behind `after`, the first
 * route of the agent that was written last: none is left behind, whatever comes.
 */
export function inRouteOrder<State extends Served>(
  agents: readonly State[],
  after: RouteKey,
): State[] {
  const sorted = agents.toSorted((a, b) =>
    compareKeys(firstRouteOf(a), firstRouteOf(b))
  );
  const next = sorted.findIndex((agent) =>
    compareKeys(firstRouteOf(agent), after) > 0
  );
  return next < 0 ? sorted : [...sorted.slice(next), ...sorted.slice(0, next)];
}
