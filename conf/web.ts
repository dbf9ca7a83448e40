import { z } from "zod";
import { type ConfigFile, configFile } from "./check.ts";
import {
  headerName,
  host,
  hostNames,
  ipAddresses,
  listenPort,
  urlPath,
} from "./fields.ts";
import { ConfigError, type IniFile } from "./ini_file.ts";
import { endpointOf, serviceConfig, serviceSections } from "./service.ts";
import { storeConfig, storeSections } from "./store.ts";

const schema = z.object({
  web: z.object({
    ip: host().prefault("127.0.0.1"),
    port: listenPort().prefault("7780"),
    basePath: urlPath({ key: "base_path" }).prefault(""),
    hosts: hostNames().prefault(""),
    proxies: ipAddresses().prefault(""),
    userHeader: headerName({ key: "user_header" }).prefault(""),
  }),
  ...storeSections,
  ...serviceSections,
});

/**
 * What web.conf says.
 *
 * @internal Inferred.
 */
export type WebConfig = ReturnType<typeof toConfig>;

/** web.conf. */
export const webConf: ConfigFile<WebConfig> = configFile({
  schema,
  reloads: ["log"],
  toConfig,
});

function toConfig(
  settings: z.output<typeof schema>,
  { file, sections }: IniFile,
) {
  const { basePath, hosts, proxies, userHeader, ...listen } = settings.web;
  if (userHeader !== "" && proxies.length === 0) {
    throw new ConfigError(
      `Cannot load "${file}" as [web] user_header needs [web] proxies, or anybody could send it: current value is "${userHeader}"`,
    );
  }
  return {
    /** Where to listen; port 0 takes any free one. */
    listen: endpointOf(listen),
    /** Path under which everything is; empty: the root. */
    basePath,
    /** Names by which browsers may ask, beside "localhost" and addresses. */
    hosts,
    /** Addresses whose X-Forwarded-For, X-Forwarded-Proto and user header count. */
    proxies,
    /** Header by which a proxy names the user; undefined: none does. */
    userHeader: userHeader === "" ? undefined : userHeader,
    store: storeConfig(settings, sections),
    ...serviceConfig(settings),
  };
}
