import {
  type CallReport,
  type HostAddress,
  type HostExplanation,
  type HostStatus,
  type RouteHost,
  type RouteKey,
  WEIGHT_NORMAL,
} from "../../../proto/mod.ts";
import { HostChoice } from "./pick.ts";
import {
  type AdaptiveHosts,
  CALLED,
  RESTING,
  UNKNOWN_COST_MS,
} from "./hosts.ts";
import { HostJudge } from "./outlier_detector.ts";
import { FailureLevel } from "./failure_baseline.ts";
import type { AdaptiveShared } from "./policy.ts";
import { RouteTimes } from "./latency.ts";
import { type Balancer, NO_HOST } from "../balancer.ts";
import { RouteHosts } from "../route_hosts.ts";

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
 * (adaptive_judge.ts, adaptive_rest.ts). When no host is left, all are used, and the first success
 * brings all of them back.
 */
export class AdaptiveBalancer implements Balancer {
  readonly #shared: AdaptiveShared;
  readonly #route: RouteHosts;
  readonly #choice: HostChoice;
  readonly #times: RouteTimes;
  readonly #judge: HostJudge;
  /** When a pick has more to do than to choose. */
  #dueMs = -Infinity;

  constructor(key: RouteKey, shared: AdaptiveShared) {
    const row = shared.numbers.allocate();
    this.#shared = shared;
    this.#route = new RouteHosts(shared.hosts);
    this.#choice = new HostChoice(shared);
    this.#times = new RouteTimes(shared, row);
    this.#judge = new HostJudge(key, shared, {
      route: this.#route,
      times: this.#times,
      level: new FailureLevel(shared.level, row),
    });
  }

  get hosts(): AdaptiveHosts {
    return this.#shared.hosts;
  }

  get size(): number {
    return this.#route.slots.length;
  }

  get checks(): boolean {
    return this.#judge.checks;
  }

  set checks(checks: boolean) {
    this.#judge.checks = checks;
    this.#changed();
  }

  pick(nowMs: number): number {
    let slot = nowMs < this.#dueMs ? NO_HOST : this.#due(nowMs);
    if (slot === NO_HOST) slot = this.#choice.choose(nowMs);
    if (slot !== NO_HOST) this.#times.picked(slot, nowMs);
    return slot;
  }

  report(report: CallReport, nowMs: number): boolean {
    const slot = this.#route.find(report);
    if (slot === NO_HOST) return false;
    const { hosts } = this.#shared;
    const onTrial = hosts.trial[slot] === CALLED;
    if (report.unused) {
      this.#times.unused(slot);
      if (onTrial) this.#judge.rests?.askAgain(slot, nowMs);
      this.#noteDue();
      return true;
    }
    const succeeded = report.returnCode === 0;
    if (succeeded) hosts.successes[slot]! += 1;
    else hosts.failures[slot]! += 1;
    // A report without a pick is late, a duplicate or forged: unless nobody
    // picks here, as callers choose among all hosts themselves.
    const picked = onTrial || this.#times.isBusy(slot) ||
      nowMs - this.#times.refreshedMs >= UNPICKED_MS;
    this.#times.ended(slot, report.durationUs / 1_000, nowMs);
    const changes = picked && this.#judge.weigh(slot, succeeded, nowMs);
    hosts.reckon(slot);
    if (changes) this.#changed();
    this.#noteDue();
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
        hosts.costMs[slot] = this.#times.usualMs || UNKNOWN_COST_MS;
      },
      keep: describe,
      remove: (slot) => this.#judge.rests?.drop(slot),
    });
    this.#changed();
  }

  inherit(statuses: readonly HostStatus[], nowMs: number): void {
    for (const status of statuses) {
      if (status.overload) this.#judge.inherit(status, nowMs);
    }
    this.#changed();
  }

  checked(host: HostAddress, alive: boolean, nowMs: number): void {
    const slot = this.#route.find(host);
    if (slot !== NO_HOST) this.#judge.checked(slot, alive, nowMs);
    this.#noteDue();
  }

  status(): HostStatus[] {
    return this.#route.slots.map((slot) => this.#statusOf(slot));
  }

  explain(nowMs: number): HostExplanation[] {
    return this.#route.slots.map((slot) => ({
      ...this.#statusOf(slot),
      reason: this.#judge.explain(slot, nowMs),
    }));
  }

  release(): void {
    this.update([], 0);
    this.#shared.numbers.release(this.#times.row);
  }

  /** Asks for the checks that are due, if anybody used the route since the last time. */
  tick(nowMs: number): void {
    this.#judge.rests?.stepChecks(nowMs, this.#times.picks);
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

  /** Does what is due; a host out of use to risk this call on, or NO_HOST. */
  #due(nowMs: number): number {
    const { rests } = this.#judge;
    if (nowMs >= this.#times.dueMs) {
      this.#times.refresh(this.#route.slots, nowMs);
      if (this.#judge.refresh(nowMs)) this.#changed();
    }
    let risked = NO_HOST;
    // In panic every call is risked.
    if (
      rests !== undefined && nowMs >= rests.dueMs && !this.#judge.panic
    ) {
      risked = rests.step(nowMs, this.#times);
    }
    this.#noteDue();
    return risked;
  }

  #noteDue(): void {
    const { rests } = this.#judge;
    const { dueMs } = this.#times;
    this.#dueMs = rests === undefined ? dueMs : Math.min(dueMs, rests.dueMs);
  }

  /** Some host came into use or out of it, or takes another share. */
  #changed(): void {
    const { hosts, checking } = this.#shared;
    const { slots } = this.#route;
    const { rests, checks, panic } = this.#judge;
    const allLive = rests === undefined || rests.slots.length === 0;
    this.#choice.set(
      panic || allLive ? slots : slots.filter((slot) => hosts.isLive(slot)),
    );
    this.#noteDue();
    if (checks && !allLive) checking.add(this);
    else checking.delete(this);
  }
}
