import {
  deprecatedMetrics,
  type Histogram,
  type Metric,
  type MetricRow,
  metricsOf,
  storeMetrics,
  type StoreReadings,
  TCP_SERVER_METRICS,
} from "../net/mod.ts";
import type { Discovery } from "./discovery/discovery.ts";
import type { DnsCounters, DnsServer } from "./dns_server.ts";
import { FEED_OPERATIONS } from "./feed_loop.ts";

/** What a dns counts. */
type Counters = DnsCounters & Discovery["counters"];

/** What its metrics are read from. */
type DnsReadings = Counters & StoreReadings & {
  pushDelay: Histogram;
  feedLagSeconds: number;
};

const COUNTERS: readonly MetricRow<keyof Counters>[] = [
  ["requests", "requests_total", "Requests for a route"],
  ["invalidKeys", "invalid_keys_total", "Requests with a negative id"],
  [
    "encoded",
    "routes_encoded_total",
    "Routes encoded, each for all who get it",
  ],
  ["cutRoutes", "cut_routes_total", "Routes cut to the hosts a frame holds"],
  ["pushes", "pushes_total", "Changed routes sent to a subscriber"],
  ["coalesced", "pushes_coalesced_total", "Pushes replaced by a newer one"],
  ["routesChanged", "routes_changed_total", "Routes whose hosts changed"],
  ["polls", "polls_total", "Questions to the store for changes"],
  ["comparisons", "comparisons_total", "Full comparisons with the store"],
  [
    "routesFoundByComparison",
    "routes_found_by_comparison_total",
    "Changes that no poll had told of",
  ],
  [
    "removalsHeld",
    "removals_held",
    "Routes with hosts that the store lacks, until that is accepted",
  ],
  ["routes", "routes", "Routes with hosts"],
  [
    "subscriptions",
    "subscriptions",
    "Routes that connections are subscribed to",
  ],
  [
    "absentSubscriptions",
    "absent_subscriptions",
    "Those of them to routes that do not exist",
  ],
  [
    "evicted",
    "subscriptions_evicted_total",
    "Subscriptions ended for want of room",
  ],
  [
    "refused",
    "subscriptions_refused_total",
    "Subscriptions refused for want of room",
  ],
  ["expired", "subscriptions_expired_total", "Subscriptions nobody renewed"],
  [
    "waitingSubscribers",
    "waiting_subscribers",
    "Subscribers that take nothing for now",
  ],
  [
    "discoveryRequests",
    "discovery_requests_total",
    "Requests for routes over HTTP",
  ],
  [
    "discoveryRefused",
    "discovery_refused_total",
    "Those of them that got an error",
  ],
  [
    "registeredAgents",
    "registered_agents",
    "Agents of this dns that have registered hosts",
  ],
  ["registeredHosts", "registered_hosts", "Hosts that they have registered"],
  ["leaseSyncs", "lease_syncs_total", "Renewals that agents have sent"],
  [
    "leaseSyncsUnsigned",
    "lease_syncs_unsigned_total",
    "Renewals that were not made with [register] key, which this dns asks for",
  ],
  [
    "registrationsRefused",
    "registrations_refused_total",
    "Hosts in answers that refuse them",
  ],
  [
    "instancesExpired",
    "instances_expired_total",
    "Hosts that this dns took out as nobody renewed their lease",
  ],
  [
    "expirySuspended",
    "expiry_suspended",
    "1 while no lease expires, as too many are overdue together",
  ],
  ...TCP_SERVER_METRICS,
];

/** The metrics that a dns serves. */
export const DNS_METRICS: readonly Metric<DnsReadings>[] = [
  {
    name: "lars_dns_push_delay_seconds",
    type: "histogram",
    help:
      "Time from when a change was read until it was sent to a subscriber of its route",
    read: (source) => source.pushDelay,
  },
  {
    name: "lars_dns_feed_lag_seconds",
    type: "gauge",
    help: "Age of the newest state of the store that is known",
    read: (source) => source.feedLagSeconds,
  },
  {
    name: "lars_dns_last_comparison_seconds",
    type: "gauge",
    help: "How long the last full comparison took",
    read: (source) => source.lastComparisonMs / 1_000,
  },
  {
    name: "lars_dns_leases",
    type: "gauge",
    help: "Leases of agents in the store, as this dns sees them",
    labels: { state: ["alive", "overdue"] },
    read: ({ leasesAlive, leasesOverdue }) => [
      { labels: { state: "alive" }, value: leasesAlive },
      { labels: { state: "overdue" }, value: leasesOverdue },
    ],
  },
  ...storeMetrics(FEED_OPERATIONS),
  ...metricsOf("dns", COUNTERS),
  ...deprecatedMetrics(
    "dns",
    [
      ["storeFailures", "store_failures_total", "lars_store_errors_total"],
      ["storeAway", "store_away", "lars_store_up"],
    ] as const satisfies readonly MetricRow<keyof Counters>[],
  ),
];

/** Reads all metrics of a dns, and of its pages. */
export function readDns(server: DnsServer, pages: Discovery): DnsReadings {
  const { counters, feed } = server;
  return {
    ...counters,
    ...pages.counters,
    pushDelay: server.pushDelay,
    feedLagSeconds: feed.lagSeconds,
    storeOperations: feed.operations,
    isStoreUp: !feed.storeAway,
  };
}
