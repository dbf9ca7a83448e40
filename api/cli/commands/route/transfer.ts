import {
  formatIp,
  type Route,
  type RouteKey,
  RouteMap,
} from "../../../../proto/mod.ts";
import {
  CSV_HEADER,
  CSV_HEADER_FULL,
  type CsvRow,
  formatRouteCsv,
  knownSettings,
  needsFullCsv,
  parseRouteCsv,
  settingsOfRows,
  type UnknownPolicy,
} from "../../../../store/mod.ts";
import type { Environment } from "../../environment.ts";
import { createProgress, print, printJson } from "../../output.ts";
import { checkStopped, CommandError, ExitCode } from "../../exit_code.ts";
import { readInputFile } from "../../input_file.ts";
import { isStandardOutput, writeOutputFile } from "../../output_file.ts";
import { noteRoutesIgnored, noteUnknownPolicies } from "./notes.ts";
import { openRoutes, type RoutesOptions } from "../../options/routes.ts";
import type { PatientStore } from "../../options/store.ts";

/** Rows added in one transaction; more makes other writers wait longer. */
const BATCH_ROWS = 5_000;

/** Characters written at a time. */
const CHUNK_CHARACTERS = 64 * 1024;

/** Adds all routes of a CSV file. */
export async function importRoutes(
  environment: Environment,
  options: RoutesOptions & { file: string },
): Promise<ExitCode> {
  const { file, json } = options;
  const rows = await readInputFile(environment, {
    file,
    action: "import",
    parse: (text, file) => parseRouteCsv(text, { file }),
  });
  await using opened = await openRoutes(environment, options);
  const { store, where } = opened;
  const progress = createProgress(environment);
  const weighted = new RouteMap<Route>();
  const unknown = new RouteMap<UnknownPolicy>();
  let added = 0;
  let changed = 0;
  for (let start = 0; start < rows.length; start += BATCH_ROWS) {
    checkStopped(environment.signal);
    const batch = rows.slice(start, start + BATCH_ROWS);
    const found = knownSettings(settingsOfRows(batch));
    for (const each of found.unknown) unknown.set(each, each);
    const result = await store.edit({
      add: batch,
      settings: found.settings,
    });
    added += result.added;
    changed += result.changed;
    for (const route of await store.read(keysWithAttributes(batch))) {
      weighted.set(route, route);
    }
    progress(`${start + batch.length} of ${rows.length} rows imported`);
  }
  noteUnknownPolicies(environment, [...unknown.values()]);
  await noteRoutesIgnored(environment, {
    routes: [...weighted.values()],
    options,
  });
  const present = rows.length - added;
  if (json) {
    const more = changed > 0 ? { changed } : {};
    printJson(environment, { rows: rows.length, added, present, ...more });
    return ExitCode.found;
  }
  const more = changed > 0
    ? `; ${changed} weights, zones or settings are new or others now`
    : "";
  print(
    environment,
    `${added} rows added to ${where}, ${present} were there already${more}`,
  );
  return ExitCode.found;
}

/** The routes of rows with a weight or zone, each once. */
function keysWithAttributes(rows: readonly CsvRow[]): RouteKey[] {
  const keys = new RouteMap<RouteKey>();
  for (const { modId, cmdId, weight, zone } of rows) {
    if (weight === undefined && zone === undefined) continue;
    keys.set({ modId, cmdId }, { modId, cmdId });
  }
  return [...keys.values()];
}

/** Writes all routes as CSV; as JSON when asked, if to standard output. */
export async function exportRoutes(
  environment: Environment,
  options: RoutesOptions & { file: string },
): Promise<ExitCode> {
  const { file, json } = options;
  await using opened = await openRoutes(environment, options);
  const { store } = opened;
  if (isStandardOutput(file)) {
    const write = (text: string) => {
      checkStopped(environment.signal);
      environment.write(text);
    };
    if (json) await writeJson(store, write);
    else await writeCsv(store, write);
    return ExitCode.found;
  }
  const rows = await writeOutputFile({
    file,
    action: "export to",
    body: (write) => {
      const progress = createProgress(environment);
      return writeCsv(store, write, (rows) => {
        checkStopped(environment.signal);
        progress(`${rows} rows exported`);
      });
    },
  });
  if (json) printJson(environment, { file, rows });
  else print(environment, `${rows} rows written to ${file}`);
  return ExitCode.found;
}

/** Writes the lines in chunks, and returns the number of rows. */
async function writeCsv(
  store: PatientStore,
  write: (text: string) => void,
  progress: (rows: number) => void = () => {},
): Promise<number> {
  const full = await hasAnyMore(store);
  let chunk = `${full ? CSV_HEADER_FULL : CSV_HEADER}\n`;
  let rows = 0;
  for await (const route of store.scan()) {
    if (!full && needsFullCsv(route)) {
      throw new CommandError(
        "Cannot export as the first weight, zone or policy has just been set: try again",
        { exitCode: ExitCode.systemError },
      );
    }
    chunk += formatRouteCsv(route, { full });
    rows += route.hosts.length;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    write(chunk);
    chunk = "";
    progress(rows);
  }
  write(chunk);
  return rows;
}

/** Whether any route needs {@linkcode CSV_HEADER_FULL}, which is written first. */
async function hasAnyMore(store: PatientStore): Promise<boolean> {
  for await (const route of store.scan()) if (needsFullCsv(route)) return true;
  return false;
}

async function writeJson(
  store: PatientStore,
  write: (text: string) => void,
): Promise<void> {
  let chunk = '{"rows":[';
  let separator = "";
  for await (const { modId, cmdId, hosts, settings } of store.scan()) {
    for (const { ip, ...host } of hosts) {
      const address = { modid: modId, cmdid: cmdId, ip: formatIp(ip) };
      const row = { ...address, ...host, ...settings };
      chunk += separator + JSON.stringify(row);
      separator = ",";
    }
    if (chunk.length < CHUNK_CHARACTERS) continue;
    write(chunk);
    chunk = "";
  }
  write(`${chunk}]}\n`);
}
