import type { Clock } from "../../../net/mod.ts";
import type { HostAddress, Route, RouteKey } from "../../../proto/mod.ts";
import {
  type AdminStore,
  type AsOf,
  type Fleet,
  FleetReader,
  type HistoryStore,
  type HostDrain,
  periodOf,
  type RouteDetail,
  type RouteStore,
} from "../../../store/mod.ts";
import { drainIn, type FleetView } from "../fleet.ts";
import type { RouteCopy } from "../route_copy.ts";
import { drainsAt } from "./drains_at.ts";
import { historyAt } from "./history_at.ts";
import { newestBy } from "./newest_by.ts";
import { routeAt } from "./route_at.ts";
import { type PastRoutes, routesAt } from "./routes_at.ts";
import { UnknownPastError } from "./unknown_past.ts";

/** Most changes since a moment that are searched for drains. */
const CHANGES_MAX = 200_000;

/** Moments that are kept, those asked for last: pages ask for several things of one. */
const MOMENTS_MAX = 4;

/** For how long: of the last seconds there may be more to know soon. */
const FRESH_MS = 10_000;

/** What moments are read from. */
export interface PastSource {
  admin: AdminStore;
  history: HistoryStore;
  routes: RouteStore;
  copy: RouteCopy;
  clock: Clock;
}

/** Moments of the past, each read once while people look at it. */
export class Past {
  readonly #source: PastSource;
  readonly #moments = new Map<number, { moment: Moment; atMs: number }>();

  constructor(source: PastSource) {
    this.#source = source;
  }

  /** A moment. @param at Unix time in seconds, not in the future. */
  at(at: number): Moment {
    const nowMs = this.#source.clock.nowMs();
    const known = this.#moments.get(at);
    this.#moments.delete(at);
    const entry = known !== undefined && nowMs - known.atMs < FRESH_MS
      ? known
      : { moment: new Moment(this.#source, at), atMs: nowMs };
    this.#moments.set(at, entry);
    const [oldest] = this.#moments.keys();
    if (this.#moments.size > MOMENTS_MAX) this.#moments.delete(oldest!);
    return entry.moment;
  }
}

/**
 * What is kept of a moment of the past: routes and drains by the trail of changes
 * since, calls and events by the history. How callers saw hosts then, calls under
 * way, and agents are not kept.
 */
export class Moment implements FleetView {
  readonly hasStates = false;
  /** Unix time in seconds. */
  readonly at: number;
  readonly #source: PastSource;
  readonly #reader: FleetReader;
  readonly #known = new Map<string, Promise<unknown>>();

  constructor(source: PastSource, at: number) {
    this.#source = source;
    this.at = at;
    this.#reader = new FleetReader({
      history: historyAt(source.history, {
        at,
        nowSeconds: source.clock.wallSeconds(),
        eventsBefore: () => this.eventsBefore(),
      }),
      routes: {
        read: (keys) => Promise.all(keys.map((key) => this.route(key))),
      },
      wallSeconds: () => at,
    });
  }

  /** Id below which all changes had been made. @throws {StoreError} If it cannot be read. */
  async changesBefore(): Promise<number> {
    return (await this.#trail()).id + 1;
  }

  /** Id below which all events had happened, those of its minute included. */
  eventsBefore(): Promise<number> {
    return this.#once("events", async () => {
      const { history } = this.#source;
      const { id } = await newestBy(this.at, async (before) => {
        const [row] = await history.events({ before, limit: 1 });
        return row && { id: row.id, at: row.minute * 60 };
      });
      return id + 1;
    });
  }

  /** Every route. @throws {UnknownPastError} If too much has changed since. */
  routes(): Promise<PastRoutes> {
    return this.#once("routes", async () => {
      const drains = await this.drains();
      const { id: change } = await this.#trail();
      return await routesAt(this.#source, { change, drains });
    });
  }

  /**
   * One route, without hosts if there was none.
   *
   * @throws {UnknownPastError} If a change since is not in the trail.
   */
  async route(key: RouteKey): Promise<Route> {
    const { admin, routes } = this.#source;
    const { modId, cmdId } = key;
    const { id, newest } = await this.#trail();
    const [now] = await routes.read([{ modId, cmdId }]);
    const route = id === 0 && newest > CHANGES_MAX
      ? undefined
      : await routeAt(admin, now!, id);
    if (route === undefined) {
      throw new UnknownPastError(
        `How (${modId}, ${cmdId}) was then is not known: a change since is not in the trail`,
      );
    }
    return route;
  }

  /** Every drain. @throws {UnknownPastError} If too much has changed since. */
  drains(): Promise<readonly HostDrain[]> {
    return this.#once("drains", async () => {
      const { admin, routes } = this.#source;
      const { id: change, newest } = await this.#trail();
      if (newest - change > CHANGES_MAX) {
        throw new UnknownPastError(
          `More than ${CHANGES_MAX} changes were made since: ask for a later time`,
        );
      }
      const now = await routes.drains();
      return await drainsAt(admin, { now, at: this.at, change });
    });
  }

  async drainOf(
    key: RouteKey,
    host: HostAddress,
  ): Promise<HostDrain | undefined> {
    return drainIn(await this.drains(), { key, host });
  }

  read(): Promise<Fleet> {
    return this.#once("fleet", async () => {
      const fleet = await this.#reader.read();
      const hasCalls = fleet.routes.length > 0;
      return { ...fleet, ...await this.#newestOf(fleet, hasCalls) };
    });
  }

  async readRoute(key: RouteKey): Promise<RouteDetail> {
    const detail = await this.#reader.readRoute(key);
    const hasCalls = detail.problem.calls > 0;
    return { ...detail, ...await this.#newestOf(detail, hasCalls) };
  }

  /** The newest minute with calls: that before the moment, or an earlier one as far as minutes are kept. */
  async #newestOf(
    { asOf }: AsOf,
    hasCalls: boolean,
  ): Promise<Omit<AsOf, "readAt">> {
    const last = periodOf("minute", asOf!) - 1;
    const newest = hasCalls
      ? last
      : await this.#source.history.newestMinute(last);
    return {
      newestMinute: newest,
      asOf: newest === undefined ? undefined : (newest + 1) * 60,
    };
  }

  /** The newest change by then, and that of now. */
  #trail(): Promise<{ id: number; newest: number }> {
    return this.#once("trail", () => {
      const { admin } = this.#source;
      return newestBy(
        this.at,
        async (before) => (await admin.changes({ before, limit: 1 }))[0],
      );
    });
  }

  /** What was read for a name, or is now; a failure is not kept. */
  #once<Value>(name: string, read: () => Promise<Value>): Promise<Value> {
    const known = this.#known.get(name) as Promise<Value> | undefined;
    if (known !== undefined) return known;
    const value = read();
    this.#known.set(name, value);
    value.catch(() => this.#known.delete(name));
    return value;
  }
}
