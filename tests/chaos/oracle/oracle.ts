import {
  formatAddress,
  type HostAddress,
  type RouteKey,
} from "../../../proto/mod.ts";
import { keyText } from "../../support/ledger.ts";
import { type Disturbance, Disturbances } from "./disturbances.ts";
import type { HostValue } from "./host_history.ts";
import { RouteHistory, type Span } from "./route_history.ts";

/** Longest time from an acknowledged edit to agents that answer by it, without a fault. */
export const NEWS_MS_MAX = 3_000;

/** Longest time after a fault until agents know all news again. */
export const RECOVERY_MS_MAX = 25_000;

/** Age of what an agent has on disk, at most: a change is saved within that. */
const SAVED_MS_MAX = 3_000;

/** Time after an agent is back in which a client may still wait for what it asked before. */
const AWAY_MS_MAX = 3_000;

/** Time between two ticks of a machine that stands still; ticks come ten times as often. */
const TICK_MS_MAX = 1_000;

/** Age of what a client remembers, at most. */
const REMEMBERED_MS_MAX = 600_000;

/**
 * Time in which hosts that failed, or were said to, may rest: by the rule of the
 * original until they are called often enough.
 */
const REST_MS_MAX = 180_000;

/** Wrong things of a kind of which the text is kept. */
const KEPT_MAX = 5;

/** A request of a program, and what came of it. */
export interface Answer extends RouteKey {
  /** Number of the agent. */
  agent: number;
  /** Whether a client remembers it, as its agent is away. */
  fromMemory?: boolean;
  askedMs: number;
  answeredMs: number;
  outcome: AnswerOutcome;
}

export type AnswerOutcome =
  | { state: "found"; host: HostAddress }
  /** All hosts of the route. */
  | { state: "listed"; hosts: readonly HostAddress[] }
  | { state: "overloaded" | "no_route" | "timeout" }
  /** What no agent may answer, in words. */
  | { state: "malformed"; why: string };

/** An edit of one host. */
export interface HostEdit extends RouteKey {
  address: string;
  value: HostValue;
}

/**
 * Judges what a system under faults answers. It knows every edit that was tried
 * and when it was acknowledged, and what the faults of the time excuse; it knows
 * nothing of how the system works.
 */
export class Oracle {
  readonly disturbances = new Disturbances();
  /** What was wrong, by its kind: how often, and the first texts. */
  readonly wrong = new Map<string, { count: number; texts: string[] }>();
  /** Number of answers by state. */
  readonly counts = new Map<string, number>();
  readonly #routes = new Map<string, RouteHistory>();
  /** "AGENT KEY" of routes that an agent has answered for. */
  readonly #known = new Set<string>();
  /** When all was last seen to agree. */
  #agreedMs = -Infinity;
  #tickMs = Infinity;
  /** Time in which the machine stood still. */
  stalledMs = 0;

  /** A host is this from the beginning. */
  seed({ address, value, ...key }: HostEdit): void {
    this.#route(key).host(address).settle(value, -Infinity);
  }

  /** An edit begins: from now on its value may be seen. */
  begin({ address, value, ...key }: HostEdit, nowMs: number): void {
    this.#route(key).host(address).begin(value, nowMs);
  }

  /** An edit was acknowledged: nothing else may be seen for long. */
  acknowledge({ address, value, ...key }: HostEdit, nowMs: number): void {
    this.#route(key).host(address).settle(value, nowMs);
  }

  /** Called when something of a new kind is wrong. */
  onFirst: (kind: string) => void = () => {};

  /** Number of all that was wrong. */
  get wrongCount(): number {
    return [...this.wrong.values()].reduce((sum, { count }) => sum + count, 0);
  }

  /** Notes something wrong, which may be no answer, such as a process that died. */
  fail(kind: string, text: string): void {
    const { count, texts } = this.wrong.get(kind) ?? { count: 0, texts: [] };
    if (texts.length < KEPT_MAX) texts.push(text);
    this.wrong.set(kind, { count: count + 1, texts });
    if (count === 0) this.onFirst(kind);
  }

  /**
   * To be called every 100 ms: if that comes late, other processes get no time
   * either, and are not to blame.
   */
  tick(nowMs: number): void {
    const lateMs = nowMs - this.#tickMs;
    if (lateMs > TICK_MS_MAX) {
      this.stalledMs += lateMs;
      for (const what of ["machine", "feed"] as const) {
        this.disturbances.begin(what, this.#tickMs)(nowMs);
      }
    }
    this.#tickMs = nowMs;
  }

  /** Whether the machine stood still during `span`, of which `toMs` is now. */
  isStalled(span: Span): boolean {
    return span.toMs - this.#tickMs > TICK_MS_MAX ||
      this.disturbances.touch("machine", span);
  }

  /** Judges an answer. */
  judge(answer: Answer): void {
    const { agent, askedMs, answeredMs, outcome } = answer;
    const { state } = outcome;
    this.counts.set(state, (this.counts.get(state) ?? 0) + 1);
    const why = this.#fault(answer);
    if (why !== undefined) {
      const tookMs = Math.round(answeredMs - askedMs);
      this.fail(
        `wrong answer: ${state}`,
        `agent ${agent}, route (${keyText(answer)}), asked at ${
          Math.round(askedMs)
        } ms, answered after ${tookMs} ms: ${why}`,
      );
    }
    if (state === "found" || state === "listed") {
      this.#known.add(`${agent} ${keyText(answer)}`);
    }
  }

  /** Whether an agent has ever answered for a route. */
  knows(agent: number, key: RouteKey): boolean {
    return this.#known.has(`${agent} ${keyText(key)}`);
  }

  /** All hosts of a route as they must be in the store now; undefined: either is possible. */
  expected(key: RouteKey): Map<string, HostValue | undefined> {
    const { hosts } = this.#route(key);
    return new Map([...hosts].map(([address, { now }]) => [
      address,
      now.size === 1 ? [...now][0] : undefined,
    ]));
  }

  /**
   * What differs between the store and what was acknowledged: lost edits.
   *
   * @param stored The hosts that a route has in the store.
   */
  lostEdits(
    key: RouteKey,
    stored: ReadonlyMap<string, HostValue>,
  ): string[] {
    const expected = this.expected(key);
    const addresses = new Set([...expected.keys(), ...stored.keys()]);
    return [...addresses].flatMap((address) => {
      const is = stored.get(address) ?? "absent";
      const may = this.#route(key).host(address).now;
      if (may.has(is)) return [];
      return [
        `(${keyText(key)}) ${address} is ${is}, acknowledged as ${
          [...may].join(" or ")
        }`,
      ];
    });
  }

  /** Store and agents agree on this now: doubts are over, and nothing older may be seen. */
  agree(
    stored: ReadonlyMap<string, ReadonlyMap<string, HostValue>>,
    nowMs: number,
  ): void {
    for (const [key, route] of this.#routes) {
      for (const [address, host] of route.hosts) {
        const is = stored.get(key)?.get(address) ?? "absent";
        if (host.now.size > 1) host.settle(is, nowMs);
      }
    }
    this.#agreedMs = nowMs;
    this.disturbances.forget(nowMs - REST_MS_MAX - RECOVERY_MS_MAX);
  }

  /** What is wrong with an answer, or undefined. */
  #fault(answer: Answer): string | undefined {
    const { agent, outcome, askedMs, answeredMs } = answer;
    const call = { fromMs: askedMs, toMs: answeredMs };
    const route = this.#route(answer);
    const seen = answer.fromMemory
      ? { ...call, fromMs: askedMs - REMEMBERED_MS_MAX }
      : this.#seen(agent, call);
    const ago = `in the last ${Math.round(answeredMs - seen.fromMs)} ms`;
    switch (outcome.state) {
      case "malformed":
        return outcome.why;
      case "timeout":
        return this.isStalled(call) ||
            this.disturbances.touch(`agent ${agent}`, call, AWAY_MS_MAX)
          ? undefined
          : "no answer, though it was up";
      case "found": {
        const address = formatAddress(outcome.host);
        return route.may(address, ["open"], seen)
          ? undefined
          : `host ${address} was not to be called ${ago}`;
      }
      case "listed":
        return wrongList(route, outcome.hosts.map(formatAddress), seen);
      case "overloaded":
        return this.#mayBeOverloaded(route, seen)
          ? undefined
          : "all hosts overloaded, though none has failed";
      case "no_route":
        return !this.knows(agent, answer) || route.allMay(["absent"], seen)
          ? undefined
          : `no such route, though it had hosts ${ago}`;
    }
  }

  /** The span of time of which an agent may know the state when it answers. */
  #seen(agent: number, { fromMs, toMs }: Span): Span {
    const sinceMs = this.disturbances.knownSince(fromMs, {
      delayMs: NEWS_MS_MAX,
      recoveryMs: RECOVERY_MS_MAX,
    });
    const disk: Disturbance = `disk ${agent}`;
    const agreed = { fromMs: this.#agreedMs, toMs };
    const floorMs = this.disturbances.touch(disk, agreed)
      ? -Infinity
      : this.#agreedMs - SAVED_MS_MAX;
    return { fromMs: Math.max(sinceMs, floorMs), toMs };
  }

  #mayBeOverloaded(route: RouteHistory, seen: Span): boolean {
    return route.allMay(["absent", "drained"], seen) ||
      this.disturbances.touch("calls", seen, REST_MS_MAX);
  }

  #route(key: RouteKey): RouteHistory {
    const text = keyText(key);
    let route = this.#routes.get(text);
    if (route === undefined) {
      route = new RouteHistory();
      this.#routes.set(text, route);
    }
    return route;
  }
}

/** What is wrong with a list of all hosts of a route. */
function wrongList(
  route: RouteHistory,
  listed: readonly string[],
  seen: Span,
): string | undefined {
  const invented = listed.filter((address) =>
    !route.may(address, ["open", "drained"], seen)
  );
  if (invented.length > 0) {
    return `lists ${invented.join(", ")}, not in the route`;
  }
  const missing = [...route.hosts.keys()].filter((address) =>
    !listed.includes(address) && !route.may(address, ["absent"], seen)
  );
  if (missing.length > 0) return `does not list ${missing.join(", ")}`;
  const twice = listed.filter((address, index) =>
    listed.indexOf(address) !== index
  );
  return twice.length > 0 ? `lists ${twice.join(", ")} twice` : undefined;
}
