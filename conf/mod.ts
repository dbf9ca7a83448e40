/**
 * The INI files, and what loads and checks them. Nothing in a file is required;
 * the file itself is.
 *
 * @module
 */
export { agentConf, type AgentConfig } from "./agent.ts";
export {
  ALARM_RULES,
  type AlarmName,
  type AlarmRule,
  runbookOf,
} from "./alarm_rules.ts";
export {
  type ConfigFile,
  type FileSchema,
  type Loaded,
  meantBy,
} from "./check.ts";
export { dnsConf, type DnsConfig } from "./dns.ts";
export { ConfigError } from "./ini_file.ts";
export { reloader, type ReloadOptions } from "./reload.ts";
export {
  type Installation,
  locate,
  type Named,
  type Place,
  type Program,
} from "./locate.ts";
export { type PortHolder, portHolder } from "./ports/port_holder.ts";
export { reporterConf, type ReporterConfig } from "./reporter.ts";
export { listenAs, listenError, type ListenSetting } from "./service.ts";
export { describeStore, type StoreConfig } from "./store.ts";
export { webConf, type WebConfig } from "./web.ts";
