import type { Deadline, Random } from "../../net/udp/worker.ts";
import type { Route, RouteKey, RouteStatus } from "../../proto/mod.ts";
import type { RouteStates } from "../routes/route_hosts.ts";
import { routesOf } from "../hub/route_sender.ts";
import { Shard, type ShardSettings } from "./shard.ts";
import type { FromShard, ToShard } from "./worker_messages.ts";

/** What a local shard is made of. */
export interface LocalShardOptions {
  /** Settings of the shard. */
  settings: ShardSettings;
  /** Source of its randomness. */
  random: Random;
  /** Takes messages to the hub. */
  post: (message: FromShard) => void;
  /** Called for each route of the hub, after the shard took it. */
  onRoute?: (route: Route) => void;
}

/**
 * A shard that talks to the hub in messages. A worker runs one behind its
 * socket, an embedding program one in its own thread.
 */
export class LocalShard implements Deadline {
  /** The shard behind the messages. */
  readonly shard: Shard;
  readonly #options: LocalShardOptions;
  #pulls: RouteKey[] = [];
  #statuses: RouteStatus[] = [];
  #forgotten: RouteKey[] = [];
  #states: RouteStates[] = [];

  /**
   * A shard without routes.
   *
   * @throws {RangeError} If no policy has the name in the settings.
   */
  constructor(options: LocalShardOptions) {
    this.#options = options;
    this.shard = new Shard({
      ...options.settings,
      random: options.random,
      outbox: {
        healthCheck: (key, host) =>
          options.post({ kind: "health_check", key, host }),
        pull: (key) => this.#pulls.push(key),
        status: (status) => this.#statuses.push(status),
        forget: (key) => this.#forgotten.push(key),
        states: (states) => this.#states.push(states),
        events: (events, dropped) =>
          options.post({ kind: "events", events, dropped }),
        totalsDue: () => options.post({ kind: "totals_due" }),
        totals: (bodies, isLast) =>
          options.post({ kind: "totals", bodies, isLast }),
      },
    });
  }

  /** Takes a message of the hub for the shard; false if it is for the server. */
  receive(message: ToShard, nowMs: number): boolean {
    switch (message.kind) {
      case "routes":
        for (const route of routesOf(message.batch)) {
          this.shard.update(route, nowMs);
          this.#options.onRoute?.(route);
        }
        return true;
      case "settings":
        this.shard.configure(message.settings);
        return true;
      case "dns":
        if (message.connected) this.shard.onDnsConnected(message);
        else this.shard.onDnsLost();
        return true;
      case "health_checked":
        this.shard.onHealthCheck(message.key, message, nowMs);
        return true;
      case "reporter":
        this.shard.onReporter(message.takesHistory, nowMs);
        return true;
      case "tell_totals":
        this.shard.tellTotals(nowMs);
        return true;
      case "restore":
        this.shard.restore(message.routes, nowMs);
        return true;
      case "tell_outages": {
        const routes = this.shard.outages(nowMs);
        this.#options.post({ kind: "outages", routes });
        return true;
      }
      default:
        return false;
    }
  }

  dueMs(): number {
    return this.shard.dueMs();
  }

  tick(nowMs: number): void {
    this.shard.tick(nowMs);
    this.flushOutbox();
  }

  /** Posts what the shard put into its outbox, in one message of each kind. */
  flushOutbox(): void {
    const { post } = this.#options;
    if (this.#pulls.length > 0) {
      post({ kind: "pulls", keys: this.#pulls });
      this.#pulls = [];
    }
    if (this.#statuses.length > 0) {
      post({ kind: "statuses", statuses: this.#statuses });
      this.#statuses = [];
    }
    if (this.#forgotten.length > 0) {
      post({ kind: "forgotten", keys: this.#forgotten });
      this.#forgotten = [];
    }
    if (this.#states.length > 0) {
      post({ kind: "states", routes: this.#states });
      this.#states = [];
    }
  }

  /** Posts the last statuses and totals, when the shard ends. */
  stop(nowMs: number): void {
    this.shard.flush(nowMs);
    this.flushOutbox();
  }
}
