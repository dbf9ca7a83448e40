import { addressKey, type HostAddress, type HostStatus } from "../proto/mod.ts";
import type { Balancer, CallReport, HostExplanation } from "./balancer.ts";
import { type HostState, LarsHost } from "./lars_host.ts";
import { LinkedQueue } from "./linked_queue.ts";
import type { LoadBalanceSettings } from "./settings.ts";

/**
 * `policy = lars`: the rule of the original system, as lars_rule.md gives it.
 * Time moves a host only when a report for it arrives: that is part of the rule.
 */
export class LarsBalancer implements Balancer {
  readonly #settings: LoadBalanceSettings;
  readonly #hosts = new Map<number, LarsHost>();
  readonly #idle = new LinkedQueue<LarsHost>();
  readonly #overloaded = new LinkedQueue<LarsHost>();
  /** Picks since the last probe, while any host is overloaded. */
  #access = 0;

  constructor(settings: LoadBalanceSettings) {
    this.#settings = settings;
  }

  get size(): number {
    return this.#hosts.size;
  }

  /** The table of lars_rule.md; with no idle host its last line answers undefined. */
  pick(_nowMs: number): HostAddress | undefined {
    if (this.#overloaded.size === 0) return pickFrom(this.#idle);
    if (this.#access >= this.#settings.probeNum) {
      this.#access = 0;
      return pickFrom(this.#overloaded);
    }
    this.#access += 1;
    return pickFrom(this.#idle);
  }

  report(report: CallReport, nowMs: number): boolean {
    const host = this.#hosts.get(addressKey(report.host));
    if (host === undefined) return false;
    const next = this.#judge(host, report.returnCode === 0, nowMs);
    if (next !== undefined) this.#become(host, next, nowMs);
    return true;
  }

  /**
   * The five steps of lars_rule.md: the state that the host begins anew, which
   * for an idle host may be a new window, or undefined when it goes on as it is.
   */
  #judge(
    host: LarsHost,
    succeeded: boolean,
    nowMs: number,
  ): HostState | undefined {
    const settings = this.#settings;

    // Step 1: count.
    if (succeeded) host.countSuccess();
    else host.countError();

    // Step 2: too many failures for an idle host.
    if (host.state === "idle" && !succeeded) {
      if (
        host.virtualErrorRate() > settings.errorRate ||
        host.continuousErrors >= settings.continuousErrorLimit
      ) return "overloaded";
    }

    // Step 3: successes enough for an overloaded host.
    if (host.state === "overloaded" && succeeded) {
      if (
        host.virtualSuccessRate() > settings.successRate ||
        host.continuousSuccesses >= settings.continuousSuccessLimit
      ) return "idle";
    }

    // Step 4: the window of an idle host is over.
    if (
      host.state === "idle" && nowMs - host.sinceMs >= settings.idleTimeoutMs
    ) {
      return host.errorRate() >= settings.windowErrorRate
        ? "overloaded"
        : "idle";
    }

    // Step 5: an overloaded host has rested.
    if (
      host.state === "overloaded" &&
      nowMs - host.sinceMs >= settings.overloadTimeoutMs
    ) return "idle";

    return undefined;
  }

  update(hosts: readonly HostAddress[], nowMs: number): void {
    const wanted = new Set<number>();
    for (const address of hosts) {
      const key = addressKey(address);
      wanted.add(key);
      if (!this.#hosts.has(key)) this.#add(key, address, nowMs);
    }
    if (wanted.size === this.#hosts.size) return;
    for (const [key, host] of this.#hosts) {
      if (wanted.has(key)) continue;
      this.#hosts.delete(key);
      this.#queueOf(host.state).remove(host);
    }
  }

  status(): HostStatus[] {
    return Array.from(this.#hosts.values(), statusOf);
  }

  explain(nowMs: number): HostExplanation[] {
    return Array.from(this.#hosts.values(), (host) => ({
      ...statusOf(host),
      reason: host.reason(nowMs),
    }));
  }

  #add(key: number, { ip, port }: HostAddress, nowMs: number): void {
    const host = new LarsHost({ ip, port });
    host.becomeIdle(this.#settings.initSuccessCount, nowMs);
    this.#hosts.set(key, host);
    this.#idle.push(host);
  }

  /** Resets the counts; a host whose state changes goes to the other queue's tail. */
  #become(host: LarsHost, state: HostState, nowMs: number): void {
    const moves = host.state !== state;
    if (moves) this.#queueOf(host.state).remove(host);
    if (state === "idle") {
      host.becomeIdle(this.#settings.initSuccessCount, nowMs);
    } else {
      host.becomeOverloaded(this.#settings.initErrorCount, nowMs);
    }
    if (moves) this.#queueOf(state).push(host);
  }

  #queueOf(state: HostState): LinkedQueue<LarsHost> {
    return state === "idle" ? this.#idle : this.#overloaded;
  }
}

/** Picking takes the head and puts it at the tail. */
function pickFrom(queue: LinkedQueue<LarsHost>): HostAddress | undefined {
  const host = queue.head;
  if (host === undefined) return undefined;
  queue.moveToTail(host);
  return host.address;
}

function statusOf(host: LarsHost): HostStatus {
  return {
    ip: host.address.ip,
    port: host.address.port,
    succ: host.successes,
    err: host.errors,
    overload: host.state === "overloaded",
  };
}
