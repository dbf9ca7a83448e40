import type { ConfigFile, Loaded } from "./check.ts";
import { ConfigError } from "./ini_file.ts";

/** What {@linkcode reloader} works on. */
export interface ReloadOptions<Config> {
  /** Its sections and keys. */
  file: ConfigFile<Config>;
  /** Where the file is. */
  path: string;
  /** What the service started with. */
  running: Loaded<Config>;
  /** Takes the sections that reload into use; a {@linkcode ConfigError} keeps all as it was. */
  apply: (config: Config) => void;
  /** Told of every reload. */
  logger: Record<
    "info" | "warn" | "error",
    (message: string, properties?: Record<string, unknown>) => void
  >;
}

/**
 * A function that loads the file again: what a running service can take is
 * applied, and logged, with what has changed and needs a restart. A file that
 * cannot be used changes nothing.
 */
export function reloader<Config>(
  { file, path, running, apply, logger }: ReloadOptions<Config>,
): () => Promise<void> {
  const inUse = new Map(running.settings);
  return async () => {
    const changed: string[] = [];
    const waiting: string[] = [];
    try {
      const { config, warnings, settings } = await file.load(path);
      apply(config);
      for (const warning of warnings) logger.warn(warning);
      for (const [name, value] of settings) {
        if (inUse.get(name) === value) continue;
        if (!reloads(file, name)) {
          waiting.push(name);
          continue;
        }
        inUse.set(name, value);
        changed.push(name);
      }
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      logger.error("cannot reload, all settings stay as they were", { error });
      return;
    }
    logger.info("reloaded", { file: path, changed: listOf(changed) });
    if (waiting.length > 0) {
      logger.warn("changed settings need a restart", {
        file: path,
        settings: listOf(waiting),
      });
    }
  };
}

function reloads(file: ConfigFile<unknown>, name: string): boolean {
  return file.reloads.some((section) => name.startsWith(`[${section}] `));
}

function listOf(names: readonly string[]): string {
  return names.length === 0 ? "nothing" : names.join(", ");
}
