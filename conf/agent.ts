import { z } from "zod";
import { AGENT_SERVERS, type Endpoint } from "../proto/mod.ts";
import { type ConfigFile, configFile } from "./check.ts";
import {
  addresses,
  choice,
  domain,
  host,
  integer,
  ipNetworks,
  ipOrNone,
  listenPort,
  name,
  onOff,
  port,
  routePatterns,
  secondsAsMs,
  share,
  sharedKey,
  zone,
} from "./fields.ts";
import { endpointOf, serviceConfig, serviceSections } from "./service.ts";

const schema = z.object({
  agent: z.object({
    ip: host().prefault("127.0.0.1"),
    port: listenPort(AGENT_SERVERS).prefault("8888"),
    zone: zone().prefault(""),
    caller: ipOrNone().prefault(""),
  }),
  udp: z.object({
    transport: choice(["auto", "batch", "datagram"]).prefault("auto"),
  }),
  dnsserver: linkSection("7778"),
  reporter: linkSection("7779"),
  loadbalance: z.object({
    policy: name().prefault("lars"),
    healthChecks: onOff({ key: "check" }).prefault("on"),
    // Defaults of the rest are the agent's, in agent/policies/settings.ts.
    probeNum: integer({ key: "probe_num", min: 1, unit: "picks" })
      .exactOptional(),
    initSuccessCount: integer({ key: "init_succ_cnt", min: 0, unit: "calls" })
      .exactOptional(),
    initErrorCount: integer({ key: "init_err_cnt", min: 0, unit: "calls" })
      .exactOptional(),
    errorRate: share({ key: "err_rate" }).exactOptional(),
    successRate: share({ key: "succ_rate" }).exactOptional(),
    continuousErrorLimit: integer({
      key: "contin_err_limit",
      min: 1,
      unit: "calls",
    }).exactOptional(),
    continuousSuccessLimit: integer({
      key: "contin_succ_limit",
      min: 1,
      unit: "calls",
    }).exactOptional(),
    windowErrorRate: share({ key: "window_err_rate" }).exactOptional(),
    idleTimeoutMs: secondsAsMs({ key: "idle_timeout" }).exactOptional(),
    overloadTimeoutMs: secondsAsMs({ key: "overload_timeout" }).exactOptional(),
    updateTimeoutMs: secondsAsMs({ key: "update_timeout" }).exactOptional(),
  }),
  resolver: z.object({
    ip: host().prefault("127.0.0.1"),
    port: listenPort().prefault("0"),
    domain: domain().prefault("lars.internal"),
  }),
  register: z.object({
    enabled: onOff({ key: "enabled" }).prefault("off"),
    allow: routePatterns().prefault("*"),
    advertise: ipNetworks().prefault(""),
    key: sharedKey().prefault(""),
  }),
  ...serviceSections,
});

/**
 * What agent.conf says.
 *
 * @internal Inferred.
 */
export type AgentConfig = ReturnType<typeof toConfig>;

/** agent.conf. */
export const agentConf: ConfigFile<AgentConfig> = configFile({
  schema,
  reloads: ["loadbalance", "dnsserver", "reporter", "register", "log"],
  toConfig,
});

function toConfig(
  {
    agent,
    udp,
    dnsserver,
    reporter,
    loadbalance,
    resolver,
    register,
    ...service
  }: z.output<
    typeof schema
  >,
) {
  const { policy, healthChecks, ...loadBalance } = loadbalance;
  return {
    /**
     * Where the first of the UDP servers listens; the others take the next
     * ports. Port 0 takes any free ones.
     */
    listen: endpointOf(agent),
    /** Zone of this machine; empty: none. */
    zone: agent.zone,
    /** Address that its statuses are kept under; undefined: the one that the reporter sees. */
    caller: agent.caller,
    /** How datagrams travel; auto takes batches where they work. */
    udpTransport: udp.transport,
    /** Where DNS questions are answered; undefined: nowhere. */
    resolver: resolver.port === 0 ? undefined : endpointOf(resolver),
    /** Domain of the routes' names, in lower case. */
    domain: resolver.domain,
    /** Dns servers; at least one. */
    dnsServers: endpointsOf(dnsserver),
    /** Reporters; at least one. */
    reporters: endpointsOf(reporter),
    /** Balancing policy of routes that ask for none. */
    policy,
    /** Whether the agent checks hosts that are out, of routes that do not say. */
    healthChecks,
    /** The settings that the file gives; others keep the agent's defaults. */
    loadBalance,
    /** How programs register. */
    register,
    ...serviceConfig(service),
  };
}

function linkSection(defaultPort: string) {
  return z.object({
    ip: host().prefault("127.0.0.1"),
    port: port().prefault(defaultPort),
    addresses: addresses().prefault(""),
  });
}

/** The list wins over the original's single address. */
function endpointsOf(
  link: z.output<ReturnType<typeof linkSection>>,
): Endpoint[] {
  return link.addresses.length > 0 ? link.addresses : [endpointOf(link)];
}
