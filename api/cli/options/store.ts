import { stat } from "node:fs/promises";
import type { Command } from "commander";
import { dnsConf } from "../../../conf/mod.ts";
import {
  openRouteStore,
  type RouteStore,
  sqlitePath,
  StoreError,
  type StoreLocation,
} from "../../../store/mod.ts";
import type { Environment } from "../environment.ts";
import { CommandError, ExitCode } from "../exit_code.ts";

/** Options of every command on the store. */
export interface StoreOptions {
  /** The folder of the embedded store. */
  data: string;
  /** A dns.conf that says which store; without it the embedded one. */
  conf?: string;
  json?: boolean;
}

/** Adds these options to a command. */
export function addStoreOptions(command: Command): Command {
  return addDataOption(command)
    .option(
      "--conf <file>",
      "a dns.conf whose [store] and [mysql] say which store; without it the embedded one",
    )
    .option("--json", "print JSON");
}

/** Adds the option that names the embedded store. */
export function addDataOption(command: Command): Command {
  return command.option(
    "--data <folder>",
    "folder of the embedded store, which is its file lars.db",
    "data",
  );
}

/**
 * Opens the store that the options name; creates one only if `create`.
 *
 * @throws {CommandError} If there is none.
 * @throws {ConfigError} If the configuration file cannot be used.
 * @throws {StoreError} If it cannot be opened.
 */
export async function openStore(
  environment: Environment,
  { data, conf, create }: StoreOptions & { create: boolean },
): Promise<RouteStore> {
  const location: StoreLocation = conf === undefined
    ? { kind: "sqlite" }
    : (await dnsConf.load(conf)).config.store;
  if (location.kind === "sqlite") {
    await findStore(environment, { data, create });
  }
  const { clock } = environment;
  return await openRouteStore(location, { dataDir: data, clock });
}

/**
 * The path of the embedded store, which exists unless `create`.
 *
 * @throws {CommandError} If there is none.
 */
export async function findStore(
  environment: Environment,
  { data, create }: { data: string; create: boolean },
): Promise<string> {
  environment.keepOnly("files");
  const path = sqlitePath(data);
  try {
    if (!create) await stat(path);
  } catch {
    throw new CommandError(
      `Cannot open store "${path}" as there is none: run "deno task start" first, or "lars route add", which creates it, or name another folder with --data`,
      { exitCode: ExitCode.systemError },
    );
  }
  return path;
}

/** How often an edit that meets another writer is tried. */
const EDIT_TRIES = 20;

/** Pause between two tries. */
const EDIT_PAUSE_MS = 100;

/** Runs `edit`, and again while another process is writing. */
export async function retryEdit<Result>(
  environment: Environment,
  edit: () => Promise<Result>,
): Promise<Result> {
  for (let tried = 1;; tried++) {
    try {
      return await edit();
    } catch (error) {
      const again = error instanceof StoreError && error.retry;
      if (!again || tried === EDIT_TRIES || environment.signal.aborted) {
        throw error;
      }
      await environment.clock.sleep(EDIT_PAUSE_MS, environment.signal);
    }
  }
}
