import { z } from "zod";
import { checkIni, type Loaded } from "./check.ts";
import {
  commonConfig,
  commonSections,
  reactorSection,
  type ServerConfig,
} from "./common.ts";
import { integer } from "./fields.ts";
import { parseIni } from "./ini_file.ts";
import { readConfigFile } from "./read_file.ts";
import { type StoreConfig, storeConfig, storeSections } from "./store.ts";

/** reporter.conf. */
export interface ReporterConfig extends ServerConfig {
  store: StoreConfig;
  /** Writers to the store at a time; the embedded store takes one. */
  writers: number;
  /** Most rows in one write; raising it makes writes rarer and longer. */
  batchRowsMax: number;
  /** Most statuses kept while the store is away; each costs 45 bytes. */
  keysMax: number;
}

/** The sections and keys of reporter.conf. */
export const reporterSchema = z.object({
  reactor: reactorSection("7779"),
  ...storeSections,
  reporter: z.object({
    db_thread_cnt: integer("3", { min: 1 }),
    batch_rows_max: integer("1000", { min: 1 }),
    keys_max: integer("1000000", { min: 1 }),
  }),
  ...commonSections,
});

/** The original's own file spells it so. */
const ALIASES = { repoter: "reporter" };

/**
 * Loads reporter.conf.
 *
 * @throws {ConfigError} If it is not there, is not INI or has a value that is not allowed.
 */
export async function loadReporterConfig(
  path: string,
): Promise<Loaded<ReporterConfig>> {
  return parseReporterConfig(await readConfigFile(path), path);
}

/**
 * The configuration in `text`; `file` is for messages.
 *
 * @throws {ConfigError} If it is not INI or has a value that is not allowed.
 */
export function parseReporterConfig(
  text: string,
  file: string,
): Loaded<ReporterConfig> {
  const ini = parseIni(text, file);
  const { config: { reactor, reporter, ...rest }, warnings } = checkIni(
    reporterSchema,
    ini,
    ALIASES,
  );
  const config = {
    listen: { hostname: reactor.ip, port: reactor.port },
    connectionsMax: reactor.maxConn,
    store: storeConfig(rest, ini),
    writers: reporter.db_thread_cnt,
    batchRowsMax: reporter.batch_rows_max,
    keysMax: reporter.keys_max,
    ...commonConfig(rest),
  };
  return { config, warnings };
}
