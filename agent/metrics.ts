import type { Metric } from "../net/mod.ts";
import type { Agent } from "./hub/agent.ts";
import type { ShardServerCounters } from "./shard/worker_messages.ts";

/** Every counter of the shards: its name for Prometheus, and what it means. */
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
    "Routes dropped as nobody asks for them",
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
    "Datagrams the system dropped for want of room; told with transport = batch",
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

/** What an agent tells Prometheus. */
export function agentMetrics(agent: Agent): Metric[] {
  const { dns, reporter, checker } = agent;
  const shards = Object.entries(SHARD_METRICS).map(([key, [name, help]]) => ({
    name,
    help,
    value: () => agent.counter(key as keyof ShardServerCounters),
  }));
  return [
    ...shards,
    {
      name: "dns_connected",
      help: "1 while there is a connection to a dns",
      value: () => Number(dns.connected),
    },
    {
      name: "dns_pulls_sent_total",
      help: "Routes asked of dns",
      value: () => dns.counters.pullsSent,
    },
    {
      name: "dns_pulls_dropped_total",
      help: "Routes not asked of dns for want of room",
      value: () => dns.counters.pullsDropped,
    },
    {
      name: "dns_routes_received_total",
      help: "Routes that dns answered or pushed",
      value: () => dns.counters.routesReceived,
    },
    {
      name: "checks_total",
      help: "Resting hosts that were asked for a connection",
      value: () => checker.counters.checks,
    },
    {
      name: "checks_alive_total",
      help: "Resting hosts that accepted it",
      value: () => checker.counters.checksAlive,
    },
    {
      name: "checks_dropped_total",
      help: "Checks not made, for want of room or of permission",
      value: () => checker.counters.checksDropped,
    },
    {
      name: "reporter_connected",
      help: "1 while there is a connection to a reporter",
      value: () => Number(reporter.connected),
    },
    {
      name: "reporter_statuses_sent_total",
      help: "Statuses sent to a reporter",
      value: () => reporter.counters.statusesSent,
    },
    {
      name: "reporter_statuses_replaced_total",
      help: "Statuses replaced by a newer one before they were sent",
      value: () => reporter.counters.statusesReplaced,
    },
  ];
}
