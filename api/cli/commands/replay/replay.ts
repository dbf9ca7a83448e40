import {
  type HostDecision,
  NO_HOST,
  type PolicyRegistry,
  type PolicySettings,
  SingleRoute,
} from "../../../../agent/mod.ts";
import { type Random, TICK_MS } from "../../../../net/client.ts";
import { addressKey, type HostAddress } from "../../../../proto/mod.ts";
import { type ExpectedOutcome, Outcomes } from "./outcomes.ts";
import type { Recording } from "./recording.ts";

/** Duration of a health check, in milliseconds. */
const CHECK_MS = 1;

/** Calls to one host. */
export interface HostTally {
  host: HostAddress;
  picks: number;
  failures: number;
}

/** Calls to all hosts. */
export interface CallTally {
  picks: number;
  /** Picks that found no host. */
  none: number;
  /** Calls that failed. */
  failures: number;
  /** Durations of calls in milliseconds, ascending. */
  tookMs: number[];
  hosts: HostTally[];
}

/** The result of a replay. */
export interface ReplayResult {
  recorded: CallTally;
  replayed: CallTally;
  /** Replayed calls without a recorded call to their host within a second. */
  guessed: number;
  decisions: HostDecision[];
}

/** How to replay. */
export interface ReplayOptions {
  policy: string;
  /** Where it is looked up; the agent's own if absent. */
  registry?: PolicyRegistry;
  settings: PolicySettings;
  /** Whether hosts that are out get health checks. */
  healthChecks: boolean;
  random: Random;
}

/** A report that the balancer gets at a time. */
interface Due {
  atMs: number;
  host: HostAddress;
  outcome: ExpectedOutcome;
}

/**
 * Runs a policy over recorded picks: it picks at the same times, and each call
 * has the outcome of the recorded call to its host that is nearest in time. Load
 * has no effect: a host that is picked more often answers no worse.
 */
export function replay(
  recording: Recording,
  options: ReplayOptions,
): ReplayResult {
  const outcomes = new Outcomes(recording);
  const decisions: HostDecision[] = [];
  const due: Due[] = [];
  const checks: { atMs: number; host: HostAddress }[] = [];
  let nowMs = recording.events[0]?.atMs ?? 0;
  const { healthChecks } = options;
  const route = new SingleRoute({
    ...options,
    key: recording.key,
    outbox: {
      healthCheck: (_key, host) =>
        checks.push({ atMs: nowMs + CHECK_MS, host }),
      decided: (decision) => decisions.push(decision),
    },
  });
  route.hosts.update(hostsOf(recording), { healthChecks, nowMs });
  const replayed = new Tally(recording);
  let guessed = 0;
  let tickMs = nowMs + TICK_MS;

  for (const event of recording.events) {
    if (event.kind !== "pick") continue;
    for (; tickMs <= event.atMs; tickMs += TICK_MS) {
      nowMs = tickMs;
      settle();
      route.policy.tick(nowMs);
    }
    nowMs = event.atMs;
    settle();
    const row = route.hosts.balancer.pick(nowMs);
    if (row === NO_HOST) {
      replayed.none();
      continue;
    }
    const host = route.table.address(row);
    const outcome = outcomes.at(host, nowMs);
    if (outcome.guessed) guessed += 1;
    replayed.call(host, outcome);
    due.push({ atMs: nowMs + outcome.tookMs, host, outcome });
  }

  return {
    recorded: tallyOf(recording, outcomes),
    replayed: replayed.end(),
    guessed,
    decisions,
  };

  function settle(): void {
    for (const { atMs, host, outcome } of takeDue(due, nowMs)) {
      const { returnCode, durationUs } = outcome;
      const call = { ...host, returnCode, durationUs, unused: false };
      route.hosts.report(call, atMs);
    }
    for (const { host } of takeDue(checks, nowMs)) {
      const alive = outcomes.at(host, nowMs).returnCode === 0;
      route.hosts.onHealthCheck(host, alive, nowMs);
    }
  }
}

/** Removes the items that are due, and returns them in order of time. */
function takeDue<Item extends { atMs: number }>(
  items: Item[],
  nowMs: number,
): Item[] {
  const taken = items.filter(({ atMs }) => atMs <= nowMs);
  if (taken.length === 0) return taken;
  items.splice(0, items.length, ...items.filter(({ atMs }) => atMs > nowMs));
  return taken.sort((a, b) => a.atMs - b.atMs);
}

/** The hosts that a recording names, and those in its events. */
function hostsOf({ hosts, events }: Recording): HostAddress[] {
  const known = new Map(hosts.map((host) => [addressKey(host), host]));
  for (const { host } of events) {
    if (host !== undefined) known.set(addressKey(host), host);
  }
  return [...known.values()];
}

function tallyOf(recording: Recording, outcomes: Outcomes): CallTally {
  const tally = new Tally(recording);
  for (const event of recording.events) {
    if (event.kind === "pick") {
      if (event.host === undefined) tally.none();
      else tally.pick(event.host);
    } else if (event.kind === "report" && event.returnCode !== 0) {
      tally.failure(event.host);
    }
  }
  for (const { tookMs } of outcomes.all) tally.took(tookMs);
  return tally.end();
}

class Tally {
  readonly #hosts: Map<number, HostTally>;
  readonly #tookMs: number[] = [];
  #none = 0;

  constructor(recording: Recording) {
    this.#hosts = new Map(
      hostsOf(recording).map((host) => [
        addressKey(host),
        { host, picks: 0, failures: 0 },
      ]),
    );
  }

  none(): void {
    this.#none += 1;
  }

  pick(host: HostAddress): void {
    this.#hosts.get(addressKey(host))!.picks += 1;
  }

  failure(host: HostAddress): void {
    this.#hosts.get(addressKey(host))!.failures += 1;
  }

  took(tookMs: number): void {
    this.#tookMs.push(tookMs);
  }

  call(host: HostAddress, { returnCode, tookMs }: ExpectedOutcome): void {
    this.pick(host);
    if (returnCode !== 0) this.failure(host);
    this.took(tookMs);
  }

  end(): CallTally {
    const hosts = [...this.#hosts.values()];
    const sum = (value: (host: HostTally) => number) =>
      hosts.reduce((total, host) => total + value(host), 0);
    return {
      picks: sum(({ picks }) => picks) + this.#none,
      none: this.#none,
      failures: sum(({ failures }) => failures),
      tookMs: this.#tookMs.sort((a, b) => a - b),
      hosts,
    };
  }
}
