/** A configuration cannot be used; the message names file, section, key and value. */
export class ConfigError extends Error {
  override name = "ConfigError";
}
