import type { HealthCheck } from "../net/mod.ts";

/** What an agent's health follows from. */
export interface AgentState {
  /** Whether there is a connection to a dns. */
  dnsConnected: boolean;
  /** Routes with hosts. */
  routes: number;
  /** Routes that programs ask for of late, and that have no hosts. */
  unknownRoutes: number;
}

/**
 * Whether an agent can answer programs: it has routes, from dns or from the run
 * before, or dns to get them from as long as nobody has asked.
 */
export function agentHealth(
  { dnsConnected, routes, unknownRoutes }: AgentState,
): HealthCheck[] {
  return [
    {
      check: "dns",
      ok: dnsConnected || routes > 0,
      reason: dnsConnected
        ? "connected"
        : routes > 0
        ? "not connected, answering from the routes that are known"
        : "not connected, and no routes are known",
    },
    {
      check: "routes",
      ok: routes > 0 || unknownRoutes === 0,
      reason: routes === 0 && unknownRoutes > 0
        ? `programs ask for ${unknownRoutes}, and none has hosts`
        : `${routes} with hosts`,
    },
  ];
}

/** Whether the threads of an agent answer: `silent` are the numbers of those that do not. */
export function shardHealth(
  silent: readonly number[],
  { waitedMs }: { waitedMs: number },
): HealthCheck[] {
  const ok = silent.length === 0;
  const reason = ok
    ? "all answer"
    : `${silent.join(", ")} silent for ${waitedMs} ms`;
  return [{ check: "shards", ok, reason }];
}
