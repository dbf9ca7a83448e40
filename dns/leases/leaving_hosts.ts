import type { Clock, Logger } from "../../net/mod.ts";
import type { LeaseDrain } from "../../proto/mod.ts";
import {
  haveStopped,
  placeKey,
  placeOf,
  readDrainProgress,
  type RouteRow,
  StoreError,
} from "../../store/mod.ts";
import type { AgentState } from "./agent_sets.ts";
import type { ServedRoutes } from "./served_routes.ts";
import type { CallerEvidence } from "./votes.ts";

/** Time between two looks at what callers have told. */
const LOOK_MS = 300;

/** Most hosts whose callers are asked for in one look. */
const HOSTS_MAX = 32;

/**
 * Time in which who has called a host, or has just begun to, has told that it has
 * left, also where no caller is known of: agents are told within 200 ms and tell
 * 100 ms later, reporters write that after another 200 ms, and the rest is for
 * machines that are busy.
 */
const TOLD_MS = 1_500;

/** Time after which a host that is still served has a row that a person made. */
const STILL_SERVED_MS = 2_000;

/** Time after which callers are asked no more: they do not tell of a host for longer. */
const ASK_MS_MAX = 150_000;

/** What leaving hosts are made of. */
export interface LeavingHostsOptions {
  clock: Clock;
  logger: Logger;
  /** What callers have told of hosts. */
  evidence: CallerEvidence;
  /** The routes that this dns serves. */
  served: ServedRoutes;
  /** Whether an agent is still connected. */
  isThere: (state: AgentState) => boolean;
  /** Takes that the calls of hosts of an agent have changed. */
  onNews: (state: AgentState) => void;
}

/** A host that is out of its route, and whose program waits until its calls have ended. */
interface LeavingHost {
  readonly state: AgentState;
  readonly row: RouteRow;
  readonly sinceMs: number;
  /** The same as Unix time in seconds. */
  readonly atSeconds: number;
  /** What its callers have told; undefined: that could not be read yet. */
  told: Pick<LeaseDrain, "callers" | "inFlight" | "done"> | undefined;
  /** Whether its agent is not told of it: nothing can be said about its calls. */
  isUnknown: boolean;
}

/**
 * How many calls of the hosts that leave are still under way, by what their callers
 * have told of them. Asks nothing of the store while no host leaves.
 */
export class LeavingHosts {
  readonly #options: LeavingHostsOptions;
  readonly #byAgent = new Map<AgentState, Map<string, LeavingHost>>();
  /** Those whose callers are asked for, who was asked for longest ago first. */
  readonly #asked = new Set<LeavingHost>();
  #wake = Promise.withResolvers<void>();
  #hasFailed = false;

  /** Works while it runs. */
  constructor(options: LeavingHostsOptions) {
    this.#options = options;
  }

  /** The hosts of an agent that leave now that its set is stored, and what is known of their calls. */
  of(state: AgentState): LeaseDrain[] {
    const before = this.#byAgent.get(state);
    const leaves = state.taken.some((host) => host.leaving);
    // So it is at nearly every renewal.
    if (before === undefined && !leaves) return [];
    const held = new Set(state.refusedThere.map(placeKey));
    const leaving = state.taken.filter((host) =>
      host.leaving && !held.has(placeKey(host))
    );
    const now = new Map(leaving.map((host) => {
      const key = placeKey(host);
      return [key, before?.get(key) ?? this.#begin(state, host)];
    }));
    for (const [key, host] of before ?? []) {
      if (!now.has(key)) this.#asked.delete(host);
    }
    if (now.size === 0) this.#byAgent.delete(state);
    else this.#byAgent.set(state, now);
    return [...now.values()].filter(({ isUnknown }) => !isUnknown)
      .map(({ row, told }) => ({
        ...row,
        ...told ?? { callers: 0, inFlight: 0, done: false },
      }));
  }

  /** Asks for callers until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const wake = () => this.#wake.resolve();
    signal.addEventListener("abort", wake);
    while (!signal.aborted) {
      await this.#wake.promise;
      await clock.sleep(LOOK_MS, signal);
      if (signal.aborted) break;
      await this.#look();
      if (this.#asked.size === 0) this.#wake = Promise.withResolvers();
    }
    signal.removeEventListener("abort", wake);
  }

  #begin(state: AgentState, host: RouteRow): LeavingHost {
    const { clock } = this.#options;
    const leaving: LeavingHost = {
      state,
      row: placeOf(host),
      sinceMs: clock.nowMs(),
      atSeconds: clock.wallSeconds(),
      told: undefined,
      isUnknown: false,
    };
    this.#asked.add(leaving);
    this.#wake.resolve();
    return leaving;
  }

  async #look(): Promise<void> {
    const changed = new Set<AgentState>();
    try {
      for (const host of [...this.#asked].slice(0, HOSTS_MAX)) {
        if (!this.#options.isThere(host.state)) this.#forget(host);
        else if (await this.#ask(host)) changed.add(host.state);
      }
    } catch (error) {
      for (const state of this.#withoutEvidence(error)) changed.add(state);
    }
    for (const state of changed) this.#options.onNews(state);
  }

  /** Asks for the callers of a host; whether that is news. */
  async #ask(host: LeavingHost): Promise<boolean> {
    const { clock, evidence, served } = this.#options;
    const { row, sinceMs, atSeconds, told: before } = host;
    const forMs = clock.nowMs() - sinceMs;
    this.#asked.delete(host);
    if (forMs >= ASK_MS_MAX) return false;
    if (forMs >= STILL_SERVED_MS && served.isCalled(row)) {
      host.isUnknown = true;
      return true;
    }
    this.#asked.add(host);
    const progress = await readDrainProgress(evidence, {
      places: [row],
      atSeconds,
    });
    const { callers, stopped, inFlight } = progress;
    const done = haveStopped(progress) && forMs >= TOLD_MS;
    if (done) this.#asked.delete(host);
    host.told = { callers: callers - stopped, inFlight, done };
    const isNews = host.isUnknown || before?.done !== done ||
      before.callers !== host.told.callers || before.inFlight !== inFlight;
    host.isUnknown = false;
    return isNews;
  }

  /**
   * What callers have told cannot be read: where it never could, nothing is said.
   * Returns whose agents are to hear that.
   *
   * @throws {unknown} The error itself if it is not a StoreError.
   */
  #withoutEvidence(error: unknown): AgentState[] {
    if (!(error instanceof StoreError)) throw error;
    if (!this.#hasFailed) {
      this.#hasFailed = true;
      this.#options.logger.info(
        "going on without what callers tell of hosts that leave",
        { error },
      );
    }
    const unknown = [...this.#asked].filter(({ told, isUnknown }) =>
      told === undefined && !isUnknown
    );
    for (const host of unknown) host.isUnknown = true;
    return unknown.map(({ state }) => state);
  }

  #forget(host: LeavingHost): void {
    this.#asked.delete(host);
    this.#byAgent.delete(host.state);
  }
}
