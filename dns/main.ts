import { ConfigError, loadDnsConfig, type StoreConfig } from "../conf/mod.ts";
import {
  configureLogs,
  DenoTransport,
  type Endpoint,
  formatEndpoint,
  loggerOf,
  Metrics,
  parseServiceOptions,
  runService,
  SystemClock,
} from "../net/mod.ts";
import { type RouteStore, SqliteRouteStore } from "../store/mod.ts";
import { DnsServer } from "./dns_server.ts";
import { dnsMetrics } from "./metrics.ts";
import { waitForStore } from "./store_outage.ts";

const clock = new SystemClock();
const logger = loggerOf("dns");

if (import.meta.main) {
  await runService(async (signal) => {
    try {
      await runDns(signal);
    } catch (error) {
      // Who stops a dns that still waits for its store did nothing wrong.
      if (!signal.aborted) throw error;
    }
  });
}

async function runDns(signal: AbortSignal): Promise<void> {
  const { conf, data } = parseServiceOptions("dns", import.meta.url);
  const { config, warnings } = await loadDnsConfig(conf);
  await configureLogs(config.logLevel);
  for (const warning of warnings) logger.warn(warning);

  const { listen, metrics } = config;
  const random = Math.random;
  await using store = await waitForStore(
    () => openRouteStore(config.store, data),
    { action: "open store", clock, random, logger, signal },
  );
  const server = await DnsServer.open({
    transport: new DenoTransport(),
    clock,
    random,
    store,
    at: listen,
    connectionsMax: config.connectionsMax,
    ...config.feed,
    logger,
  }, signal).catch((error) => {
    throw explainListen(error, { conf, section: "reactor", at: listen });
  });
  const metricsServing = metrics === undefined
    ? undefined
    : new Metrics("dns", dnsMetrics(server)).serve(metrics, signal).catch(
      (error) => {
        throw explainListen(error, { conf, section: "metrics", at: metrics });
      },
    );
  logger.info("ready", {
    at: formatEndpoint(server.local),
    routes: server.table.size,
  });
  await Promise.all([server.run(signal), metricsServing]);
}

/** Opens the store that the configuration chooses; an embedded one is a file in `dataDir`. */
async function openRouteStore(
  config: StoreConfig,
  dataDir: string,
): Promise<RouteStore> {
  switch (config.kind) {
    case "sqlite":
      await Deno.mkdir(dataDir, { recursive: true });
      return await SqliteRouteStore.open({
        path: `${dataDir}/lars.db`,
        wallSeconds: () => clock.wallSeconds(),
        onSkippedRows: (rows) =>
          logger.warn("rows left out: no route can have them", { rows }),
      });
    case "mysql":
      throw new ConfigError(
        'Cannot start dns as [store] kind must be "sqlite": current value is "mysql"',
      );
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
    `Cannot start dns as "${conf}" [${section}] ip, port must name a free address: current value is ${
      formatEndpoint(at)
    } (${error.message})`,
    { cause: error },
  );
}
