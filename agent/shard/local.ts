import type { Random } from "../../net/mod.ts";
import type { Route, RouteKey, RouteStatus } from "../../proto/mod.ts";
import { routesOf } from "../hub/route_sender.ts";
import { Shard } from "./shard.ts";
import type { FromShard, ShardSettings, ToShard } from "./worker_messages.ts";

/** What a local shard is made of. */
export interface LocalShardOptions {
  settings: ShardSettings;
  random: Random;
  /** Takes messages to the hub. */
  post: (message: FromShard) => void;
  /** Is told of each route that came from the hub, after the shard took it. */
  onRoute?: (route: Route) => void;
}

/**
 * A shard with an outbox and an inbox: what it wants of the hub leaves in one
 * message a kind, what the hub says is taken. A worker runs one behind its
 * sockets, an embedding program one in its own thread.
 */
export class LocalShard {
  readonly shard: Shard;
  readonly #options: LocalShardOptions;
  #pulls: RouteKey[] = [];
  #statuses: RouteStatus[] = [];
  #forgotten: RouteKey[] = [];

  /** @throws {RangeError} If no policy has the name in the settings. */
  constructor(options: LocalShardOptions) {
    this.#options = options;
    this.shard = new Shard({
      ...options.settings,
      random: options.random,
      outbox: {
        check: (key, host) => options.post({ kind: "check", key, host }),
        pull: (key) => this.#pulls.push(key),
        status: (status) => this.#statuses.push(status),
        forget: (key) => this.#forgotten.push(key),
      },
    });
  }

  /** Takes what the hub says about routes; false if the message is about something else. */
  receive(message: ToShard, nowMs: number): boolean {
    switch (message.kind) {
      case "routes":
        for (const route of routesOf(message.batch)) {
          this.shard.update(route, nowMs);
          this.#options.onRoute?.(route);
        }
        return true;
      case "dns":
        if (message.connected) this.shard.onDnsConnected();
        else this.shard.onDnsLost();
        return true;
      case "checked":
        this.shard.checked(message.key, message, nowMs);
        return true;
      default:
        return false;
    }
  }

  /** Posts what the shard put into its outbox, one message a kind. */
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
  }

  /** Posts the last statuses; the shard is not used afterwards. */
  stop(): void {
    this.shard.flushStatuses();
    this.flushOutbox();
  }
}
