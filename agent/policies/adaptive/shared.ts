import type { PolicyOptions, PolicyOutbox } from "../balancer.ts";
import type { AdaptiveSettings } from "../settings.ts";
import { BaselineRates } from "./failure_baseline.ts";
import { AdaptiveHosts } from "./hosts.ts";
import { FailureTest, LatencyTest } from "./likelihood.ts";
import { Median } from "./median.ts";
import { Xorshift } from "./random.ts";
import { RouteFloats } from "./route_floats.ts";

/** What all balancers of a policy share. */
export interface AdaptiveShared {
  settings: AdaptiveSettings;
  /** Where the agent stands; empty is nowhere in particular. */
  zone: string;
  outbox: PolicyOutbox;
  hosts: AdaptiveHosts;
  failureTest: FailureTest;
  latencyTest: LatencyTest;
  baselineRates: BaselineRates;
  floats: RouteFloats;
  random: Xorshift;
  median: Median;
  /** Balancers with hosts to health check: the only ones that time alone moves. */
  checking: Set<{ tick(nowMs: number): void }>;
}

/** What the balancers of a new policy share. */
export function createShared(options: PolicyOptions): AdaptiveShared {
  const { settings: { adaptive, zone }, random, outbox } = options;
  const hosts = new AdaptiveHosts();
  return {
    settings: adaptive,
    zone,
    outbox,
    hosts,
    failureTest: new FailureTest(hosts, adaptive),
    latencyTest: new LatencyTest(hosts, adaptive),
    baselineRates: new BaselineRates(adaptive),
    floats: new RouteFloats(),
    random: new Xorshift(random),
    median: new Median(),
    checking: new Set(),
  };
}
