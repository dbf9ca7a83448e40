import { formatEndpoint, isLoopback } from "../proto/mod.ts";
import type { AgentConfig } from "../conf/mod.ts";
import {
  batchUnavailableReason,
  configureLogs,
  DenoTransport,
  exitAfterLogs,
  giveMemoryBack,
  inheritedDescriptors,
  listenEndpoint,
  loggerOf,
  machineName,
  ProcessProbe,
  runService,
  serviceClock,
  type ServiceLife,
  ServicePages,
  systemRandom,
} from "../net/mod.ts";
import { agentHealth, shardHealth } from "./health.ts";
import { Agent } from "./hub/agent.ts";
import { AGENT_METRICS, readCounters } from "./metrics.ts";
import { POLICY_NAMES } from "./policies/mod.ts";
import { type LoadedIdentity, loadIdentity } from "./hub/identity.ts";
import { OutageFile } from "./hub/outage_file.ts";
import { RouteCache } from "./hub/route_cache.ts";
import {
  DEFAULT_POLICY_SETTINGS,
  DEFAULT_SETTINGS,
} from "./policies/settings.ts";
import { RegistrationsFile } from "./registrar/registrations_file.ts";
import type { ResolverServer } from "./resolver/server.ts";
import { ListenError, PING_MS_MAX, ShardPool } from "./shard/pool.ts";
import type { ShardSettings } from "./shard/shard.ts";

/** Where an agent keeps the routes it knew last, their hosts out of use, who it is, and who has registered, in its data folder. */
const CACHE_FILE = "agent-routes.json";
const OUTAGES_FILE = "agent-hosts.json";
const IDENTITY_FILE = "agent-id";
const REGISTRATIONS_FILE = "registrations.json";

/** Runs the agent of this process; `entry` is the module that its workers run. */
export async function serve(entry: string): Promise<void> {
  await runService({ name: "agent", run: (life) => runAgent(entry, life) });
}

async function runAgent(
  entry: string,
  { options, signal, onReload, onReady }: ServiceLife,
): Promise<void> {
  giveMemoryBack();
  // First, as they load their code meanwhile.
  const shards = new ShardPool({
    entry,
    onMessage: (index, message) => agent.receive(index, message),
    onFailure: (index, error) => {
      loggerOf("agent").fatal("a shard failed, the agent ends", {
        shard: index,
        error,
      });
      exitAfterLogs(1);
    },
  });
  // Imported here, as it would take 4 MB in each worker too.
  const { agentConf, ConfigError, listenAs, listenError, locate, reloader } =
    await import("../conf/mod.ts");
  const { conf, data } = await locate("agent", options);
  const refuse = (why: string): never => {
    throw new ConfigError(`Cannot load "${conf}" as ${why}`);
  };
  const running = await agentConf.load(conf);
  const { config, warnings } = running;
  configureLogs(config.logLevel);
  const logger = loggerOf("agent");
  for (const warning of warnings) logger.warn(warning);
  checkPolicy(config, refuse);
  const transport = chooseTransport(config.udpTransport, refuse);
  const identity = await openDataFolder(data);

  const { metrics } = config;
  const setting = { service: "agent", file: conf };
  const inherited = inheritedDescriptors();
  const listen = await listenAs(
    { ...setting, section: "agent", at: config.listen },
    listenEndpoint,
  );
  await shards.open({
    listen,
    transport: transport.name,
    settings: shardSettings(config),
    inherited,
  }).catch((error) => {
    const refused = error instanceof ListenError;
    throw refused
      ? listenError({ ...setting, section: "agent", at: error.at }, error)
      : error;
  });
  const pages = new ServicePages("agent", AGENT_METRICS);
  const pagesServer = metrics && await listenAs(
    { ...setting, section: "metrics", at: metrics },
    async (at) => pages.serve(await listenEndpoint(at), signal),
  );
  const clock = serviceClock();
  using processes = new ProcessProbe();
  const agent = new Agent({
    transport: new DenoTransport(),
    clock,
    random: systemRandom,
    dns: config.dnsServers,
    reporter: config.reporters,
    post: (index, message) => shards.post(index, message),
    cache: new RouteCache(`${data}/${CACHE_FILE}`),
    outages: new OutageFile(`${data}/${OUTAGES_FILE}`),
    agentId: identity.agentId,
    registrations: {
      settings: config.register,
      keeper: new RegistrationsFile(
        `${data}/${REGISTRATIONS_FILE}`,
        identity.agentId,
      ),
      lives: (pid) => processes.lives(pid),
    },
    diskError: identity.error,
    name: machineName(),
    zone: config.zone,
    metricsPort: metrics && !isLoopback(metrics.hostname)
      ? metrics.port
      : undefined,
    caller: config.caller,
  });
  const routes = await agent.restore();
  // Before that callers would hear that there is no such route, and take it for final.
  shards.serve();

  const resolver = config.resolver && await openResolver(config, {
    agent,
    setting,
  });
  const counters = () => readCounters(agent, resolver);
  pages.open({
    read: counters,
    ready: () => {
      const { dnsConnected, routes, unknownRoutes } = counters();
      const isConnected = dnsConnected > 0;
      return agentHealth({ dnsConnected: isConnected, routes, unknownRoutes });
    },
    alive: async () =>
      shardHealth(await shards.silentShards(clock), { waitedMs: PING_MS_MAX }),
  });
  if ("reason" in transport) {
    logger.info("datagrams one at a time", { reason: transport.reason });
  } else logger.info("datagrams in batches");
  if (shards.inheritedSockets < inherited.length) {
    logger.warn("sockets of systemd are not used", {
      used: shards.inheritedSockets,
      of: inherited.length,
      reason: "reason" in transport
        ? "they need batches"
        : "[agent] names other addresses",
    });
  }
  const apply = settingsApplier(agent, { config, refuse });
  onReload(
    reloader({ file: agentConf, path: conf, running, apply, logger }),
  );
  onReady(async () => (await shards.silentShards(clock)).length === 0);
  logger.info("ready", { at: formatEndpoint(listen), routes });
  await Promise.all([agent.run(signal), resolver?.run(signal)]);
  shards.terminate();
  await pagesServer?.finished;
}

/** Listens for DNS questions. Its code is loaded where it is asked for. */
async function openResolver(
  { resolver: at, domain, zone }: AgentConfig,
  { agent, setting }: {
    agent: Agent;
    setting: { service: string; file: string };
  },
): Promise<ResolverServer> {
  const { listenAs } = await import("../conf/mod.ts");
  const { Resolver } = await import("./resolver/resolver.ts");
  const { ResolverServer } = await import("./resolver/server.ts");
  return await listenAs(
    { ...setting, section: "resolver", at: at! },
    async (at) =>
      new ResolverServer({
        transport: new DenoTransport(),
        clock: serviceClock(),
        resolver: new Resolver({
          domain,
          zone,
          random: systemRandom,
          lookup: (key) => agent.lookup(key),
        }),
        at: await listenEndpoint(at),
      }),
  );
}

/** Throws what is wrong with a file. */
type Refuse = (why: string) => never;

/** Refuses a policy that the agent does not have. */
function checkPolicy({ policy }: AgentConfig, refuse: Refuse): void {
  if (POLICY_NAMES.includes(policy)) return;
  refuse(
    `[loadbalance] policy must be one of ${
      POLICY_NAMES.join(", ")
    }: current value is "${policy}"`,
  );
}

/** What the shards take from the file. */
function shardSettings(config: AgentConfig): ShardSettings {
  const { policy, zone, healthChecks, loadBalance } = config;
  return {
    policy,
    settings: {
      ...DEFAULT_POLICY_SETTINGS,
      loadBalance: { ...DEFAULT_SETTINGS, ...loadBalance },
      zone,
    },
    healthChecks,
  };
}

/** A function that takes what a running agent can from its file as it is now. */
function settingsApplier(
  agent: Agent,
  { config, refuse }: { config: AgentConfig; refuse: Refuse },
): (config: AgentConfig) => void {
  let inUse = config;
  return (next) => {
    checkPolicy(next, refuse);
    checkPeers(next, refuse);
    const resend = next.policy !== inUse.policy ||
      next.healthChecks !== inUse.healthChecks;
    inUse = next;
    configureLogs(next.logLevel);
    agent.configure({
      settings: shardSettings(next),
      dns: next.dnsServers,
      reporter: next.reporters,
      register: next.register,
      resend,
    });
  };
}

/** Refuses servers that this process has no permission to connect to. */
function checkPeers(
  { dnsServers, reporters }: AgentConfig,
  refuse: Refuse,
): void {
  for (const server of [...dnsServers, ...reporters]) {
    const host = formatEndpoint(server);
    const { state } = Deno.permissions.querySync({ name: "net", host });
    if (state === "granted") continue;
    refuse(`this agent may not connect to ${host}: restart it`);
  }
}

/** Creates the folder of the agent's files, with its identity. Where that cannot be, it goes on without them. */
async function openDataFolder(
  folder: string,
): Promise<LoadedIdentity> {
  const error = await Deno.mkdir(folder, { recursive: true })
    .then(() => undefined, (error: Error) => error);
  const identity = await loadIdentity(`${folder}/${IDENTITY_FILE}`);
  return error === undefined ? identity : { ...identity, error };
}

/** How datagrams travel, and why not in batches; refuses batches asked for where they cannot work. */
function chooseTransport(
  setting: AgentConfig["udpTransport"],
  refuse: Refuse,
): { name: "batch" } | { name: "datagram"; reason: string } {
  if (setting === "datagram") {
    return { name: "datagram", reason: "transport = datagram" };
  }
  const reason = batchUnavailableReason();
  if (reason === undefined) return { name: "batch" };
  return setting === "auto" ? { name: "datagram", reason } : refuse(
    `[udp] transport = batch does not work here: ${reason}`,
  );
}
