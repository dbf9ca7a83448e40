import { type Endpoint, parseIp } from "../../proto/mod.ts";
import {
  type AdaptiveSettings,
  DEFAULT_POLICY_SETTINGS,
  type LoadBalanceSettings,
  POLICY_NAMES,
  type PolicySettings,
  type RegisterSettings,
} from "../../agent/mod.ts";
import type { Clock, Random, Transport } from "../../net/client.ts";
import { checkRange, TIMEOUT_MS_MAX } from "../arguments.ts";

/** How an embedded client reaches dns and reporters, and how it balances. */
export interface EmbeddedSettings {
  /** Dns servers, of which one is used while it answers; 127.0.0.1:7778 if not given. */
  dns?: readonly Endpoint[];
  /** Reporters, likewise; 127.0.0.1:7779 if not given. */
  reporter?: readonly Endpoint[];
  /** Name of the balancing policy of routes that ask for none; "adaptive" if not given. */
  policy?: string;
  /** Settings of `lars`, and of every route, that differ from the defaults. */
  loadBalance?: Partial<LoadBalanceSettings>;
  /** Settings of `adaptive` that differ from the defaults. */
  adaptive?: Partial<AdaptiveSettings>;
  /** Zone of this program, whose hosts are preferred by policies that know zones; none if not given. */
  zone?: string;
  /** Whether hosts get health checks, unless their route says; true if not given. */
  check?: boolean;
  /**
   * File that keeps the routes between runs, so that a start needs no dns; its
   * folder must exist. Beside it, in a file whose name has ".agent-id" behind it,
   * stands who this program is to dns and reporters; two that run at a time must
   * have a file each. If not given, none is kept, and each run is another one.
   */
  cacheFile?: string;
  /**
   * IPv4 address at which other machines reach this program when it serves, if that
   * is none of its machine's; if not given, this end of its connection to dns or, if
   * that is loopback, the machine's first address (--allow-sys=networkInterfaces).
   */
  advertise?: string;
  /** Key that dns asks for of those who register, as `[register] key` of its file says; none if not given. */
  key?: string;
  /**
   * Longest time in milliseconds that the first request for a route waits for
   * dns, from 0 to 2³¹−1; 300, as long as a client's three tries, if not given.
   */
  timeoutMs?: number;
  /** Opens the connections; Deno's own if not given. */
  transport?: Transport;
  /** Tells time and sleeps; the system's if not given. */
  clock?: Clock;
  /** Source of randomness; the system's if not given. */
  random?: Random;
}

/**
 * Checks what an embedded client is given.
 *
 * @throws {RangeError} If a setting is out of its range.
 */
export function checkSettings({ policy, timeoutMs }: {
  policy: string;
  timeoutMs: number;
}): void {
  if (!POLICY_NAMES.includes(policy)) {
    throw new RangeError(
      `Cannot open client as policy must be one of ${
        POLICY_NAMES.join(", ")
      }: current value is "${policy}"`,
    );
  }
  checkRange("timeoutMs", timeoutMs, { min: 0, max: TIMEOUT_MS_MAX });
}

/**
 * How an embedded client registers what it serves: any route, as nobody else can
 * ask it to.
 *
 * @throws {SyntaxError} If the address is none.
 */
export function registerSettingsOf(
  { advertise, key = "" }: EmbeddedSettings,
): RegisterSettings {
  return {
    enabled: true,
    key,
    allow: [{ modId: undefined, cmdId: undefined }],
    advertise: advertise === undefined
      ? []
      : [{ ip: parseIp(advertise), bits: 32 }],
  };
}

/** The settings of policies: the defaults, with what is given in their place. */
export function policySettingsOf(
  { loadBalance, adaptive, zone = "" }: EmbeddedSettings,
): PolicySettings {
  return {
    loadBalance: { ...DEFAULT_POLICY_SETTINGS.loadBalance, ...loadBalance },
    adaptive: { ...DEFAULT_POLICY_SETTINGS.adaptive, ...adaptive },
    zone,
  };
}
