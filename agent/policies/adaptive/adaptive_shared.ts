import type { PolicyOptions, PolicyOutbox } from "../balancer.ts";
import type { AdaptiveSettings } from "../settings.ts";
import { BaselineRates } from "./failure_baseline.ts";
import { AdaptiveHosts } from "./hosts.ts";
import { alikeMedians, LatencyShare } from "./latency_share.ts";
import { FailureTest, LatencyTest } from "./likelihood.ts";
import { Median } from "./median.ts";
import { Xorshift } from "./pick/random.ts";
import {
  BASELINE_FLOATS,
  LATENCY_FLOATS,
  RouteFloats,
} from "./route_floats.ts";

/** Time between two checks ahead of calls, of all routes of a shard, on average … */
const AHEAD_CHECK_MS = 1_000 / 32;

/** … over this time. */
const AHEAD_MEAN_MS = 1_000;

/** What all balancers of a policy share. */
export class AdaptiveShared {
  readonly settings: AdaptiveSettings;
  /** Where the agent stands; empty is nowhere in particular. */
  readonly zone: string;
  readonly outbox: PolicyOutbox;
  readonly hosts = new AdaptiveHosts();
  readonly failureTest: FailureTest;
  readonly latencyTest: LatencyTest;
  readonly latencyShare: LatencyShare;
  /** Latencies up to this many medians of their route count as alike. */
  readonly alikeMedians: number;
  readonly baselineRates: BaselineRates;
  readonly latencyFloats = new RouteFloats(LATENCY_FLOATS);
  readonly baselineFloats = new RouteFloats(BASELINE_FLOATS);
  readonly random: Xorshift;
  readonly median = new Median();
  /** Balancers with hosts to health check: the only ones that time alone moves. */
  readonly checking = new Set<{ tick(nowMs: number): number }>();
  /** When the next health check of any of these is due. */
  checksDueMs = Infinity;
  /** When those that were due were last started; what was left then starts with a pick. */
  checksTickedMs = -Infinity;

  /** When the next check ahead of a call may begin. */
  #aheadMs = -Infinity;

  constructor({ settings, random, outbox }: PolicyOptions) {
    const { adaptive, zone } = settings;
    this.settings = adaptive;
    this.zone = zone;
    this.outbox = outbox;
    this.failureTest = new FailureTest(this.hosts.history, adaptive);
    this.latencyTest = new LatencyTest(this.hosts.history, adaptive);
    this.latencyShare = new LatencyShare(adaptive);
    this.alikeMedians = alikeMedians(adaptive);
    this.baselineRates = new BaselineRates(adaptive);
    this.random = new Xorshift(random);
  }

  /** Whether one more host may be checked ahead of a call. */
  takeAheadCheck(nowMs: number): boolean {
    if (nowMs < this.#aheadMs) return false;
    this.#aheadMs = Math.max(this.#aheadMs, nowMs - AHEAD_MEAN_MS) +
      AHEAD_CHECK_MS;
    return true;
  }
}
