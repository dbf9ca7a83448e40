import {
  ConfigError,
  listenAs,
  loadDnsConfig,
  type StoreConfig,
} from "../conf/mod.ts";
import {
  configureLogs,
  DenoTransport,
  formatEndpoint,
  loggerOf,
  Metrics,
  parseServiceOptions,
  runService,
  SystemClock,
  systemRandom,
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
  const random = systemRandom;
  await using store = await waitForStore(
    () => openRouteStore(config.store, data),
    { action: "open store", clock, random, logger, signal },
  );
  const setting = { service: "dns", file: conf };
  const server = await listenAs(
    { ...setting, section: "reactor", at: listen },
    () =>
      DnsServer.open({
        transport: new DenoTransport(),
        clock,
        random,
        store,
        at: listen,
        connectionsMax: config.connectionsMax,
        ...config.feed,
        logger,
      }, signal),
  );
  const metricsServer = metrics && await listenAs(
    { ...setting, section: "metrics", at: metrics },
    () => new Metrics("dns", dnsMetrics(server)).serve(metrics, signal),
  );
  logger.info("ready", {
    at: formatEndpoint(server.local),
    routes: server.table.size,
  });
  await Promise.all([server.run(signal), metricsServer?.finished]);
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
