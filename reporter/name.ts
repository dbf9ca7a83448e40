import {
  type Endpoint,
  formatEndpoint,
  isLoopback,
  isUnspecified,
} from "../proto/mod.ts";

/** Longest name of a reporter in the store. */
const NAME_LENGTH_MAX = 64;

/**
 * What a reporter that listens at `local` is called in the store: its endpoint,
 * but by the name of the machine where every machine has its address.
 */
export function reporterName(
  local: Endpoint,
  machine: string | undefined,
): string {
  const { hostname, port } = local;
  const name =
    machine !== undefined && (isLoopback(hostname) || isUnspecified(hostname))
      ? `${machine}:${port}`
      : formatEndpoint(local);
  return name.slice(-NAME_LENGTH_MAX);
}
