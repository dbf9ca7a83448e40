import {
  ConfigError,
  loadReporterConfig,
  type StoreConfig,
} from "../conf/mod.ts";
import {
  configureLogs,
  DenoTransport,
  type Endpoint,
  fail,
  formatEndpoint,
  loggerOf,
  Metrics,
  parseServiceOptions,
  runService,
  SystemClock,
  workerPort,
} from "../net/mod.ts";
import {
  SqliteStatusStore,
  type StatusStore,
  StoreError,
} from "../store/mod.ts";
import { reporterMetrics } from "./metrics.ts";
import {
  ReporterServer,
  type ReporterServerOptions,
} from "./reporter_server.ts";
import { SinkPool } from "./sink_pool.ts";
import {
  type SinkAnswer,
  type SinkRequest,
  SinkWorker,
} from "./worker_sink.ts";

/** Which store a worker opens. */
interface StoreTarget {
  config: StoreConfig;
  dataDir: string;
}

const clock = new SystemClock();
const logger = loggerOf("reporter");

// One file is the whole service, also bundled or compiled: it starts itself
// again for each of its workers.
const port = workerPort<SinkRequest<StoreTarget>, SinkAnswer>();
if (port !== undefined) {
  const worker = new SinkWorker<StoreTarget>({
    open: openStatusStore,
    post: (answer) => port.post(answer),
  });
  port.listen((request) => worker.handle(request));
} else if (import.meta.main) {
  await runService(runReporter);
}

async function runReporter(signal: AbortSignal): Promise<void> {
  const { conf, data } = parseServiceOptions("reporter", import.meta.url);
  const { config, warnings } = await loadReporterConfig(conf);
  await configureLogs(config.logLevel);
  for (const warning of warnings) logger.warn(warning);

  const { store, listen, metrics } = config;
  if (store.kind === "sqlite") await Deno.mkdir(data, { recursive: true });
  await using pool = await SinkPool.open<StoreTarget>({
    entry: import.meta.url,
    // SQLite lets one write at a time: others would only wait.
    count: store.kind === "sqlite" ? 1 : config.writers,
    target: { config: store, dataDir: data },
    clock,
    logger,
    onFailure: fail,
  });
  const server = openServer({
    transport: new DenoTransport(),
    clock,
    random: Math.random,
    sinks: pool.sinks,
    at: listen,
    connectionsMax: config.connectionsMax,
    batchRowsMax: config.batchRowsMax,
    keysMax: config.keysMax,
    logger,
  }, conf);
  const metricsServing = metrics === undefined
    ? undefined
    : new Metrics("reporter", reporterMetrics(server)).serve(metrics, signal)
      .catch((error) => {
        throw explainListen(error, { conf, section: "metrics", at: metrics });
      });
  logger.info("ready", { at: formatEndpoint(server.local) });
  await Promise.all([server.run(signal), metricsServing]);
}

/** Opens the store that the configuration chooses; an embedded one is a file in `dataDir`. */
async function openStatusStore(
  { config, dataDir }: StoreTarget,
): Promise<StatusStore> {
  switch (config.kind) {
    case "sqlite":
      return await SqliteStatusStore.open({
        path: `${dataDir}/lars.db`,
        wallSeconds: () => clock.wallSeconds(),
      });
    case "mysql":
      throw new StoreError(
        'Cannot start reporter as [store] kind must be "sqlite": current value is "mysql"',
        { retry: false },
      );
  }
}

function openServer(
  options: ReporterServerOptions,
  conf: string,
): ReporterServer {
  try {
    return ReporterServer.open(options);
  } catch (error) {
    throw explainListen(error, { conf, section: "reactor", at: options.at });
  }
}

function explainListen(
  error: unknown,
  { conf, section, at }: { conf: string; section: string; at: Endpoint },
): unknown {
  const refused = error instanceof Deno.errors.AddrInUse ||
    error instanceof Deno.errors.AddrNotAvailable ||
    error instanceof Deno.errors.PermissionDenied;
  if (!refused) return error;
  return new ConfigError(
    `Cannot start reporter as "${conf}" [${section}] ip, port must name a free address: current value is ${
      formatEndpoint(at)
    } (${error.message})`,
    { cause: error },
  );
}
