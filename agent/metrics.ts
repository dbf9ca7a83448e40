import {
  countersBy,
  deprecatedMetrics,
  type Metric,
  type MetricRow,
  metricsOf,
} from "../net/mod.ts";
import {
  HostReason,
  hostReasonName,
  HostState,
  hostStateName,
  INSTANCE_STATE_NAMES,
} from "../proto/mod.ts";
import type { Agent } from "./hub/agent.ts";
import { POLICY_NAMES } from "./policies/mod.ts";
import type { ResolverCounters } from "./resolver/server.ts";
import { ShardCounters } from "./routes/counters.ts";
import type { ShardServerCounters } from "./shard/worker_messages.ts";

/** Counters of the shards; those that are missing here have labels, below. */
const SHARD_METRICS = [
  ["routeRequests", "get_route_requests_total", "getRoute requests answered"],
  [
    "cutAnswers",
    "cut_answers_total",
    "getRoute answers that left out hosts, as a datagram was full",
  ],
  ["pulls", "pulls_total", "Routes asked of dns by the shards"],
  ["statuses", "statuses_total", "Statuses of routes made for the reporter"],
  [
    "uncountedCalls",
    "uncounted_calls_total",
    "Calls that no reporter is told of, as too many hosts left their routes",
  ],
  [
    "evictedRoutes",
    "evicted_routes_total",
    "Unknown routes dropped for want of room",
  ],
  [
    "expiredRoutes",
    "expired_routes_total",
    "Routes dropped as no program asks for them",
  ],
  [
    "emptiedRoutes",
    "emptied_routes_total",
    "Routes dropped as dns said twice that they are empty",
  ],
  ["routes", "routes", "Routes with hosts in the shards"],
  ["unknownRoutes", "unknown_routes", "Routes without hosts in the shards"],
  ["datagramsReceived", "datagrams_received_total", "Datagrams received"],
  ["datagramsSent", "datagrams_sent_total", "Datagrams sent"],
  [
    "forwarded",
    "forwarded_total",
    "Datagrams handed to the shard that owns their route, or to the hub",
  ],
] as const satisfies readonly MetricRow<keyof ShardServerCounters>[];

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
  [
    "totalsSent",
    "reporter_totals_sent_total",
    "Frames with totals of calls sent to a reporter",
  ],
  [
    "registrationsRefused",
    "registrations_refused_total",
    "Requests to register that were refused",
  ],
  [
    "registrationsDenied",
    "registrations_denied_total",
    "Changes of registrations put off, as there were more than 20 in a second",
  ],
  [
    "leaseSyncsSent",
    "lease_syncs_sent_total",
    "Renewals of the lease of this machine sent to dns",
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

type AgentReadings =
  & Record<
    keyof ShardServerCounters | typeof HUB_METRICS[number][0],
    number
  >
  & ResolverCounters
  & Pick<Agent, "ejections" | "hostStates" | "registrations">;

/** Why hosts are taken out of use. */
const EJECTION_REASONS = Object.values(HostReason)
  .filter((reason) =>
    reason !== HostReason.none && reason !== HostReason.drained
  )
  .map(hostReasonName);

/** States of programs that have registered. */
const REGISTRATION_STATES = INSTANCE_STATE_NAMES.slice(1);

/** States of hosts that are counted. */
const HOST_STATES = Object.values(HostState);

/** Picks, reports and datagrams by what became of them. */
const OUTCOMES: readonly Metric<AgentReadings>[] = [
  countersBy("outcome", {
    name: "lars_agent_picks_total",
    help: "Requests for a host, by the answer",
    values: {
      found: (counters) => counters.found,
      overloaded: (counters) => counters.overloaded,
      no_route: (counters) => counters.noRoute,
    },
  }),
  countersBy("result", {
    name: "lars_agent_reports_total",
    help: "Call reports, by how the call went, or that they name no known host",
    values: {
      succeeded: (counters) =>
        counters.reports - counters.failedReports - counters.unusedReports -
        counters.unknownReports,
      failed: (counters) => counters.failedReports,
      unused: (counters) => counters.unusedReports,
      unknown: (counters) => counters.unknownReports,
    },
  }),
  countersBy("reason", {
    name: "lars_agent_datagrams_dropped_total",
    help:
      "Datagrams dropped: not Lars; by the system for want of room, known with transport = batch; not sent; for another shard and for want of room; explanations beyond their share of time; registrations, of which there were too many",
    values: {
      invalid: (counters) => counters.badDatagrams,
      system: (counters) => counters.kernelDrops,
      not_sent: (counters) => counters.sendFailures,
      forward: (counters) => counters.forwardsDropped,
      explain: (counters) => counters.explainsDropped,
      register: (counters) => counters.registrationsDropped,
    },
  }),
];

/** Hosts, by how they are in use, and how often they were taken out. */
const HOSTS: readonly Metric<AgentReadings>[] = [
  {
    name: "lars_agent_ejections_total",
    type: "counter",
    help: "Times that a host was taken out of use",
    labels: { reason: EJECTION_REASONS, policy: POLICY_NAMES },
    read: ({ ejections }) =>
      Array.from(ejections, ([cause, value]) => {
        const [reason = "", policy = ""] = cause.split(" ");
        return { labels: { reason, policy }, value };
      }),
  },
  {
    name: "lars_agent_hosts",
    type: "gauge",
    help: "Hosts of routes, by how they are in use",
    labels: { state: HOST_STATES.map(hostStateName) },
    read: ({ hosts, hostStates }) => {
      const others = [...hostStates.values()].reduce((a, b) => a + b, 0);
      return HOST_STATES.map((state) => ({
        labels: { state: hostStateName(state) },
        value: state === HostState.inUse
          ? Math.max(0, hosts - others)
          : hostStates.get(state) ?? 0,
      }));
    },
  },
];

/** Programs that have registered. */
const REGISTRATIONS: readonly Metric<AgentReadings>[] = [{
  name: "lars_agent_registrations",
  type: "gauge",
  help: "Programs that have registered, by how they are served",
  labels: { state: REGISTRATION_STATES },
  read: ({ registrations }) =>
    REGISTRATION_STATES.map((state) => ({
      labels: { state },
      value: registrations.get(state) ?? 0,
    })),
}];

/** Names of the version before, and those that replace them. */
const DEPRECATED = deprecatedMetrics(
  "agent",
  [
    ["requests", "get_host_requests_total", "lars_agent_picks_total"],
    ["found", "get_host_found_total", "lars_agent_picks_total"],
    ["overloaded", "get_host_overloaded_total", "lars_agent_picks_total"],
    ["noRoute", "get_host_no_route_total", "lars_agent_picks_total"],
    ["unknownReports", "unknown_reports_total", "lars_agent_reports_total"],
    [
      "explainsDropped",
      "explains_dropped_total",
      "lars_agent_datagrams_dropped_total",
    ],
    [
      "badDatagrams",
      "bad_datagrams_total",
      "lars_agent_datagrams_dropped_total",
    ],
    [
      "sendFailures",
      "send_failures_total",
      "lars_agent_datagrams_dropped_total",
    ],
    [
      "kernelDrops",
      "kernel_drops_total",
      "lars_agent_datagrams_dropped_total",
    ],
    [
      "forwardsDropped",
      "forwards_dropped_total",
      "lars_agent_datagrams_dropped_total",
    ],
  ] as const satisfies readonly MetricRow<keyof ShardServerCounters>[],
);

/** The metrics that an agent serves. */
export const AGENT_METRICS: readonly Metric<AgentReadings>[] = [
  ...OUTCOMES,
  ...HOSTS,
  ...REGISTRATIONS,
  ...metricsOf("agent", [
    ...SHARD_METRICS,
    ...HUB_METRICS,
    ...RESOLVER_METRICS,
  ]),
  ...DEPRECATED,
];

/** What a shard counts, and what its server counts beside that. */
const SHARD_COUNTERS = [
  ...Object.keys(new ShardCounters()) as (keyof ShardCounters)[],
  "datagramsReceived",
  "datagramsSent",
  "sendFailures",
  "kernelDrops",
  "forwarded",
  "forwardsDropped",
  "hosts",
] as const satisfies readonly (keyof ShardServerCounters)[];

/** All counters of an agent, and of the resolver that it may have. */
export function readCounters(
  agent: Agent,
  resolver?: { counters: ResolverCounters },
): AgentReadings {
  const shards = Object.fromEntries(
    SHARD_COUNTERS.map((key) => [key, agent.counter(key)]),
  ) as Record<keyof ShardServerCounters, number>;
  return {
    ...shards,
    ...agent.counters,
    ejections: agent.ejections,
    hostStates: agent.hostStates,
    registrations: agent.registrations,
    resolverQuestions: 0,
    resolverFailures: 0,
    resolverDropped: 0,
    ...resolver?.counters,
  };
}
