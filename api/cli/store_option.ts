import type { Command } from "commander";
import {
  type RouteStore,
  SqliteRouteStore,
  StoreError,
} from "../../store/mod.ts";
import type { Environment } from "./environment.ts";
import { CommandError, ExitCode } from "./exit_code.ts";

/** Options of every command on the store. */
export interface StoreOptions {
  /** The folder of the embedded store. */
  data: string;
  json?: boolean;
}

/** Adds these options to a command. */
export function addStoreOptions(command: Command): Command {
  return command
    .option(
      "--data <folder>",
      "folder of the embedded store, which is its file lars.db",
      "data",
    )
    .option("--json", "print JSON");
}

/**
 * Opens the store that the options name; creates it only when told to.
 *
 * @throws {CommandError} If there is none.
 * @throws {StoreError} If it cannot be opened.
 */
export async function openStore(
  environment: Environment,
  options: StoreOptions & { create: boolean },
): Promise<RouteStore> {
  const path = await findStore(environment, options);
  const { clock } = environment;
  return await SqliteRouteStore.open({
    path,
    wallSeconds: () => clock.wallSeconds(),
  });
}

/** The file of the embedded store; the folder exists afterwards when told to create. */
export async function findStore(
  environment: Environment,
  { data, create }: { data: string; create: boolean },
): Promise<string> {
  environment.keepOnly("files");
  const path = `${data.replace(/\/+$/, "")}/lars.db`;
  try {
    if (create) await Deno.mkdir(data, { recursive: true });
    else await Deno.stat(path);
  } catch (cause) {
    throw new CommandError(
      `Cannot open store "${path}" as ${
        create ? "its folder cannot be made" : "there is none"
      }: ${
        create && cause instanceof Error
          ? cause.message
          : 'run "deno task start" first, or "lars route add", which creates it, or name another folder with --data'
      }`,
      { exitCode: ExitCode.systemError },
    );
  }
  return path;
}

/** How often an edit that meets another writer is tried, and the pause between. */
const EDIT_TRIES = 20;
const EDIT_PAUSE_MS = 100;

/** Runs `edit`, and again when another process was writing. */
export async function editPatiently<Result>(
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
