import type { HostAddress, RouteKey } from "../../../proto/mod.ts";
import { explainHost } from "./explain.ts";
import { CALLED, DOUBTED, RESTING, RETURNING, SERVING } from "./hosts.ts";
import type { FailureLevel } from "./failure_baseline.ts";
import type { AdaptiveShared } from "./policy.ts";
import { HostRests } from "./ejections.ts";
import type { RouteTimes } from "./latency.ts";
import { NO_HOST } from "../balancer.ts";
import type { RouteHosts } from "../route_hosts.ts";

/** Mere doubt never leaves fewer hosts in use than this share, or than one of three. */
const UNDOUBTED_SHARE_MIN = 1 / 2;

/** No host is ejected for being slow where more than this share would be out of use. */
const SLOW_SHARE_MAX = 1 / 3;

/** Share of the evidence for an ejection that suffices when a call risked on the doubted host fails too. */
const CONFIRMED = 1 / 3;

/** While hosts in use fail more than this, resting ones may be the better ones. */
const HURRY_LEVEL = 0.5;

/**
 * Decides which hosts of a route are in use. A host is
 *
 * - SERVING until a surprising failure makes it DOUBTED, or evidence ejects it;
 * - DOUBTED: it pauses, then has one call at a time, until the evidence is gone
 *   (SERVING) or is enough (RESTING);
 * - RESTING until a call that was risked on it succeeds: then it is RETURNING;
 * - RETURNING, with a share that rises, until its evidence is gone (SERVING); as
 *   that begins at the limit, a failure sends it back.
 *
 * When all are out of use, all are used (panic); the first success ends it.
 */
export class HostJudge {
  /** To be read only; undefined while no host was ever out of use, as in most routes. */
  rests: HostRests | undefined;
  #checks = false;
  readonly #route: RouteHosts;
  readonly #times: RouteTimes;
  readonly #level: FailureLevel;
  readonly #key: RouteKey;
  readonly #shared: AdaptiveShared;

  constructor(
    key: RouteKey,
    shared: AdaptiveShared,
    { route, times, level }: {
      route: RouteHosts;
      times: RouteTimes;
      level: FailureLevel;
    },
  ) {
    this.#key = key;
    this.#shared = shared;
    this.#route = route;
    this.#times = times;
    this.#level = level;
  }

  /** Whether resting hosts may be checked. */
  get checks(): boolean {
    return this.#checks;
  }

  set checks(checks: boolean) {
    this.#checks = checks;
    if (this.rests !== undefined) this.rests.checks = checks;
  }

  /** Whether no host is in use, so that all are. */
  get panic(): boolean {
    const length = this.rests?.slots.length ?? 0;
    return length > 0 && length === this.#route.slots.length;
  }

  /** What a report means for its host; true if some host came into use or out of it. */
  weigh(slot: number, succeeded: boolean, nowMs: number): boolean {
    const { hosts, evidence } = this.#shared;
    const { usualMs, tookMs } = this.#times;
    const panicEnds = succeeded && this.panic;
    if (panicEnds) this.#needRests().endAll(slot, nowMs);
    const onTrial = hosts.trial[slot] === CALLED;
    const resting = hosts.state[slot] === RESTING;
    let nats = 0;
    if (resting && !onTrial) {
      // What was under way when it was ejected says nothing new.
    } else if (!succeeded) {
      nats = evidence.failed(slot, this.#level.of(slot));
    } else if (hosts.failing[slot]! > 0 || hosts.worse[slot]! > 0) {
      evidence.succeeded(slot, this.#level.of(slot));
    }
    // What a call risked on a bad host came to says nothing of the others.
    if (!resting || this.panic) {
      this.#level.count(slot, succeeded, this.#route.slots);
    }
    if (succeeded && this.#times.settled) evidence.took(slot, tookMs / usualMs);
    // A host that fails fast is not fast: its failures may only make it slower.
    if (succeeded || tookMs > hosts.latencyMs[slot]!) {
      this.#times.learn(slot, tookMs, nowMs);
    }
    if (hosts.isLive(slot)) {
      return this.#judgeLive(slot, succeeded, nowMs) || panicEnds;
    }
    if (hosts.state[slot] === DOUBTED) {
      return this.#judgeDoubted(slot, nats, nowMs);
    }
    return this.#judgeResting(slot, succeeded, nowMs);
  }

  /** Takes whether a host accepts connections. */
  checked(slot: number, alive: boolean, nowMs: number): void {
    const { hosts, outbox } = this.#shared;
    const rests = this.#needRests();
    if (alive && !rests.checksWork) {
      rests.checksWork = true;
      // A refusal that came before meant nothing yet.
      for (const other of rests.slots) {
        if (hosts.state[other] === DOUBTED) {
          outbox.check(this.#key, hosts.address(other));
        }
      }
    }
    if (hosts.isLive(slot)) return;
    if (!alive && hosts.state[slot] === DOUBTED && rests.checksWork) {
      this.#eject(slot, "a call failed and it refuses connections", nowMs);
    } else if (hosts.state[slot] === RESTING) {
      rests.checked(slot, alive, nowMs);
    }
  }

  /** Another policy knew that a host is bad. */
  inherit(host: HostAddress, nowMs: number): void {
    const slot = this.#route.find(host);
    if (slot === NO_HOST || !this.#shared.hosts.isLive(slot)) return;
    this.#eject(slot, "it rested under another policy", nowMs);
  }

  /** Moves hosts that return, and forgets old rests; true if a share changed. */
  refresh(nowMs: number): boolean {
    if (this.rests === undefined) return false;
    const { hosts, settings } = this.#shared;
    if (this.#level.latest > HURRY_LEVEL) this.rests.hurry(nowMs);
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
        hosts.state[slot] === SERVING && forMs >= settings.forgiveMs
      ) hosts.rests[slot] = 0;
    }
    return changed;
  }

  /** Why a host is where it is. */
  explain(slot: number, nowMs: number): string {
    return explainHost(slot, {
      hosts: this.#shared.hosts,
      usualMs: this.#times.usualMs,
      level: this.#level.of(slot),
      panic: this.panic,
      dueMs: this.rests?.dueMsOf(slot) ?? Infinity,
      nowMs,
    });
  }

  #judgeLive(slot: number, succeeded: boolean, nowMs: number): boolean {
    const { hosts, settings } = this.#shared;
    const { ejectNats, doubtNats } = settings;
    if (succeeded) {
      return hosts.slow[slot]! >= ejectNats && this.#judgeSlow(slot, nowMs);
    }
    if (hosts.failing[slot]! >= ejectNats) {
      this.#eject(slot, "it fails", nowMs);
      return true;
    }
    if (hosts.worse[slot]! >= ejectNats) {
      this.#eject(slot, "it fails more often than the others", nowMs);
      return true;
    }
    if (
      hosts.state[slot] !== SERVING ||
      hosts.failing[slot]! < doubtNats ||
      !this.#mayDoubt()
    ) return false;
    this.#doubt(slot, nowMs);
    return true;
  }

  #judgeDoubted(slot: number, nats: number, nowMs: number): boolean {
    const { hosts, settings } = this.#shared;
    const rests = this.#needRests();
    const onTrial = hosts.trial[slot] === CALLED;
    const failing = hosts.failing[slot]!;
    const surprising = nats >= settings.doubtNats;
    const confirmed = onTrial && surprising;
    // The pause was a rest, and it was too short.
    if (confirmed) {
      hosts.rests[slot] = Math.max(1, hosts.rests[slot]!);
    }
    const limit = settings.ejectNats * (confirmed ? CONFIRMED : 1);
    if (nats > 0 && failing >= limit) {
      this.#eject(slot, "it fails", nowMs);
    } else if (failing < settings.doubtNats) {
      rests.admit(slot, SERVING, nowMs);
      return true;
    } else if (onTrial) {
      if (nats === 0) rests.askAgain(slot, nowMs);
      else if (confirmed) rests.restLonger(slot, nowMs);
      else rests.pause(slot, nowMs);
    }
    return false;
  }

  #judgeResting(slot: number, succeeded: boolean, nowMs: number): boolean {
    const { hosts } = this.#shared;
    if (hosts.trial[slot] !== CALLED) return false;
    const rests = this.#needRests();
    if (succeeded && hosts.slow[slot] === 0) {
      const text = "Returns: the call risked on it succeeded";
      rests.decided(slot, text, nowMs);
      rests.admit(slot, RETURNING, nowMs);
      return true;
    }
    const how = succeeded ? "was slow" : "failed";
    this.#eject(slot, `the call risked on it ${how}`, nowMs);
    return false;
  }

  /** Much slower than the middle host: unless others turn out slow as well, which is nobody's fault. */
  #judgeSlow(slot: number, nowMs: number): boolean {
    const { hosts, settings } = this.#shared;
    const { slots } = this.#route;
    const others = slots.filter((other) =>
      other !== slot &&
      (!hosts.isLive(other) || hosts.slow[other]! >= settings.doubtNats)
    ).length;
    const alone = others === 0 && slots.length > 1;
    if (alone || others + 1 <= slots.length * SLOW_SHARE_MAX) {
      this.#eject(slot, "it is slow", nowMs);
      return true;
    }
    // Not to be judged again at once, but still one of those that are slow.
    hosts.slow[slot] = settings.doubtNats;
    return false;
  }

  #doubt(slot: number, nowMs: number): void {
    const { hosts, outbox } = this.#shared;
    const rests = this.#needRests();
    rests.doubt(slot, nowMs);
    if (!rests.checks) return;
    if (!rests.checksWork) {
      // Does a host that works pass? Otherwise failing means nothing.
      const live = this.#route.slots.find((other) => hosts.isLive(other));
      if (live !== undefined) outbox.check(this.#key, hosts.address(live));
    }
    outbox.check(this.#key, hosts.address(slot));
  }

  #eject(slot: number, why: string, nowMs: number): void {
    const rests = this.#needRests();
    const reason = this.explain(slot, nowMs);
    const restMs = rests.eject(slot, nowMs);
    const seconds = (restMs / 1000).toFixed(1);
    const text = `Ejected for ${seconds} s as ${why}. ${reason}`;
    rests.decided(slot, text, nowMs);
    if (this.panic) {
      rests.decided(slot, "Panic: no host is left, all are used", nowMs);
    }
  }

  #mayDoubt(): boolean {
    const { length } = this.#route.slots;
    const left = length - (this.rests?.slots.length ?? 0) - 1;
    return left >= length * UNDOUBTED_SHARE_MIN || (length <= 3 && left >= 1);
  }

  #needRests(): HostRests {
    this.rests ??= new HostRests(this.#key, {
      shared: this.#shared,
      checks: this.#checks,
    });
    return this.rests;
  }
}
