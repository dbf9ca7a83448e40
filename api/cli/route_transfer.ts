import { formatIp } from "../../proto/mod.ts";
import type { RouteStore } from "../../store/mod.ts";
import { type Environment, print, printJson } from "./environment.ts";
import { checkStopped, CommandError, ExitCode } from "./exit_code.ts";
import { CSV_HEADER, formatRoute, parseRoutes } from "./route_csv.ts";
import { editPatiently, openStore, type StoreOptions } from "./store_option.ts";

/** Rows added in one transaction; more would keep other writers waiting. */
const BATCH_ROWS = 5_000;

/** Text written at a time. */
const CHUNK_CHARACTERS = 64 * 1024;

/** How often a transfer tells how far it is. */
const PROGRESS_INTERVAL_MS = 1_000;

/** Adds all routes of a CSV file. */
export async function importRoutes(
  environment: Environment,
  options: StoreOptions & { file: string },
): Promise<ExitCode> {
  const { file, json } = options;
  const rows = await readRows(environment, file);
  await using store = await openStore(environment, {
    ...options,
    create: true,
  });
  const progress = progressOf(environment, `of ${rows.length} rows imported`);
  let added = 0;
  for (let start = 0; start < rows.length; start += BATCH_ROWS) {
    checkStopped(environment.signal);
    const batch = rows.slice(start, start + BATCH_ROWS);
    const result = await editPatiently(
      environment,
      () => store.edit({ add: batch }),
    );
    added += result.added;
    progress(start + batch.length);
  }
  const present = rows.length - added;
  if (json) printJson(environment, { rows: rows.length, added, present });
  else print(environment, `${added} rows added, ${present} were there already`);
  return ExitCode.found;
}

/** Writes all routes as CSV; as JSON when asked, if to standard output. */
export async function exportRoutes(
  environment: Environment,
  options: StoreOptions & { file: string },
): Promise<ExitCode> {
  const { file, json } = options;
  await using store = await openStore(environment, {
    ...options,
    create: false,
  });
  if (file === "-") {
    const write = (text: string) => {
      checkStopped(environment.signal);
      environment.write(text);
    };
    if (json) await writeJson(store, write);
    else await writeCsv(store, write);
    return ExitCode.found;
  }
  const rows = await writeFile(file, (write) => {
    const progress = progressOf(environment, "rows exported");
    return writeCsv(store, write, (rows) => {
      checkStopped(environment.signal);
      progress(rows);
    });
  });
  if (json) printJson(environment, { file, rows });
  else print(environment, `${rows} rows written to ${file}`);
  return ExitCode.found;
}

async function readRows(environment: Environment, file: string) {
  let text: string;
  try {
    text = file === "-"
      ? await environment.readInput()
      : await Deno.readTextFile(file);
  } catch (cause) {
    throw new CommandError(
      `Cannot import "${file}" as it cannot be read: ${
        (cause as Error).message
      }`,
      { exitCode: ExitCode.systemError },
    );
  }
  try {
    return parseRoutes(text, file);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new CommandError(cause.message, { exitCode: ExitCode.wrongUsage });
  }
}

/** Writes the lines in chunks; the number of rows. */
async function writeCsv(
  store: RouteStore,
  write: (text: string) => void,
  progress: (rows: number) => void = () => {},
): Promise<number> {
  let chunk = `${CSV_HEADER}\n`;
  let rows = 0;
  for await (const route of store.scan()) {
    chunk += formatRoute(route);
    rows += route.hosts.length;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    write(chunk);
    chunk = "";
    progress(rows);
  }
  write(chunk);
  return rows;
}

async function writeJson(
  store: RouteStore,
  write: (text: string) => void,
): Promise<void> {
  let chunk = '{"rows":[';
  let separator = "";
  for await (const { modId, cmdId, hosts } of store.scan()) {
    for (const { ip, port } of hosts) {
      const row = { modid: modId, cmdid: cmdId, ip: formatIp(ip), port };
      chunk += separator + JSON.stringify(row);
      separator = ",";
    }
    if (chunk.length < CHUNK_CHARACTERS) continue;
    write(chunk);
    chunk = "";
  }
  write(`${chunk}]}\n`);
}

/** Puts the whole file in place at the end, so that a failure leaves the old one. */
async function writeFile(
  file: string,
  body: (write: (text: string) => void) => Promise<number>,
): Promise<number> {
  const part = `${file}.part`;
  try {
    let rows: number;
    {
      using output = await Deno.open(part, {
        write: true,
        create: true,
        truncate: true,
      });
      const encoder = new TextEncoder();
      rows = await body((text) => {
        let bytes = encoder.encode(text);
        while (bytes.length > 0) {
          bytes = bytes.subarray(output.writeSync(bytes));
        }
      });
    }
    await Deno.rename(part, file);
    return rows;
  } catch (cause) {
    await Deno.remove(part).catch(() => {});
    if (!isFileError(cause)) throw cause;
    throw new CommandError(
      `Cannot export to "${file}" as it cannot be written: ${cause.message}`,
      { exitCode: ExitCode.systemError },
    );
  }
}

/** An error of the system, not of the store. */
function isFileError(error: unknown): error is Error {
  return Object.values(Deno.errors).some((type) => error instanceof type);
}

function progressOf(
  environment: Environment,
  what: string,
): (rows: number) => void {
  const { clock } = environment;
  let nextMs = clock.nowMs() + PROGRESS_INTERVAL_MS;
  return (rows) => {
    if (clock.nowMs() < nextMs) return;
    nextMs = clock.nowMs() + PROGRESS_INTERVAL_MS;
    environment.note(`${rows} ${what}`);
  };
}
