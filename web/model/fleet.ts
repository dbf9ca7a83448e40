import type { Clock } from "../../net/mod.ts";
import type { HostAddress, RouteKey } from "../../proto/mod.ts";
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

/** What callers tell, or have told at a time. */
export interface FleetView {
  /** Whether it has how callers see hosts: of the past that is not kept. */
  readonly hasStates: boolean;
  /** Everything. @throws {StoreError} If it cannot be read. */
  read(): Promise<Fleet>;
  /** One route at close quarters. @throws {StoreError} If it cannot be read. */
  readRoute(key: RouteKey): Promise<RouteDetail>;
  /** The drain of a host of a route; that of the route alone rather than one of all. */
  drainOf(key: RouteKey, host: HostAddress): Promise<HostDrain | undefined>;
}

/** The drain of a host among some. */
export function drainIn(
  drains: readonly HostDrain[],
  { key: { modId, cmdId }, host: { ip, port } }: {
    key: RouteKey;
    host: HostAddress;
  },
): HostDrain | undefined {
  const found = drains.filter((each) =>
    covers(each, { modId, cmdId, ip, port })
  );
  return found.find(({ route }) => route !== undefined) ?? found[0];
}

/** What callers tell, read at most once a second, however many people look. */
export class FleetModel implements FleetView {
  readonly hasStates = true;
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

  /** The same; while the store is away what was read last. @throws {StoreError} If nothing was. */
  async read(): Promise<Fleet> {
    this.#fleet = await this.#refresh(this.#fleet, () => this.#reader.read());
    return this.#fleet.value;
  }

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

  async drainOf(
    key: RouteKey,
    host: HostAddress,
  ): Promise<HostDrain | undefined> {
    return drainIn(await this.drains(), { key, host });
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
