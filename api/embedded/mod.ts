/**
 * The client with an agent inside: for machines on which one program needs Lars.
 *
 * @example
 * ```ts
 * import { formatAddress, openEmbedded } from "@lars/lars/embedded";
 *
 * await using client = await openEmbedded({
 *   dns: [{ hostname: "127.0.0.1", port: 7778 }],
 *   reporter: [{ hostname: "127.0.0.1", port: 7779 }],
 * });
 * if (await client.register(1, 1)) {
 *   const outcome = client.getHostNow(1, 1);
 *   if (outcome?.state === "found") console.log(formatAddress(outcome.host));
 * }
 * ```
 *
 * @module
 */
import { SystemClock } from "../../net/client.ts";
import { LarsClient } from "../client.ts";
import { EmbeddedAgent } from "./agent.ts";
import type { EmbeddedSettings } from "./settings.ts";

export type { AdaptiveSettings, LoadBalanceSettings } from "../../agent/mod.ts";
export * from "../mod.ts";
export type { EmbeddedSettings } from "./settings.ts";

/**
 * Opens a client with an agent inside: it gets routes from dns and reports to the
 * reporter by itself, and {@linkcode LarsClient.getHost} sends no datagram. The
 * first request for a route waits for the answer of dns, see
 * {@linkcode EmbeddedSettings.timeoutMs}.
 *
 * It needs the permissions of an agent: to connect to dns and reporters, to hosts
 * if `check` is on, and to read and write `cacheFile`.
 *
 * @throws {RangeError} If a setting is out of its range.
 */
export async function openEmbedded(
  settings: EmbeddedSettings = {},
): Promise<LarsClient> {
  const clock = settings.clock ?? new SystemClock();
  const source = await EmbeddedAgent.open({ ...settings, clock });
  return new LarsClient(source, clock);
}
