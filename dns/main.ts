import { formatEndpoint, IDENTITY_BYTES } from "../proto/mod.ts";
import {
  dnsConf,
  type DnsConfig,
  listenAs,
  locate,
  reloader,
} from "../conf/mod.ts";
import {
  configureLogs,
  DenoTransport,
  listenEndpoint,
  loggerOf,
  runService,
  serveHttp,
  serviceClock,
  type ServiceLife,
  ServicePages,
  StandingCondition,
  systemRandom,
} from "../net/mod.ts";
import {
  openHistoryStore,
  openLeaseStore,
  openRouteStore,
} from "../store/mod.ts";
import { Discovery } from "./discovery/discovery.ts";
import { DnsServer } from "./dns_server.ts";
import { dnsHealth } from "./health.ts";
import { beyondLoopback, Networks } from "./leases/networks.ts";
import { RegisterKeys } from "./leases/register_keys.ts";
import { DNS_METRICS, readDns } from "./metrics.ts";
import { oddityLog } from "./store_oddities.ts";
import { waitForStore } from "./store_outage.ts";

const clock = serviceClock();
const logger = loggerOf("dns");

if (import.meta.main) {
  await runService({
    name: "dns",
    run: async (life) => {
      try {
        await runDns(life);
      } catch (error) {
        // Stopping a dns that still waits for its store is not an error.
        if (!life.signal.aborted) throw error;
      }
    },
  });
}

async function runDns(
  { options, signal, onReload, onReady }: ServiceLife,
): Promise<void> {
  const { conf, data } = await locate("dns", options);
  const running = await dnsConf.load(conf);
  const { config, warnings } = running;
  configureLogs(config.logLevel);
  for (const warning of warnings) logger.warn(warning);

  const { listen, metrics, discovery } = config;
  const random = systemRandom;
  const onOddity = oddityLog(logger);
  const setting = { service: "dns", file: conf };
  // Before the store is: it may be away.
  const pages = new ServicePages("dns", DNS_METRICS);
  const pagesServer = metrics && await listenAs(
    { ...setting, section: "metrics", at: metrics },
    async (at) => pages.serve(await listenEndpoint(at), signal),
  );
  const waiting = { action: "open store", clock, random, logger, signal };
  const context = { dataDir: data, clock };
  await using store = await waitForStore(
    () =>
      openRouteStore(config.store, {
        ...context,
        warn: (message, properties) => logger.warn(message, properties),
        onOddity,
      }),
    waiting,
  );
  await using leases = await waitForStore(
    () => openLeaseStore(config.store, context),
    waiting,
  );
  await using history = await waitForStore(
    () => openHistoryStore(config.store, context),
    waiting,
  );
  const register = registerSettings(config);
  const server = await listenAs(
    { ...setting, section: "reactor", at: listen },
    async (at) =>
      DnsServer.open({
        transport: new DenoTransport(),
        clock,
        random,
        store,
        at: await listenEndpoint(at),
        connectionsMax: config.connectionsMax,
        connectionsPerAddressMax: config.connectionsPerAddressMax,
        ...config.feed,
        leases: {
          store: leases,
          evidence: history,
          ...register.options,
        },
        logger,
      }, signal),
  );
  const routes = new Discovery({
    table: server.table,
    clock,
    connections: () => server.connections,
    metrics,
  });
  pages.open({
    read: () => readDns(server, routes),
    ready: () => dnsHealth(server),
  });
  const discoveryServer = discovery && await listenAs(
    { ...setting, section: "discovery", at: discovery },
    async (at) =>
      serveHttp(
        { at: await listenEndpoint(at), signal },
        (request) => routes.handle(request),
      ),
  );
  onReload(reloader({
    file: dnsConf,
    path: conf,
    running,
    apply: (next) => {
      configureLogs(next.logLevel);
      register.apply(next);
    },
    logger,
  }));
  onReady();
  logger.info("ready", {
    at: formatEndpoint(server.local),
    routes: server.table.size,
  });
  await Promise.all([
    server.run(signal),
    pagesServer?.finished,
    discoveryServer?.finished,
  ]);
}

/** `[register]` of the file, and what takes it again from a file that has changed. */
function registerSettings(config: DnsConfig) {
  const keys = new RegisterKeys(() =>
    crypto.getRandomValues(new Uint8Array(IDENTITY_BYTES)).toHex()
  );
  const open = new StandingCondition({
    logger,
    level: "warn",
    begins:
      "whoever connects from these networks may register hosts of any route: set [register] key",
    ends: "only agents of this machine, or with the key, may register",
  });
  let networks = new Networks([]);
  function apply({ registerNetworks, registerKeys }: DnsConfig): void {
    networks = new Networks(registerNetworks);
    keys.keys = registerKeys;
    const far = beyondLoopback(registerNetworks);
    if (far.length > 0 && registerKeys.length === 0) {
      open.begin({ networks: far.join(", ") });
    } else open.end();
  }
  apply(config);
  const isAllowed = (hostname: string) => networks.has(hostname);
  return { options: { isAllowed, keys }, apply };
}
