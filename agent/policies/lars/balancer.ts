import type {
  CallReport,
  HostExplanation,
  HostStatus,
  RouteHost,
  RouteKey,
} from "../../../proto/mod.ts";
import {
  type Balancer,
  NO_HOST,
  type Policy,
  type PolicyOptions,
  type PolicyOutbox,
} from "../balancer.ts";
import { LarsHosts } from "./hosts.ts";
import { RouteHosts } from "../route_hosts.ts";
import type { LoadBalanceSettings } from "../settings.ts";
import { SlotQueue } from "./row_queue.ts";

/**
 * `policy = lars`: the rule of the original system, as lars_rule.md gives it.
 * Time moves a host only when a report for it arrives: that is part of the rule.
 */
export class LarsPolicy implements Policy {
  readonly #shared: Shared;

  constructor({ settings, outbox }: PolicyOptions) {
    const hosts = new LarsHosts();
    this.#shared = { settings: settings.loadBalance, outbox, hosts };
  }

  createBalancer(key: RouteKey): LarsBalancer {
    return new LarsBalancer(key, this.#shared);
  }

  tick(): void {}
}

/** What all balancers of a policy share. */
interface Shared {
  settings: LoadBalanceSettings;
  outbox: PolicyOutbox;
  hosts: LarsHosts;
}

/** Idle: may be picked. Overloaded: resting, picked only as a probe. */
type HostState = "idle" | "overloaded";

/** The rule for the hosts of one route. */
export class LarsBalancer implements Balancer {
  /** The rule knows none: a resting host is tried by calls. */
  checks = false;
  readonly #key: RouteKey;
  readonly #shared: Shared;
  readonly #route: RouteHosts;
  readonly #idle: SlotQueue;
  /** Made for the first that is: most routes never have one. */
  #overloaded: SlotQueue | undefined;
  /** Picks since the last probe, while any host is overloaded. */
  #access = 0;

  constructor(key: RouteKey, shared: Shared) {
    this.#key = key;
    this.#shared = shared;
    this.#route = new RouteHosts(shared.hosts);
    this.#idle = new SlotQueue(shared.hosts);
  }

  get hosts(): LarsHosts {
    return this.#shared.hosts;
  }

  get size(): number {
    return this.#idle.size + (this.#overloaded?.size ?? 0);
  }

  /** The table of lars_rule.md; with no idle host its last line answers NO_HOST. */
  pick(_nowMs: number): number {
    const overloaded = this.#overloaded;
    if (overloaded === undefined || overloaded.size === 0) {
      return pickFrom(this.#idle);
    }
    if (this.#access >= this.#shared.settings.probeNum) {
      this.#access = 0;
      return pickFrom(overloaded);
    }
    this.#access += 1;
    return pickFrom(this.#idle);
  }

  report(report: CallReport, nowMs: number): boolean {
    const slot = this.#route.find(report);
    if (slot === NO_HOST) return false;
    if (report.unused) return true;
    const next = this.#judge(slot, report.returnCode === 0, nowMs);
    if (next !== undefined) this.#become(slot, next, nowMs);
    return true;
  }

  /**
   * The five steps of lars_rule.md: the state that the host begins anew, which
   * for an idle host may be a new window, or undefined when it goes on as it is.
   */
  #judge(
    slot: number,
    succeeded: boolean,
    nowMs: number,
  ): HostState | undefined {
    const { settings, hosts } = this.#shared;
    const idle = hosts.overloaded[slot] === 0;

    // Step 1: count.
    if (succeeded) hosts.countSuccess(slot);
    else hosts.countError(slot);

    // Step 2: too many failures for an idle host.
    if (idle && !succeeded) {
      if (
        hosts.virtualErrorRate(slot) > settings.errorRate ||
        hosts.continuousErrors(slot) >= settings.continuousErrorLimit
      ) return "overloaded";
    }

    // Step 3: successes enough for an overloaded host.
    if (!idle && succeeded) {
      if (
        hosts.virtualSuccessRate(slot) > settings.successRate ||
        hosts.continuousSuccesses(slot) >= settings.continuousSuccessLimit
      ) return "idle";
    }

    // Step 4: the window of an idle host is over.
    const lastedMs = nowMs - hosts.sinceMs[slot]!;
    if (idle && lastedMs >= settings.idleTimeoutMs) {
      return hosts.errorRate(slot) >= settings.windowErrorRate
        ? "overloaded"
        : "idle";
    }

    // Step 5: an overloaded host has rested.
    if (!idle && lastedMs >= settings.overloadTimeoutMs) return "idle";

    return undefined;
  }

  update(hosts: readonly RouteHost[], nowMs: number): void {
    const { hosts: table, settings: { initSuccessCount } } = this.#shared;
    this.#route.update(hosts, {
      add: (slot) => {
        table.becomeIdle(slot, { initSuccessCount, nowMs });
        this.#idle.push(slot);
      },
      remove: (slot) => this.#queueOf(slot).remove(slot),
    });
  }

  /** The rule has counts of its own: only who rests goes on resting. */
  inherit(statuses: readonly HostStatus[], nowMs: number): void {
    for (const status of statuses) {
      const slot = this.#route.find(status);
      if (slot !== NO_HOST && status.overload) {
        this.#become(slot, "overloaded", nowMs);
      }
    }
  }

  checked(): void {}

  status(): HostStatus[] {
    return this.#route.slots.map((slot) => this.#statusOf(slot));
  }

  explain(nowMs: number): HostExplanation[] {
    return this.#route.slots.map((slot) => ({
      ...this.#statusOf(slot),
      reason: this.#reasonOf(slot, nowMs),
    }));
  }

  release(): void {
    this.update([], 0);
  }

  #statusOf(slot: number): HostStatus {
    const { hosts } = this.#shared;
    return {
      ip: hosts.ip[slot]!,
      port: hosts.port[slot]!,
      succ: hosts.successes[slot]!,
      err: hosts.errors[slot]!,
      overload: hosts.overloaded[slot] === 1,
    };
  }

  #reasonOf(slot: number, nowMs: number): string {
    const { hosts } = this.#shared;
    const seconds = ((nowMs - hosts.sinceMs[slot]!) / 1000).toFixed(1);
    const errors = hosts.errors[slot]!;
    const calls = hosts.successes[slot]! + errors;
    return hosts.overloaded[slot] === 0
      ? `Idle with ${errors} of ${calls} calls failed in a window that began ${seconds} s ago, ${
        hosts.continuousErrors(slot)
      } in a row at last`
      : `Overloaded for ${seconds} s with ${
        hosts.successes[slot]
      } of ${calls} calls well since, ${
        hosts.continuousSuccesses(slot)
      } in a row at last`;
  }

  /** Resets the counts; a host whose state changes goes to the other queue's tail. */
  #become(slot: number, state: HostState, nowMs: number): void {
    const { hosts, settings, outbox } = this.#shared;
    const { initSuccessCount, initErrorCount } = settings;
    const moves = (hosts.overloaded[slot] === 0) !== (state === "idle");
    if (moves) {
      this.#queueOf(slot).remove(slot);
      const was = this.#reasonOf(slot, nowMs);
      outbox.decided({
        ...this.#key,
        ...hosts.address(slot),
        atMs: nowMs,
        text: `Becomes ${state}: ${was}`,
      });
    }
    if (state === "idle") {
      hosts.becomeIdle(slot, { initSuccessCount, nowMs });
    } else {
      hosts.becomeOverloaded(slot, { initErrorCount, nowMs });
    }
    if (moves) this.#queueOf(slot).push(slot);
  }

  #queueOf(slot: number): SlotQueue {
    const { hosts } = this.#shared;
    if (hosts.overloaded[slot] === 0) return this.#idle;
    this.#overloaded ??= new SlotQueue(hosts);
    return this.#overloaded;
  }
}

/** Picking takes the head and puts it at the tail. */
function pickFrom(queue: SlotQueue): number {
  const slot = queue.head;
  if (slot !== NO_HOST) queue.moveToTail(slot);
  return slot;
}
