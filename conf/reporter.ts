import { z } from "zod";
import { type ConfigFile, configFile } from "./check.ts";
import { integer, secondsAsMs, text, urls } from "./fields.ts";
import type { IniFile } from "./ini_file.ts";
import {
  reactorConfig,
  reactorSection,
  serviceConfig,
  serviceSections,
} from "./service.ts";
import { storeConfig, storeSections } from "./store.ts";

const schema = z.object({
  reactor: reactorSection("7779"),
  ...storeSections,
  reporter: z.object({
    writers: integer({ key: "db_thread_cnt", min: 1, unit: "writers" })
      .prefault("3"),
    batchRowsMax: integer({ key: "batch_rows_max", min: 1, unit: "rows" })
      .prefault("1000"),
    keysMax: integer({ key: "keys_max", min: 1, unit: "statuses" })
      .prefault("1000000"),
  }),
  alarms: z.object({
    webhooks: urls().prefault(""),
    alertmanagers: urls().prefault(""),
    watchdogs: urls().prefault(""),
    secret: text({}).prefault(""),
    repeatMs: secondsAsMs({ key: "repeat_s" }).prefault("14400"),
  }),
  ...serviceSections,
  metrics: serviceSections.metrics.extend({
    routesMax: integer({ key: "routes_max", min: 0, unit: "routes" })
      .prefault("0"),
  }),
});

/**
 * What reporter.conf says.
 *
 * @internal Inferred.
 */
export type ReporterConfig = ReturnType<typeof toConfig>;

/** reporter.conf. */
export const reporterConf: ConfigFile<ReporterConfig> = configFile({
  schema,
  // The original's own file spells it so.
  aliases: { repoter: "reporter" },
  reloads: ["log"],
  toConfig,
});

function toConfig(settings: z.output<typeof schema>, { sections }: IniFile) {
  return {
    ...reactorConfig(settings.reactor),
    store: storeConfig(settings, sections),
    ...settings.reporter,
    /** Whom alarms are sent to. */
    alarms: settings.alarms,
    /** Most routes on the page of their own; 0: there is none. */
    routesMax: settings.metrics.routesMax,
    ...serviceConfig(settings),
  };
}
