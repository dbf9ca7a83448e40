import { formatEndpoint } from "../proto/mod.ts";
import {
  ALARM_RULES,
  listenAs,
  locate,
  reloader,
  reporterConf,
  type ReporterConfig,
  runbookOf,
  type StoreConfig,
} from "../conf/mod.ts";
import {
  configureLogs,
  DenoTransport,
  fail,
  listenEndpoint,
  loggerOf,
  machineName,
  postJson,
  runService,
  serviceClock,
  type ServiceLife,
  ServicePages,
  systemRandom,
  workerPort,
} from "../net/mod.ts";
import {
  type AdminStore,
  type HistoryStore,
  type LeaseStore,
  openAdminStore,
  openHistoryStore,
  openLeaseStore,
  openRouteStore,
  openStatusStore,
  type RouteStore,
  type StatusStore,
} from "../store/mod.ts";
import { reporterHealth } from "./health.ts";
import { Alarms } from "./alarms/alarms.ts";
import type { Receiver } from "./alarms/receivers.ts";
import { RouteCounts } from "./history/route_counts.ts";
import { readReporter, REPORTER_METRICS } from "./metrics.ts";
import { ReporterServer } from "./reporter_server.ts";
import {
  serveStore,
  type StoreAnswer,
  type StoreRequest,
  StoreWorker,
} from "./store_worker.ts";

/** Interval at which those are told that want to hear often. */
const MINUTE_MS = 60_000;

/** Time in which a receiver of alarms must answer. */
const POST_MS_MAX = 10_000;

/** The store that the worker opens. */
interface StoreTarget {
  config: StoreConfig;
  dataDir: string;
}

const clock = serviceClock();
const logger = loggerOf("reporter");

// The worker runs this same file, so that one file, bundled or compiled, is the
// whole service.
const port = workerPort<StoreRequest<StoreTarget>, StoreAnswer>();
if (port !== undefined) {
  serveStore(port, {
    statuses: openStatuses,
    routes: openRoutes,
    history: openHistory,
    admin: openAdmin,
    leases: openLeases,
    clock,
  });
} else if (import.meta.main) {
  await runService({
    name: "reporter",
    run: runReporter,
  });
}

/**
 * Opens a store and reads a route without statuses: a database is connected to
 * at the first use, and one that refuses this user must be known at the start.
 */
async function openStatuses(
  { config, dataDir }: StoreTarget,
): Promise<StatusStore> {
  const store = await openStatusStore(config, { dataDir, clock });
  try {
    await store.list({ modId: 0, cmdId: 0 });
    return store;
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
}

/** Opens the routes, to know which hosts they have. */
async function openRoutes(
  { config, dataDir }: StoreTarget,
): Promise<RouteStore> {
  return await openRouteStore(connected(config, 1), { dataDir, clock });
}

/** Opens the history: written over one connection, read over the other. */
async function openHistory(
  { config, dataDir }: StoreTarget,
): Promise<HistoryStore> {
  return await openHistoryStore(connected(config, 2), { dataDir, clock });
}

/** Opens the leases, to know how many are overdue. */
async function openLeases(
  { config, dataDir }: StoreTarget,
): Promise<LeaseStore> {
  return await openLeaseStore(connected(config, 1), { dataDir, clock });
}

/** A store with so many connections, where it is a database. */
function connected(config: StoreConfig, connectionsMax: number): StoreConfig {
  return config.kind === "sqlite"
    ? config
    : { ...config, mysql: { ...config.mysql, connectionsMax } };
}

/** Opens who may do what, to know which tokens end. */
async function openAdmin(
  { config, dataDir }: StoreTarget,
): Promise<AdminStore> {
  return await openAdminStore(connected(config, 1), { dataDir, clock });
}

async function runReporter(
  { options, signal, onReload, onReady }: ServiceLife,
): Promise<void> {
  const { conf, data } = await locate("reporter", options);
  const running = await reporterConf.load(conf);
  const { config, warnings } = running;
  configureLogs(config.logLevel);
  for (const warning of warnings) logger.warn(warning);

  const { store, listen, metrics } = config;
  const setting = { service: "reporter", file: conf };
  // Before the store is: it may be away.
  const pages = new ServicePages("reporter", REPORTER_METRICS);
  const pagesServer = metrics && await listenAs(
    { ...setting, section: "metrics", at: metrics },
    async (at) => pages.serve(await listenEndpoint(at), signal),
  );
  await using worker = await StoreWorker.start<StoreTarget>({
    entry: import.meta.url,
    // SQLite allows one write at a time: other connections would only wait.
    connections: store.kind === "sqlite" ? 1 : config.writers,
    target: { config: store, dataDir: data },
    clock,
    onFailure: fail,
  });
  const routes = config.routesMax > 0
    ? new RouteCounts({ max: config.routesMax })
    : undefined;
  const server = await listenAs(
    { ...setting, section: "reactor", at: listen },
    async (at) =>
      ReporterServer.open({
        transport: new DenoTransport(),
        clock,
        random: systemRandom,
        sinks: worker.sinks,
        opening: worker.opening,
        sweep: () => worker.sweep(),
        history: worker.history,
        onRoutes: routes && ((calls) => routes.add(calls)),
        at: await listenEndpoint(at),
        machine: machineName(),
        connectionsMax: config.connectionsMax,
        connectionsPerAddressMax: config.connectionsPerAddressMax,
        batchRowsMax: config.batchRowsMax,
        keysMax: config.keysMax,
        logger,
      }),
  );
  const alarms = alarmsOf(config, { server, worker });
  pages.open({
    read: () =>
      readReporter(server, {
        keysMax: config.keysMax,
        alarms: alarms.counters,
      }),
    ...routes && {
      pages: new Map([["/metrics/routes", () => routes.text()]]),
    },
    ready: () =>
      reporterHealth({
        probe: () => worker.probe(),
        rowsHeld: server.counters.rowsHeld,
      }),
  });
  onReload(reloader({
    file: reporterConf,
    path: conf,
    running,
    apply: ({ logLevel }) => configureLogs(logLevel),
    logger,
  }));
  onReady();
  logger.info("ready", { at: formatEndpoint(server.local) });
  await Promise.all([
    server.run(signal),
    alarms.run(signal),
    pagesServer?.finished,
  ]);
}

/** Finds alarms in the store that `worker` writes to, and sends them as the file says. */
function alarmsOf(
  { alarms, keysMax }: ReporterConfig,
  { server, worker }: {
    server: ReporterServer;
    worker: StoreWorker<StoreTarget>;
  },
): Alarms {
  const { webhooks, alertmanagers, watchdogs, secret, repeatMs } = alarms;
  const receiversOf = (
    kind: Receiver["kind"],
    { urls, repeatMs }: { urls: readonly string[]; repeatMs: number },
  ) => urls.map((url) => ({ kind, url, repeatMs }));
  return new Alarms({
    sink: worker.history,
    rules: ALARM_RULES,
    receivers: [
      ...receiversOf("webhook", { urls: webhooks, repeatMs }),
      ...receiversOf("alertmanager", {
        urls: alertmanagers,
        repeatMs: MINUTE_MS,
      }),
      ...receiversOf("watchdog", { urls: watchdogs, repeatMs: MINUTE_MS }),
    ],
    secret,
    post: (request) => postJson({ ...request, timeoutMs: POST_MS_MAX }),
    runbookOf,
    clock,
    random: systemRandom,
    logger,
    instance: () => server.name,
    own: () => {
      const { rowsHeld, historyLagMs } = server.counters;
      return {
        storeFailure: server.storeFailure,
        waitingShare: rowsHeld / keysMax,
        lagSeconds: historyLagMs / 1_000,
      };
    },
  });
}
