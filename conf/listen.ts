import { ConfigError } from "./config_error.ts";
import type { Endpoint } from "./fields.ts";

/** Which setting says where to listen. */
export interface ListenSetting {
  /** "dns", "reporter" or "agent". */
  service: string;
  file: string;
  section: string;
  at: Endpoint;
}

/**
 * Calls `listen`, and explains by the setting why that cannot be.
 *
 * @throws {ConfigError} If the address is taken, not this machine's, or not allowed.
 */
export async function listenAs<Result>(
  setting: ListenSetting,
  listen: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await listen();
  } catch (error) {
    const refused = error instanceof Deno.errors.AddrInUse ||
      error instanceof Deno.errors.AddrNotAvailable ||
      error instanceof Deno.errors.PermissionDenied;
    throw refused ? listenError(setting, error) : error;
  }
}

/** The error of a setting whose address was refused. */
export function listenError(
  { service, file, section, at }: ListenSetting,
  cause: Error,
): ConfigError {
  return new ConfigError(
    `Cannot start ${service} as "${file}" [${section}] ip, port must name a free address: current value is ${at.hostname}:${at.port} (${cause.message})`,
    { cause },
  );
}
