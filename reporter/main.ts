import { formatEndpoint } from "../proto/mod.ts";
import {
  listenAs,
  locate,
  reloader,
  reporterConf,
  type StoreConfig,
} from "../conf/mod.ts";
import {
  configureLogs,
  DenoTransport,
  fail,
  listenEndpoint,
  loggerOf,
  Metrics,
  runService,
  type ServiceLife,
  SystemClock,
  systemRandom,
  workerPort,
} from "../net/mod.ts";
import {
  openRouteStore,
  openStatusStore,
  type RouteStore,
  type StatusStore,
} from "../store/mod.ts";
import { REPORTER_METRICS } from "./metrics.ts";
import { ReporterServer } from "./reporter_server.ts";
import {
  serveStore,
  type StoreAnswer,
  type StoreRequest,
  StoreWorker,
} from "./store_worker.ts";

/** The store that the worker opens. */
interface StoreTarget {
  config: StoreConfig;
  dataDir: string;
}

const clock = new SystemClock();
const logger = loggerOf("reporter");

// The worker runs this same file, so that one file, bundled or compiled, is the
// whole service.
const port = workerPort<StoreRequest<StoreTarget>, StoreAnswer>();
if (port !== undefined) {
  serveStore(port, { statuses: openStatuses, routes: openRoutes, clock });
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
  const location = config.kind === "sqlite"
    ? config
    : { ...config, mysql: { ...config.mysql, connectionsMax: 1 } };
  return await openRouteStore(location, { dataDir, clock });
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
  await using worker = await StoreWorker.start<StoreTarget>({
    entry: import.meta.url,
    // SQLite allows one write at a time: other connections would only wait.
    connections: store.kind === "sqlite" ? 1 : config.writers,
    target: { config: store, dataDir: data },
    clock,
    onFailure: fail,
  });
  const setting = { service: "reporter", file: conf };
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
        at: await listenEndpoint(at),
        connectionsMax: config.connectionsMax,
        connectionsPerAddressMax: config.connectionsPerAddressMax,
        batchRowsMax: config.batchRowsMax,
        keysMax: config.keysMax,
        logger,
      }),
  );
  const metricsServer = metrics && await listenAs(
    { ...setting, section: "metrics", at: metrics },
    async (at) =>
      new Metrics("reporter", {
        rows: REPORTER_METRICS,
        read: () => server.counters,
      })
        .serve(await listenEndpoint(at), signal),
  );
  onReload(reloader({
    file: reporterConf,
    path: conf,
    running,
    apply: ({ logLevel }) => configureLogs(logLevel),
    logger,
  }));
  onReady();
  logger.info("ready", { at: formatEndpoint(server.local) });
  await Promise.all([server.run(signal), metricsServer?.finished]);
}
