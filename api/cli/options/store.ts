import { resolve } from "node:path";
import type { Command } from "commander";
import { describeStore, dnsConf, locate } from "../../../conf/mod.ts";
import {
  type Author,
  type EditResult,
  openRouteStore,
  type RouteEdit,
  type RouteStore,
  sqlitePath,
  type StoreLocation,
} from "../../../store/mod.ts";
import { parsePath } from "./arguments.ts";
import type { Environment } from "../environment.ts";
import { CommandError, ExitCode } from "../exit_code.ts";
import { type OpenedHistory, openHistory } from "./history.ts";
import { type OpenedLeases, openLeases } from "./leases.ts";
import { storePatience } from "./patience.ts";

/** Options of every command on the store. */
export interface StoreOptions {
  /** The folder of the embedded store. */
  data?: string;
  /** A dns.conf that says which store. */
  conf?: string;
  json?: boolean;
}

/** Adds these options to a command. */
export function addStoreOptions(command: Command): Command {
  return addPlaceOptions(command).option("--json", "print JSON");
}

/** Adds the options that say which store. */
export function addPlaceOptions(command: Command): Command {
  return addDataOption(command).option(
    "--conf <file>",
    "a dns.conf whose [store] and [mysql] say which store, or its folder; default: $LARS_CONF, the one in the folder of Lars, or in /etc/lars",
    (text: string) => parsePath(text),
  );
}

/** Adds the option that names the embedded store. */
export function addDataOption(command: Command): Command {
  return command.option(
    "--data <folder>",
    "folder of an embedded store, which is its file lars.db; default: that of the services",
    (text: string) => parsePath(text),
  );
}

/** What commands do with a store; each use waits for it as {@linkcode Patience} does. */
export interface PatientStore extends
  Pick<
    RouteStore,
    "read" | "scan" | "drains" | "accept" | "identity"
  > {
  /** Edits routes; that the user of this process did so is kept with it. */
  edit(
    edit: RouteEdit,
    said?: Pick<Author, "action" | "comment">,
  ): Promise<EditResult>;
}

/** A store, and where it is. */
export interface OpenedStore extends AsyncDisposable {
  store: PatientStore;
  /** Its file, or its database. */
  where: string;
  /**
   * Opens what it holds of the past, to read it.
   *
   * @throws {StoreError} If it cannot be opened.
   */
  openHistory(): Promise<OpenedHistory>;
  /**
   * Opens what agents have registered in it.
   *
   * @throws {StoreError} If it cannot be opened.
   */
  openLeases(): Promise<OpenedLeases>;
}

/**
 * Opens the store that the options name, which is there.
 *
 * @throws {ConfigError} If the configuration file cannot be found or used.
 * @throws {StoreError} If it cannot be opened.
 */
export async function openStore(
  environment: Environment,
  options: StoreOptions,
): Promise<OpenedStore> {
  const place = await locateStore(environment, options);
  const { location, data, where } = place;
  const { clock } = environment;
  const patience = storePatience(environment, where);
  const store = await patience.retry(() =>
    openRouteStore(location, { dataDir: data, clock })
  );
  const close = () => patience.close(store);
  const actor = actorOf(environment);
  const patient: PatientStore = {
    read: (keys) => patience.retry(() => store.read(keys)),
    scan: () => patience.items(() => store.scan(), close),
    edit: (edit, said) => {
      // Made once, also if the answer of an attempt is lost.
      const idempotencyKey = crypto.randomUUID();
      const by = { actor, ...said };
      return patience.retry(() => store.edit(edit, { by, idempotencyKey }));
    },
    drains: () => patience.retry(() => store.drains()),
    accept: () => patience.retry(() => store.accept()),
    identity: () => patience.retry(() => store.identity()),
  };
  return {
    store: patient,
    where,
    openHistory: () =>
      openHistory(environment, { place, patience, routes: patient }),
    openLeases: () => openLeases(environment, { place, patience }),
    [Symbol.asyncDispose]: close,
  };
}

/** Who uses this command, as the trail names them. */
export function actorOf(environment: Environment): string {
  return `lars as ${environment.user()}`;
}

/** Where a store is. */
export interface StorePlace {
  location: StoreLocation;
  /** Folder of an embedded one. */
  data: string;
  /** Its file, or its database, for people. */
  where: string;
}

/**
 * Finds the store of the services, or the embedded one in a folder that is named
 * alone; drops the rights that it does not need.
 *
 * @throws {ConfigError} If the configuration file cannot be found or used.
 */
export async function locateStore(
  environment: Environment,
  options: StoreOptions,
): Promise<StorePlace> {
  const { location, data } = await locateOf(environment, options);
  if (location.kind === "sqlite") environment.keepOnly("files");
  return { location, data, where: describeStore(location, data) };
}

/**
 * Whether there may be a store where the options say: a database may, and so may
 * an embedded one that they name.
 *
 * @throws {ConfigError} If the configuration file cannot be found or used.
 */
export async function isStoreHere(
  environment: Environment,
  options: StoreOptions,
): Promise<boolean> {
  if (options.data !== undefined || options.conf !== undefined) return true;
  const { location, data } = await locateStore(environment, options);
  if (location.kind !== "sqlite") return true;
  return await Deno.stat(sqlitePath(data)).then(() => true, () => false);
}

async function locateOf(
  environment: Environment,
  { data, conf }: StoreOptions,
): Promise<{ location: StoreLocation; data: string }> {
  if (data !== undefined && conf === undefined) {
    return { location: { kind: "sqlite" }, data: resolve(data) };
  }
  const place = await locate("dns", { conf, data });
  const { config, warnings } = await dnsConf.load(place.conf);
  for (const warning of warnings) {
    if (/ \[(store|mysql)\] /.test(warning)) {
      environment.printError(`Warning: ${warning}`);
    }
  }
  return { location: config.store, data: place.data };
}

/**
 * The path of the embedded store that the options name.
 *
 * @throws {CommandError} If the services use a database.
 */
export async function findStore(
  environment: Environment,
  options: StoreOptions,
): Promise<string> {
  const { location, data, where } = await locateStore(environment, options);
  if (location.kind !== "sqlite") {
    throw new CommandError(
      `Cannot open an embedded store as the services use ${where}: use a client of that database, or name a folder with --data`,
      { exitCode: ExitCode.systemError },
    );
  }
  return sqlitePath(data);
}
