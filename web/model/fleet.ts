import type { Clock } from "../../net/mod.ts";
import type { RouteKey } from "../../proto/mod.ts";
import {
  covers,
  type Fleet,
  FleetReader,
  type HistoryStore,
  type HostDrain,
  type RouteDetail,
  type RouteStore,
  StoreError,
} from "../../store/mod.ts";

/** For how long what was read is good enough: everybody who looks shares it. */
const FRESH_MS = 1_000;

/** Options of {@linkcode FleetModel}. */
export interface FleetModelOptions {
  history: HistoryStore;
  routes: RouteStore;
  clock: Clock;
}

/** What callers tell, read at most once a second, however many people look. */
export class FleetModel {
  readonly #options: FleetModelOptions;
  readonly #reader: FleetReader;
  #fleet: Fresh<Fleet> | undefined;
  #drains: Fresh<HostDrain[]> | undefined;

  constructor(options: FleetModelOptions) {
    this.#options = options;
    const { history, routes, clock } = options;
    this.#reader = new FleetReader({
      history,
      routes,
      wallSeconds: () => clock.wallSeconds(),
    });
  }

  /** Everything; while the store is away what was read last. @throws {StoreError} If nothing was. */
  async read(): Promise<Fleet> {
    this.#fleet = await this.#refresh(this.#fleet, () => this.#reader.read());
    return this.#fleet.value;
  }

  /** One route at close quarters. @throws {StoreError} If it cannot be read. */
  async readRoute(key: RouteKey): Promise<RouteDetail> {
    return await this.#reader.readRoute(key);
  }

  /** Every drain; while the store is away those that were read last. */
  async drains(): Promise<readonly HostDrain[]> {
    this.#drains = await this.#refresh(
      this.#drains,
      () => this.#options.routes.drains(),
    );
    return this.#drains.value;
  }

  /** The drain of a host of a route; that of the route alone rather than one of all. */
  async drainOf(
    key: RouteKey,
    host: { ip: number; port: number },
  ): Promise<HostDrain | undefined> {
    const found = (await this.drains()).filter((each) =>
      covers(each, { ...key, ...host })
    );
    return found.find(({ route }) => route !== undefined) ?? found[0];
  }

  /** Forgets drains: they were changed here. */
  forget(): void {
    this.#drains = undefined;
  }

  async #refresh<Value>(
    known: Fresh<Value> | undefined,
    read: () => Promise<Value>,
  ): Promise<Fresh<Value>> {
    const nowMs = this.#options.clock.nowMs();
    if (known !== undefined && nowMs - known.atMs < FRESH_MS) return known;
    try {
      return { value: await read(), atMs: nowMs };
    } catch (error) {
      if (error instanceof StoreError && known !== undefined) return known;
      throw error;
    }
  }
}

interface Fresh<Value> {
  value: Value;
  atMs: number;
}
