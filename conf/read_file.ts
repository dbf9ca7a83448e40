import { ConfigError } from "./config_error.ts";

/**
 * Reads a configuration file.
 *
 * @throws {ConfigError} If it is not there or cannot be read.
 */
export async function readConfigFile(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) {
      throw new ConfigError(
        `Cannot load "${path}" as there is no such file: name another with --conf, or copy the one that Lars ships in conf/`,
        { cause },
      );
    }
    throw new ConfigError(
      `Cannot load "${path}": ${
        cause instanceof Error ? cause.message : cause
      }`,
      { cause },
    );
  }
}
