import {
  type HostAddress,
  type HostStatus,
  type RouteHost,
  type RouteKey,
  WEIGHT_NORMAL,
} from "../proto/mod.ts";
import { HostChoice, leastBusy } from "./adaptive_choice.ts";
import { explainHost } from "./adaptive_explain.ts";
import {
  type AdaptiveHosts,
  CALLED,
  DOUBTED,
  IN_FLIGHT_MIN,
  RESTING,
  RETURNING,
  SERVING,
} from "./adaptive_hosts.ts";
import { FailureLevel } from "./adaptive_level.ts";
import type { AdaptiveShared } from "./adaptive_policy.ts";
import { HostRests } from "./adaptive_rest.ts";
import { RouteTimes } from "./adaptive_times.ts";
import {
  type Balancer,
  type CallReport,
  type HostExplanation,
  NO_HOST,
} from "./balancer.ts";
import { RouteHosts } from "./route_hosts.ts";

/** A failed call counts as taking so many times the usual: a host that fails fast is not fast. */
const FAILURE_TIMES = 2;

/** More hosts than this share of a route are never in doubt at the same time, nor ejected for being slow. */
const DOUBTED_SHARE_MAX = 1 / 2;
const SLOW_SHARE_MAX = 1 / 3;

/** A route that nobody picks from for so long is one whose callers choose for themselves. */
const UNPICKED_MS = 10_000;

/**
 * The rule of `policy = adaptive` for one route.
 *
 * A call goes to the cheapest of three random hosts: latency times calls in
 * flight (adaptive_choice.ts). Every report is evidence for or against its host,
 * measured against how the other hosts do (adaptive_level.ts, adaptive_evidence.ts).
 * Some evidence makes a host doubted: it pauses for up to a second. Enough
 * ejects it: it rests, 1 s at first and up to a minute, then is checked, then
 * gets a single call, and with its success returns with a share that rises
 * (adaptive_rest.ts). When no host is left, all are used, and the first success
 * brings all of them back.
 */
export class AdaptiveBalancer implements Balancer {
  readonly #key: RouteKey;
  readonly #shared: AdaptiveShared;
  readonly #route: RouteHosts;
  readonly #choice: HostChoice;
  readonly #level: FailureLevel;
  readonly #times: RouteTimes;
  readonly #rests: HostRests;
  #picks = 0;
  #pickedMs = 0;
  #picksAtTick = 0;
  #panic = false;

  constructor(key: RouteKey, shared: AdaptiveShared) {
    const { hosts, settings, random } = shared;
    this.#key = key;
    this.#shared = shared;
    this.#route = new RouteHosts(hosts);
    this.#choice = new HostChoice(hosts, {
      random,
      zonePreference: settings.zonePreference,
    });
    this.#level = new FailureLevel(hosts, settings);
    this.#times = new RouteTimes(shared);
    this.#rests = new HostRests(key, shared);
  }

  get hosts(): AdaptiveHosts {
    return this.#shared.hosts;
  }

  get size(): number {
    return this.#route.slots.length;
  }

  get checks(): boolean {
    return this.#rests.checks;
  }

  set checks(checks: boolean) {
    this.#rests.checks = checks;
    this.#changed();
  }

  pick(nowMs: number): number {
    this.#picks += 1;
    if (nowMs >= this.#times.dueMs) this.#refresh(nowMs);
    let slot = NO_HOST;
    if (nowMs >= this.#rests.dueMs && !this.#panic) {
      slot = this.#rests.step(nowMs, { picks: this.#picks });
    }
    if (slot === NO_HOST) slot = this.#choice.choose(nowMs);
    if (slot === NO_HOST) {
      const { hosts, random } = this.#shared;
      slot = leastBusy(this.#route.slots, hosts, random);
      if (slot === NO_HOST) return NO_HOST;
    }
    this.#times.picked(slot, nowMs);
    return slot;
  }

  report(report: CallReport, nowMs: number): boolean {
    const slot = this.#route.find(report);
    if (slot === NO_HOST) return false;
    const { hosts } = this.#shared;
    if (report.unused) {
      this.#times.unused(slot);
      if (hosts.trial[slot] === CALLED) this.#rests.askAgain(slot, nowMs);
      return true;
    }
    const succeeded = report.returnCode === 0;
    if (succeeded) hosts.successes[slot]! += 1;
    else hosts.failures[slot]! += 1;
    // A report of a call that was not picked is late, a duplicate or forged:
    // unless nobody picks, as the callers choose among all hosts themselves.
    const expected =
      hosts.inFlight[slot]! >= IN_FLIGHT_MIN * this.#times.told ||
      hosts.trial[slot] === CALLED;
    const tookMs = this.#times.ended(slot, report.durationUs / 1_000, nowMs);
    if (!expected && nowMs - this.#pickedMs < UNPICKED_MS) return true;
    this.#weigh(slot, { succeeded, tookMs }, nowMs);
    return true;
  }

  update(routeHosts: readonly RouteHost[], nowMs: number): void {
    const { hosts, zone } = this.#shared;
    function describe(slot: number, host: RouteHost): void {
      hosts.weight[slot] = host.weight ?? WEIGHT_NORMAL;
      hosts.near[slot] = zone === "" || host.zone === zone ? 1 : 0;
    }
    this.#route.update(routeHosts, {
      add: (slot, host) => {
        describe(slot, host);
        hosts.sinceMs[slot] = nowMs;
        hosts.heardMs[slot] = nowMs;
        hosts.costMs[slot] = this.#times.usualMs || 1;
      },
      keep: describe,
      remove: (slot) => {
        this.#level.exclude(slot);
        this.#rests.drop(slot);
      },
    });
    this.#changed();
  }

  inherit(statuses: readonly HostStatus[], nowMs: number): void {
    for (const status of statuses) {
      const slot = this.#route.find(status);
      if (slot === NO_HOST || !status.overload) continue;
      this.#rests.eject(slot, "it rested under another policy", nowMs);
    }
    this.#changed();
  }

  checked(host: HostAddress, alive: boolean, nowMs: number): void {
    const slot = this.#route.find(host);
    if (slot === NO_HOST) return;
    const { hosts, outbox } = this.#shared;
    if (alive && !this.#rests.checksWork) {
      this.#rests.checksWork = true;
      for (const other of this.#rests.slots) {
        if (hosts.state[other] === DOUBTED) {
          outbox.check(this.#key, hosts.address(other));
        }
      }
    }
    if (hosts.isLive(slot)) return;
    if (!alive && hosts.state[slot] === DOUBTED && this.#rests.checksWork) {
      this.#level.exclude(slot);
    }
    this.#rests.checked(slot, alive, nowMs);
    this.#changed();
  }

  status(): HostStatus[] {
    return this.#route.slots.map((slot) => this.#statusOf(slot));
  }

  explain(nowMs: number): HostExplanation[] {
    return this.#route.slots.map((slot) => ({
      ...this.#statusOf(slot),
      reason: explainHost(slot, {
        hosts: this.#shared.hosts,
        usualMs: this.#times.usualMs,
        level: this.#level.of(slot, this.size),
        panic: this.#panic,
        nowMs,
      }),
    }));
  }

  release(): void {
    this.update([], 0);
    this.#shared.checking.delete(this);
  }

  /** Asks for checks that are due, if anybody used the route since the last time. */
  tick(nowMs: number): void {
    if (nowMs < this.#rests.dueMs || this.#picks === this.#picksAtTick) return;
    this.#picksAtTick = this.#picks;
    this.#rests.stepChecks(nowMs);
  }

  #statusOf(slot: number): HostStatus {
    const { hosts } = this.#shared;
    return {
      ip: hosts.ip[slot]!,
      port: hosts.port[slot]!,
      succ: hosts.successes[slot]!,
      err: hosts.failures[slot]!,
      overload: hosts.state[slot] === RESTING,
    };
  }

  /** What a report means for its host. */
  #weigh(
    slot: number,
    { succeeded, tookMs }: { succeeded: boolean; tookMs: number },
    nowMs: number,
  ): void {
    const { hosts, evidence } = this.#shared;
    const { usualMs } = this.#times;
    const onTrial = hosts.trial[slot] === CALLED;
    if (this.#panic && succeeded) this.#endPanic(slot, nowMs);
    if (succeeded) {
      evidence.succeeded(slot, () => this.#level.of(slot, this.size));
    } else evidence.failed(slot, this.#level.of(slot, this.size));
    if (hosts.state[slot] !== RESTING) this.#level.count(slot, succeeded);
    if (succeeded && usualMs > 0) evidence.took(slot, tookMs / usualMs);
    this.#times.learn(
      slot,
      succeeded ? tookMs : Math.max(tookMs, FAILURE_TIMES * usualMs),
      nowMs,
    );
    if (hosts.isLive(slot)) this.#judge(slot, succeeded, nowMs);
    else if (hosts.state[slot] === DOUBTED) {
      this.#judgeDoubted(slot, { succeeded, onTrial }, nowMs);
    } else if (onTrial) this.#judgeProbe(slot, succeeded, nowMs);
  }

  #judge(slot: number, succeeded: boolean, nowMs: number): void {
    const { hosts, settings } = this.#shared;
    const { failing, worse, slow, state } = hosts;
    if (failing[slot]! >= settings.ejectNats) {
      return this.#eject(slot, "failing", nowMs);
    }
    if (worse[slot]! >= settings.ejectNats) {
      return this.#eject(slot, "worse", nowMs);
    }
    if (slow[slot]! >= settings.ejectNats) return this.#judgeSlow(slot, nowMs);
    if (succeeded) return;
    const out = this.#rests.slots.length + 1;
    if (
      state[slot] === SERVING && failing[slot]! >= settings.doubtNats &&
      out <= this.size * DOUBTED_SHARE_MAX
    ) {
      if (this.#rests.checks && !this.#rests.checksWork) {
        const other = this.#choice.choose(nowMs);
        this.#shared.outbox.check(this.#key, hosts.address(other));
      }
      this.#rests.doubt(slot, nowMs);
      this.#changed();
    }
  }

  #judgeDoubted(
    slot: number,
    { succeeded, onTrial }: { succeeded: boolean; onTrial: boolean },
    nowMs: number,
  ): void {
    const { hosts, settings } = this.#shared;
    if (hosts.failing[slot]! >= settings.ejectNats) {
      return this.#eject(slot, "failing", nowMs);
    }
    if (hosts.failing[slot]! < settings.doubtNats) {
      this.#rests.admit(
        slot,
        { share: 1, why: "Cleared: calls succeed again" },
        nowMs,
      );
      return this.#changed();
    }
    if (!onTrial) return;
    if (succeeded) this.#rests.askAgain(slot, nowMs);
    else this.#rests.trialFailed(slot, nowMs);
  }

  #judgeProbe(slot: number, succeeded: boolean, nowMs: number): void {
    const { hosts } = this.#shared;
    if (!succeeded || hosts.slow[slot]! > 0) {
      return this.#rests.eject(
        slot,
        succeeded
          ? "the call risked on it was slow"
          : "the call risked on it failed",
        nowMs,
      );
    }
    this.#rests.admit(slot, {
      share: 0,
      why: "Returns: the call risked on it succeeded",
    }, nowMs);
    this.#changed();
  }

  /** A host that is much slower than most, unless others turn out slow as well. */
  #judgeSlow(slot: number, nowMs: number): void {
    const { hosts, settings } = this.#shared;
    const out =
      this.#route.slots.filter((other) =>
        !hosts.isLive(other) || hosts.slow[other]! >= settings.doubtNats
      ).length;
    if (out <= Math.max(1, this.size * SLOW_SHARE_MAX) && this.size > 1) {
      this.#eject(slot, "slow", nowMs);
    } else {
      hosts.slow[slot] = 0;
    }
  }

  #eject(slot: number, why: "failing" | "worse" | "slow", nowMs: number): void {
    const { hosts } = this.#shared;
    const text = explainHost(slot, {
      hosts,
      usualMs: this.#times.usualMs,
      level: this.#level.of(slot, this.size),
      panic: this.#panic,
      nowMs,
    });
    this.#level.exclude(slot);
    this.#rests.eject(slot, `it is ${why}. Before: ${text}`, nowMs);
    this.#changed();
    if (this.#panic) {
      this.#rests.decided(slot, "Panic: no host is left, all are used", nowMs);
    }
  }

  /** A host answers again: all return, with so much doubt that two failures suffice. */
  #endPanic(slot: number, nowMs: number): void {
    const { hosts, settings } = this.#shared;
    this.#rests.decided(slot, "Panic ends: a call succeeded", nowMs);
    for (const other of [...this.#rests.slots]) {
      this.#rests.drop(other);
      hosts.state[other] = RETURNING;
      hosts.share[other] = 1;
      hosts.sinceMs[other] = nowMs;
      hosts.failing[other] = settings.ejectNats / 3;
    }
    this.#changed();
  }

  #refresh(nowMs: number): void {
    const { hosts, settings } = this.#shared;
    this.#pickedMs = nowMs;
    this.#times.refresh(this.#route.slots, nowMs);
    let changed = false;
    for (const slot of this.#route.slots) {
      const forMs = nowMs - hosts.sinceMs[slot]!;
      if (hosts.state[slot] === RETURNING) {
        if (hosts.share[slot]! < 1) {
          const share = Math.max(hosts.share[slot]!, forMs / settings.returnMs);
          hosts.share[slot] = Math.min(1, share);
          changed = true;
        } else if (hosts.failing[slot]! < settings.doubtNats) {
          hosts.state[slot] = SERVING;
          hosts.sinceMs[slot] = nowMs;
        }
      } else if (
        hosts.state[slot] === SERVING && forMs > settings.forgiveMs
      ) hosts.rests[slot] = 0;
    }
    if (changed) this.#changed();
  }

  /** Some host came into use, or out of it. */
  #changed(): void {
    const { hosts, checking } = this.#shared;
    this.#choice.set(this.#route.slots.filter((slot) => hosts.isLive(slot)));
    this.#panic = this.#choice.size === 0 && this.size > 0;
    if (this.#rests.checks && this.#rests.slots.length > 0) checking.add(this);
    else checking.delete(this);
  }
}
