import { z } from "zod";
import { type ConfigFile, configFile } from "./check.ts";
import {
  host,
  listenPort,
  milliseconds,
  networks,
  secondsAsMs,
  sharedKey,
} from "./fields.ts";
import { ConfigError, type IniFile } from "./ini_file.ts";
import {
  endpointOf,
  reactorConfig,
  reactorSection,
  serviceConfig,
  serviceSections,
} from "./service.ts";
import { storeConfig, storeSections } from "./store.ts";

const schema = z.object({
  reactor: reactorSection("7778"),
  ...storeSections,
  feed: z.object({
    watchIntervalMs: milliseconds("watch_interval_ms").prefault("100"),
    fullCompareIntervalMs: secondsAsMs({ key: "full_compare_interval_s" })
      .prefault("10"),
  }),
  register: z.object({
    networks: networks().prefault("127.0.0.0/8,::1"),
    key: sharedKey().prefault(""),
    oldKey: sharedKey({ key: "old_key" }).prefault(""),
  }),
  discovery: z.object({
    ip: host().prefault("127.0.0.1"),
    port: listenPort().prefault("0"),
  }),
  ...serviceSections,
});

/**
 * What dns.conf says.
 *
 * @internal Inferred.
 */
export type DnsConfig = ReturnType<typeof toConfig>;

/**
 * dns.conf.
 *
 * @example
 * ```ts
 * import { dnsConf } from "./mod.ts";
 *
 * dnsConf.parse("[reactor]\nport = 7000", "dns.conf").config.listen.port; // 7000
 * ```
 */
export const dnsConf: ConfigFile<DnsConfig> = configFile({
  schema,
  reloads: ["register", "log"],
  toConfig,
});

function toConfig(
  settings: z.output<typeof schema>,
  { file, sections }: IniFile,
) {
  const { networks, key, oldKey } = settings.register;
  if (key === "" && oldKey !== "") {
    throw new ConfigError(
      `Cannot load "${file}" as [register] old_key needs [register] key: set both, or none`,
    );
  }
  return {
    ...reactorConfig(settings.reactor),
    store: storeConfig(settings, sections),
    /** How often to look for changed routes, and to compare all of them. */
    feed: settings.feed,
    /** Networks whose agents may register hosts. */
    registerNetworks: networks,
    /** Keys of which agents must have one to register; none: they need none. */
    registerKeys: [key, oldKey].filter((each) => each !== ""),
    /** Where programs that know nothing of Lars get routes over HTTP; undefined: nowhere. */
    discovery: settings.discovery.port === 0
      ? undefined
      : endpointOf(settings.discovery),
    ...serviceConfig(settings),
  };
}
