import { ConfigError, loadAgentConfig } from "../conf/mod.ts";
import {
  configureLogs,
  DenoTransport,
  formatEndpoint,
  loggerOf,
  Metrics,
  parseServiceOptions,
  runService,
  SystemClock,
  workerPort,
} from "../net/mod.ts";
import { Agent } from "./agent.ts";
import { agentMetrics } from "./metrics.ts";
import { POLICY_NAMES } from "./policy.ts";
import { RouteCache } from "./route_cache.ts";
import { ListenError, ShardPool } from "./shard_pool.ts";
import { SHARDS } from "./shard_server.ts";
import {
  type FromWorker,
  runShardWorker,
  type ToWorker,
} from "./shard_worker.ts";

/** Where an agent keeps the routes it knew last, in its data folder. */
const CACHE_FILE = "agent-routes.json";

// One file is the whole service, also bundled or compiled: it starts itself
// again for each of its workers.
const port = workerPort<ToWorker, FromWorker>();
if (port !== undefined) runShardWorker(port);
else if (import.meta.main) await runService(runAgent);

async function runAgent(signal: AbortSignal): Promise<void> {
  const options = parseServiceOptions("agent", import.meta.url);
  const { config, warnings } = await loadAgentConfig(options.conf);
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

  await Deno.mkdir(options.data, { recursive: true });
  const { policy, loadBalance, listen } = config;
  const shards = await ShardPool.open({
    entry: import.meta.url,
    listen,
    settings: { policy, loadBalance },
    onMessage: (index, message) => agent.receive(index, message),
    onFailure: (index, error) => {
      logger.fatal("a shard failed, the agent ends", { shard: index, error });
      Deno.exit(1);
    },
  }).catch((error) => {
    throw explainListen(error, options.conf);
  });
  const agent = new Agent({
    transport: new DenoTransport(),
    clock: new SystemClock(),
    random: Math.random,
    dns: config.dnsServers,
    reporter: config.reporters,
    post: (index, message) => shards.post(index, message),
    cache: new RouteCache(`${options.data}/${CACHE_FILE}`),
  });
  await agent.restore();

  const metrics = new Metrics("agent", agentMetrics(agent));
  const serving = config.metrics && metrics.serve(config.metrics, signal);
  logger.info("ready", { at: formatEndpoint(listen) });
  await agent.run(signal);
  shards.terminate();
  await serving;
}

function explainListen(error: unknown, file: string): unknown {
  if (!(error instanceof ListenError)) return error;
  return new ConfigError(
    `Cannot start agent as "${file}" [agent] ip, port must name the first of ${SHARDS} free ports: current value is ${
      formatEndpoint(error.at)
    } (${error.message})`,
  );
}
