import { z } from "zod";
import { checkIni, type Loaded } from "./check.ts";
import {
  commonConfig,
  commonSections,
  reactorSection,
  type ServerConfig,
} from "./common.ts";
import { integer, secondsAsMs } from "./fields.ts";
import { parseIni } from "./ini_file.ts";
import { readConfigFile } from "./read_file.ts";
import { type StoreConfig, storeConfig, storeSections } from "./store.ts";

/** dns.conf. */
export interface DnsConfig extends ServerConfig {
  store: StoreConfig;
  feed: {
    /** How often to look for changes; raising it delays every push. */
    watchIntervalMs: number;
    /** How often to compare all routes; raising it delays edits that name no change. */
    fullCompareIntervalMs: number;
  };
}

/** The sections and keys of dns.conf. */
export const dnsSchema = z.object({
  reactor: reactorSection("7778"),
  ...storeSections,
  feed: z.object({
    watch_interval_ms: integer("100", { min: 1 }),
    full_compare_interval_s: secondsAsMs("10"),
  }),
  ...commonSections,
});

/**
 * Loads dns.conf.
 *
 * @throws {ConfigError} If it is not there, is not INI or has a value that is not allowed.
 */
export async function loadDnsConfig(path: string): Promise<Loaded<DnsConfig>> {
  return parseDnsConfig(await readConfigFile(path), path);
}

/**
 * The configuration in `text`; `file` is for messages.
 *
 * @throws {ConfigError} If it is not INI or has a value that is not allowed.
 *
 * @example
 * ```ts
 * import { parseDnsConfig } from "./mod.ts";
 *
 * parseDnsConfig("[reactor]\nport = 7000", "dns.conf").config.listen.port; // 7000
 * ```
 */
export function parseDnsConfig(text: string, file: string): Loaded<DnsConfig> {
  const ini = parseIni(text, file);
  const { config: { reactor, feed, ...rest }, warnings } = checkIni(
    dnsSchema,
    ini,
  );
  const config = {
    listen: { hostname: reactor.ip, port: reactor.port },
    connectionsMax: reactor.maxConn,
    store: storeConfig(rest, ini),
    feed: {
      watchIntervalMs: feed.watch_interval_ms,
      fullCompareIntervalMs: feed.full_compare_interval_s,
    },
    ...commonConfig(rest),
  };
  return { config, warnings };
}
