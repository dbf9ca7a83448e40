import type { HostAddress, RouteKey } from "../../proto/mod.ts";
import { StoreError } from "../../store/mod.ts";
import { MysqlRouteStore } from "../../store/mysql/route_store.ts";
import { storeOptions } from "./database.ts";
import type { Editor, EditorOptions } from "./hand_editor.ts";
import { isDeadlock } from "./session.ts";
import { sleep } from "./wait.ts";

/** A program that edits routes through RouteStore, as the lars command does. */
export class StoreEditor implements Editor {
  readonly #options: EditorOptions;
  readonly #store: MysqlRouteStore;
  /** Hosts that a route has, or may have after a doubtful edit. */
  readonly #present = new Map<RouteKey, HostAddress[]>();

  private constructor(options: EditorOptions, store: MysqlRouteStore) {
    this.#options = options;
    this.#store = store;
  }

  static async open(options: EditorOptions): Promise<StoreEditor> {
    const { databases, account } = options;
    const store = await MysqlRouteStore.open(storeOptions(databases, account));
    return new StoreEditor(options, store);
  }

  /** Gives a route other hosts, until that is acknowledged. */
  async edit(): Promise<number> {
    const { choices, keys, ledger, pauseMsMax } = this.#options;
    const key = choices.pick(keys);
    for (;;) {
      const hosts = ledger.freshHosts(choices.pick([0, 1, 2, 3]));
      const present = this.#present.get(key) ?? [];
      const rowOf = (host: HostAddress) => ({ ...key, ...host });
      try {
        await this.#store.edit({
          add: hosts.map(rowOf),
          remove: present.map(rowOf),
        });
        ledger.note({ ...key, hosts }, "committed");
        this.#present.set(key, hosts);
        break;
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        const outcome = isDeadlock(error.cause) ? "refused" : "doubtful";
        ledger.note({ ...key, hosts }, outcome);
        if (outcome === "doubtful") {
          this.#present.set(key, [...present, ...hosts]);
        }
        await sleep(choices.between(20, pauseMsMax));
      }
    }
    await sleep(choices.between(0, pauseMsMax));
    return 1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }
}
