import type { Clock } from "../../net/mod.ts";
import {
  addressKey,
  encodeFrame,
  encodeGetRouteRequest,
  HEADER_BYTES,
  isValidKey,
  type ListedHost,
  MessageId,
  ownerOf,
  readGetRouteResponse,
  type RouteHead,
  type RouteHost,
  type RouteKey,
  RouteMap,
} from "../../proto/mod.ts";
import type { ToShard } from "../shard/worker_messages.ts";
import type { RouteSnapshot } from "./route_snapshot.ts";

/** A host as the agent knows it. */
export interface KnownHost extends RouteHost {
  /** Whether the policy has it out of use. */
  overloaded: boolean;
}

/** What the agent knows of a route. */
export type RouteLookup =
  | { state: "found"; hosts: readonly KnownHost[] }
  /** Dns says that it has no hosts. */
  | { state: "none" }
  /** Dns has not said yet. */
  | { state: "unknown" };

/** Time for which a lookup waits for dns, and for a shard. */
const WAIT_MS = 1_000;

/** Time for which the word of dns that a route has no hosts counts. */
const NONE_MS = 5_000;

/** Most routes of which that is remembered; one more forgets the oldest. */
const NONE_MAX = 4_096;

/** Options of {@linkcode RouteLookups}. */
export interface RouteLookupsOptions {
  clock: Clock;
  shards: number;
  post: (index: number, message: ToShard) => void;
  /** What dns has said. */
  routes: Pick<RouteSnapshot, "get">;
  /** Whether there is a dns. */
  isConnected: () => boolean;
}

/**
 * What shards know of routes, for others in this process: asks as a program does,
 * which keeps the route alive, and waits for dns where there is nothing yet.
 */
export class RouteLookups {
  readonly #options: RouteLookupsOptions;
  /** By token. */
  readonly #asked = new Map<number, (hosts: ListedHost[]) => void>();
  readonly #waiting = new RouteMap<PromiseWithResolvers<void>>();
  /** When dns said that a route has no hosts. */
  readonly #none = new RouteMap<number>();
  #nextToken = 0;

  /** Asks nothing yet. */
  constructor(options: RouteLookupsOptions) {
    this.#options = options;
  }

  /** Takes what dns says of a route. */
  onRoute({ modId, cmdId, hasHosts }: RouteHead): void {
    const key = { modId, cmdId };
    this.#none.delete(key);
    if (!hasHosts) {
      this.#none.set(key, this.#options.clock.nowMs());
      if (this.#none.size > NONE_MAX) {
        const [oldest] = this.#none.keys();
        this.#none.delete(oldest!);
      }
    }
    this.#waiting.get(key)?.resolve();
  }

  /** Takes the answer of a shard. */
  onAnswer(token: number, datagram: Uint8Array): void {
    const answered = this.#asked.get(token);
    const body = datagram.subarray(HEADER_BYTES);
    answered?.(readGetRouteResponse(body)?.hosts ?? []);
  }

  /** Finds out what the agent knows of a route. */
  async lookup(key: RouteKey): Promise<RouteLookup> {
    if (!isValidKey(key)) return { state: "none" };
    const listed = await this.#list(key);
    if (listed.length > 0) return this.#found(key, listed);
    if (this.#isNone(key)) return { state: "none" };
    if (!this.#options.isConnected()) return { state: "unknown" };
    await this.#waitForDns(key);
    const again = await this.#list(key);
    if (again.length > 0) return this.#found(key, again);
    return { state: this.#isNone(key) ? "none" : "unknown" };
  }

  #isNone(key: RouteKey): boolean {
    const saidMs = this.#none.get(key);
    return saidMs !== undefined &&
      this.#options.clock.nowMs() - saidMs < NONE_MS;
  }

  /** Adds what dns says of hosts to what the shard says. */
  #found(key: RouteKey, listed: readonly ListedHost[]): RouteLookup {
    const known = new Map(
      this.#options.routes.get(key)?.hosts
        .map((host) => [addressKey(host), host]),
    );
    const hosts = listed.map(({ ip, port, overload }) => ({
      ip,
      port,
      ...known.get(addressKey({ ip, port })),
      overloaded: overload,
    }));
    return { state: "found", hosts };
  }

  /** The hosts that the owner of a route lists; none if it does not answer. */
  async #list(key: RouteKey): Promise<ListedHost[]> {
    const { clock, shards, post } = this.#options;
    const token = this.#nextToken++;
    const answer = Promise.withResolvers<ListedHost[]>();
    this.#asked.set(token, answer.resolve);
    const done = new AbortController();
    const body = encodeGetRouteRequest({ ...key, withState: true });
    post(ownerOf(key, shards), {
      kind: "forwarded",
      // Behind those of all shards.
      from: shards,
      token,
      datagram: encodeFrame(MessageId.apiGetRouteRequest, body),
    });
    clock.sleep(WAIT_MS, done.signal).then(() => answer.resolve([]));
    const hosts = await answer.promise;
    done.abort();
    this.#asked.delete(token);
    return hosts;
  }

  /** Waits until dns has said something of a route, or has not for long. */
  async #waitForDns(key: RouteKey): Promise<void> {
    const done = new AbortController();
    const waiter = this.#waiting.get(key) ?? Promise.withResolvers<void>();
    this.#waiting.set(key, waiter);
    await Promise.race([
      waiter.promise,
      this.#options.clock.sleep(WAIT_MS, done.signal),
    ]);
    done.abort();
    if (this.#waiting.get(key) === waiter) this.#waiting.delete(key);
  }
}
