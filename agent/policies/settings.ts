/**
 * Constants of `policy = lars`: section [loadbalance] of the agent's file, whose
 * key is named with each. Times are seconds there, and milliseconds here.
 */
export interface LoadBalanceSettings {
  /**
   * `probe_num`: picks between two probes of an overloaded host. Raising it
   * sends fewer calls to them, and finds later that one is well again.
   */
  probeNum: number;
  /**
   * `init_succ_cnt`: successes that an idle host is credited with. Raising it
   * takes more failures to find a host overloaded.
   */
  initSuccessCount: number;
  /**
   * `init_err_cnt`: failures that an overloaded host is charged with. Raising it
   * takes more successes to trust a host again.
   */
  initErrorCount: number;
  /** `err_rate`: share of failures, from 0 to 1, above which an idle host is overloaded. */
  errorRate: number;
  /** `succ_rate`: share of successes, from 0 to 1, above which an overloaded host is idle. */
  successRate: number;
  /** `contin_err_limit`: failures in a row that make an idle host overloaded. */
  continuousErrorLimit: number;
  /** `contin_succ_limit`: successes in a row that make an overloaded host idle. */
  continuousSuccessLimit: number;
  /** `window_err_rate`: share of failures in a window, from 0 to 1, that makes an idle host overloaded. */
  windowErrorRate: number;
  /** `idle_timeout`: length of an idle host's window, in milliseconds. */
  idleTimeoutMs: number;
  /** `overload_timeout`: longest time that a host stays overloaded, in milliseconds. */
  overloadTimeoutMs: number;
  /** `update_timeout`: age of a route above which it is pulled again, in milliseconds. */
  updateTimeoutMs: number;
}

/** The original's defaults. */
export const DEFAULT_SETTINGS: Readonly<LoadBalanceSettings> = {
  probeNum: 10,
  initSuccessCount: 180,
  initErrorCount: 5,
  errorRate: 0.1,
  successRate: 0.5,
  continuousErrorLimit: 15,
  continuousSuccessLimit: 15,
  windowErrorRate: 0.7,
  idleTimeoutMs: 15_000,
  overloadTimeoutMs: 15_000,
  updateTimeoutMs: 15_000,
};

/**
 * Constants of `policy = adaptive`. Its README.md says how they were
 * chosen; half or twice of any of them will do as well. Thresholds are sums of
 * log-likelihood ratios, in natural logarithms.
 */
export interface AdaptiveSettings {
  /** Calls that a host's latency is the mean of. Raising it sees a host grow slow later. */
  latencyCalls: number;
  /** Time, in milliseconds, that it is the mean of where calls are rare. Raising it tries slow hosts again later. */
  latencyMemoryMs: number;
  /**
   * Latencies up to this many medians count as alike, and up to what chance makes of
   * equal hosts: 1.22 with means of 64 calls. Raising it sends more calls to somewhat
   * slower hosts.
   */
  latencyTolerance: number;
  /** Power with which the cost of a call grows beyond that. Raising it leaves slow hosts sooner, and lets many agents leave the same one at once. */
  latencyPower: number;
  /** Calls in flight that double the cost of a call: a host works on several at a time. Raising it leaves slow hosts idle until the others are busy. */
  freeCalls: number;
  /** Time, in milliseconds, in which a pick without a report fades to a third. Raising it lets lost reports hide how busy hosts are. */
  inFlightMemoryMs: number;
  /** Calls that the failure rate of the other hosts is the mean of. Raising it forgets bad times later. */
  baselineCalls: number;
  /** The same for their recent failure rate. Raising it notices later that all hosts fail, and blames some for it. */
  baselineRecentCalls: number;
  /** CUSUM at which a host becomes suspect and pauses for up to `ejectionMinMs`. Raising it sends more calls to a host that just died. */
  suspectThreshold: number;
  /**
   * CUSUM at which a host is ejected; a third of it suffices if the probe of a
   * suspect failed. Raising it ejects later, and trusts hosts that return later;
   * at half of it chance ejects one host in nine million calls.
   */
  ejectThreshold: number;
  /** A host that fails this many times as often as the others is ejected, however seldom that is. Raising it keeps worse hosts. */
  failureRatio: number;
  /** A host that is up to this many times as slow as the median is never ejected for it. Raising it keeps slower hosts, with few calls. */
  slowRatio: number;
  /** Duration of a first ejection, in milliseconds. Raising it costs capacity after short faults. */
  ejectionMinMs: number;
  /** Longest ejection, in milliseconds. Raising it finds later that a host is back. */
  ejectionMaxMs: number;
  /** Duration of an ejection over that of the one before. Raising it sends fewer probes, and finds later that a host is back. */
  ejectionGrowth: number;
  /** Share of the calls that may be probes of ejected hosts, from 0 to 1. */
  probeShare: number;
  /** Time, in milliseconds, in which a host that returns rises to its full share. */
  slowStartMs: number;
  /** Time, in milliseconds, without a fault after which earlier ejections are forgotten. */
  ejectionDecayMs: number;
  /** How many times as costly hosts of the agent's zone may be before others are called. Raising it keeps calls in the zone, and lets it be overloaded. */
  zonePreference: number;
}

/** Chosen by `deno task judge --sensitivity`. */
export const DEFAULT_ADAPTIVE_SETTINGS: Readonly<AdaptiveSettings> = {
  latencyCalls: 64,
  latencyMemoryMs: 5_000,
  latencyTolerance: 1.25,
  latencyPower: 3,
  freeCalls: 4,
  inFlightMemoryMs: 1_000,
  baselineCalls: 5_000,
  baselineRecentCalls: 100,
  suspectThreshold: 4,
  ejectThreshold: 32,
  failureRatio: 3,
  slowRatio: 4,
  ejectionMinMs: 1_000,
  ejectionMaxMs: 60_000,
  ejectionGrowth: 8,
  probeShare: 0.001,
  slowStartMs: 5_000,
  ejectionDecayMs: 60_000,
  zonePreference: 8,
};

/** Settings of all policies. */
export interface PolicySettings {
  /** Of `policy = lars`, and when routes are pulled again. */
  loadBalance: LoadBalanceSettings;
  /** Of `policy = adaptive`. */
  adaptive: AdaptiveSettings;
  /** `[agent] zone`: where the agent stands; empty is nowhere in particular. */
  zone: string;
}

/** Defaults of every policy. */
export const DEFAULT_POLICY_SETTINGS: Readonly<PolicySettings> = {
  loadBalance: DEFAULT_SETTINGS,
  adaptive: DEFAULT_ADAPTIVE_SETTINGS,
  zone: "",
};
