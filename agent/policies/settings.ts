/**
 * Section [loadbalance] of the agent's file (lars_rule.md, "Settings"); the key
 * in that file is named with each. Times are in seconds there, and in
 * milliseconds here.
 */
export interface LoadBalanceSettings {
  /**
   * `probe_num`: picks between two probes of an overloaded host. Raising it
   * risks fewer calls, and finds later that a host is well again.
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
  /** `err_rate`: the share of failures above which an idle host is overloaded. */
  errorRate: number;
  /** `succ_rate`: the share of successes above which an overloaded host is idle. */
  successRate: number;
  /** `contin_err_limit`: failures in a row that make an idle host overloaded. */
  continuousErrorLimit: number;
  /** `contin_succ_limit`: successes in a row that make an overloaded host idle. */
  continuousSuccessLimit: number;
  /** `window_err_rate`: the share of failures in a window that makes an idle host overloaded. */
  windowErrorRate: number;
  /** `idle_timeout`: length of an idle host's window, in milliseconds. */
  idleTimeoutMs: number;
  /** `overload_timeout`: how long a host stays overloaded at most, in milliseconds. */
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
 * Constants of `policy = adaptive` (adaptive_balancer.ts tells the rule). No
 * result hangs on their exact values: half or twice of any will do. Evidence is
 * in nats: what is 16 nats more likely under one explanation than under another
 * is e^16, nine million, times so.
 */
export interface AdaptiveSettings {
  /** Calls that a host's latency is the mean of. Raising it sees a host grow slow later. */
  latencyCalls: number;
  /** Time that it is the mean of where calls are rare. Raising it tries slow hosts again later. */
  latencyMemoryMs: number;
  /** Hosts up to so many times slower than the middle one are alike. Raising it sends more calls to somewhat slower hosts; lowering it lets chance choose. */
  latencyTolerance: number;
  /** After this long a call without a report weighs a third. Raising it lets lost reports hide how busy hosts are. */
  inFlightMemoryMs: number;
  /** Calls that the route's level of failures is taken from. Raising it forgets bad times later. */
  levelCalls: number;
  /** The same for its latest level. Raising it sees a failure of all hosts later, and blames some. */
  levelLatestCalls: number;
  /** Evidence that makes a host doubted: it pauses up to `restMinMs`. Raising it risks more calls on a host that just died. */
  doubtNats: number;
  /**
   * Evidence that ejects a host; a third of it, if the call that was risked on
   * the doubted host failed as well. Raising it ejects later, and trusts hosts
   * that return later; at half of it chance ejects one in nine million calls.
   */
  ejectNats: number;
  /** A host that fails so many times as often as the others is ejected, however seldom that is. Raising it keeps worse hosts. */
  failureRatio: number;
  /** A host so many times slower than the middle one is never ejected for it. Raising it keeps slower hosts, with few calls. */
  slowRatio: number;
  /** First rest of a host, in milliseconds. Raising it costs capacity after short faults. */
  restMinMs: number;
  /** Longest rest, in milliseconds. Raising it finds later that a host is back. */
  restMaxMs: number;
  /** Each rest is so many times longer than the one before. Raising it risks fewer calls, and finds later that a host is back. */
  restGrowth: number;
  /** Share of the calls that may be risked on ejected hosts. */
  probeShare: number;
  /** Time in which a host that came back rises to its full share, in milliseconds. */
  returnMs: number;
  /** After so long without a fault earlier rests are forgotten, in milliseconds. */
  forgiveMs: number;
  /** How many times as busy hosts of the agent's zone may be before others are called. Raising it keeps calls in the zone, and lets it be overloaded. */
  zonePreference: number;
}

export const DEFAULT_ADAPTIVE_SETTINGS: Readonly<AdaptiveSettings> = {
  latencyCalls: 64,
  latencyMemoryMs: 5_000,
  latencyTolerance: 1.25,
  inFlightMemoryMs: 1_000,
  levelCalls: 5_000,
  levelLatestCalls: 100,
  doubtNats: 4,
  ejectNats: 32,
  failureRatio: 10,
  slowRatio: 4,
  restMinMs: 1_000,
  restMaxMs: 60_000,
  restGrowth: 8,
  probeShare: 0.001,
  returnMs: 5_000,
  forgiveMs: 60_000,
  zonePreference: 8,
};

/** What policies can be told. */
export interface PolicySettings {
  loadBalance: LoadBalanceSettings;
  adaptive: AdaptiveSettings;
  /** `[agent] zone`: where this agent stands; empty is nowhere in particular. */
  zone: string;
}

/** Defaults of every policy. */
export const DEFAULT_POLICY_SETTINGS: Readonly<PolicySettings> = {
  loadBalance: DEFAULT_SETTINGS,
  adaptive: DEFAULT_ADAPTIVE_SETTINGS,
  zone: "",
};
