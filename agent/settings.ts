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

/** What policies can be told. */
export interface PolicySettings {
  loadBalance: LoadBalanceSettings;
  /** `[agent] zone`: where this agent stands; empty is nowhere in particular. */
  zone: string;
}

/** Defaults of every policy. */
export const DEFAULT_POLICY_SETTINGS: Readonly<PolicySettings> = {
  loadBalance: DEFAULT_SETTINGS,
  zone: "",
};
