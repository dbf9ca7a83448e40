import { basename, dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { wrongPath } from "../proto/mod.ts";
import { ConfigError } from "./ini_file.ts";

/** A program that has a file of its own. */
export type Program = "dns" | "reporter" | "agent" | "web";

/** What a person named on the command line. */
export interface Named {
  /** `--conf`: the file, or the folder that holds it. */
  conf?: string | undefined;
  /** `--data`. */
  data?: string | undefined;
}

/** The file of a program, and the folder of what it keeps; both absolute. */
export interface Place {
  /** The file. */
  conf: string;
  /** The folder. */
  data: string;
}

/** Variable that names the configuration: the folder, or a file in it. */
const VARIABLE = "LARS_CONF";

/** Folders of a system-wide installation. */
const SYSTEM = { conf: "/etc/lars", data: "/var/lib/lars" };

/** What is known of this installation of Lars. */
export interface Installation {
  /** Value of the variable LARS_CONF. */
  variable: string | undefined;
  /** Root of the repository, unless this is an executable or a single file. */
  repository: string | undefined;
  /** Folder of the executable. */
  executable: string | undefined;
  /** Folder of files that the program carries with it. */
  carried: string | undefined;
}

/**
 * Finds the configuration that runs here: what `named` says, else what LARS_CONF
 * says, else the one in the folder of the repository or the executable, else
 * /etc/lars. The working folder does not matter, so that a command finds what the
 * services found.
 *
 * @throws {ConfigError} If there is none, or not where it is said to be.
 */
export async function locate(
  program: Program,
  named: Named = {},
  installation: Installation = thisInstallation(),
): Promise<Place> {
  const file = `${program}.conf`;
  const { variable, repository, carried } = installation;
  const stated = named.conf ?? variable;
  let conf: string | undefined;
  if (stated !== undefined) {
    conf = await fileIn(stated, file, named.conf === undefined);
  } else {
    const places = placesOf(installation);
    conf = await firstFile(places, file);
    if (conf === undefined) throw notFound(places, file);
  }
  const isCarried = carried !== undefined && dirname(conf) === carried;
  const folder = repository !== undefined
    ? `${repository}/data`
    : isCarried
    ? `${installation.executable ?? carried}/data`
    : dataBeside(conf);
  if (named.data !== undefined) checkPath(named.data, "--data");
  return { conf, data: resolve(named.data ?? folder) };
}

/** Folders that may hold the files, the first wins. */
function placesOf(
  { repository, executable, carried }: Installation,
): string[] {
  const folders: string[] = [];
  if (repository !== undefined) folders.push(`${repository}/conf`);
  if (executable !== undefined) {
    folders.push(
      `${executable}/conf`,
      executable,
      resolve(executable, "../conf"),
    );
  }
  folders.push(SYSTEM.conf);
  if (carried !== undefined) folders.push(carried);
  return folders;
}

/** @throws {ConfigError} If `path` cannot be what is meant. */
function checkPath(path: string, source: string): void {
  const wrong = wrongPath(path);
  if (wrong === undefined) return;
  throw new ConfigError(
    `Cannot find the configuration as ${source} must ${wrong}: current value is "${path}"`,
  );
}

/** The file that a path means: itself, or the one of this name in its folder. */
async function fileIn(
  path: string,
  file: string,
  isVariable: boolean,
): Promise<string> {
  const source = isVariable ? `the variable ${VARIABLE}` : "--conf";
  checkPath(path, source);
  const whole = resolve(path);
  const kind = await kindOf(whole);
  if (kind === "nothing") {
    throw new ConfigError(
      `Cannot load "${whole}", as ${source} says, as there is no such file or folder: current value is "${path}"`,
    );
  }
  if (kind === "folder") return `${whole}/${file}`;
  if (!isVariable) return whole;
  // One variable serves all programs.
  const found = `${dirname(whole)}/${file}`;
  if (await kindOf(found) !== "nothing") return found;
  throw new ConfigError(
    `Cannot load "${found}", as ${source} says, as there is no such file: current value is "${path}"`,
  );
}

async function firstFile(
  folders: readonly string[],
  file: string,
): Promise<string | undefined> {
  for (const folder of folders) {
    const path = `${folder}/${file}`;
    if (await kindOf(path) === "file") return path;
  }
  return undefined;
}

/** Where a program keeps its data whose file is at `conf`. */
function dataBeside(conf: string): string {
  const folder = dirname(conf);
  if (folder === SYSTEM.conf) return SYSTEM.data;
  const home = basename(folder) === "conf" ? dirname(folder) : folder;
  return `${home}/data`;
}

function notFound(places: readonly string[], file: string): ConfigError {
  return new ConfigError(
    `Cannot find ${file} in ${
      places.join(", ")
    }: name it with --conf or ${VARIABLE}, or the folder of an embedded store with --data`,
  );
}

/** What is at a path; undefined: something else, or not to be looked at from here. */
async function kindOf(
  path: string,
): Promise<"file" | "folder" | "nothing" | undefined> {
  try {
    const { isFile, isDirectory } = await Deno.stat(path);
    return isFile ? "file" : isDirectory ? "folder" : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "nothing";
    if (error instanceof Deno.errors.NotADirectory) return "nothing";
    if (error instanceof Deno.errors.NotCapable) return undefined;
    if (error instanceof Deno.errors.PermissionDenied) return undefined;
    throw error;
  }
}

function thisInstallation(): Installation {
  const { state } = Deno.permissions.querySync({
    name: "env",
    variable: VARIABLE,
  });
  const variable = state === "granted" ? Deno.env.get(VARIABLE) : undefined;
  const module = import.meta.url.startsWith("file:")
    ? fileURLToPath(import.meta.url)
    : undefined;
  const isSource = module?.endsWith("/conf/locate.ts") === true;
  const isExecutable = Deno.build.standalone;
  return {
    variable: variable === "" ? undefined : variable,
    repository: isSource && !isExecutable
      ? resolve(dirname(module!), "..")
      : undefined,
    executable: isExecutable ? dirname(Deno.execPath()) : undefined,
    carried: module && dirname(module),
  };
}
