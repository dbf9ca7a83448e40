import type { HostAddress, RouteKey } from "../proto/mod.ts";
import {
  CALLED,
  CHECKED,
  CHECKING,
  DOUBTED,
  RESTING,
  RETURNING,
  SERVING,
  UNTRIED,
} from "./adaptive_hosts.ts";
import type { AdaptiveShared } from "./adaptive_policy.ts";
import { NO_HOST } from "./balancer.ts";

/** A call risked on a resting host that nobody reported is forgotten after this. */
const TRIAL_DEADLINE_MS = 5_000;

/** A check that nobody answered counts for nothing after this. */
const CHECK_DEADLINE_MS = 5_000;

/** So many checks may fail in a row before a call is risked all the same: checks may be what fails. */
const FAILED_CHECKS_MAX = 8;

/** Probes that a route may make before it made any calls. */
const PROBES_FREE = 3;

/** Rests are told apart up to this: the longest one comes sooner. */
const RESTS_MAX = 32;

/** Share that a host begins with when it returns. */
const RETURN_SHARE_MIN = 0.05;

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
  checks = false;
  /** A check of this route has found a host that accepts: only then a refusal means anything. */
  checksWork = false;
  #probes = 0;
  readonly #key: RouteKey;
  readonly #shared: AdaptiveShared;

  constructor(key: RouteKey, shared: AdaptiveShared) {
    this.#key = key;
    this.#shared = shared;
  }

  /** A surprising failure: the host pauses, the longer the more surprising. */
  doubt(slot: number, nowMs: number): void {
    const { hosts, settings, random } = this.#shared;
    const surprise = Math.min(1, Math.exp(hosts.failing[slot]! - PAUSE_NATS));
    const restMs = settings.restMinMs * surprise;
    this.#leave(slot, DOUBTED, nowMs);
    this.#rest(slot, restMs * (0.75 + random.share() / 4), nowMs);
    if (this.checks) this.#shared.outbox.check(this.#key, hosts.address(slot));
  }

  /** Enough evidence: the host rests. */
  eject(slot: number, why: string, nowMs: number): void {
    const { hosts, settings } = this.#shared;
    hosts.failing[slot] = settings.ejectNats;
    hosts.worse[slot] = 0;
    hosts.slow[slot] = 0;
    hosts.latencyMs[slot] = 0;
    this.#leave(slot, RESTING, nowMs);
    const restMs = this.#restLonger(slot, nowMs);
    this.decided(
      slot,
      `Ejected for ${(restMs / 1000).toFixed(1)} s: ${why}`,
      nowMs,
    );
  }

  /** The call risked on a host failed. */
  trialFailed(slot: number, nowMs: number): void {
    const restMs = this.#restLonger(slot, nowMs);
    this.decided(
      slot,
      `Rests ${
        (restMs / 1000).toFixed(1)
      } s more: the call risked on it failed`,
      nowMs,
    );
  }

  /** The host is asked again at once. */
  askAgain(slot: number, nowMs: number): void {
    this.#rest(slot, 0, nowMs);
  }

  /** Takes a host back into use: in full, or with a share that rises. */
  admit(
    slot: number,
    { share, why }: { share: number; why: string },
    nowMs: number,
  ): void {
    const { hosts } = this.#shared;
    hosts.state[slot] = share < 1 ? RETURNING : SERVING;
    hosts.share[slot] = share < 1 ? RETURN_SHARE_MIN : 1;
    hosts.sinceMs[slot] = nowMs;
    hosts.failedChecks[slot] = 0;
    this.drop(slot);
    this.decided(slot, why, nowMs);
  }

  /** Forgets a host that is gone or back in use. */
  drop(slot: number): void {
    const index = this.slots.indexOf(slot);
    if (index >= 0) this.slots.splice(index, 1);
    if (this.slots.length === 0) this.dueMs = Infinity;
  }

  /** Does what is due; the host to risk a call on now, or NO_HOST. `picks` are those of the route so far. */
  step(nowMs: number, { picks }: { picks: number }): number {
    const { hosts, settings } = this.#shared;
    this.dueMs = Infinity;
    let risked = NO_HOST;
    for (const slot of this.slots) {
      if (hosts.dueMs[slot]! <= nowMs) this.#due(slot, nowMs);
      if (
        risked === NO_HOST && hosts.dueMs[slot]! <= nowMs &&
        (hosts.state[slot] === DOUBTED ||
          this.#probes < PROBES_FREE + picks * settings.probeShare)
      ) {
        risked = slot;
        this.#risk(slot, nowMs);
      }
      this.dueMs = Math.min(this.dueMs, hosts.dueMs[slot]!);
    }
    return risked;
  }

  /** Asks for the checks that are due, without risking a call. */
  stepChecks(nowMs: number): void {
    const { hosts } = this.#shared;
    for (const slot of this.slots) {
      if (
        hosts.dueMs[slot]! <= nowMs && hosts.state[slot] === RESTING &&
        hosts.trial[slot] === UNTRIED
      ) this.#due(slot, nowMs);
    }
  }

  /** The answer to a check of a host. */
  checked(slot: number, alive: boolean, nowMs: number): void {
    const { hosts } = this.#shared;
    if (alive) {
      hosts.failedChecks[slot] = 0;
      if (hosts.trial[slot] !== CHECKING) return;
      this.#rest(slot, 0, nowMs);
      hosts.trial[slot] = CHECKED;
      return;
    }
    if (hosts.trial[slot] === CALLED) return;
    if (hosts.state[slot] === DOUBTED) {
      if (this.checksWork) {
        this.eject(slot, "a call failed and it refuses connections", nowMs);
      }
    } else if (hosts.trial[slot] === CHECKING) {
      hosts.failedChecks[slot]! += 1;
      if (!this.checksWork || hosts.failedChecks[slot]! > FAILED_CHECKS_MAX) {
        hosts.failedChecks[slot] = 0;
        this.#rest(slot, 0, nowMs);
        hosts.trial[slot] = CHECKED;
      } else this.#restLonger(slot, nowMs);
    }
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
      // Nobody told how it ended: that is no failure.
      hosts.trial[slot] = UNTRIED;
    } else if (trial === CHECKING) {
      hosts.trial[slot] = CHECKED;
    } else if (
      trial === UNTRIED && this.checks && hosts.state[slot] === RESTING
    ) {
      hosts.trial[slot] = CHECKING;
      hosts.dueMs[slot] = nowMs + CHECK_DEADLINE_MS;
      this.#shared.outbox.check(this.#key, hosts.address(slot));
    }
  }

  #risk(slot: number, nowMs: number): void {
    const { hosts } = this.#shared;
    hosts.trial[slot] = CALLED;
    hosts.dueMs[slot] = nowMs + TRIAL_DEADLINE_MS;
    if (hosts.state[slot] === DOUBTED) return;
    this.#probes += 1;
    this.decided(slot, "Probed: a call is risked on it", nowMs);
  }

  #leave(slot: number, state: number, nowMs: number): void {
    const { hosts } = this.#shared;
    if (hosts.isLive(slot)) this.slots.push(slot);
    hosts.state[slot] = state;
    hosts.sinceMs[slot] = nowMs;
  }

  #restLonger(slot: number, nowMs: number): number {
    const { hosts, settings, random } = this.#shared;
    const { restMinMs, restMaxMs, restGrowth } = settings;
    const restMs =
      Math.min(restMaxMs, restMinMs * restGrowth ** hosts.rests[slot]!) *
      (0.75 + random.share() / 4);
    hosts.rests[slot] = Math.min(RESTS_MAX, hosts.rests[slot]! + 1);
    this.#rest(slot, restMs, nowMs);
    return restMs;
  }

  #rest(slot: number, restMs: number, nowMs: number): void {
    const { hosts } = this.#shared;
    hosts.trial[slot] = UNTRIED;
    hosts.dueMs[slot] = nowMs + restMs;
    this.dueMs = Math.min(this.dueMs, nowMs + restMs);
  }
}
