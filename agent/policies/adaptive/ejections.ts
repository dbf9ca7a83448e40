import {
  HostEventKind,
  HostReason,
  type RouteKey,
} from "../../../proto/mod.ts";
import { type HostOutage, NO_HOST } from "../balancer.ts";
import {
  CHECKING,
  EJECTED,
  IN_FLIGHT,
  READY,
  type SERVING,
  SLOW_START,
  SUSPECT,
  WAITING,
} from "./hosts.ts";
import type { Xorshift } from "./pick/random.ts";
import type { AdaptiveShared } from "./adaptive_shared.ts";

/** A probe without a report is given up after this time, or that many median latencies if those are longer. */
const PROBE_TIMEOUT_MS = 5_000;
const PROBE_TIMEOUT_MEDIANS = 20;

/** A health check without an answer is given up after this time. */
const CHECK_TIMEOUT_MS = 5_000;

/** Failed health checks in a row, in an hour, after which a probe is sent anyway: the checks themselves may be broken. */
const FAILED_CHECKS_MAX = 64;

/** Probes of ejected hosts that a route may send before it has made any calls. */
const PROBES_FREE = 3;

/** Wait of a host that is due for a probe while the route has used up its share of probes. */
const BUDGET_WAIT_MS = 100;

/** Factor and least value of `#pauseFactor`. */
const PAUSE_FACTOR_STEP = 0.75;
const PAUSE_FACTOR_MIN = 0.02;

/** Most ejections in a row that are counted: the longest duration is reached long before. */
const EJECTION_COUNT_MAX = 32;

/** Percent of its calls that a host begins with that comes back. */
const SLOW_START_PERCENT_MIN = 5;

/** CUSUM on probation, as a share of `ejectThreshold`: where failures are rare, two eject again. */
const PROBATION_SHARE = 2 / 3;

/** CUSUM at which a suspect pauses for all of `ejectionMinMs`; each 1 below divides that by e. */
const PAUSE_CUSUM = 5.5;

/** What ejections are made of. */
interface EjectionsOptions {
  shared: AdaptiveShared;
  /** Whether ejected hosts may be health checked. */
  healthChecks: boolean;
  /** Takes what happens to a host out of use, before it is back if it returns. */
  changed: (
    row: number,
    kind: HostEventKind | undefined,
    nowMs: number,
  ) => void;
}

/**
 * The hosts of a route that are out of use, and their way back.
 *
 * A suspect pauses, then is probed by one call at a time. An ejected host waits,
 * each time longer than the last; then the agent checks it, if it may, and one
 * call probes it, within `probeShare` of all calls. What a probe's report means
 * is up to {@linkcode OutlierDetector}.
 */
export class Ejections {
  /** Hosts out of use; to be read only. */
  readonly rows: number[] = [];
  /** When the next step of any of them is due. */
  dueMs = Infinity;
  /** Whether ejected hosts may be health checked. */
  healthChecks: boolean;
  /** By row: when its next step is due. */
  readonly #dueMs = new Map<number, number>();
  /** By row: when its last probe began. */
  readonly #probedMs = new Map<number, number>();
  /** By row: why it is out of use. */
  readonly #reasons = new Map<number, HostReason>();
  /** Probes of ejected hosts so far. */
  #probes = 0;
  #picksAtChecks = 0;
  /** Factor of pauses: lower after each suspect that was not ejected, 1 again after one that was. */
  #pauseFactor = 1;
  readonly #key: RouteKey;
  readonly #shared: AdaptiveShared;
  readonly #changed: EjectionsOptions["changed"];

  constructor(
    key: RouteKey,
    { shared, healthChecks, changed }: EjectionsOptions,
  ) {
    this.#key = key;
    this.#shared = shared;
    this.healthChecks = healthChecks;
    this.#changed = changed;
  }

  /** Why a host is out of use; none if it is in use. */
  reasonOf(row: number): HostReason {
    return this.#reasons.get(row) ?? HostReason.none;
  }

  /** When the next step of a host out of use is due. */
  dueMsOf(row: number): number {
    return this.#dueMs.get(row) ?? Infinity;
  }

  /** When its last probe began, in this time out of use. */
  probedMsOf(row: number): number {
    return this.#probedMs.get(row) ?? -Infinity;
  }

  /** Makes a host SUSPECT, and lets it pause. */
  suspect(row: number, reason: HostReason, nowMs: number): void {
    this.#reasons.set(row, reason);
    this.#takeOut(row, SUSPECT, nowMs);
    this.pause(row, nowMs);
  }

  /** Makes a host EJECTED; answers for how long, in milliseconds. */
  eject(row: number, reason: HostReason, nowMs: number): number {
    this.#reasons.set(row, reason);
    const { hosts, settings } = this.#shared;
    const probation = settings.ejectThreshold * PROBATION_SHARE;
    const { history } = hosts;
    const place = hosts.needPlace(row, nowMs);
    // It is not convicted anew of what it was ejected for.
    const ratioCusum = Math.min(history.ratioCusum[place]!, probation);
    history.setCusums(place, {
      failing: settings.ejectThreshold,
      ratio: ratioCusum,
    });
    history.latencyMs[place] = 0;
    this.#pauseFactor = 1;
    this.#takeOut(row, EJECTED, nowMs);
    return this.extend(row, nowMs);
  }

  /** The hosts out of use, by row. */
  outages(nowMs: number): ReadonlyMap<number, HostOutage> {
    const { hosts } = this.#shared;
    const { history } = hosts;
    return new Map(this.rows.map((row) => {
      const place = hosts.placeOf(row);
      const isWaiting = history.probe[place] === WAITING;
      const leftMs = Math.max(0, this.dueMsOf(row) - nowMs);
      return [row, {
        state: hosts.state[row] === SUSPECT
          ? "suspect" as const
          : "ejected" as const,
        reason: this.reasonOf(row),
        forMs: Math.max(0, nowMs - history.sinceMs[place]!),
        waitMs: isWaiting ? leftMs : 0,
        ejections: history.ejectionCount[place]!,
      }];
    }));
  }

  /** Takes a host out of use as {@linkcode outages} of an earlier run has it. */
  restore(
    row: number,
    { state, reason, forMs, waitMs, ejections }: HostOutage,
    nowMs: number,
  ): void {
    const { hosts, settings } = this.#shared;
    const { history } = hosts;
    const place = hosts.needPlace(row, nowMs);
    if (state === "ejected") this.eject(row, reason, nowMs);
    else {
      history.failingCusum[place] = settings.suspectThreshold;
      this.suspect(row, reason, nowMs);
    }
    history.ejectionCount[place] = Math.min(EJECTION_COUNT_MAX, ejections);
    history.sinceMs[place] = nowMs - forMs;
    this.#wait(row, Math.min(waitMs, settings.ejectionMaxMs), nowMs);
    this.decided(
      row,
      `The agent restarts, and has it ${state} as before`,
      nowMs,
    );
    this.#changed(row, undefined, nowMs);
  }

  /** Lets a suspect pause: the longer, the more surprising its failures are, and the more often it failed after a pause. */
  pause(row: number, nowMs: number): void {
    const { hosts, random } = this.#shared;
    const surprise = Math.min(
      1,
      Math.exp(hosts.failingCusumOf(row) - PAUSE_CUSUM),
    );
    const pauseMs = this.#fullMs(row) * surprise * this.#pauseFactor;
    this.#wait(row, pauseMs * jitter(random), nowMs);
  }

  /** Keeps a host out for `ejectionGrowth` times as long as the last time; answers how long, in milliseconds. */
  extend(row: number, nowMs: number): number {
    const waitMs = this.#fullMs(row) * jitter(this.#shared.random);
    this.count(row);
    this.#wait(row, waitMs, nowMs);
    return waitMs;
  }

  /** Counts an ejection, or a pause that was too short: the next lasts longer. */
  count(row: number): void {
    const { hosts } = this.#shared;
    const { ejectionCount } = hosts.history;
    const place = hosts.placeOf(row);
    ejectionCount[place] = Math.min(
      EJECTION_COUNT_MAX,
      ejectionCount[place]! + 1,
    );
  }

  /** Duration of the next ejection of a host, without jitter. */
  #fullMs(row: number): number {
    const { hosts, settings } = this.#shared;
    const { ejectionMinMs, ejectionMaxMs, ejectionGrowth } = settings;
    const count = hosts.history.ejectionCount[hosts.placeOf(row)]!;
    const fullMs = ejectionMinMs * ejectionGrowth ** count;
    return Math.min(ejectionMaxMs, fullMs);
  }

  /** Ends all waits within `ejectionMinMs`: the hosts in use are no better. */
  shorten(nowMs: number): void {
    const { hosts, settings } = this.#shared;
    const latestMs = nowMs + settings.ejectionMinMs;
    for (const row of this.rows) {
      if (hosts.probeOf(row) !== WAITING) continue;
      const dueMs = Math.min(this.dueMsOf(row), latestMs);
      this.#dueMs.set(row, dueMs);
      this.dueMs = Math.min(this.dueMs, dueMs);
    }
  }

  /** Makes a probe of the host due at once. */
  probeNow(row: number, nowMs: number): void {
    this.#wait(row, 0, nowMs);
  }

  /** Takes a host back into use: SERVING, or in SLOW_START. */
  admit(
    row: number,
    state: typeof SERVING | typeof SLOW_START,
    nowMs: number,
  ): void {
    const { hosts } = this.#shared;
    const wasEjected = hosts.state[row] === EJECTED;
    this.#changed(row, wasEjected ? HostEventKind.returned : undefined, nowMs);
    if (hosts.state[row] === SUSPECT) {
      this.#pauseFactor = Math.max(
        PAUSE_FACTOR_MIN,
        this.#pauseFactor * PAUSE_FACTOR_STEP,
      );
    }
    this.#enter(row, state, nowMs);
    if (state === SLOW_START) {
      const place = hosts.placeOf(row);
      hosts.history.heldBackPercent[place] = 100 - SLOW_START_PERCENT_MIN;
    }
    this.remove(row);
  }

  /**
   * Takes all hosts back as one of them answers in panic: with their full share,
   * or the first would be flooded, but so that two failures eject each again.
   */
  endPanic(row: number, nowMs: number): void {
    const { hosts, settings } = this.#shared;
    const { history } = hosts;
    this.decided(row, "Panic ends: a call succeeded", nowMs);
    for (const other of [...this.rows]) {
      this.admit(other, SLOW_START, nowMs);
      const place = hosts.placeOf(other);
      history.heldBackPercent[place] = 0;
      const failing = settings.ejectThreshold * PROBATION_SHARE;
      history.setCusums(place, { failing });
    }
  }

  /** Forgets a host that left the route or is back in use. */
  remove(row: number): void {
    const index = this.rows.indexOf(row);
    if (index >= 0) this.rows.splice(index, 1);
    this.#dueMs.delete(row);
    this.#probedMs.delete(row);
    this.#reasons.delete(row);
    if (this.rows.length === 0) this.dueMs = Infinity;
  }

  /** Does what is due; answers the row of a host to probe by the present pick, or NO_HOST. `picks` are those of the route so far. */
  step(
    nowMs: number,
    { picks, medianMs }: { picks: number; medianMs: number },
  ): number {
    const { hosts, settings } = this.#shared;
    const deadlineMs = nowMs +
      Math.max(PROBE_TIMEOUT_MS, PROBE_TIMEOUT_MEDIANS * medianMs);
    const budget = PROBES_FREE + picks * settings.probeShare;
    this.dueMs = Infinity;
    let probed = NO_HOST;
    for (const row of this.rows) {
      if (this.dueMsOf(row) <= nowMs) this.#onDue(row, nowMs);
      let dueMs = this.dueMsOf(row);
      if (dueMs <= nowMs && probed === NO_HOST) {
        if (hosts.state[row] === SUSPECT || this.#probes < budget) {
          probed = row;
          this.#probe(row, deadlineMs, nowMs);
          dueMs = deadlineMs;
        } else dueMs = nowMs + BUDGET_WAIT_MS;
      }
      if (dueMs < this.dueMs) this.dueMs = dueMs;
    }
    return probed;
  }

  /**
   * Starts the health checks that are due, without a probe, if the route was
   * picked from since the last time. Answers when the next are due; those that
   * are left start with the next pick.
   */
  stepHealthChecks(nowMs: number, picks: number): number {
    const isPicked = picks !== this.#picksAtChecks;
    if (nowMs >= this.dueMs) this.#picksAtChecks = picks;
    const { hosts } = this.#shared;
    let nextMs = Infinity;
    for (const row of this.rows) {
      if (
        isPicked && this.dueMsOf(row) <= nowMs &&
        hosts.state[row] === EJECTED && hosts.probeOf(row) === WAITING
      ) this.#onDue(row, nowMs);
      const dueMs = this.dueMsOf(row);
      if (dueMs > nowMs && dueMs < nextMs) nextMs = dueMs;
    }
    return nextMs;
  }

  /** Takes the answer to a health check of an ejected host: whether it seems to be back. */
  onHealthCheck(row: number, isBack: boolean, nowMs: number): void {
    const { hosts } = this.#shared;
    const { probe, failedChecks } = hosts.history;
    const place = hosts.placeOf(row);
    if (probe[place] !== CHECKING) return;
    if (!isBack && failedChecks[place]! < FAILED_CHECKS_MAX) {
      failedChecks[place]! += 1;
      if (this.reasonOf(row) === HostReason.failing) {
        this.#reasons.set(row, HostReason.refused);
      }
      this.extend(row, nowMs);
      this.#changed(row, HostEventKind.checkFailed, nowMs);
      return;
    }
    failedChecks[place] = 0;
    this.#wait(row, 0, nowMs);
    probe[place] = READY;
  }

  /** Takes a decision down for `lars explain`. */
  decided(row: number, text: string, nowMs: number): void {
    const { outbox } = this.#shared;
    outbox.decided({ key: this.#key, row, atMs: nowMs, text });
  }

  #onDue(row: number, nowMs: number): void {
    const { hosts, outbox } = this.#shared;
    const { probe, ejectionCount } = hosts.history;
    const place = hosts.placeOf(row);
    if (probe[place] === IN_FLIGHT) {
      // No report came: that is no failure, and no reason to hurry.
      if (hosts.state[row] === SUSPECT) this.pause(row, nowMs);
      else {
        ejectionCount[place] = Math.max(0, ejectionCount[place]! - 1);
        this.extend(row, nowMs);
      }
    } else if (probe[place] === CHECKING) {
      probe[place] = READY;
    } else if (
      probe[place] === WAITING && this.healthChecks &&
      hosts.state[row] === EJECTED
    ) {
      probe[place] = CHECKING;
      this.#dueMs.set(row, nowMs + CHECK_TIMEOUT_MS);
      outbox.healthCheck(this.#key, row);
    }
  }

  #probe(row: number, deadlineMs: number, nowMs: number): void {
    const { hosts } = this.#shared;
    hosts.history.probe[hosts.placeOf(row)] = IN_FLIGHT;
    this.#probedMs.set(row, nowMs);
    this.#dueMs.set(row, deadlineMs);
    if (hosts.state[row] === SUSPECT) return;
    this.#probes += 1;
    this.decided(row, "Probed: one call goes to it", nowMs);
  }

  #takeOut(row: number, state: number, nowMs: number): void {
    const { hosts } = this.#shared;
    if (hosts.isInUse(row)) this.rows.push(row);
    this.#enter(row, state, nowMs);
  }

  #enter(row: number, state: number, nowMs: number): void {
    const { hosts } = this.#shared;
    const { history } = hosts;
    const place = hosts.needPlace(row, nowMs);
    hosts.state[row] = state;
    history.sinceMs[place] = nowMs;
    history.heldBackPercent[place] = 0;
  }

  #wait(row: number, waitMs: number, nowMs: number): void {
    const { hosts } = this.#shared;
    hosts.history.probe[hosts.placeOf(row)] = WAITING;
    this.#dueMs.set(row, nowMs + waitMs);
    this.dueMs = Math.min(this.dueMs, nowMs + waitMs);
  }
}

/** A factor from 7/8 to 1: ejections that begin together must not end together. */
function jitter(random: Xorshift): number {
  return 1 - random.share() / 8;
}
