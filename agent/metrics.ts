import type { MetricRow } from "../net/mod.ts";
import type { Agent } from "./hub/agent.ts";
import type { ResolverCounters } from "./resolver/server.ts";
import type { ShardServerCounters } from "./shard/worker_messages.ts";

/** Metrics of the shards: name and help text by counter. */
const SHARD_METRICS: Record<keyof ShardServerCounters, [string, string]> = {
  requests: ["get_host_requests_total", "getHost requests answered"],
  found: ["get_host_found_total", "getHost requests answered with a host"],
  overloaded: [
    "get_host_overloaded_total",
    "getHost requests answered: all hosts overloaded",
  ],
  noRoute: [
    "get_host_no_route_total",
    "getHost requests answered: no such route",
  ],
  reports: ["reports_total", "Call reports received"],
  unknownReports: [
    "unknown_reports_total",
    "Call reports for no known host, ignored",
  ],
  routeRequests: ["get_route_requests_total", "getRoute requests answered"],
  explainsDropped: [
    "explains_dropped_total",
    "Explain requests dropped, as answers to them took their share of time",
  ],
  badDatagrams: ["bad_datagrams_total", "Datagrams that are not Lars, dropped"],
  cutAnswers: [
    "cut_answers_total",
    "getRoute answers that left out hosts, as a datagram was full",
  ],
  pulls: ["pulls_total", "Routes asked of dns by the shards"],
  statuses: ["statuses_total", "Statuses of routes made for the reporter"],
  evictedRoutes: [
    "evicted_routes_total",
    "Unknown routes dropped for want of room",
  ],
  expiredRoutes: [
    "expired_routes_total",
    "Routes dropped as no program asks for them",
  ],
  emptiedRoutes: [
    "emptied_routes_total",
    "Routes dropped as dns said twice that they are empty",
  ],
  routes: ["routes", "Routes with hosts in the shards"],
  unknownRoutes: ["unknown_routes", "Routes without hosts in the shards"],
  datagramsReceived: ["datagrams_received_total", "Datagrams received"],
  datagramsSent: ["datagrams_sent_total", "Datagrams sent"],
  sendFailures: ["send_failures_total", "Datagrams that could not be sent"],
  kernelDrops: [
    "kernel_drops_total",
    "Datagrams the system dropped for want of room; known with transport = batch",
  ],
  forwarded: [
    "forwarded_total",
    "Datagrams handed to the shard that owns their route",
  ],
  forwardsDropped: [
    "forwards_dropped_total",
    "Datagrams for another shard dropped for want of room",
  ],
};

const SHARD_COUNTERS = Object.keys(
  SHARD_METRICS,
) as (keyof ShardServerCounters)[];

/** Metrics of the links to dns and reporter, and of health checks. */
const HUB_METRICS = [
  ["dnsConnected", "dns_connected", "1 while there is a connection to a dns"],
  ["pullsSent", "dns_pulls_sent_total", "Routes asked of dns"],
  [
    "pullsDropped",
    "dns_pulls_dropped_total",
    "Routes not asked of dns for want of room",
  ],
  [
    "routesReceived",
    "dns_routes_received_total",
    "Routes that dns answered or pushed",
  ],
  [
    "removalsHeld",
    "removals_held",
    "Routes with hosts that dns, which has another store, lacks",
  ],
  ["checks", "checks_total", "Health checks: attempts to connect to a host"],
  ["checksAlive", "checks_alive_total", "Health checks that a host accepted"],
  [
    "checksDropped",
    "checks_dropped_total",
    "Health checks not made, for want of room or of permission",
  ],
  [
    "reporterConnected",
    "reporter_connected",
    "1 while there is a connection to a reporter",
  ],
  [
    "statusesSent",
    "reporter_statuses_sent_total",
    "Statuses sent to a reporter",
  ],
  [
    "statusesReplaced",
    "reporter_statuses_replaced_total",
    "Statuses replaced by a newer one before they were sent",
  ],
] as const;

/** Metrics of the resolver; 0 where there is none. */
const RESOLVER_METRICS = [
  ["resolverQuestions", "resolver_questions_total", "DNS questions answered"],
  [
    "resolverFailures",
    "resolver_failures_total",
    "DNS questions answered with a failure",
  ],
  [
    "resolverDropped",
    "resolver_dropped_total",
    "DNS questions and connections dropped for want of room",
  ],
] as const;

type AgentCounters =
  & Record<
    keyof ShardServerCounters | typeof HUB_METRICS[number][0],
    number
  >
  & ResolverCounters;

/** The metrics that an agent serves. */
export const AGENT_METRICS: readonly MetricRow<keyof AgentCounters>[] = [
  ...SHARD_COUNTERS.map((key) => [key, ...SHARD_METRICS[key]] as const),
  ...HUB_METRICS,
  ...RESOLVER_METRICS,
];

/** All counters of an agent, and of the resolver that it may have. */
export function readCounters(
  agent: Agent,
  resolver?: { counters: ResolverCounters },
): AgentCounters {
  const shards = Object.fromEntries(
    SHARD_COUNTERS.map((key) => [key, agent.counter(key)]),
  ) as Record<keyof ShardServerCounters, number>;
  return {
    ...shards,
    ...agent.counters,
    resolverQuestions: 0,
    resolverFailures: 0,
    resolverDropped: 0,
    ...resolver?.counters,
  };
}
