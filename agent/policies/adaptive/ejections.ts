import type { HostAddress, RouteKey } from "../../../proto/mod.ts";
import {
  CALLED,
  CHECKED,
  CHECKING,
  DOUBTED,
  RESTING,
  RETURNING,
  SERVING,
  UNTRIED,
} from "./hosts.ts";
import type { ChoiceRandom } from "./random.ts";
import type { AdaptiveShared } from "./policy.ts";
import { NO_HOST } from "../balancer.ts";

/** A call risked on a host that nobody reported is forgotten after this, or so many times the usual latency. */
const TRIAL_DEADLINE_MS = 5_000;
const TRIAL_DEADLINE_TIMES = 20;

/** A check that nobody answered counts for nothing after this. */
const CHECK_DEADLINE_MS = 5_000;

/** So many checks may fail in a row before a call is risked all the same: checks may be what fails. */
const FAILED_CHECKS_MAX = 8;

/** Probes that a route may make before it made any calls. */
const PROBES_FREE = 3;

/** With the budget spent, a route looks again after this. */
const BUDGET_WAIT_MS = 100;

/** What is left of the trust in doubts after one that was for nothing, and at least. */
const TRUST_STEP = 0.75;
const TRUST_MIN = 0.02;

/** Rests are told apart up to this: the longest one comes sooner. */
const RESTS_MAX = 32;

/** Share that a host begins with when it returns. */
const RETURN_SHARE_MIN = 0.05;

/** Share of the evidence for an ejection that hosts have left when all return: two failures suffice. */
const RETURNED_TOGETHER = 2 / 3;

/** With so many nats of doubt a host that pauses does so for the whole of `restMinMs`. */
const PAUSE_NATS = 5.5;

/**
 * The hosts of a route that are out of use, and their way back.
 *
 * A host in doubt pauses, then gets one call at a time until they have cleared
 * it or convicted it. An ejected host rests; each rest is longer than the one
 * before. When it is over, the agent checks the host if it may, and then risks
 * one call, within a share of all calls. A success lets the host return.
 */
export class HostRests {
  /** Hosts out of use. */
  readonly slots: number[] = [];
  /** When the next step is due. */
  dueMs = Infinity;
  /** Whether resting hosts may be checked. */
  checks: boolean;
  /** A check of this route has found a host that accepts: only then a refusal means anything. */
  checksWork = false;
  /** By slot: when its next step is due. */
  readonly #dueMs = new Map<number, number>();
  #probes = 0;
  #picksAtChecks = 0;
  /** How right doubts have been: pauses for nothing make the next ones shorter. */
  #trust = 1;
  readonly #key: RouteKey;
  readonly #shared: AdaptiveShared;

  constructor(
    key: RouteKey,
    { shared, checks }: { shared: AdaptiveShared; checks: boolean },
  ) {
    this.#key = key;
    this.#shared = shared;
    this.checks = checks;
  }

  /** When the next step of a host out of use is due. */
  dueMsOf(slot: number): number {
    return this.#dueMs.get(slot) ?? Infinity;
  }

  /** A surprising failure: the host pauses. */
  doubt(slot: number, nowMs: number): void {
    this.#leave(slot, DOUBTED, nowMs);
    this.pause(slot, nowMs);
  }

  /** Enough evidence: the host rests; answers how long. */
  eject(slot: number, nowMs: number): number {
    const { hosts, settings } = this.#shared;
    hosts.clearEvidence(slot);
    hosts.failing[slot] = settings.ejectNats;
    hosts.latencyMs[slot] = 0;
    this.#trust = 1;
    this.#leave(slot, RESTING, nowMs);
    return this.restLonger(slot, nowMs);
  }

  /** Lets a host in doubt pause, the longer the more surprising its failures are. */
  pause(slot: number, nowMs: number): void {
    const { hosts, settings, random } = this.#shared;
    const surprise = Math.min(1, Math.exp(hosts.failing[slot]! - PAUSE_NATS));
    const pauseMs = settings.restMinMs * surprise * this.#trust;
    this.#rest(slot, pauseMs * jitter(random), nowMs);
  }

  /** Lets a host rest longer than the last time; answers how long. */
  restLonger(slot: number, nowMs: number): number {
    const { hosts, settings, random } = this.#shared;
    const { restMinMs, restMaxMs, restGrowth } = settings;
    const fullMs = restMinMs * restGrowth ** hosts.rests[slot]!;
    const restMs = Math.min(restMaxMs, fullMs) * jitter(random);
    hosts.rests[slot] = Math.min(RESTS_MAX, hosts.rests[slot]! + 1);
    this.#rest(slot, restMs, nowMs);
    return restMs;
  }

  /** Ends long rests soon: the hosts in use are no better. */
  hurry(nowMs: number): void {
    const { hosts, settings } = this.#shared;
    const latestMs = nowMs + settings.restMinMs;
    for (const slot of this.slots) {
      if (hosts.trial[slot] !== UNTRIED) continue;
      const dueMs = Math.min(this.dueMsOf(slot), latestMs);
      this.#dueMs.set(slot, dueMs);
      this.dueMs = Math.min(this.dueMs, dueMs);
    }
  }

  /** The host is asked again at once. */
  askAgain(slot: number, nowMs: number): void {
    this.#rest(slot, 0, nowMs);
  }

  /** Takes a host back into use: SERVING, or RETURNING with a share that rises. */
  admit(
    slot: number,
    state: typeof SERVING | typeof RETURNING,
    nowMs: number,
  ): void {
    const { hosts } = this.#shared;
    if (hosts.state[slot] === DOUBTED) {
      this.#trust = Math.max(TRUST_MIN, this.#trust * TRUST_STEP);
    }
    hosts.state[slot] = state;
    hosts.share[slot] = state === SERVING ? 1 : RETURN_SHARE_MIN;
    hosts.sinceMs[slot] = nowMs;
    hosts.failedChecks[slot] = 0;
    this.drop(slot);
  }

  /** A host answers in panic: all return at once, or the first would be flooded, with so much doubt that two failures suffice. */
  endAll(slot: number, nowMs: number): void {
    const { hosts, settings } = this.#shared;
    this.decided(slot, "Panic ends: a call succeeded", nowMs);
    for (const other of [...this.slots]) {
      this.admit(other, RETURNING, nowMs);
      hosts.share[other] = 1;
      hosts.clearEvidence(other);
      hosts.failing[other] = settings.ejectNats * RETURNED_TOGETHER;
    }
  }

  /** Forgets a host that is gone or back in use. */
  drop(slot: number): void {
    const index = this.slots.indexOf(slot);
    if (index >= 0) this.slots.splice(index, 1);
    this.#dueMs.delete(slot);
    if (this.slots.length === 0) this.dueMs = Infinity;
  }

  /** Does what is due; the host to risk a call on now, or NO_HOST. `picks` are those of the route so far. */
  step(
    nowMs: number,
    { picks, usualMs }: { picks: number; usualMs: number },
  ): number {
    const { hosts, settings } = this.#shared;
    const deadlineMs = nowMs +
      Math.max(TRIAL_DEADLINE_MS, TRIAL_DEADLINE_TIMES * usualMs);
    const budget = PROBES_FREE + picks * settings.probeShare;
    this.dueMs = Infinity;
    let risked = NO_HOST;
    for (const slot of this.slots) {
      if (this.dueMsOf(slot) <= nowMs) this.#due(slot, nowMs);
      let dueMs = this.dueMsOf(slot);
      if (dueMs <= nowMs && risked === NO_HOST) {
        if (hosts.state[slot] === DOUBTED || this.#probes < budget) {
          risked = slot;
          this.#risk(slot, deadlineMs, nowMs);
          dueMs = deadlineMs;
        } else dueMs = nowMs + BUDGET_WAIT_MS;
      }
      if (dueMs < this.dueMs) this.dueMs = dueMs;
    }
    return risked;
  }

  /** Asks for the checks that are due, without risking a call, if the route was picked from since the last time. */
  stepChecks(nowMs: number, picks: number): void {
    if (nowMs < this.dueMs || picks === this.#picksAtChecks) return;
    this.#picksAtChecks = picks;
    const { hosts } = this.#shared;
    for (const slot of this.slots) {
      if (
        this.dueMsOf(slot) <= nowMs && hosts.state[slot] === RESTING &&
        hosts.trial[slot] === UNTRIED
      ) this.#due(slot, nowMs);
    }
  }

  /** The answer to a check of a resting host. */
  checked(slot: number, alive: boolean, nowMs: number): void {
    const { hosts } = this.#shared;
    if (hosts.trial[slot] !== CHECKING) return;
    hosts.failedChecks[slot] = alive ? 0 : hosts.failedChecks[slot]! + 1;
    const believed = this.checksWork &&
      hosts.failedChecks[slot]! <= FAILED_CHECKS_MAX;
    if (!alive && believed) {
      this.restLonger(slot, nowMs);
      return;
    }
    hosts.failedChecks[slot] = 0;
    this.#rest(slot, 0, nowMs);
    hosts.trial[slot] = CHECKED;
  }

  /** Tells people. */
  decided(slot: number, text: string, nowMs: number): void {
    const address: HostAddress = this.#shared.hosts.address(slot);
    this.#shared.outbox.decided({
      ...this.#key,
      ...address,
      atMs: nowMs,
      text,
    });
  }

  #due(slot: number, nowMs: number): void {
    const { hosts } = this.#shared;
    const trial = hosts.trial[slot]!;
    if (trial === CALLED) {
      // Nobody told how it ended: that is no failure, and no reason for haste.
      if (hosts.state[slot] === DOUBTED) this.pause(slot, nowMs);
      else {
        hosts.rests[slot] = Math.max(0, hosts.rests[slot]! - 1);
        this.restLonger(slot, nowMs);
      }
    } else if (trial === CHECKING) {
      hosts.trial[slot] = CHECKED;
    } else if (
      trial === UNTRIED && this.checks && hosts.state[slot] === RESTING
    ) {
      hosts.trial[slot] = CHECKING;
      this.#dueMs.set(slot, nowMs + CHECK_DEADLINE_MS);
      this.#shared.outbox.check(this.#key, hosts.address(slot));
    }
  }

  #risk(slot: number, deadlineMs: number, nowMs: number): void {
    const { hosts } = this.#shared;
    hosts.trial[slot] = CALLED;
    this.#dueMs.set(slot, deadlineMs);
    if (hosts.state[slot] === DOUBTED) return;
    this.#probes += 1;
    this.decided(slot, "Probed: a call is risked on it", nowMs);
  }

  #leave(slot: number, state: number, nowMs: number): void {
    const { hosts } = this.#shared;
    if (hosts.isLive(slot)) this.slots.push(slot);
    hosts.share[slot] = 1;
    hosts.state[slot] = state;
    hosts.sinceMs[slot] = nowMs;
  }

  #rest(slot: number, restMs: number, nowMs: number): void {
    const { hosts } = this.#shared;
    hosts.trial[slot] = UNTRIED;
    this.#dueMs.set(slot, nowMs + restMs);
    this.dueMs = Math.min(this.dueMs, nowMs + restMs);
  }
}

/** Rests that begin together must not end together. */
function jitter(random: ChoiceRandom): number {
  return 1 - random.share() / 8;
}
