/**
 * The INI files, and what loads and checks them. Nothing in a file is required;
 * the file itself is.
 *
 * @module
 */
export {
  type AgentConfig,
  loadAgentConfig,
  type LoadBalanceConfig,
  parseAgentConfig,
} from "./agent.ts";
export type { Loaded } from "./check.ts";
export type { CommonConfig, LogLevel, ServerConfig } from "./common.ts";
export { ConfigError } from "./config_error.ts";
export { type DnsConfig, loadDnsConfig, parseDnsConfig } from "./dns.ts";
export type { Endpoint } from "./fields.ts";
export { listenAs, listenError, type ListenSetting } from "./listen.ts";
export {
  loadReporterConfig,
  parseReporterConfig,
  type ReporterConfig,
} from "./reporter.ts";
export type { MysqlConfig, StoreConfig } from "./store.ts";
