import type { Endpoint } from "../../proto/mod.ts";
import {
  type AdaptiveSettings,
  DEFAULT_POLICY_SETTINGS,
  type LoadBalanceSettings,
  POLICY_NAMES,
  type PolicySettings,
} from "../../agent/mod.ts";
import type { Clock, Random, Transport } from "../../net/client.ts";

/** What an embedded client needs to know; defaults are those of conf/agent.conf. */
export interface EmbeddedSettings {
  /** Dns servers, moved on when one is gone; 127.0.0.1:7778 if not given. */
  dns?: readonly Endpoint[];
  /** Reporters, likewise; 127.0.0.1:7779 if not given. */
  reporter?: readonly Endpoint[];
  /** Name of the balancing policy of routes that ask for none; "lars" if not given. */
  policy?: string;
  /** Settings of `lars`, and of every route, that differ from the defaults. */
  loadBalance?: Partial<LoadBalanceSettings>;
  /** Settings of `adaptive` that differ from the defaults. */
  adaptive?: Partial<AdaptiveSettings>;
  /** Where this program stands; policies that know zones prefer its hosts. */
  zone?: string;
  /** Whether resting hosts of routes that do not say may be checked; true if not given. */
  check?: boolean;
  /**
   * A file that keeps the routes between runs, so that a start needs no dns; the
   * folder must exist. None if not given.
   */
  cacheFile?: string;
  /**
   * How long the first request for a route waits for dns; 300 if not given, as
   * long as a client's three tries. 0: not at all.
   */
  timeoutMs?: number;
  transport?: Transport;
  clock?: Clock;
  random?: Random;
}

/** Timers of the runtime take no more than this. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

/** @throws {RangeError} If a setting is out of its range. */
export function checkSettings({ policy, timeoutMs }: {
  policy: string;
  timeoutMs: number;
}): void {
  if (!POLICY_NAMES.includes(policy)) {
    throw new RangeError(
      `Cannot open embedded client as policy must be one of ${
        POLICY_NAMES.join(", ")
      }: current value is "${policy}"`,
    );
  }
  const inRange = timeoutMs >= 0 && timeoutMs <= TIMEOUT_MS_MAX;
  if (!Number.isInteger(timeoutMs) || !inRange) {
    throw new RangeError(
      `Cannot open embedded client as timeoutMs must be an integer from 0 to ${TIMEOUT_MS_MAX}: current value is ${timeoutMs}`,
    );
  }
}

/** What policies are told: the defaults but for what is given. */
export function policySettingsOf(
  { loadBalance, adaptive, zone = "" }: EmbeddedSettings,
): PolicySettings {
  return {
    loadBalance: { ...DEFAULT_POLICY_SETTINGS.loadBalance, ...loadBalance },
    adaptive: { ...DEFAULT_POLICY_SETTINGS.adaptive, ...adaptive },
    zone,
  };
}
