import {
  type CallReport,
  HostEventKind,
  HostReason,
  type RouteKey,
} from "../../../proto/mod.ts";
import type { HostChange, HostOutage, RouteUpdate } from "../balancer.ts";
import { Ejections } from "./ejections.ts";
import { explainHost } from "./explain.ts";
import { FailureBaseline } from "./failure_baseline.ts";
import {
  EJECTED,
  IN_FLIGHT,
  SERVING,
  SLOW_START,
  SUSPECT,
  WAITING,
} from "./hosts.ts";
import type { LatencyTracker } from "./latency.ts";
import type { AdaptiveShared } from "./adaptive_shared.ts";

/** Least share of the hosts that suspicion leaves in use; of two or three hosts, one is enough. */
const IN_USE_SHARE_MIN = 1 / 2;

/** Greatest share of the hosts that may be out of use or slow for one of them to be ejected for being slow. */
const SLOW_SHARE_MAX = 1 / 3;

/** Share of the hosts up to which any that fails is ejected; above, one that fails more than half of its calls … */
const EJECTED_SHARE = 1 / 3;
const FAILING_RATE = 1 / 2;

/** … and this many times as often as the others: what fails as all are full is no fault of one. */
const FAILING_TIMES = 2;

/** Share of `ejectThreshold` that ejects a suspect whose probe failed after a pause … */
const CONFIRMED_SHARE = 1 / 3;

/** … of this share of `ejectionMinMs`. */
const RESTED_SHARE = 1 / 2;

/** Recent failure rate of a route above which it may be short of hosts, and those out of use no worse. */
const SHORTEN_RATE = 0.1;

/** How much earlier than its pick a call may seem to begin: clocks differ, and a batch has one time. */
const CLOCK_MS = 1;

/** A call that was reported. */
interface ReportedCall {
  succeeded: boolean;
  /** 0 if its caller did not say. */
  durationMs: number;
  nowMs: number;
}

/** Why a host is ejected, for people and for programs. */
interface EjectionCause {
  /** As in "it is slow". */
  why: string;
  reason: HostReason;
}

/**
 * Decides which hosts of a route are in use, in the states that README.md draws.
 *
 * When none is left, all are used, which is called panic; the first success in
 * it takes all of them back.
 */
export class OutlierDetector {
  /** The hosts of the route. */
  #rows: readonly number[] = [];
  /** Hosts out of use; undefined until there is one, as on most routes for ever. */
  ejections: Ejections | undefined;
  #healthChecks = false;
  /** Whether a health check of this route ever succeeded: before, a refusal means nothing. */
  #healthChecksWork = false;
  readonly #latency: LatencyTracker;
  readonly #baseline: FailureBaseline;
  readonly #key: RouteKey;
  readonly #shared: AdaptiveShared;

  constructor(
    key: RouteKey,
    shared: AdaptiveShared,
    latency: LatencyTracker,
  ) {
    this.#key = key;
    this.#shared = shared;
    this.#latency = latency;
    this.#baseline = new FailureBaseline(shared);
  }

  /** Takes the hosts of the route, and whether those out of use may be health checked. */
  update(
    { rows, healthChecks }: Pick<RouteUpdate, "rows" | "healthChecks">,
  ): void {
    this.#rows = rows;
    this.#healthChecks = healthChecks;
    if (this.ejections !== undefined) {
      this.ejections.healthChecks = healthChecks;
    }
  }

  /** Gives back what it holds; not to be used afterwards. */
  release(): void {
    this.#baseline.release();
  }

  /** Whether no host is in use, so that all are. */
  get panic(): boolean {
    const length = this.ejections?.rows.length ?? 0;
    return length > 0 && length === this.#rows.length;
  }

  /**
   * Takes how a call went; answers whether a host came into use or out of it.
   * O(1), but for changes of state. The host's cost is to be updated afterwards.
   */
  onReport(row: number, report: CallReport, nowMs: number): boolean {
    const { hosts, settings } = this.#shared;
    const { history } = hosts;
    const succeeded = report.returnCode === 0;
    const place = hosts.needPlace(row, nowMs);
    history.count(place, succeeded);
    // A report without a pick is a duplicate or forged.
    if (!this.#latency.closePick(row)) {
      return succeeded && this.#retractFailure(row, nowMs);
    }
    const durationMs = report.durationUs / 1_000;
    this.#latency.onReport(row, { place, succeeded, durationMs, nowMs });
    // Most calls are successes of hosts that no failure is held against.
    if (!succeeded || !hosts.isServing(row) || history.isDoubted(place)) {
      return this.#judge(row, { succeeded, durationMs, nowMs });
    }
    this.#baseline.count(place, true, this.#rows);
    this.#learnLatency(row, place, nowMs);
    return history.latencyCusum[place]! >= settings.ejectThreshold &&
      this.#judgeSlow(row, nowMs);
  }

  /** Judges a host by a call that failed, or that says something as others did before. */
  #judge(row: number, call: ReportedCall): boolean {
    const { succeeded, nowMs } = call;
    const { hosts, failureTest } = this.#shared;
    const place = hosts.placeOf(row);
    const probed = this.#isProbe(row, call);
    const panicEnds = succeeded && this.panic;
    if (panicEnds) this.#needEjections().endPanic(row, nowMs);
    const ejected = hosts.state[row] === EJECTED;
    // A call that was in flight when the host was ejected says nothing new.
    const isOld = ejected && !probed;
    let logRatio = 0;
    if (isOld) {
      // It is not convicted by these when it is probed.
    } else if (succeeded) {
      failureTest.onSuccess(place, this.#baseline.of(place));
    } else {
      logRatio = failureTest.onFailure(place, this.#baseline.of(place));
    }
    // How a probe of a bad host goes says nothing of the others.
    if (!ejected || this.panic) {
      this.#baseline.count(place, succeeded, this.#rows);
    }
    // A failure may make a host look slower, never faster: hosts may fail fast.
    if (isOld && !this.panic) {
      // Nor is it slow for what it took then.
    } else if (succeeded) this.#learnLatency(row, place, nowMs);
    else if (this.#latency.lastMs > hosts.latencyMsOf(row)) {
      this.#updateLatency(row, place, nowMs);
    }
    if (hosts.isInUse(row)) {
      return this.#judgeInUse(row, succeeded, nowMs) || panicEnds;
    }
    if (hosts.state[row] === SUSPECT) {
      return this.#judgeSuspect(row, { probed, logRatio, nowMs });
    }
    return probed && this.#judgeProbe(row, succeeded, nowMs);
  }

  /**
   * Whether a report is that of the probe: of the calls that began with it or later,
   * or the last one that is open, as callers may take their waiting for the call.
   */
  #isProbe(row: number, { durationMs, nowMs }: ReportedCall): boolean {
    const { hosts } = this.#shared;
    if (hosts.probeOf(row) !== IN_FLIGHT) return false;
    const probedMs = this.ejections?.probedMsOf(row) ?? -Infinity;
    return nowMs - durationMs >= probedMs - CLOCK_MS || !hosts.isOpen(row);
  }

  /** Takes the latency of a call that succeeded. */
  #learnLatency(row: number, place: number, nowMs: number): void {
    const { lastMs, medianMs, warmedUp, isTimed } = this.#latency;
    if (warmedUp) {
      // What calls in flight say of a latency convicts no host.
      const durationMs = isTimed ? lastMs : 0;
      this.#shared.latencyTest.onSuccess(place, durationMs, medianMs);
    }
    this.#updateLatency(row, place, nowMs);
  }

  #updateLatency(row: number, place: number, nowMs: number): void {
    const calls = this.#baseline.callsOf(place);
    this.#latency.updateLatency(row, { place, calls, nowMs });
  }

  /** Takes a pick back of which no call was made; the next pick repeats a probe. */
  onUnused(row: number, nowMs: number): void {
    this.#latency.onUnused(row);
    if (this.#shared.hosts.probeOf(row) === IN_FLIGHT) {
      this.ejections?.probeNow(row, nowMs);
    }
  }

  /** Asks whether a host accepts connections. */
  #startHealthCheck(row: number): void {
    this.#shared.outbox.healthCheck(this.#key, row);
  }

  /** Takes whether a host accepts connections; answers whether it went out of use. */
  onHealthCheck(row: number, alive: boolean, nowMs: number): boolean {
    const { hosts } = this.#shared;
    if (alive) this.#noteAccepted(row, nowMs);
    const isInUse = hosts.isInUse(row);
    if (hosts.state[row] === EJECTED) {
      const isBack = alive || !this.#healthChecksWork;
      this.ejections?.onHealthCheck(row, isBack, nowMs);
    } else if (alive) {
      // A suspect is not gone: a pause would cost more than to ask it.
      if (!isInUse && hosts.probeOf(row) === WAITING) {
        this.ejections?.probeNow(row, nowMs);
      }
    } else if (
      this.#healthChecksWork && (!isInUse || this.#mayEjectRefusing(row))
    ) {
      this.#eject(row, {
        why: "it refuses connections",
        reason: HostReason.refused,
      }, nowMs);
      return isInUse;
    }
    return false;
  }

  /** Ejects a new host that the policy before this one had out of use. */
  inherit(row: number, nowMs: number): void {
    this.#decideEjection(row, {
      why: "another policy had it out of use",
      reason: HostReason.overloadRule,
    }, nowMs);
    this.#changed(row, undefined, nowMs);
  }

  /** Takes a host out of use as the run before this one had it. */
  restore(row: number, outage: HostOutage, nowMs: number): void {
    if (outage.state === "overloaded") this.inherit(row, nowMs);
    else this.#needEjections().restore(row, outage, nowMs);
  }

  /** Moves slow starts on, and forgets old ejections; true if a share changed. O(hosts), at each refresh of latencies. */
  refresh(nowMs: number): boolean {
    if (this.ejections === undefined) return false;
    const { hosts, settings } = this.#shared;
    const { history } = hosts;
    const isShort = this.#baseline.recent > SHORTEN_RATE;
    if (isShort) this.ejections.shorten(nowMs);
    let changed = false;
    for (const row of this.#rows) {
      const place = hosts.placeOf(row);
      const forMs = nowMs - history.sinceMs[place]!;
      if (hosts.state[row] === SLOW_START) {
        const held = history.heldBackPercent[place]!;
        if (held > 0) {
          const next = isShort ? 100 : 100 * forMs / settings.slowStartMs;
          const left = Math.max(0, 100 - Math.floor(next));
          history.heldBackPercent[place] = Math.min(held, left);
          changed = true;
        } else if (history.failingCusum[place]! < settings.suspectThreshold) {
          hosts.state[row] = SERVING;
          history.sinceMs[place] = nowMs;
        }
      } else if (
        hosts.state[row] === SERVING && forMs >= settings.ejectionDecayMs
      ) history.ejectionCount[place] = 0;
    }
    return changed;
  }

  /** State of a host and the numbers behind it. */
  explain(row: number, nowMs: number): string {
    return explainHost(row, {
      hosts: this.#shared.hosts,
      medianMs: this.#latency.medianMs,
      baseline: this.#baseline.of(this.#shared.hosts.placeOf(row)),
      panic: this.panic,
      dueMs: this.ejections?.dueMsOf(row) ?? Infinity,
      nowMs,
    });
  }

  #judgeInUse(row: number, succeeded: boolean, nowMs: number): boolean {
    const { hosts, settings } = this.#shared;
    const { history } = hosts;
    const place = hosts.placeOf(row);
    const { ejectThreshold, suspectThreshold } = settings;
    if (succeeded) {
      return history.latencyCusum[place]! >= ejectThreshold &&
        this.#judgeSlow(row, nowMs);
    }
    const fails = history.failingCusum[place]! >= ejectThreshold;
    if (fails || history.ratioCusum[place]! >= ejectThreshold) {
      if (!this.#mayEject(row)) return false;
      this.#eject(
        row,
        fails ? { why: "it fails", reason: this.#latency.failureReason } : {
          why: "it fails more often than the others",
          reason: HostReason.worseThanPeers,
        },
        nowMs,
      );
      return true;
    }
    if (
      hosts.state[row] !== SERVING ||
      history.failingCusum[place]! < suspectThreshold ||
      !this.#maySuspect()
    ) return false;
    this.#suspect(row, nowMs);
    return true;
  }

  /**
   * Takes a failure back that is held against a host, as there was one report more
   * than picks: a success that is late by one belongs to the call that a forged or
   * repeated report ended before.
   */
  #retractFailure(row: number, nowMs: number): boolean {
    const { hosts, settings, failureTest } = this.#shared;
    if (hosts.state[row] === EJECTED || hosts.failingCusumOf(row) === 0) {
      return false;
    }
    failureTest.retractFailure(hosts.placeOf(row));
    if (
      hosts.state[row] !== SUSPECT ||
      hosts.failingCusumOf(row) >= settings.suspectThreshold
    ) return false;
    this.#needEjections().admit(row, SERVING, nowMs);
    return true;
  }

  #noteAccepted(row: number, nowMs: number): void {
    const { hosts } = this.#shared;
    const place = hosts.needPlace(row, nowMs);
    hosts.history.accepts[place] = 1;
    if (this.#healthChecksWork) return;
    this.#healthChecksWork = true;
    // Refusals up to now meant nothing: check again.
    for (const other of this.ejections?.rows ?? []) {
      if (hosts.state[other] === SUSPECT) this.#startHealthCheck(other);
    }
  }

  /** `logRatio` is what the call added to the host's CUSUM; 0 if it succeeded. */
  #judgeSuspect(
    row: number,
    { probed, logRatio, nowMs }: {
      probed: boolean;
      logRatio: number;
      nowMs: number;
    },
  ): boolean {
    const { hosts, settings } = this.#shared;
    const ejections = this.#needEjections();
    const { ejectThreshold, suspectThreshold, ejectionMinMs } = settings;
    const cusum = hosts.failingCusumOf(row);
    const failed = logRatio > 0;
    // To fail after a pause says more than to fail twice at a time.
    const rested = probed && failed &&
      nowMs - hosts.sinceMsOf(row) >= ejectionMinMs * RESTED_SHARE;
    if (rested && logRatio >= suspectThreshold / 2) ejections.count(row);
    const confirmed = rested && logRatio >= suspectThreshold;
    if (
      failed && cusum >= ejectThreshold * (confirmed ? CONFIRMED_SHARE : 1)
    ) {
      const reason = this.#latency.failureReason;
      this.#eject(row, { why: "it fails", reason }, nowMs);
    } else if (cusum < suspectThreshold) {
      ejections.admit(row, SERVING, nowMs);
      return true;
    } else if (probed) {
      if (failed) ejections.pause(row, nowMs);
      else ejections.probeNow(row, nowMs);
    }
    return false;
  }

  /** Judges an ejected host by its probe. */
  #judgeProbe(row: number, succeeded: boolean, nowMs: number): boolean {
    const { hosts, settings } = this.#shared;
    const ejections = this.#needEjections();
    const latencyCusum = hosts.latencyCusumOf(row);
    if (succeeded && latencyCusum === 0) {
      ejections.decided(row, "Returns: its probe succeeded", nowMs);
      ejections.admit(row, SLOW_START, nowMs);
      return true;
    }
    if (succeeded && latencyCusum < settings.suspectThreshold) {
      // Slow once may be chance: another probe says more than a minute out of use.
      ejections.probeNow(row, nowMs);
      return false;
    }
    this.#eject(row, {
      why: succeeded ? "its probes were slow" : "its probe failed",
      reason: ejections.reasonOf(row),
    }, nowMs);
    return false;
  }

  /** Ejects a host that is much slower than the median, unless others turn out slow as well: then it is no fault of theirs. */
  #judgeSlow(row: number, nowMs: number): boolean {
    const { hosts, settings } = this.#shared;
    const rows = this.#rows;
    const others = rows.filter((other) =>
      other !== row &&
      (!hosts.isInUse(other) ||
        hosts.latencyCusumOf(other) >= settings.suspectThreshold)
    ).length;
    const alone = others === 0 && rows.length > 1;
    if (alone || others + 1 <= rows.length * SLOW_SHARE_MAX) {
      this.#eject(row, { why: "it is slow", reason: HostReason.slow }, nowMs);
      return true;
    }
    // Not to be judged again at once, but still one of those that are slow.
    hosts.history.latencyCusum[hosts.placeOf(row)] = settings.suspectThreshold;
    return false;
  }

  #suspect(row: number, nowMs: number): void {
    const { hosts } = this.#shared;
    const ejections = this.#needEjections();
    ejections.suspect(row, this.#latency.failureReason, nowMs);
    this.#changed(row, HostEventKind.suspected, nowMs);
    if (!ejections.healthChecks) return;
    if (!this.#healthChecksWork) {
      // Only if some host passes does failing mean anything.
      const start = this.#shared.random.below(this.#rows.length);
      const other = [...this.#rows.slice(start), ...this.#rows.slice(0, start)]
        .find((other) => hosts.isInUse(other));
      if (other !== undefined) this.#startHealthCheck(other);
    }
    this.#startHealthCheck(row);
  }

  /** Ejects a host; one that is ejected already for a longer time. */
  #eject(row: number, cause: EjectionCause, nowMs: number): void {
    const { hosts } = this.#shared;
    const isEvent = hosts.state[row] !== EJECTED;
    // The numbers before they begin anew.
    const numbers = this.#numbersOf(row);
    this.#decideEjection(row, cause, nowMs);
    const kind = isEvent ? HostEventKind.ejected : undefined;
    this.#tell(row, { kind, ...numbers }, nowMs);
  }

  #decideEjection(
    row: number,
    { why, reason }: EjectionCause,
    nowMs: number,
  ): void {
    const ejections = this.#needEjections();
    const explanation = this.explain(row, nowMs);
    const seconds = (ejections.eject(row, reason, nowMs) / 1000).toFixed(1);
    const text = `Ejected for ${seconds} s as ${why}. ${explanation}`;
    ejections.decided(row, text, nowMs);
    if (this.panic) {
      ejections.decided(row, "Panic: no host is left, all are used", nowMs);
    }
  }

  /** Tells what happened to a host out of use, before it is back if it returns. */
  #changed(
    row: number,
    kind: HostEventKind | undefined,
    nowMs: number,
  ): void {
    this.#tell(row, { kind, ...this.#numbersOf(row) }, nowMs);
  }

  #tell(
    row: number,
    change: Omit<HostChange, "key" | "row" | "atMs" | "reason">,
    nowMs: number,
  ): void {
    this.#shared.outbox.changed({
      key: this.#key,
      row,
      atMs: nowMs,
      reason: this.ejections?.reasonOf(row) ?? HostReason.none,
      ...change,
    });
  }

  #numbersOf(
    row: number,
  ): Pick<HostChange, "calls" | "failures" | "meanUs" | "peersMeanUs"> {
    const { hosts } = this.#shared;
    const { history } = hosts;
    const place = hosts.placeOf(row);
    const failures = history.failures[place]!;
    return {
      calls: history.successes[place]! + failures,
      failures,
      meanUs: Math.round(history.latencyMs[place]! * 1_000),
      peersMeanUs: Math.round(this.#latency.medianMs * 1_000),
    };
  }

  #mayEject(row: number): boolean {
    const out = this.ejections?.rows.length ?? 0;
    if (out === 0 || out + 1 <= this.#rows.length * EJECTED_SHARE) return true;
    const place = this.#shared.hosts.placeOf(row);
    const rate = this.#baseline.recentOf(place);
    return rate > FAILING_RATE &&
      rate > FAILING_TIMES * this.#baseline.of(place);
  }

  /** Whether a host may be ejected before a call failed: not if it always refused connections, and answers calls. */
  #mayEjectRefusing(row: number): boolean {
    const { hosts } = this.#shared;
    const { accepts, latencyMs } = hosts.history;
    const place = hosts.placeOf(row);
    return (accepts[place] === 1 || latencyMs[place] === 0) &&
      this.#maySuspect();
  }

  #maySuspect(): boolean {
    const { length } = this.#rows;
    const left = length - (this.ejections?.rows.length ?? 0) - 1;
    return left >= length * IN_USE_SHARE_MIN || (length <= 3 && left >= 1);
  }

  #needEjections(): Ejections {
    this.ejections ??= new Ejections(this.#key, {
      shared: this.#shared,
      healthChecks: this.#healthChecks,
      changed: (row, kind, nowMs) => this.#changed(row, kind, nowMs),
    });
    return this.ejections;
  }
}
