import { type MetricRow, TCP_SERVER_METRICS } from "../net/mod.ts";
import type { Discovery } from "./discovery/discovery.ts";
import type { DnsCounters } from "./dns_server.ts";

/** What a dns tells Prometheus. */
export const DNS_METRICS: readonly MetricRow<
  keyof (DnsCounters & Discovery["counters"])
>[] = [
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
    "lastComparisonMs",
    "last_comparison_ms",
    "How long the last full comparison took",
  ],
  [
    "routesFoundByComparison",
    "routes_found_by_comparison_total",
    "Changes that no poll had told of",
  ],
  [
    "storeFailures",
    "store_failures_total",
    "Attempts to read the store that failed",
  ],
  [
    "removalsHeld",
    "removals_held",
    "Routes with hosts that the store lacks, until that is accepted",
  ],
  ["storeAway", "store_away", "1 while the store cannot be read"],
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
  ...TCP_SERVER_METRICS,
];
