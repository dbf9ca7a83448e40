import type { Command } from "commander";
import type { Environment } from "../environment.ts";
import { CommandError, ExitCode } from "../exit_code.ts";
import { openApiStore } from "./api_store.ts";
import {
  addStoreOptions,
  type OpenedStore,
  openStore,
  type StoreOptions,
} from "./store.ts";

/** Options of commands that also work over the admin API. */
export interface RoutesOptions extends StoreOptions {
  /** Address of a web. */
  url?: string;
  /** Secret of a token for it. */
  token?: string;
}

/** Adds these options to a command. */
export function addRoutesOptions(command: Command): Command {
  return addStoreOptions(command)
    .option(
      "--url <address>",
      "a web whose admin API is asked in place of the store, such as http://10.0.0.1:7780; default: $LARS_URL",
    )
    .option(
      "--token <secret>",
      "a token of that web, which others may see in the list of processes; default: $LARS_TOKEN",
    );
}

/**
 * Opens the routes that the options name: over the admin API if they name one, or
 * the environment does and they name no store.
 *
 * @throws {CommandError} If they name both.
 */
export async function openRoutes(
  environment: Environment,
  options: RoutesOptions,
): Promise<OpenedStore> {
  const { url, token, data, conf } = options;
  const isNamed = data !== undefined || conf !== undefined;
  if (url !== undefined && isNamed) {
    throw new CommandError(
      "Cannot use --url together with --data or --conf: name the web or the store",
      { exitCode: ExitCode.wrongUsage },
    );
  }
  const chosen = url ??
    (isNamed ? undefined : environment.variable("LARS_URL"));
  if (chosen === undefined) return await openStore(environment, options);
  return openApiStore(environment, {
    url: chosen,
    token: token ?? environment.variable("LARS_TOKEN"),
  });
}
