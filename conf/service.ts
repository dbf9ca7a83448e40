import { z } from "zod";
import { type Endpoint, formatEndpoint } from "../proto/mod.ts";
import { choice, host, integer, listenPort, text } from "./fields.ts";
import { ConfigError } from "./ini_file.ts";
import { portHolder } from "./ports/port_holder.ts";

/** How much is logged, from most to least. */
const LOG_LEVELS = [
  "trace",
  "debug",
  "info",
  "warning",
  "error",
  "fatal",
] as const;

/** Sections [metrics] and [log], which every file has. */
export const serviceSections = {
  metrics: z.object({
    ip: host().prefault("127.0.0.1"),
    port: listenPort().prefault("0"),
  }),
  log: z.object({ level: choice(LOG_LEVELS).prefault("info") }),
};

/** What sections [metrics] and [log] say. */
export function serviceConfig(
  { metrics, log }: {
    metrics: z.output<typeof serviceSections.metrics>;
    log: z.output<typeof serviceSections.log>;
  },
) {
  return {
    /** Where metrics are served over HTTP; undefined: nowhere. */
    metrics: metrics.port === 0 ? undefined : endpointOf(metrics),
    /** Least level that is logged. */
    logLevel: log.level,
  };
}

/** Section [reactor] of dns and reporter, which take TCP connections. */
export function reactorSection(defaultPort: string) {
  return z.object({
    connectionsMax: integer({ key: "maxConn", min: 1, unit: "connections" })
      .prefault("1024"),
    connectionsPerAddressMax: integer({
      key: "maxConnPerAddress",
      min: 0,
      unit: "connections",
    }).prefault("0"),
    // The original's: one event loop serves all connections here.
    threadNum: text({}).prefault("5"),
    ip: host().prefault("127.0.0.1"),
    port: listenPort().prefault(defaultPort),
  });
}

/** What section [reactor] says. */
export function reactorConfig(
  reactor: z.output<ReturnType<typeof reactorSection>>,
) {
  return {
    /** Where to listen; port 0 takes any free one. */
    listen: endpointOf(reactor),
    /** A connection over this number is closed at once; each costs a descriptor and its buffers. */
    connectionsMax: reactor.connectionsMax,
    /** Most of them from one address; absent: a share of all. */
    ...(reactor.connectionsPerAddressMax > 0 && {
      connectionsPerAddressMax: reactor.connectionsPerAddressMax,
    }),
  };
}

/** The endpoint that keys ip and port name. */
export function endpointOf(
  { ip, port }: { ip: string; port: number },
): Endpoint {
  return { hostname: ip, port };
}

/** Which setting says where to listen. */
export interface ListenSetting {
  /** "dns", "reporter", "agent" or "web". */
  service: string;
  /** The file that has it. */
  file: string;
  /** Its section. */
  section: string;
  /** Its value. */
  at: Endpoint;
}

/**
 * Calls `listen`, and explains by the setting why that cannot be.
 *
 * @throws {ConfigError} If the address is taken, not this machine's, or not allowed.
 */
export async function listenAs<Result>(
  setting: ListenSetting,
  listen: (at: Endpoint) => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await listen(setting.at);
  } catch (error) {
    throw isRefusal(error) ? listenError(setting, error) : error;
  }
}

function isRefusal(error: unknown): error is Error {
  return error instanceof Deno.errors.AddrInUse ||
    error instanceof Deno.errors.AddrNotAvailable ||
    error instanceof Deno.errors.PermissionDenied ||
    // A system without IPv6.
    (error instanceof Error && "code" in error &&
      error.code === "EAFNOSUPPORT");
}

/** The error of a setting whose address was refused. */
export function listenError(
  { service, file, section, at }: ListenSetting,
  cause: Error,
): ConfigError {
  const holder = portHolder(section === "agent" ? "udp" : "tcp", at);
  const isTaken = /in use/.test(cause.message);
  const who = holder !== undefined
    ? `, which is taken by ${holder.text}`
    : isTaken && Deno.build.os === "linux"
    ? `, which is taken: "ss -lntup" shows by which process`
    : "";
  return new ConfigError(
    `Cannot start ${service} as "${file}" [${section}] ip, port must name a free address: current value is ${
      formatEndpoint(at)
    } (${cause.message})${who}`,
    { cause },
  );
}
