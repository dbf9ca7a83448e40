import {
  type CallReport,
  HostEventKind,
  HostReason,
  type RouteKey,
  WEIGHT_DRAINED,
} from "../../../proto/mod.ts";
import {
  type Balancer,
  type HostCounts,
  type HostOutage,
  NO_HOST,
  type PolicyOutbox,
  type RouteUpdate,
} from "../balancer.ts";
import type { LoadBalanceSettings } from "../settings.ts";
import type { HostState, LarsHosts } from "./hosts.ts";
import { RowQueue } from "./row_queue.ts";

/** What all balancers of a policy share. */
export interface LarsShared {
  settings: LoadBalanceSettings;
  outbox: PolicyOutbox;
  hosts: LarsHosts;
}

/** The rule of README.md for the hosts of one route. Pick and report are O(1). */
export class LarsBalancer implements Balancer {
  readonly #key: RouteKey;
  readonly #shared: LarsShared;
  readonly #idle: RowQueue;
  /** Made for the first overloaded host: most routes never have one. */
  #overloaded: RowQueue | undefined;
  /** What hosts have that this policy does not look at, as text by row; most routes have none. */
  #ignored: ReadonlyMap<number, string> | undefined;
  /** `access`: picks since the last probe, while any host is overloaded. */
  #access = 0;

  /** A route without hosts. */
  constructor(key: RouteKey, shared: LarsShared) {
    this.#key = key;
    this.#shared = shared;
    this.#idle = new RowQueue(shared.hosts);
  }

  pick(nowMs: number): number {
    const row = this.#pick();
    if (row !== NO_HOST) this.#shared.hosts.addPick(row, nowMs);
    return row;
  }

  /** The table "Pick" of README.md. */
  #pick(): number {
    const overloaded = this.#overloaded;
    if (overloaded === undefined || overloaded.size === 0) {
      return this.#idle.rotate();
    }
    if (this.#access >= this.#shared.settings.probeNum) {
      this.#access = 0;
      return overloaded.rotate();
    }
    this.#access += 1;
    return this.#idle.rotate();
  }

  report(row: number, report: CallReport, nowMs: number): void {
    this.#shared.hosts.closePick(row);
    if (report.unused) return;
    const next = this.#judge(row, report.returnCode === 0, nowMs);
    if (next !== undefined) this.#become(row, next, { nowMs, isEvent: true });
  }

  update(update: RouteUpdate, nowMs: number): void {
    const { added, ejected, removed } = update;
    const { hosts } = this.#shared;
    this.#ignored = ignoredOf(update);
    for (const row of removed) this.#queueOf(row).remove(row);
    for (const row of added) {
      hosts.ensure(row);
      hosts.forgetPicks(row);
      hosts.become(row, "idle", nowMs);
      this.#idle.push(row);
    }
    for (const row of ejected) {
      this.#become(row, "overloaded", { nowMs, isEvent: false });
    }
  }

  onHealthCheck(): void {}

  status(row: number): HostCounts {
    const { hosts } = this.#shared;
    return {
      succ: hosts.successes[row]!,
      err: hosts.errors[row]!,
      overload: hosts.overloaded[row] === 1,
    };
  }

  explain(row: number, nowMs: number): string {
    const ignored = this.#ignored?.get(row);
    const counts = this.#explainCounts(row, nowMs);
    return ignored === undefined
      ? counts
      : `${counts}; the policy lars does not look at its ${ignored}`;
  }

  outages(nowMs: number): ReadonlyMap<number, HostOutage> {
    const { hosts } = this.#shared;
    const outages = new Map<number, HostOutage>();
    for (const row of this.#overloaded?.rows() ?? []) {
      const forMs = nowMs - hosts.sinceMs[row]!;
      outages.set(row, {
        state: "overloaded",
        reason: HostReason.overloadRule,
        forMs,
        waitMs: 0,
        ejections: 0,
      });
    }
    return outages;
  }

  openPicks(row: number, nowMs: number): number {
    return this.#shared.hosts.openOf(row, nowMs);
  }

  restore(row: number, { state, forMs }: HostOutage, nowMs: number): void {
    // The rule knows no suspects.
    if (state === "suspect") return;
    this.#become(row, "overloaded", { nowMs, isEvent: false });
    this.#shared.hosts.sinceMs[row] = nowMs - forMs;
  }

  #explainCounts(row: number, nowMs: number): string {
    const { hosts } = this.#shared;
    const seconds = ((nowMs - hosts.sinceMs[row]!) / 1000).toFixed(1);
    const errors = hosts.errors[row]!;
    const calls = hosts.successes[row]! + errors;
    return hosts.overloaded[row] === 0
      ? `Idle, window of ${seconds} s: ${errors} of ${calls} calls failed, the last ${
        hosts.continuousErrors(row)
      } in a row`
      : `Overloaded for ${seconds} s: ${
        hosts.successes[row]
      } of ${calls} calls succeeded, the last ${
        hosts.continuousSuccesses(row)
      } in a row`;
  }

  /**
   * The steps "Report" of README.md: the state that the host begins anew, which
   * for an idle host may be a new window, or undefined when it goes on as it is.
   */
  #judge(
    row: number,
    succeeded: boolean,
    nowMs: number,
  ): HostState | undefined {
    const { settings, hosts } = this.#shared;
    const idle = hosts.overloaded[row] === 0;

    // Step 1: count.
    if (succeeded) hosts.countSuccess(row);
    else hosts.countError(row);

    // Step 2: too many failures for an idle host.
    if (idle && !succeeded) {
      if (
        hosts.virtualErrorRate(row, settings.initSuccessCount) >
          settings.errorRate ||
        hosts.continuousErrors(row) >= settings.continuousErrorLimit
      ) return "overloaded";
    }

    // Step 3: successes enough for an overloaded host.
    if (!idle && succeeded) {
      if (
        hosts.virtualSuccessRate(row, settings.initErrorCount) >
          settings.successRate ||
        hosts.continuousSuccesses(row) >= settings.continuousSuccessLimit
      ) return "idle";
    }

    // Step 4: the window of an idle host is over.
    const lastedMs = nowMs - hosts.sinceMs[row]!;
    if (idle && lastedMs >= settings.idleTimeoutMs) {
      return hosts.errorRate(row) >= settings.windowErrorRate
        ? "overloaded"
        : "idle";
    }

    // Step 5: an overloaded host has been so for long enough.
    if (!idle && lastedMs >= settings.overloadTimeoutMs) return "idle";

    return undefined;
  }

  /**
   * Resets the counts; a host whose state changes goes to the other queue's tail,
   * which is an event unless it was in that state before this balancer.
   */
  #become(
    row: number,
    state: HostState,
    { nowMs, isEvent }: { nowMs: number; isEvent: boolean },
  ): void {
    const { hosts, outbox } = this.#shared;
    const moves = (hosts.overloaded[row] === 0) !== (state === "idle");
    if (moves) {
      this.#queueOf(row).remove(row);
      const text = `Becomes ${state}: ${this.#explainCounts(row, nowMs)}`;
      outbox.decided({ key: this.#key, row, atMs: nowMs, text });
      const failures = hosts.errors[row]!;
      const kind = state === "idle"
        ? HostEventKind.returned
        : HostEventKind.ejected;
      outbox.changed({
        key: this.#key,
        row,
        atMs: nowMs,
        kind: isEvent ? kind : undefined,
        reason: HostReason.overloadRule,
        calls: hosts.successes[row]! + failures,
        failures,
        meanUs: 0,
        peersMeanUs: 0,
      });
    }
    hosts.become(row, state, nowMs);
    if (moves) this.#queueOf(row).push(row);
  }

  #queueOf(row: number): RowQueue {
    const { hosts } = this.#shared;
    if (hosts.overloaded[row] === 0) return this.#idle;
    this.#overloaded ??= new RowQueue(hosts);
    return this.#overloaded;
  }
}

/** The weights and zones of hosts, by row; undefined if none has any. Weight 0 is for the agent. */
function ignoredOf(
  { rows, attributes }: RouteUpdate,
): ReadonlyMap<number, string> | undefined {
  let ignored: Map<number, string> | undefined;
  for (const [index, { weight, zone }] of attributes.entries()) {
    const words = [
      ...(weight === undefined || weight === WEIGHT_DRAINED
        ? []
        : [`weight ${weight}`]),
      ...(zone === undefined ? [] : [`zone ${zone}`]),
    ];
    if (words.length === 0) continue;
    ignored ??= new Map();
    ignored.set(rows[index]!, words.join(" and "));
  }
  return ignored;
}
