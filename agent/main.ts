import { formatEndpoint } from "../proto/mod.ts";
import type { AgentConfig } from "../conf/mod.ts";
import {
  batchUnavailableReason,
  configureLogs,
  DenoTransport,
  exitAfterLogs,
  loggerOf,
  Metrics,
  runService,
  type ServiceLife,
  SystemClock,
  systemRandom,
  workerPort,
} from "../net/mod.ts";
import { Agent } from "./hub/agent.ts";
import { AGENT_METRICS, readCounters } from "./metrics.ts";
import { POLICY_NAMES } from "./policies/mod.ts";
import { RouteCache } from "./hub/route_cache.ts";
import {
  DEFAULT_POLICY_SETTINGS,
  DEFAULT_SETTINGS,
} from "./policies/settings.ts";
import { ListenError, ShardPool } from "./shard/pool.ts";
import {
  type FromWorker,
  runShardWorker,
  type ToWorker,
} from "./shard/worker.ts";

/** Where an agent keeps the routes it knew last, in its data folder. */
const CACHE_FILE = "agent-routes.json";

// One file is the whole service, also bundled or compiled: it starts itself
// again for each of its workers.
const port = workerPort<ToWorker, FromWorker>();
if (port !== undefined) runShardWorker(port);
else if (import.meta.main) {
  await runService({ name: "agent", entry: import.meta.url, run: runAgent });
}

async function runAgent({ options, signal }: ServiceLife): Promise<void> {
  // Imported here, as it would take 4 MB in each worker too.
  const conf = await import("../conf/mod.ts");
  const { agentConf, ConfigError, listenAs, listenError } = conf;
  const { config, warnings } = await agentConf.load(options.conf);
  await configureLogs(config.logLevel);
  const logger = loggerOf("agent");
  for (const warning of warnings) logger.warn(warning);
  if (!POLICY_NAMES.includes(config.policy)) {
    throw new ConfigError(
      `Cannot load "${options.conf}" as [loadbalance] policy must be one of ${
        POLICY_NAMES.join(", ")
      }: current value is "${config.policy}"`,
    );
  }

  const transport = chooseTransport(config.udpTransport, (reason) => {
    throw new ConfigError(
      `Cannot load "${options.conf}" as [udp] transport = batch does not work here: ${reason}`,
    );
  });

  await Deno.mkdir(options.data, { recursive: true });
  const { policy, zone, healthChecks, listen } = config;
  const setting = { service: "agent", file: options.conf };
  const shards = await ShardPool.open({
    entry: import.meta.url,
    listen,
    transport: transport.name,
    settings: {
      policy,
      settings: {
        ...DEFAULT_POLICY_SETTINGS,
        loadBalance: { ...DEFAULT_SETTINGS, ...config.loadBalance },
        zone,
      },
      healthChecks,
    },
    onMessage: (index, message) => agent.receive(index, message),
    onFailure: (index, error) => {
      logger.fatal("a shard failed, the agent ends", { shard: index, error });
      exitAfterLogs(1);
    },
  }).catch((error) => {
    const refused = error instanceof ListenError;
    throw refused
      ? listenError({ ...setting, section: "agent", at: error.at }, error)
      : error;
  });
  const agent = new Agent({
    transport: new DenoTransport(),
    clock: new SystemClock(),
    random: systemRandom,
    dns: config.dnsServers,
    reporter: config.reporters,
    post: (index, message) => shards.post(index, message),
    cache: new RouteCache(`${options.data}/${CACHE_FILE}`),
  });
  await agent.restore();

  const { metrics } = config;
  const metricsServer = metrics && await listenAs(
    { ...setting, section: "metrics", at: metrics },
    () =>
      new Metrics("agent", {
        rows: AGENT_METRICS,
        read: () => readCounters(agent),
      })
        .serve(metrics, signal),
  );
  if ("reason" in transport) {
    logger.info("datagrams one at a time", { reason: transport.reason });
  } else logger.info("datagrams in batches");
  logger.info("ready", { at: formatEndpoint(listen) });
  await agent.run(signal);
  shards.terminate();
  await metricsServer?.finished;
}

/** How datagrams travel, and why not in batches; refuses batches asked for where they cannot work. */
function chooseTransport(
  setting: AgentConfig["udpTransport"],
  refuse: (reason: string) => never,
): { name: "batch" } | { name: "datagram"; reason: string } {
  if (setting === "datagram") {
    return { name: "datagram", reason: "transport = datagram" };
  }
  const reason = batchUnavailableReason();
  if (reason === undefined) return { name: "batch" };
  return setting === "auto" ? { name: "datagram", reason } : refuse(reason);
}
