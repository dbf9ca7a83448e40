import { z } from "zod";
import { checkIni, type Loaded } from "./check.ts";
import { type CommonConfig, commonConfig, commonSections } from "./common.ts";
import {
  addresses,
  choice,
  type Endpoint,
  integer,
  ip,
  listenPort,
  name,
  port,
  secondsAsMs,
  share,
  zone,
} from "./fields.ts";
import { parseIni } from "./ini_file.ts";
import { readConfigFile } from "./read_file.ts";

/** agent.conf. */
export interface AgentConfig extends CommonConfig {
  /**
   * Where the first of three UDP servers listens; the others take the next two
   * ports. Port 0 takes any three free ones.
   */
  listen: Endpoint;
  /** How datagrams travel; auto takes batches where they work. */
  udpTransport: "auto" | "batch" | "datagram";
  /** Dns servers; at least one. */
  dnsServers: Endpoint[];
  /** Reporters; at least one. */
  reporters: Endpoint[];
  /** Where this machine stands; empty is nowhere in particular. */
  zone: string;
  /** Name of the balancer's policy, where a route asks for no other. */
  policy: string;
  /** Whether the agent may check resting hosts by itself, where a route does not say. */
  check: boolean;
  loadBalance: LoadBalanceConfig;
}

/** Section [loadbalance] (lars_rule.md, "Settings"), but for the policy and the check. */
export interface LoadBalanceConfig {
  probeNum: number;
  initSuccessCount: number;
  initErrorCount: number;
  errorRate: number;
  successRate: number;
  continuousErrorLimit: number;
  continuousSuccessLimit: number;
  windowErrorRate: number;
  idleTimeoutMs: number;
  overloadTimeoutMs: number;
  updateTimeoutMs: number;
}

/** UDP servers of one agent, on consecutive ports (wire.md, "Ports"). */
const UDP_SERVERS = 3;

/** The sections and keys of agent.conf. */
export const agentSchema = z.object({
  agent: z.object({
    ip: ip("127.0.0.1"),
    port: listenPort("8888", UDP_SERVERS),
    zone: zone(),
  }),
  udp: z.object({
    transport: choice("auto", ["auto", "batch", "datagram"]),
  }),
  dnsserver: linkSection("7778"),
  reporter: linkSection("7779"),
  loadbalance: z.object({
    policy: name("lars"),
    check: choice("on", ["on", "off"]),
    probe_num: integer("10", { min: 1 }),
    init_succ_cnt: integer("180", { min: 0 }),
    init_err_cnt: integer("5", { min: 0 }),
    err_rate: share("0.1"),
    succ_rate: share("0.5"),
    contin_err_limit: integer("15", { min: 1 }),
    contin_succ_limit: integer("15", { min: 1 }),
    window_err_rate: share("0.7"),
    idle_timeout: secondsAsMs("15"),
    overload_timeout: secondsAsMs("15"),
    update_timeout: secondsAsMs("15"),
  }),
  ...commonSections,
});

/**
 * Loads agent.conf.
 *
 * @throws {ConfigError} If it is not there, is not INI or has a value that is not allowed.
 */
export async function loadAgentConfig(
  path: string,
): Promise<Loaded<AgentConfig>> {
  return parseAgentConfig(await readConfigFile(path), path);
}

/**
 * The configuration in `text`; `file` is for messages.
 *
 * @throws {ConfigError} If it is not INI or has a value that is not allowed.
 */
export function parseAgentConfig(
  text: string,
  file: string,
): Loaded<AgentConfig> {
  const { config: parsed, warnings } = checkIni(
    agentSchema,
    parseIni(text, file),
  );
  const config = {
    listen: { hostname: parsed.agent.ip, port: parsed.agent.port },
    udpTransport: parsed.udp.transport,
    dnsServers: linkEndpoints(parsed.dnsserver),
    reporters: linkEndpoints(parsed.reporter),
    zone: parsed.agent.zone,
    policy: parsed.loadbalance.policy,
    check: parsed.loadbalance.check === "on",
    loadBalance: loadBalanceConfig(parsed.loadbalance),
    ...commonConfig(parsed),
  };
  return { config, warnings };
}

function linkSection(defaultPort: string) {
  return z.object({
    ip: ip("127.0.0.1"),
    port: port(defaultPort),
    addresses: addresses(),
  });
}

/** The list wins over the original's single address. */
function linkEndpoints(
  link: z.output<ReturnType<typeof linkSection>>,
): Endpoint[] {
  return link.addresses.length > 0
    ? link.addresses
    : [{ hostname: link.ip, port: link.port }];
}

function loadBalanceConfig(
  parsed: z.output<typeof agentSchema>["loadbalance"],
): LoadBalanceConfig {
  return {
    probeNum: parsed.probe_num,
    initSuccessCount: parsed.init_succ_cnt,
    initErrorCount: parsed.init_err_cnt,
    errorRate: parsed.err_rate,
    successRate: parsed.succ_rate,
    continuousErrorLimit: parsed.contin_err_limit,
    continuousSuccessLimit: parsed.contin_succ_limit,
    windowErrorRate: parsed.window_err_rate,
    idleTimeoutMs: parsed.idle_timeout,
    overloadTimeoutMs: parsed.overload_timeout,
    updateTimeoutMs: parsed.update_timeout,
  };
}
