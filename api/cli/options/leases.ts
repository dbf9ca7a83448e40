import {
  type Author,
  type ExpireOptions,
  type ExpireOutcome,
  type InstanceQuery,
  type InstanceRow,
  INSTANCES_PAGE_MAX,
  type LeaseSeen,
  LeasesOffError,
  type LeaseStore,
  openLeaseStore,
  type RouteRow,
  StoreError,
  type StoreLocation,
} from "../../../store/mod.ts";
import type { Environment } from "../environment.ts";
import type { Patience } from "./patience.ts";

/** What agents have registered in a store; each use waits as {@linkcode Patience} does. */
export interface OpenedLeases
  extends AsyncDisposable, Pick<LeaseStore, "leases"> {
  /** All instances for which that holds, ordered by route and address. */
  instances(
    query: Omit<InstanceQuery, "after" | "limit">,
  ): AsyncGenerator<InstanceRow>;
  /** As {@linkcode LeaseStore.remove}. */
  remove(rows: readonly RouteRow[], by: Author): Promise<number>;
  /** As {@linkcode LeaseStore.expire}. */
  expire(
    leases: readonly LeaseSeen[],
    options: ExpireOptions,
  ): Promise<ExpireOutcome[]>;
}

/**
 * Opens what agents have registered in a store.
 *
 * @throws {StoreError} If it cannot be opened.
 */
export async function openLeases(
  { clock }: Environment,
  { place, patience }: {
    place: { location: StoreLocation; data: string };
    patience: Patience;
  },
): Promise<OpenedLeases> {
  const { location, data } = place;
  const retry = <Result>(body: () => Promise<Result>) =>
    patience.retry(() => body().catch(throwFinal));
  const context = { dataDir: data, clock };
  const store = await retry(() => openLeaseStore(location, context));
  const page = (query: InstanceQuery) => retry(() => store.instances(query));
  return {
    leases: () => retry(() => store.leases()),
    instances: (query) => readPages(page, query),
    remove: (rows, by) => retry(() => store.remove(rows, by)),
    expire: (leases, options) => retry(() => store.expire(leases, options)),
    [Symbol.asyncDispose]: () => patience.close(store),
  };
}

async function* readPages(
  read: (query: InstanceQuery) => Promise<InstanceRow[]>,
  query: Omit<InstanceQuery, "after" | "limit">,
): AsyncGenerator<InstanceRow> {
  let after: InstanceRow | undefined;
  do {
    const page = await read({ ...query, after, limit: INSTANCES_PAGE_MAX });
    yield* page;
    after = page.length < INSTANCES_PAGE_MAX ? undefined : page.at(-1);
  } while (after !== undefined);
}

/** Missing tables are not waited for: only a person can make them. */
function throwFinal(error: unknown): never {
  if (!(error instanceof LeasesOffError)) throw error;
  throw new StoreError(error.message, { retry: false, cause: error });
}
