import { type Random, TICK_MS } from "../../net/mod.ts";
import { seededRandom } from "../../net/testing/mod.ts";
import type { RouteHost } from "../../proto/mod.ts";
import { AdaptivePolicy } from "../policies/adaptive/policy.ts";
import { AdaptiveShared } from "../policies/adaptive/adaptive_shared.ts";
import {
  type AdaptiveSettings,
  DEFAULT_ADAPTIVE_SETTINGS,
  DEFAULT_POLICY_SETTINGS,
  type HostChange,
  NO_HOST,
} from "../policies/mod.ts";
import type { HostDecision } from "../routes/host_table.ts";
import { SingleRoute } from "../routes/single_route.ts";

const FIRST_IP = 0x0a00_0001;
export const PORT = 7_000;

/** How a host of a {@linkcode LoadFixture} answers. */
export interface Conduct {
  /** Share of calls that fail. */
  fails: number;
  /** Duration of a call that succeeds. */
  latencyMs: number;
  /** Whether durations vary as exponential ones, about those given. */
  varies: boolean;
  /** Duration of a call that fails. */
  failureMs: number;
  /** Duration that reports say, where that is not the true one. */
  saysMs: number | undefined;
  /** Share of calls that are reported. */
  reported: number;
  /** Whether it accepts health checks; undefined: they are never answered. */
  accepts: boolean | undefined;
}

const WELL: Conduct = {
  fails: 0,
  latencyMs: 10,
  varies: false,
  failureMs: 1,
  saysMs: undefined,
  reported: 1,
  accepts: true,
};

/** Conduct of a host that is dead and refuses connections. */
export const DEAD: Partial<Conduct> = { fails: 1, accepts: false };

/** A route of `policy = adaptive` under load, in virtual time. Hosts are known by index. */
export class LoadFixture {
  nowMs: number;
  readonly route: SingleRoute;
  /** The columns of the policy. */
  shared!: AdaptiveShared;
  readonly decisions: HostDecision[] = [];
  readonly changes: HostChange[] = [];
  /** Hosts whose health check was asked for, in order. */
  readonly checks: number[] = [];
  /** Calls sent to each host, and how many of all failed or found no host. */
  sent: number[] = [];
  failed = 0;
  hostless = 0;
  readonly #conduct: Conduct[];
  readonly #random: Random;
  readonly #durations: boolean;
  readonly #under: { endMs: number; host: number; ok: boolean; ms: number }[] =
    [];
  readonly #answers: { host: number; accepts: boolean }[] = [];
  #callMs: number;
  #tickMs: number;

  constructor(
    hosts: number | readonly Partial<RouteHost>[],
    options: {
      settings?: Partial<AdaptiveSettings>;
      zone?: string;
      healthChecks?: boolean;
      /** Whether reports say how long calls took; the default is true. */
      durations?: boolean;
      /** Time at which it begins; the default is 1,000,000. */
      startMs?: number;
      /** Of the calls and the policy; the default is 1. */
      seed?: number;
    } = {},
  ) {
    const { seed = 1, healthChecks = false, zone = "" } = options;
    this.nowMs = options.startMs ?? 1_000_000;
    this.#callMs = this.nowMs;
    this.#tickMs = this.nowMs;
    this.#random = seededRandom(2 * seed - 1);
    this.route = new SingleRoute({
      key: { modId: 1, cmdId: 2 },
      policy: "adaptive",
      registry: new Map([["adaptive", (options) => {
        this.shared = new AdaptiveShared(options);
        return new AdaptivePolicy(options, this.shared);
      }]]),
      settings: {
        ...DEFAULT_POLICY_SETTINGS,
        adaptive: { ...DEFAULT_ADAPTIVE_SETTINGS, ...options.settings },
        zone,
      },
      random: seededRandom(2 * seed),
      outbox: {
        healthCheck: (_key, { ip }) => this.#check(ip - FIRST_IP),
        decided: (decision) => this.decisions.push(decision),
        changed: (change) => this.changes.push(change),
      },
    });
    this.#durations = options.durations ?? true;
    const plans = typeof hosts === "number"
      ? Array.from({ length: hosts }, () => ({}))
      : hosts;
    this.#conduct = plans.map(() => ({ ...WELL }));
    this.route.hosts.update(
      plans.map((plan, host) => ({ ...addressOf(host), ...plan })),
      { healthChecks, nowMs: this.nowMs },
    );
    this.#clear();
  }

  /** From now on a host answers so, and otherwise well. */
  set(host: number, conduct: Partial<Conduct> = {}): void {
    this.#conduct[host] = { ...WELL, ...conduct };
  }

  /** All hosts answer so. */
  setAll(conduct: Partial<Conduct> = {}): void {
    this.#conduct.forEach((_, host) => this.set(host, conduct));
  }

  /** Lets calls arrive for a time; `sent`, `failed` and `hostless` begin anew. */
  run(seconds: number, callsPerSecond: number): this {
    this.#clear();
    const endMs = this.nowMs + seconds * 1_000;
    this.#callMs = this.nowMs;
    while (this.nowMs < endMs) {
      const next = Math.min(
        endMs,
        this.#callMs,
        this.#tickMs,
        this.#under[0]?.endMs ?? Infinity,
      );
      this.nowMs = next;
      while ((this.#under[0]?.endMs ?? Infinity) <= next) this.#end();
      for (const { host, accepts } of this.#answers.splice(0)) {
        this.route.hosts.onHealthCheck(addressOf(host), accepts, next);
      }
      if (this.#tickMs <= next) {
        this.#tickMs = next + TICK_MS;
        this.route.policy.tick(next);
      }
      if (this.#callMs <= next && next < endMs) {
        this.call();
        this.#callMs += 1_000 / callsPerSecond;
      }
    }
    return this;
  }

  /** Makes one call; the host, or NO_HOST. */
  call(): number {
    const row = this.route.hosts.balancer.pick(this.nowMs);
    if (row === NO_HOST) {
      this.hostless += 1;
      return NO_HOST;
    }
    const host = this.route.table.ip[row]! - FIRST_IP;
    const conduct = this.#conduct[host]!;
    const ok = this.#random() >= conduct.fails;
    const meanMs = ok ? conduct.latencyMs : conduct.failureMs;
    const ms = conduct.varies ? -meanMs * Math.log(1 - this.#random()) : meanMs;
    this.sent[host]! += 1;
    if (!ok) this.failed += 1;
    if (this.#random() < conduct.reported) {
      const endMs = this.nowMs + ms;
      this.#under.push({ endMs, host, ok, ms: conduct.saysMs ?? ms });
      this.#under.sort((a, b) => a.endMs - b.endMs);
    }
    return host;
  }

  /** Reports a call of a host that may never have been made. */
  report(host: number, ok: boolean, durationUs = 10_000): boolean {
    return this.route.hosts.report({
      ...addressOf(host),
      returnCode: ok ? 0 : 1,
      durationUs,
      unused: false,
    }, this.nowMs);
  }

  /** Hosts that are ejected, as "0 3". */
  get ejected(): string {
    return this.route.hosts.status()
      .flatMap(({ ip, overload }) => overload ? [ip - FIRST_IP] : [])
      .sort((a, b) => a - b).join(" ");
  }

  /** A host's share of what was sent, against an equal one. */
  share(host: number): number {
    const all = this.sent.reduce((sum, count) => sum + count, 0);
    return this.sent[host]! * this.sent.length / all;
  }

  /** The first words of the decisions of a host. */
  events(host: number): string[] {
    return this.decisions
      .filter(({ ip }) => ip === addressOf(host).ip)
      .map(({ text }) => text.split(/[ :]/)[0]!);
  }

  #clear(): void {
    this.sent = this.#conduct.map(() => 0);
    this.failed = 0;
    this.hostless = 0;
  }

  #end(): void {
    const { host, ok, ms } = this.#under.shift()!;
    this.report(host, ok, this.#durations ? Math.max(1, ms * 1_000) : 0);
  }

  #check(host: number): void {
    this.checks.push(host);
    const { accepts } = this.#conduct[host]!;
    if (accepts === undefined) return;
    // An answer never comes while the question is asked.
    this.#answers.push({ host, accepts });
  }
}

/** Address of the host with that index. */
export function addressOf(host: number): { ip: number; port: number } {
  return { ip: FIRST_IP + host, port: PORT };
}
