import { formatIp, type RouteKey } from "../../../proto/mod.ts";
import {
  type Agents,
  FleetReader,
  type FleetSource,
  HistoryOffError,
  openHistoryStore,
  openStatusStore,
  type RouteStore,
  type StatusRow,
  type StatusStore,
  StoreError,
  type StoreLocation,
} from "../../../store/mod.ts";
import type { Environment } from "../environment.ts";
import type { Patience } from "./patience.ts";

/** What a store holds of the past, to be read; each use waits as {@linkcode Patience} does. */
export interface OpenedHistory extends AsyncDisposable {
  history: FleetSource["history"];
  /** What all agents tell. */
  fleet: FleetReader;
  /** The last windows of a route's hosts at callers that are none of `agents`, such as agents of the original. */
  windows(key: RouteKey, agents: Agents): Promise<StatusRow[]>;
  /** Whether there is any window, of whatever route. */
  hasWindows(): Promise<boolean>;
}

/**
 * Opens the history of a store.
 *
 * @throws {StoreError} If it cannot be opened.
 */
export async function openHistory(
  { clock }: Environment,
  { place, patience, routes }: {
    place: { location: StoreLocation; data: string };
    patience: Patience;
    routes: Pick<RouteStore, "read">;
  },
): Promise<OpenedHistory> {
  const { location, data } = place;
  const retry = <Result>(body: () => Promise<Result>) =>
    patience.retry(() => body().catch(throwFinal));
  const context = { dataDir: data, clock };
  const store = await retry(() => openHistoryStore(location, context));
  const history: FleetSource["history"] = {
    agents: () => retry(() => store.agents()),
    events: (query) => retry(() => store.events(query)),
    hostHistory: (query) => retry(() => store.hostHistory(query)),
    newestMinute: (upTo) => retry(() => store.newestMinute(upTo)),
    routeHistory: (query) => retry(() => store.routeHistory(query)),
    routeTotals: (query) => retry(() => store.routeTotals(query)),
    states: (filter) => retry(() => store.states(filter)),
  };
  const onStatuses = (read: (statuses: StatusStore) => Promise<StatusRow[]>) =>
    retry(async () => {
      await using statuses = await openStatusStore(location, context);
      return await read(statuses);
    });
  return {
    history,
    fleet: new FleetReader({
      history,
      routes,
      wallSeconds: () => clock.wallSeconds(),
    }),
    windows: async (key, { addresses }) => {
      const rows = await onStatuses((statuses) => statuses.list(key));
      return rows.filter(({ caller }) => !addresses.has(formatIp(caller)));
    },
    hasWindows: async () => {
      const page = await onStatuses((statuses) => statuses.page({ limit: 1 }));
      return page.length > 0;
    },
    [Symbol.asyncDispose]: () => patience.close(store),
  };
}

/** Missing tables are not waited for: only a person can make them. */
function throwFinal(error: unknown): never {
  if (!(error instanceof HistoryOffError)) throw error;
  throw new StoreError(error.message, { retry: false, cause: error });
}
