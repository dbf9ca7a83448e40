import { SystemClock } from "../../net/mod.ts";
import type { Endpoint, HostAddress, RouteKey } from "../../proto/mod.ts";
import type { MysqlOptions } from "../../store/mysql/options.ts";
import { MysqlRouteStore } from "../../store/mysql/route_store.ts";
import type { Ledger, Outcome } from "../support/ledger.ts";
import type { Account } from "../support/session.ts";
import { pick, sleep } from "../support/wait.ts";

/** Between two edits. */
const PAUSE_MS_MAX = 60;

/** The database takes back a transaction that conflicts with another. */
const DEADLOCK = 1213;

/** What a store needs to know, as services read it from their configuration. */
export function storeOptions(
  hosts: readonly Endpoint[],
  { user, password }: Account,
): MysqlOptions {
  return {
    hosts,
    user,
    password,
    database: "lars_dns",
    tls: "off",
    connectTimeoutMs: 2_000,
    queryTimeoutMs: 10_000,
    connectionsMax: 2,
    clock: new SystemClock(),
  };
}

export interface StoreEditorOptions {
  /** The nodes, the preferred one first. */
  nodes: readonly Endpoint[];
  account: Account;
  /** Routes that only this editor writes to. */
  keys: readonly RouteKey[];
  ledger: Ledger;
}

/** A program that edits routes through RouteStore, as the lars command does. */
export class StoreEditor implements AsyncDisposable {
  readonly #options: StoreEditorOptions;
  readonly #store: MysqlRouteStore;
  /** Hosts that a route has, or may have after a doubtful edit. */
  readonly #present = new Map<RouteKey, HostAddress[]>();

  private constructor(options: StoreEditorOptions, store: MysqlRouteStore) {
    this.#options = options;
    this.#store = store;
  }

  static async open(options: StoreEditorOptions): Promise<StoreEditor> {
    const { nodes, account } = options;
    return new StoreEditor(
      options,
      await MysqlRouteStore.open(storeOptions(nodes, account)),
    );
  }

  /** Edits at random until `signal` is aborted; the last edit is acknowledged then. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#replace(pick(this.#options.keys));
      await sleep(Math.random() * PAUSE_MS_MAX);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }

  async #replace(key: RouteKey): Promise<void> {
    for (;;) {
      const hosts = this.#options.ledger.freshHosts(pick([1, 2, 3]));
      const present = this.#present.get(key) ?? [];
      const outcome = await this.#edit(key, { add: hosts, remove: present });
      this.#options.ledger.note({ ...key, hosts }, outcome);
      if (outcome === "committed") {
        this.#present.set(key, hosts);
        return;
      }
      if (outcome === "doubtful") {
        this.#present.set(key, [...present, ...hosts]);
      }
      await sleep(PAUSE_MS_MAX);
    }
  }

  async #edit(
    key: RouteKey,
    { add, remove }: { add: HostAddress[]; remove: HostAddress[] },
  ): Promise<Outcome> {
    const rowOf = (host: HostAddress) => ({ ...key, ...host });
    try {
      await this.#store.edit({
        add: add.map(rowOf),
        remove: remove.map(rowOf),
      });
      return "committed";
    } catch (error) {
      return isDeadlock(error) ? "refused" : "doubtful";
    }
  }
}

function isDeadlock(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "errno" in cause &&
    cause.errno === DEADLOCK;
}
